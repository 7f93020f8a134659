using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Testing.Databases;
using Dapper;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Journal;

public sealed class SnapshotTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Loads_the_snapshot_its_pages_and_the_rows_behind_it(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");
        await app.AppendAsync(chain.Next(rows: 5));
        (await SaveAsync(app, chain, 0, [Page(0, 1), Page(1, 2), Page(7, 3)])).ShouldBeTrue();
        await app.AppendAsync(chain.Next(rows: 2));

        var loaded = await app.Get<IJournalReader>().LoadAsync("a", default);

        loaded.Snapshot!.Version.ShouldBe(5);
        loaded.Snapshot.Body.ShouldBe([5]);
        loaded.Pages.Select(page => (page.PageNo, page.Body[0])).ShouldBe([(0, (byte)1), (1, (byte)2), (7, (byte)3)]);
        loaded.Tail.Select(row => row.Version).ShouldBe([6L, 7L]);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Writes_changed_pages_on_the_stored_base_only(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");
        await app.AppendAsync(chain.Next());
        await SaveAsync(app, chain, 0, [Page(0, 1), Page(1, 1), Page(2, 1)]);
        await app.AppendAsync(chain.Next());

        (await SaveAsync(app, chain, 1, [Page(1, 2)], 2)).ShouldBeTrue();
        await app.AppendAsync(chain.Next());
        (await SaveAsync(app, chain, 1, [Page(0, 9)])).ShouldBeFalse();

        var loaded = await app.Get<IJournalReader>().LoadAsync("a", default);
        loaded.Snapshot!.Version.ShouldBe(2);
        loaded.Pages.Select(page => (page.PageNo, page.Body[0])).ShouldBe([(0, (byte)1), (1, (byte)2)]);

        (await SaveAsync(app, chain, 0, [Page(3, 3)])).ShouldBeTrue();
        (await app.Get<IJournalReader>().LoadAsync("a", default)).Pages.ShouldHaveSingleItem().PageNo.ShouldBe(3);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Keeps_a_newer_snapshot(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");
        await app.AppendAsync(chain.Next());
        var older = chain.Fork();
        await app.AppendAsync(chain.Next());

        var saved = await Task.WhenAll(SaveAsync(app, chain, 0, [Page(0, 2)]), SaveAsync(app, older, 0, [Page(0, 1)]), SaveAsync(app, chain, 0, []));

        saved.ShouldBe([true, false, false]);
        (await app.Get<IJournalReader>().LoadAsync("a", default)).Pages.ShouldHaveSingleItem().Body.ShouldBe([2]);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Ignores_and_deletes_a_snapshot_that_the_journal_does_not_prove(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");
        await app.AppendAsync(chain.Next(rows: 3));
        var forked = new Chain("a");
        forked.Next("other", rows: 2);
        await SaveAsync(app, forked, 0, [Page(0, 1)]);

        var loaded = await app.Get<IJournalReader>().LoadAsync("a", default);

        loaded.Snapshot.ShouldBeNull();
        loaded.Pages.ShouldBeEmpty();
        loaded.Tail.Count.ShouldBe(3);
        await using var session = await app.Database.OpenReadAsync(default);
        (await session.Connection.ExecuteScalarAsync<long>("select (select count(*) from snapshot) + (select count(*) from snapshot_page)")).ShouldBe(0);
    }

    private static SnapshotPage Page(int number, byte content) => new(number, [content]);

    private static Task<bool> SaveAsync(JournalApp app, Chain chain, long baseVersion, SnapshotPage[] pages, params int[] removed) =>
        app.Get<ISnapshotStore>().SaveAsync(
            new SnapshotWrite(new StoredSnapshot(chain.Account, chain.Version, chain.Hash, 1, [(byte)chain.Version]), baseVersion, pages, removed), default);
}
