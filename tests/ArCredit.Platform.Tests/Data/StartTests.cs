using ArCredit.Platform.Data;
using ArCredit.Platform.Tests.Journal;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Data;

public sealed class StartTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Migrates_once_and_keeps_the_epoch(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        Guid epoch;
        await using (var app = await JournalApp.StartAsync(database))
        {
            epoch = await app.Get<DatabaseEpoch>().GetAsync(default);
            (await app.Get<MigrationRunner>().RunAsync(default)).ShouldBeEmpty();
        }

        await using var again = await JournalApp.StartAsync(database);
        (await again.Get<DatabaseEpoch>().GetAsync(default)).ShouldBe(epoch);
        await using var session = await again.Database.OpenReadAsync(default);
        var names = await session.Connection.QueryAsync<string>("select name from schema_migration where name like '%journal'");
        names.ShouldBe(["20261121_01_journal"]);
    }

    [PostgresFact]
    public async Task Nodes_that_start_together_migrate_in_turn()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);

        var apps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => JournalApp.StartAsync(database.Options with { Exclusive = false })));

        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task A_node_waits_for_anothers_migration_longer_than_for_a_statement()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var other = new NpgsqlConnection(database.Options.ConnectionString);
        await other.OpenAsync();
        await other.ExecuteAsync("select pg_advisory_lock(@LockKey)", new { MigrationRunner.LockKey });

        var starting = JournalApp.StartAsync(database.Options with { ConnectionString = database.Options.ConnectionString + ";Command Timeout=1" });
        while (!starting.IsCompleted && !await other.ExecuteScalarAsync<bool>(
            "select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'advisory' and now() - query_start > interval '1.5 seconds')"))
        {
            await Task.Yield();
        }

        await other.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { MigrationRunner.LockKey });
        await using var app = await starting;
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_second_process_refuses_to_start_until_the_first_has_stopped(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using (await JournalApp.StartAsync(database))
        {
            (await Should.ThrowAsync<DatabaseInUseException>(() => JournalApp.StartAsync(database))).Message.ShouldContain("Another ArCredit process");
        }

        await using var next = await JournalApp.StartAsync(database);
    }

    [PostgresFact]
    public async Task Nodes_of_one_cluster_share_the_database_and_nobody_else_gets_it()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        var node = database.Options with { Cluster = "one" };
        await using (await JournalApp.StartAsync(node))
        await using (await JournalApp.StartAsync(node))
        {
            (await Should.ThrowAsync<DatabaseInUseException>(() => JournalApp.StartAsync(node with { Cluster = "another" }))).Message
                .ShouldContain("no node of cluster 'another'");
            await Should.ThrowAsync<DatabaseInUseException>(() => JournalApp.StartAsync(database.Options));
        }

        await using (await JournalApp.StartAsync(database.Options))
        {
            await Should.ThrowAsync<DatabaseInUseException>(() => JournalApp.StartAsync(node));
        }

        await using var other = await JournalApp.StartAsync(node with { Cluster = "another" });
    }

    [PostgresFact]
    public async Task A_lost_lock_is_retaken()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var app = await JournalApp.StartAsync(database);
        await using var source = NpgsqlDataSource.Create(database.Options.ConnectionString!);

        var before = await TerminateHolderAsync(source);
        while (await FindHolderAsync(source) is not { } holder || holder == before)
        {
            await Task.Yield();
        }

        await Should.ThrowAsync<DatabaseInUseException>(() => JournalApp.StartAsync(database));
    }

    [PostgresFact]
    public async Task A_process_whose_lock_another_one_took_stops()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var proxy = new CuttingProxy(database.Options.ConnectionString!);
        await using var app = await JournalApp.StartAsync(database.Options with { ConnectionString = proxy.ConnectionString });
        await using var source = NpgsqlDataSource.Create(database.Options.ConnectionString!);
        var stopping = new TaskCompletionSource();
        app.Get<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        // The other one waits in line, so it is there the moment the lock is free.
        await using var other = await source.OpenConnectionAsync();
        var taken = other.ExecuteAsync($"select pg_advisory_lock({ArCredit.Platform.Data.Postgres.PostgresInstallationLock.LockKey})");
        await TerminateHolderAsync(source);
        await taken;

        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("NORMAL")]
    [InlineData("OFF")]
    public async Task Refuses_SQLite_below_full_unless_told(string synchronous)
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.Sqlite);
        var options = database.Options with { ConnectionString = $"Data Source={Path.Combine(database.Options.DataDirectory, "a.db")};Synchronous={synchronous}" };

        (await Should.ThrowAsync<DurabilityException>(() => JournalApp.StartAsync(options))).Message.ShouldContain($"synchronous={synchronous}");

        await using var app = await JournalApp.StartAsync(options with { UnsafeDurability = true });
    }

    [Fact]
    public async Task Refuses_a_database_in_memory()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.Sqlite);

        await Should.ThrowAsync<DurabilityException>(() => JournalApp.StartAsync(database.Options with { ConnectionString = "Data Source=:memory:" }));
    }

    [PostgresFact]
    public async Task Refuses_PostgreSQL_that_does_not_wait_for_its_log_unless_told()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        var options = database.Options with { ConnectionString = database.Options.ConnectionString + ";Options=-c synchronous_commit=off" };

        (await Should.ThrowAsync<DurabilityException>(() => JournalApp.StartAsync(options))).Message.ShouldContain("synchronous_commit=off");

        await using var app = await JournalApp.StartAsync(options with { UnsafeDurability = true });
    }

    private static async Task<int?> FindHolderAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int?>(
            "select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())");
    }

    private static async Task<int> TerminateHolderAsync(NpgsqlDataSource source)
    {
        var holder = (await FindHolderAsync(source)).ShouldNotBeNull();
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync("select pg_terminate_backend(@holder)", new { holder });
        return holder;
    }
}
