using System.Collections.Concurrent;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Reference;
using ArCredit.Accounts.Scheduled;
using ArCredit.Accounts.Tests.Actors;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Time;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class ScheduledWorkTests
{
    private static readonly DateTimeOffset Start = AccountBuilder.Start;

    [Theory, OnSqlite, OnPostgres]
    public async Task Lapses_are_due_at_their_very_instants_and_ask_each_account_once(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var first = Open("A").Then(story => story.Reserve("R1", 10, expiresInSeconds: 60)).Then(story => story.Reserve("R2", 10, expiresInSeconds: 61))
            .Then(story => story.Reserve("R3", 10));
        var second = Open("B").Then(story => story.Reserve("R1", 10, expiresInSeconds: 60)).Then(story => story.Reserve("R2", 10, expiresInSeconds: 90))
            .Then(story => story.Release("R2"));
        await rig.ApplyAsync([.. first.Rows, .. second.Rows]);
        var asked = new AskedAccounts();
        var sweep = SweepAt(rig, Start, asked);

        (await sweep.NextAsync(Start, Start.AddSeconds(59), CancellationToken.None)).ShouldBeNull();
        (await sweep.NextAsync(Start, Start.AddHours(1), CancellationToken.None)).ShouldBe(Start.AddSeconds(60));
        await sweep.RunAsync(Start.AddSeconds(60), CancellationToken.None);
        asked.InOrder().ShouldBe(["A", "B"]);

        await rig.ApplyAsync([.. Due(first, 60), .. Due(second, 60)]);
        (await sweep.NextAsync(Start, Start.AddHours(1), CancellationToken.None)).ShouldBe(Start.AddSeconds(61));
        await rig.ApplyAsync(Due(first, 61));
        (await sweep.NextAsync(Start, Start.AddYears(1), CancellationToken.None)).ShouldBeNull();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_late_sweep_asks_everyone_whose_time_is_up_by_now_in_one_pass(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var accounts = new[] { "A", "B", "C" }.Select((id, index) => Open(id).Then(story => story.Reserve("R1", 10, expiresInSeconds: 60 + index)));
        await rig.ApplyAsync([.. accounts.SelectMany(account => account.Rows)]);
        var asked = new AskedAccounts();

        await SweepAt(rig, Start.AddSeconds(61), asked).RunAsync(Start.AddSeconds(60), CancellationToken.None);
        asked.InOrder().ShouldBe(["A", "B"]);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Only_a_manual_clock_waits_for_the_tables_before_it_looks_for_lapses(bool manual, int waits)
    {
        await using var rig = await ProjectionRig.StartAsync(Dialect.Sqlite);
        await rig.ApplyAsync(Open("A").Then(story => story.Reserve("R1", 10, expiresInSeconds: 60)).Rows);
        var clock = new BusinessClock(TimeProvider.System, manual ? Start : null);
        var sweep = new LapseSweep(rig.Feed, rig.Database, clock, new DueAccounts(new AskedAccounts(), TimeProvider.System));

        (await sweep.NextAsync(Start, Start.AddHours(1), CancellationToken.None)).ShouldBe(Start.AddSeconds(60));
        rig.Feed.Asked.ShouldBe(waits);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_reservation_shows_as_lapsed_from_the_instant_on(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var chronicle = Open("A").Then(story => story.Reserve("R1", 10, expiresInSeconds: 60)).Then(story => story.Reserve("R2", 20));
        await rig.ApplyAsync(chronicle.Rows);

        (await IdsAsync(rig, chronicle, ReservationStatus.Active, 59)).ShouldBe(["R1", "R2"]);
        (await IdsAsync(rig, chronicle, ReservationStatus.Active, 60)).ShouldBe(["R2"]);
        (await IdsAsync(rig, chronicle, ReservationStatus.Lapsed, 60)).ShouldBe(["R1"]);
        (await IdsAsync(rig, chronicle, null, 60)).ShouldBe(["R1", "R2"]);
        var lapsed = await FindAsync(rig, chronicle, 60);
        lapsed.Status.ShouldBe(ReservationStatus.Lapsed);
        lapsed.Remaining.ShouldBe(0);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_partly_delivered_order_shows_what_was_delivered_before_and_after_its_end_is_recorded(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var chronicle = Open("A").Then(story => story.Reserve("R1", 600, expiresInSeconds: 60)).Then(story => story.Deliver("R1", 200));
        await rig.ApplyAsync(chronicle.Rows);

        (await FindAsync(rig, chronicle, 59)).Remaining.ShouldBe(600);
        (await IdsAsync(rig, chronicle, ReservationStatus.Active, 60)).ShouldBe(["R1"]);
        (await IdsAsync(rig, chronicle, ReservationStatus.Lapsed, 60)).ShouldBeEmpty();
        var before = await FindAsync(rig, chronicle, 60);
        (before.Status, before.Amount, before.Remaining, before.Delivered, before.ExpiresAt).ShouldBe((ReservationStatus.Active, 200, 200, 200, null));

        await rig.ApplyAsync(Due(chronicle, 60));
        (await FindAsync(rig, chronicle, 60)).ShouldBe(before);
        (await IdsAsync(rig, chronicle, ReservationStatus.Active, 60)).ShouldBe(["R1"]);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Money_clears_at_its_own_companys_midnight(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Baku");
        var chronicle = new Chronicle(new AccountBuilder().InZone("Asia/Baku").Unlimited().Open(), "A").Note()
            .Then(story => story.Pay("P1", 10, clearsOn: "2026-03-05")).Then(story => story.Pay("P2", 10, clearsOn: "2026-03-03"))
            .Then(story => story.Reverse("P2", ReversalReason.Bounced));
        await rig.ApplyAsync(chronicle.Rows);
        var asked = new AskedAccounts();
        var reference = new OneCompany(new Company(AccountStory.Company, Currency.Parse("EUR"), zone));
        var work = new MidnightWork(rig.Feed, rig.Database, reference, new DueAccounts(asked, TimeProvider.System));
        var midnight = new DateTimeOffset(2026, 3, 5, 20, 0, 0, TimeSpan.Zero);

        (await work.NextAsync(Start, midnight.AddTicks(-1), CancellationToken.None)).ShouldBeNull();
        (await work.NextAsync(Start, midnight.AddYears(1), CancellationToken.None)).ShouldBe(midnight);
        await work.RunAsync(midnight.AddTicks(-1), CancellationToken.None);
        asked.InOrder().ShouldBeEmpty();
        await work.RunAsync(midnight, CancellationToken.None);
        asked.InOrder().ShouldBe(["A"]);

        chronicle.Story.Now = midnight;
        var before = chronicle.Rows.Count;
        await rig.ApplyAsync(chronicle.Then(story => story.RunDue()).Rows[before..]);
        (await work.NextAsync(Start, midnight.AddYears(1), CancellationToken.None)).ShouldBeNull();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Keys_are_purged_once_their_retention_is_over_and_numbers_never(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var technical = new TestClock();
        foreach (var (value, expires) in new (string, DateTimeOffset?)[] { ("old", technical.GetUtcNow()), ("new", technical.GetUtcNow().AddHours(1)), ("number", null) })
        {
            await rig.ExecuteAsync(
                "insert into account_key (account_id, kind, value, version, fingerprint, expires_at) values ('A', 'k:x', @value, 1, @print, @expires)",
                new { value, print = new byte[32], expires });
        }

        var purge = new KeyPurge(rig.Database, technical);
        (await purge.NextAsync(Start, Start, CancellationToken.None)).ShouldBe(Start);
        await purge.RunAsync(Start, CancellationToken.None);

        (await purge.NextAsync(Start, Start.AddYears(1), CancellationToken.None)).ShouldBeNull("business time expires no key");
        (await rig.ScalarAsync<long>("select count(*) from account_key")).ShouldBe(2);
    }

    [Fact]
    public async Task An_account_that_cannot_answer_does_not_keep_the_others_from_their_turn()
    {
        var asked = new AskedAccounts { Failures = { ["B"] = new OutcomeUnknownException() } };
        var due = new DueAccounts(asked, TimeProvider.System);
        var failures = new List<Exception>();
        await due.RunAsync(["A", "B", "C"], failures, CancellationToken.None);
        await due.RunAsync(["D"], failures, CancellationToken.None);

        asked.InOrder().ShouldBe(["A", "C", "D"]);
        Should.Throw<ServiceUnavailableException>(() => DueAccounts.ThrowWhenAny(failures))
            .InnerException.ShouldBeOfType<AggregateException>().InnerExceptions.ShouldHaveSingleItem().ShouldBeOfType<OutcomeUnknownException>();

        // Nor does one with which something is wrong that nobody has thought of.
        asked.Failures["D"] = new KeyNotFoundException();
        await due.RunAsync(["D", "E"], failures, CancellationToken.None);
        asked.InOrder().ShouldBe(["A", "C", "D", "E"]);
        Should.Throw<AggregateException>(() => DueAccounts.ThrowWhenAny(failures)).InnerExceptions.Count.ShouldBe(2);
        DueAccounts.ThrowWhenAny([]);
    }

    [Theory]
    [InlineData("UTC", "2026-03-05", "2026-03-05T00:00:00Z")]
    [InlineData("Asia/Baku", "2026-03-05", "2026-03-04T20:00:00Z")]
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z")]
    [InlineData("America/Havana", "2025-11-02", "2025-11-02T04:00:00Z")]
    [InlineData("Pacific/Apia", "2026-01-01", "2025-12-31T11:00:00Z")]
    public void A_day_begins_at_its_first_instant_also_where_clocks_skip_or_repeat_midnight(string zone, string day, string instant)
    {
        var company = new Company("x", Currency.Parse("EUR"), TimeZoneInfo.FindSystemTimeZoneById(zone));
        var start = Midnights.StartOf(day.Day(), company.Zone);

        start.ShouldBe(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture));
        company.DateOf(start).ShouldBe(day.Day());
        company.DateOf(start.AddTicks(-1)).ShouldBe(day.Day().AddDays(-1));
    }

    private static LapseSweep SweepAt(ProjectionRig rig, DateTimeOffset now, AskedAccounts asked) =>
        new(rig.Feed, rig.Database, new BusinessClock(TimeProvider.System, now), new DueAccounts(asked, TimeProvider.System));

    private static Chronicle Open(string account) => new Chronicle(new AccountBuilder().WithLimit(1000).Open(), account).Note();

    private static List<Platform.Journal.JournalRow> Due(Chronicle chronicle, int seconds)
    {
        var before = chronicle.Rows.Count;
        chronicle.Story.Now = Start.AddSeconds(seconds);
        return chronicle.Then(story => story.RunDue()).Rows[before..];
    }

    private static async Task<ReservationView> FindAsync(ProjectionRig rig, Chronicle chronicle, int seconds) =>
        (await rig.ReadAsync(session => Reservations.FindAsync(session, chronicle.Account, "R1".No(), Start.AddSeconds(seconds), CancellationToken.None)))
        .ShouldNotBeNull();

    private static async Task<List<string>> IdsAsync(ProjectionRig rig, Chronicle chronicle, ReservationStatus? status, int seconds) =>
        await ProjectionRig.AllAsync(1, async paging =>
        {
            var page = await rig.ReadAsync(session =>
                Reservations.ReadAsync(session, chronicle.Account, status, paging, Start.AddSeconds(seconds), CancellationToken.None));
            return ((IReadOnlyList<string>)[.. page.Items.Select(item => item.ReservationId.Value)], page.NextCursor);
        });

    private sealed class AskedAccounts : IAccounts
    {
        private readonly ConcurrentQueue<string> asked = new();

        public Dictionary<string, Exception> Failures { get; } = [];

        public List<string> InOrder() => [.. asked.Order(StringComparer.Ordinal)];

        public Task<Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation)
        {
            command.ShouldBeOfType<RunDue>();
            options.Bulk.ShouldBeTrue();
            if (Failures.TryGetValue(account.Value, out var failure))
            {
                throw failure;
            }

            asked.Enqueue(account.Value);
            return Task.FromResult<Answer>(new Answer.Done([], 1, Repeat.None));
        }

        public Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation) => Task.FromResult<AccountView?>(null);
    }

    private sealed class OneCompany(Company company) : IReference
    {
        public ReferenceBook Current { get; } = new([company], [], []);

        public Task RefreshAsync(CancellationToken cancellation) => Task.CompletedTask;
    }
}
