using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Testing.Databases;
using Dapper;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Journal;

public sealed class UnknownOutcomeTests
{
    [PostgresTheory]
    [InlineData(Cut.BeforeSend)]
    [InlineData(Cut.InsideRequest)]
    [InlineData(Cut.RightAfterSend)]
    [InlineData(Cut.AfterSend)]
    [InlineData(Cut.InsideAnswer)]
    public async Task Every_entry_of_a_cut_batch_is_committed_once(Cut where)
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var proxy = new CuttingProxy(database.Options.ConnectionString!);
        await using var app = await JournalApp.StartAsync(database.Options with { ConnectionString = proxy.ConnectionString }, options: new JournalOptions { TillLanes = 1 });
        var chains = Enumerable.Range(0, 10).Select(i => new Chain($"account-{i}")).ToArray();

        for (var round = 0; round < 10; round++)
        {
            proxy.Arm(where);
            var outcomes = await app.AppendAllAsync([.. chains.Concat(chains).Select(chain => chain.Next("cut-me-here", key: $"key-{chain.Version}"))]);
            outcomes.ShouldAllBe(outcome => outcome is AppendOutcome.Committed);
        }

        proxy.Cuts.ShouldBe(10);
        app.Commit.IsHealthy.ShouldBeTrue();
        await ShouldHoldExactlyAsync(app, chains);
    }

    [PostgresFact]
    public async Task A_cut_batch_keeps_its_duplicates_and_its_fenced_entries()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var proxy = new CuttingProxy(database.Options.ConnectionString!);
        await using var app = await JournalApp.StartAsync(database.Options with { ConnectionString = proxy.ConnectionString }, options: new JournalOptions { TillLanes = 1 });
        var (repeating, zombie, good) = (new Chain("repeating"), new Chain("zombie"), new Chain("good"));
        await app.AppendAllAsync(repeating.Next(key: "k"), new Chain("zombie").Next("first"));
        proxy.Arm(Cut.AfterSend);

        var outcomes = await app.AppendAllAsync(
            good.Next("cut-me-here"), repeating.Next("cut-me-here"), repeating.Next("cut-me-here", key: "k"), repeating.Next(), zombie.Next("cut-me-here"), zombie.Next());

        proxy.Cuts.ShouldBe(1);
        outcomes[0].ShouldBeOfType<AppendOutcome.Committed>();
        outcomes[1].ShouldBeOfType<AppendOutcome.Committed>();
        outcomes[2].ShouldBeOfType<AppendOutcome.DuplicateKey>().StoredVersion.ShouldBe(1);
        outcomes[3].ShouldBeOfType<AppendOutcome.Superseded>();
        outcomes[4].ShouldBeOfType<AppendOutcome.Fenced>();
        outcomes[5].ShouldBeOfType<AppendOutcome.Superseded>();
    }

    [PostgresFact]
    public async Task Backends_ended_under_load_lose_and_double_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var app = await JournalApp.StartAsync(database);
        var chains = Enumerable.Range(0, 32).Select(i => new Chain($"account-{i}")).ToArray();
        using var done = new CancellationTokenSource();
        var ended = 0;
        var killer = Task.Run(async () =>
        {
            await using var admin = NpgsqlDataSource.Create(PostgresServer.AdminConnectionString);

            // Not for ever: on an idle machine it would meet every batch, and none would ever be through.
            while (!done.IsCancellationRequested && ended < 40)
            {
                await using var command = admin.CreateCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1 and query like 'with lim%' and state = 'active'");
                command.Parameters.AddWithValue(new NpgsqlConnectionStringBuilder(database.Options.ConnectionString).Database!);
                ended += (int)(long)(await command.ExecuteScalarAsync())!;
            }
        });

        await Task.WhenAll(chains.Select(chain => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                (await app.AppendAsync(chain.Next(key: $"key-{i}"))).ShouldBeOfType<AppendOutcome.Committed>();
            }
        })));
        await done.CancelAsync();
        await killer;

        ended.ShouldBeGreaterThan(0);
        await ShouldHoldExactlyAsync(app, chains);
    }

    [PostgresFact]
    public async Task Is_unhealthy_while_there_is_no_connection_and_commits_when_it_is_back()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        var proxy = new CuttingProxy(database.Options.ConnectionString!);
        await using var app = await JournalApp.StartAsync(
            database.Options with { ConnectionString = proxy.ConnectionString, Exclusive = false }, options: new JournalOptions { TillLanes = 1 });
        var chain = new Chain("a");
        await app.AppendAsync(chain.Next());
        await proxy.DisposeAsync();

        var waiting = app.AppendAsync(chain.Next());
        while (app.Commit.IsHealthy)
        {
            await Task.Yield();
        }

        waiting.IsCompleted.ShouldBeFalse();
        await using var back = new CuttingProxy(database.Options.ConnectionString!, proxy.Port);
        (await waiting).ShouldBeOfType<AppendOutcome.Committed>();

        // The lane for bulk has its own connection, which it may have lost too and tries again twice a second.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!app.Commit.IsHealthy && !patience.IsCancellationRequested)
        {
            await Task.Yield();
        }

        app.Commit.IsHealthy.ShouldBeTrue();
    }

    private static async Task ShouldHoldExactlyAsync(JournalApp app, Chain[] chains)
    {
        await using var session = await app.Database.OpenReadAsync(default);
        (await session.Connection.ExecuteScalarAsync<long>("select count(*) from journal")).ShouldBe(chains.Sum(chain => chain.Version));
        foreach (var chain in chains)
        {
            var rows = await app.Get<IJournalReader>().ReadRowsAsync(chain.Account, 1, int.MaxValue, default);
            rows.Select(row => row.Version).ShouldBe(Enumerable.Range(1, (int)chain.Version).Select(version => (long)version));
            rows[^1].Hash.ShouldBe(chain.Hash);
        }
    }
}
