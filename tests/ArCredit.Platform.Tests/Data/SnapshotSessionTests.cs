using ArCredit.Platform.Data;
using ArCredit.Platform.Tests.Journal;
using ArCredit.Testing.Databases;
using Dapper;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Data;

public sealed class SnapshotSessionTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task All_reads_of_a_snapshot_see_the_state_of_the_first_one_and_hold_no_writer_up(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        await AddAsync(app, "before");

        await using (var snapshot = await app.Database.OpenSnapshotAsync(CancellationToken.None))
        {
            (await WorksAsync(snapshot)).ShouldBe(["before"]);
            await AddAsync(app, "meanwhile");
            (await WorksAsync(snapshot)).ShouldBe(["before"]);
        }

        await using var later = await app.Database.OpenSnapshotAsync(CancellationToken.None);
        (await WorksAsync(later)).ShouldBe(["before", "meanwhile"]);
    }

    private static async Task<IEnumerable<string>> WorksAsync(DbSession session) =>
        await session.Connection.QueryAsync<string>("select name from scheduled_work order by name", transaction: session.Transaction);

    private static async Task AddAsync(JournalApp app, string name)
    {
        await using var session = await app.Database.BeginWriteAsync(CancellationToken.None);
        await session.Connection.ExecuteAsync(
            "insert into scheduled_work (name, done_until) values (@name, @at)", new { name, at = DateTimeOffset.UnixEpoch }, session.Transaction);
        await session.CommitAsync(CancellationToken.None);
    }
}
