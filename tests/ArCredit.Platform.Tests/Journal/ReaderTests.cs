using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Journal;

public sealed class ReaderTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Loads_many_accounts_that_ask_together(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chains = Enumerable.Range(0, 600).Select(i => new Chain($"account-{i}")).ToArray();
        await app.AppendAllAsync([.. chains.Select((chain, i) => chain.Next($"{i}", rows: 1 + (i % 4)))]);

        var loaded = await Task.WhenAll(chains.Append(new Chain("unknown")).Select(chain => app.Get<IJournalReader>().LoadAsync(chain.Account, default)));

        for (var i = 0; i < chains.Length; i++)
        {
            loaded[i].AccountId.ShouldBe(chains[i].Account);
            loaded[i].Snapshot.ShouldBeNull();
            loaded[i].Tail.Select(row => row.Version).ShouldBe(Enumerable.Range(1, 1 + (i % 4)).Select(version => (long)version));
            loaded[i].Tail[^1].Hash.ShouldBe(chains[i].Hash);
            loaded[i].Tail[0].RecordedAt.ShouldBe(Chain.Now);
        }

        loaded[^1].Tail.ShouldBeEmpty();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Finds_heads_keys_rows_and_texts(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var reader = app.Get<IJournalReader>();
        var chain = new Chain("a");
        var text = new ErasableText(Guid.NewGuid(), [.. Enumerable.Range(0, 16).Select(i => (byte)i)], "Ali Məmmədov");
        await app.AppendAllAsync(chain.Next("1", rows: 3), chain.Next("2", 1, "k", "tested", text));

        var head = await reader.ReadHeadAsync("a", default);
        head.Version.ShouldBe(4);
        head.Hash.ShouldBe(chain.Hash);
        (await reader.ReadHeadAsync("A", default)).ShouldBe(new JournalHead(0, ChainHash.Genesis));
        (await reader.FindKeyAsync("a", "test", "k", default))!.Version.ShouldBe(4);
        (await reader.FindKeyAsync("a", "test", "K", default)).ShouldBeNull();
        (await reader.FindKeyAsync("b", "test", "k", default)).ShouldBeNull();
        (await reader.ReadRowsAsync("a", 2, 2, default)).Select(row => row.Version).ShouldBe([2L, 3L]);
        var found = await reader.ReadTextsAsync("a", [text.Id, Guid.NewGuid()], default);
        found.ShouldHaveSingleItem().Value.Body.ShouldBe("Ali Məmmədov");
        found[text.Id].Salt.ShouldBe(text.Salt);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_stop_the_others()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.Sqlite);
        await using var app = await JournalApp.StartAsync(database);
        var reader = app.Get<IJournalReader>();

        await Should.ThrowAsync<OperationCanceledException>(() => reader.ReadHeadAsync("a", new CancellationToken(true)));

        (await reader.ReadHeadAsync("a", default)).Version.ShouldBe(0);
    }

    [PostgresFact]
    public async Task A_request_that_the_database_refuses_fails_alone()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var app = await JournalApp.StartAsync(database);
        var reader = app.Get<IJournalReader>();

        var reads = Enumerable.Range(0, 100).Select(i => reader.ReadHeadAsync(i == 50 ? "a\0b" : $"a{i}", default)).ToArray();

        await Should.ThrowAsync<Npgsql.PostgresException>(() => reads[50]);
        (await Task.WhenAll(reads.Where((_, i) => i != 50))).ShouldAllBe(head => head.Version == 0);
    }
}
