using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Testing.Databases;
using Dapper;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Journal;

public sealed class AppendTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Commits_entries_of_many_accounts_in_order(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chains = Enumerable.Range(0, 50).Select(i => new Chain($"account-{i}")).ToArray();
        var entries = Enumerable.Range(0, 20).SelectMany(i => chains.Select(chain => chain.Next($"{i}", rows: 1 + (i % 3)))).ToArray();

        var outcomes = await app.AppendAllAsync(entries);

        outcomes.ShouldAllBe(outcome => outcome is AppendOutcome.Committed);
        await using var session = await app.Database.OpenReadAsync(default);
        var heads = (await session.Connection.QueryAsync<(string, long, long)>("select account_id, max(version), count(*) from journal group by account_id")).ToList();
        heads.Count.ShouldBe(50);
        heads.ShouldAllBe(head => head.Item2 == head.Item3 && head.Item2 == chains[0].Version);
        app.Commit.IsHealthy.ShouldBeTrue();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Refuses_a_key_that_is_there_and_everything_decided_behind_it(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");
        (await app.AppendAsync(chain.Next(key: "k1"))).ShouldBeOfType<AppendOutcome.Committed>();
        var stored = chain.Fork();

        var outcomes = await app.AppendAllAsync(chain.Next(key: "k2"), chain.Next(key: "k1"), chain.Next(), chain.Next(key: "k3"));

        outcomes[0].ShouldBeOfType<AppendOutcome.Committed>();
        var duplicate = outcomes[1].ShouldBeOfType<AppendOutcome.DuplicateKey>();
        (duplicate.Kind, duplicate.Value, duplicate.StoredVersion).ShouldBe(("test", "k1", 1L));
        duplicate.StoredFingerprint.ShouldBe([1, 2, 3]);
        outcomes[2].ShouldBeOfType<AppendOutcome.Superseded>();
        outcomes[3].ShouldBeOfType<AppendOutcome.Superseded>();
        stored.Next(key: "k2");
        (await app.AppendAsync(stored.Next(key: "k3"))).ShouldBeOfType<AppendOutcome.Committed>();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Finds_a_key_repeated_before_the_first_one_is_committed(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");

        var outcomes = await app.AppendAllAsync(chain.Next(key: "k"), chain.Next(key: "k"), chain.Next());

        outcomes[0].ShouldBeOfType<AppendOutcome.Committed>();
        outcomes[1].ShouldBeOfType<AppendOutcome.DuplicateKey>().StoredVersion.ShouldBe(1);
        outcomes[2].ShouldBeOfType<AppendOutcome.Superseded>();
    }

    /// <summary>Two activations that wake to the same lapse begin with the same row; only one of them goes in.</summary>
    [Theory, OnSqlite, OnPostgres]
    public async Task An_entry_that_begins_like_the_one_that_is_there_is_not_taken_for_it(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");
        await app.AppendAsync(chain.Next());
        var other = chain.Fork();

        (await app.AppendAsync(Both(chain.Next("lapse"), chain.Next("one")))).ShouldBeOfType<AppendOutcome.Committed>();
        (await app.AppendAsync(Both(other.Next("lapse"), other.Next("another")))).ShouldBeOfType<AppendOutcome.Fenced>();

        static JournalEntry Both(JournalEntry first, JournalEntry second) => new(first.PreviousHash, [.. first.Rows, .. second.Rows], [], []);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Takes_the_same_key_on_another_account(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);

        var outcomes = await app.AppendAllAsync(new Chain("a").Next(key: "k"), new Chain("A").Next(key: "k"));

        outcomes.ShouldAllBe(outcome => outcome is AppendOutcome.Committed);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Fences_a_writer_that_stands_on_an_old_head(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");
        await app.AppendAsync(chain.Next("1"));
        var zombie = chain.Fork();
        await app.AppendAsync(chain.Next("2"));

        var outcomes = await app.AppendAllAsync(zombie.Next("other"), zombie.Next("other"), new Chain("b").Next());

        outcomes[0].ShouldBeOfType<AppendOutcome.Fenced>();
        outcomes[1].ShouldBeOfType<AppendOutcome.Superseded>();
        outcomes[2].ShouldBeOfType<AppendOutcome.Committed>();

        // Its next one would fit the version, but not the chain.
        (await app.AppendAsync(zombie.Next("late"))).ShouldBeOfType<AppendOutcome.Superseded>();
        (await app.AppendAsync(chain.Next("3"))).ShouldBeOfType<AppendOutcome.Committed>();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Fences_a_second_first_entry_and_one_that_stands_on_nothing(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        await app.AppendAsync(new Chain("a").Next("1"));
        var gap = new Chain("b");
        gap.Next();

        (await app.AppendAsync(new Chain("a").Next("other"))).ShouldBeOfType<AppendOutcome.Fenced>();
        (await app.AppendAsync(gap.Next())).ShouldBeOfType<AppendOutcome.Fenced>();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Commits_a_resend_that_meets_its_own_rows(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");
        var twin = chain.Fork();
        await app.AppendAllAsync(chain.Next("1", key: "k"), chain.Next("2", rows: 3));

        var outcomes = await app.AppendAllAsync(twin.Next("1", key: "k"), twin.Next("2", rows: 3), twin.Next("3"));

        outcomes.ShouldAllBe(outcome => outcome is AppendOutcome.Committed);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Drops_what_was_abandoned_and_what_stands_on_it(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var chain = new Chain("a");
        var stored = chain.Fork();
        var abandoned = chain.Next("1");
        abandoned.Abandon();

        var outcomes = await app.AppendAllAsync(abandoned, chain.Next("2"));

        outcomes.ShouldAllBe(outcome => outcome is AppendOutcome.Superseded);
        (await app.AppendAsync(stored.Next("3"))).ShouldBeOfType<AppendOutcome.Committed>();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Isolates_a_poison_row_among_good_ones(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var good = Enumerable.Range(0, 40).Select(i => new Chain($"good-{i}")).ToArray();
        var bad = new Chain("bad");
        var entries = good[..20].Select(chain => chain.Next()).Append(bad.Next()).Append(Poisoned(bad, dialect)).Append(bad.Next())
            .Concat(good[20..].Select(chain => chain.Next())).ToArray();

        var outcomes = await app.AppendAllAsync(entries);

        outcomes[21].ShouldBeOfType<AppendOutcome.Rejected>();
        outcomes[22].ShouldBeOfType<AppendOutcome.Superseded>();
        outcomes.Where((_, i) => i is not (21 or 22)).ShouldAllBe(outcome => outcome is AppendOutcome.Committed);
        var later = await app.AppendAllAsync([.. good.Select(chain => chain.Next())]);
        later.ShouldAllBe(outcome => outcome is AppendOutcome.Committed);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Isolates_values_that_the_driver_cannot_send(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var bad = new Chain("bad");

        var outcomes = await app.AppendAllAsync(
            new Chain("a").Next(), bad.Next("{}", 1, null, "tested", new ErasableText(Guid.NewGuid(), new byte[16], "a lone \ud800")), new Chain("b").Next());

        outcomes[0].ShouldBeOfType<AppendOutcome.Committed>();
        outcomes[1].ShouldBeOfType<AppendOutcome.Rejected>();
        outcomes[2].ShouldBeOfType<AppendOutcome.Committed>();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Commits_bulk_beside_tills(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        var bulk = Enumerable.Range(0, 300).Select(i => new Chain($"bulk-{i}").Next(rows: 5)).ToArray();
        var huge = new Chain("huge").Next(rows: 700);

        var imported = bulk.Append(huge).Select(entry => app.AppendAsync(entry, bulk: true)).ToArray();
        (await app.AppendAsync(new Chain("till").Next())).ShouldBeOfType<AppendOutcome.Committed>();

        (await Task.WhenAll(imported)).ShouldAllBe(outcome => outcome is AppendOutcome.Committed);
    }

    // PostgreSQL stores no NUL in text, and neither database a row without a type: however often it is tried.
    private static JournalEntry Poisoned(Chain chain, Dialect dialect)
    {
        var entry = chain.Next(type: dialect == Dialect.PostgreSql ? "a\0b" : "tested");
        var row = entry.Rows[0];
        var rows = new[] { dialect == Dialect.PostgreSql ? row : row with { Type = null! } };
        return new JournalEntry(entry.PreviousHash, rows, [], []);
    }
}
