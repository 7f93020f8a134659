using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Journal;

public sealed class FeedTests
{
    private static readonly CancellationToken Soon = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Theory, OnSqlite, OnPostgres]
    public async Task Gives_every_row_once_and_each_account_in_order_under_concurrent_writers(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        var projection = new RecordingProjection("recording");
        await using var app = await JournalApp.StartAsync(database, services => services.AddSingleton<IProjection>(projection));
        var feed = app.Get<IFeed>();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            var chain = new Chain($"account-{i}");
            for (var n = 0; n < 20; n++)
            {
                (await app.AppendAsync(chain.Next(rows: 1 + (n % 2)), bulk: i % 4 == 0)).ShouldBeOfType<AppendOutcome.Committed>();
                if (n % 7 == 0)
                {
                    await feed.CatchUpAsync(Soon);
                    projection.Applied.ShouldContain((chain.Account, chain.Version));
                }
            }
        })));
        await feed.CatchUpAsync(Soon);

        foreach (var account in projection.Applied.GroupBy(row => row.Account))
        {
            account.Select(row => row.Version).ShouldBe(Enumerable.Range(1, 30).Select(version => (long)version));
        }

        projection.Applied.Count.ShouldBe(16 * 30);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Goes_on_from_its_checkpoint_after_a_restart(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        var chain = new Chain("a");
        var first = new RecordingProjection("recording");
        await using (var app = await JournalApp.StartAsync(database, services => services.AddSingleton<IProjection>(first)))
        {
            await app.AppendAsync(chain.Next(rows: 3));
            await app.Get<IFeed>().CatchUpAsync(Soon);
        }

        var second = new RecordingProjection("recording");
        var other = new RecordingProjection("other");
        await using (var app = await JournalApp.StartAsync(database, services => services.AddSingleton<IProjection>(second).AddSingleton<IProjection>(other)))
        {
            await app.AppendAsync(chain.Next(rows: 2));
            await app.Get<IFeed>().CatchUpAsync(Soon);
        }

        first.Applied.Select(row => row.Version).ShouldBe([1L, 2L, 3L]);
        second.Applied.Select(row => row.Version).ShouldBe([4L, 5L]);
        other.Applied.Select(row => row.Version).ShouldBe([1L, 2L, 3L, 4L, 5L]);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_failing_projection_writes_nothing_is_tried_again_and_stops_no_other(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        var failing = new RecordingProjection("failing");
        var good = new RecordingProjection("good");
        failing.FailNext(3);
        await using var app = await JournalApp.StartAsync(database, services => services.AddSingleton<IProjection>(failing).AddSingleton<IProjection>(good));
        await app.AppendAsync(new Chain("a").Next(rows: 3));

        await app.Get<IFeed>().CatchUpAsync(Soon);

        good.Applied.Count.ShouldBe(3);
        failing.Applied.Count.ShouldBe(3);
        await using var session = await app.Database.OpenReadAsync(default);
        (await session.Connection.ExecuteScalarAsync<long>("select count(*) from seen where name = 'failing'")).ShouldBe(3);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Catching_up_ends_when_its_caller_gives_up(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        var failing = new RecordingProjection("failing");
        failing.FailNext(int.MaxValue);
        await using var app = await JournalApp.StartAsync(database, services => services.AddSingleton<IProjection>(failing));
        await app.AppendAsync(new Chain("a").Next());
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<OperationCanceledException>(() => app.Get<IFeed>().CatchUpAsync(patience.Token));
    }

    [PostgresFact]
    public async Task Holds_back_rows_behind_a_transaction_that_still_runs()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        var projection = new RecordingProjection("recording");
        await using var app = await JournalApp.StartAsync(database, services => services.AddSingleton<IProjection>(projection));
        var feed = app.Get<IFeed>();
        await feed.CatchUpAsync(Soon);
        await using var slow = await app.Database.BeginWriteAsync(default);
        await InsertAsync(slow, new Chain("slow"));

        await app.AppendAsync(new Chain("fast").Next());
        var caughtUp = feed.CatchUpAsync(Soon);
        using (var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200)))
        {
            await Should.ThrowAsync<OperationCanceledException>(() => feed.CatchUpAsync(patience.Token));
        }

        projection.Applied.ShouldBeEmpty();
        await slow.CommitAsync(default);
        await caughtUp;
        projection.Applied.Select(row => row.Account).ShouldBe(["slow", "fast"]);
    }

    [PostgresFact]
    public async Task Refuses_a_journal_that_is_ahead_of_its_server()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using (var app = await JournalApp.StartAsync(database))
        {
            await app.AppendAsync(new Chain("a").Next());
            await using var session = await app.Database.BeginWriteAsync(default);
            await session.Connection.ExecuteAsync("update journal set txid = '9000000000'", transaction: session.Transaction);
            await session.CommitAsync(default);
        }

        (await Should.ThrowAsync<InvalidOperationException>(() => JournalApp.StartAsync(database))).Message.ShouldContain("9000000000");
    }

    private static Task InsertAsync(DbSession session, Chain chain)
    {
        var row = chain.Next().Rows[0];
        return session.Connection.ExecuteAsync(
            "insert into journal (account_id, version, type, schema, payload, hash, recorded_at) values (@AccountId, @Version, @Type, @Schema, @Payload, @Hash, @RecordedAt)",
            new { row.AccountId, row.Version, row.Type, row.Schema, Payload = row.Payload.ToArray(), row.Hash, row.RecordedAt },
            session.Transaction);
    }
}
