using ArCredit.Platform.Data;
using ArCredit.Platform.Tests.Journal;
using ArCredit.Testing.Databases;
using Dapper;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Data;

public sealed class DerivedWriteTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Only_the_commit_of_a_derived_write_does_not_wait_for_the_disk(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var (durable, derived) = dialect == Dialect.Sqlite ? ("2", "1") : ("on", "off");

        // One after the other, so that connections come back from the pool.
        for (var round = 0; round < 3; round++)
        {
            (await LevelAsync(await app.Database.BeginDerivedWriteAsync(CancellationToken.None))).ShouldBe(derived);
            (await LevelAsync(await app.Database.BeginWriteAsync(CancellationToken.None))).ShouldBe(durable);
            (await LevelAsync(await app.Database.OpenReadAsync(CancellationToken.None))).ShouldBe(durable);
        }
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_derived_write_is_seen_once_committed_and_gone_when_not(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);

        foreach (var (name, commits) in new[] { ("kept", true), ("dropped", false) })
        {
            await using var session = await app.Database.BeginDerivedWriteAsync(CancellationToken.None);
            await session.Connection.ExecuteAsync(
                "insert into scheduled_work (name, done_until) values (@name, @at)", new { name, at = DateTimeOffset.UnixEpoch }, session.Transaction);
            if (commits)
            {
                await session.CommitAsync(CancellationToken.None);
            }
        }

        await using var later = await app.Database.OpenReadAsync(CancellationToken.None);
        (await later.Connection.QueryAsync<string>("select name from scheduled_work")).ShouldBe(["kept"]);
    }

    [Theory, OnPostgres]
    public async Task Whoever_stands_still_in_a_transaction_loses_it(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        foreach (var begin in new[] { app.Database.BeginWriteAsync, app.Database.BeginDerivedWriteAsync })
        {
            await using var session = await begin(CancellationToken.None);
            (await session.Connection.ExecuteScalarAsync<string>("show idle_in_transaction_session_timeout", transaction: session.Transaction)).ShouldBe("15s");
        }

        await using var frozen = await app.Database.BeginWriteAsync(CancellationToken.None);
        await frozen.Connection.ExecuteAsync("set local idle_in_transaction_session_timeout = '50ms'; lock table scheduled_work", transaction: frozen.Transaction);
        await using var other = await app.Database.BeginWriteAsync(CancellationToken.None);
        await other.Connection.ExecuteAsync("lock table scheduled_work", transaction: other.Transaction);
        DatabaseOutage.Is(await Should.ThrowAsync<Exception>(frozen.CommitAsync(CancellationToken.None))).ShouldBeTrue("a driver says so, and it is tried again");
    }

    private static async Task<string?> LevelAsync(DbSession session)
    {
        await using (session)
        {
            return await session.Connection.ExecuteScalarAsync<string>(
                session.Dialect == Dialect.Sqlite ? "pragma synchronous" : "show synchronous_commit", transaction: session.Transaction);
        }
    }
}
