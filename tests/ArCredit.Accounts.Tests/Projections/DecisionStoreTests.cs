using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Decisions;
using ArCredit.Accounts.Tests.Actors;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class DecisionStoreTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task A_credit_check_is_found_as_soon_as_it_is_answered(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        using var recorder = new CheckRecorder(rig.Database, TimeProvider.System, NullLogger<CheckRecorder>.Instance);
        await recorder.StartAsync(CancellationToken.None);
        var store = new DecisionStore(new FakeJournal(), rig.Database, recorder, TimeProvider.System);
        var story = new AccountBuilder().WithLimit(100).Open();
        var checks = Enumerable.Range(1, 3000).Select(each => story.Check(each) with { Id = IdAt(AccountBuilder.Start.AddMilliseconds(each * 3)) }).ToList();
        foreach (var check in checks)
        {
            (await RecordAsync(recorder, check)).ShouldBeTrue();
        }

        var found = (await store.FindAsync(checks[100].Id, CancellationToken.None)).ShouldNotBeNull();

        found.Account.Value.ShouldBe("C-1001");
        found.By.ShouldBe("till-1");
        found.Decision.Outcome.ShouldBe(DecisionOutcome.Declined);
        found.Decision.Facts.Exposure.ShouldBe(checks[100].Facts.Exposure);
        found.Decision.Reasons.ShouldBe(checks[100].Reasons);
        (await rig.ScalarAsync<long>("select sum(checks) from credit_check_block")).ShouldBe(3000);
        (await rig.ScalarAsync<long>("select count(*) from credit_check_block")).ShouldBeLessThan(300);
        (await store.FindAsync(IdAt(AccountBuilder.Start.AddMilliseconds(300)), CancellationToken.None)).ShouldBeNull();
        foreach (var none in new[] { "x", "c", "c1", "c0123456789abcdef", checks[100].Id.ToUpperInvariant(), $"{checks[100].Id}0" })
        {
            (await store.FindAsync(none, CancellationToken.None)).ShouldBeNull();
        }

        await recorder.StopAsync(CancellationToken.None);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_check_that_another_node_has_just_answered_is_waited_for(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var clock = new TestClock();
        using var here = new CheckRecorder(rig.Database, TimeProvider.System, NullLogger<CheckRecorder>.Instance);
        using var there = new CheckRecorder(rig.Database, TimeProvider.System, NullLogger<CheckRecorder>.Instance);
        await here.StartAsync(CancellationToken.None);
        var store = new DecisionStore(new FakeJournal(), rig.Database, here, clock);
        var (young, lost, old) = (IdAt(clock.GetUtcNow()), IdAt(clock.GetUtcNow()), IdAt(clock.GetUtcNow().AddMinutes(-1)));

        (await store.FindAsync(old, CancellationToken.None)).ShouldBeNull();
        var finding = store.FindAsync(young, CancellationToken.None);
        while (!clock.HasTimers)
        {
            await Task.Yield();
        }

        await RecordAsync(there, new AccountBuilder().Open().Check(1) with { Id = young });
        await there.StartAsync(CancellationToken.None);
        await there.StopAsync(CancellationToken.None);
        (await PassAsync(clock, finding)).ShouldNotBeNull().Decision.Id.ShouldBe(young);
        var began = clock.GetUtcNow();
        (await PassAsync(clock, store.FindAsync(lost, CancellationToken.None))).ShouldBeNull();
        (clock.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
        await here.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_is_queued_at_the_stop_is_still_written()
    {
        await using var rig = await ProjectionRig.StartAsync(Dialect.Sqlite);
        using var recorder = new CheckRecorder(rig.Database, TimeProvider.System, NullLogger<CheckRecorder>.Instance);
        await recorder.StartAsync(CancellationToken.None);
        await RecordAsync(recorder, new AccountBuilder().Open().Check(1) with { Id = IdAt(AccountBuilder.Start) });

        await recorder.StopAsync(CancellationToken.None);

        (await rig.ScalarAsync<long>("select sum(checks) from credit_check_block")).ShouldBe(1);
    }

    [Fact]
    public async Task A_check_waits_for_room_a_second_and_is_refused_then()
    {
        await using var rig = await ProjectionRig.StartAsync(Dialect.Sqlite);
        var clock = new TestClock();
        using var recorder = new CheckRecorder(rig.Database, clock, NullLogger<CheckRecorder>.Instance);
        var story = new AccountBuilder().Open();
        var queued = 0;
        ValueTask<bool> last;
        while ((last = RecordAsync(recorder, story.Check(++queued) with { Id = IdAt(AccountBuilder.Start) })).IsCompleted)
        {
            (await last).ShouldBeTrue();
        }

        clock.Pass(TimeSpan.FromSeconds(1));
        (await last).ShouldBeFalse();

        var waiting = RecordAsync(recorder, story.Check(1) with { Id = IdAt(AccountBuilder.Start.AddDays(1)) });
        waiting.IsCompleted.ShouldBeFalse();
        await recorder.StartAsync(CancellationToken.None);
        (await waiting).ShouldBeTrue();
        await recorder.StopAsync(CancellationToken.None);
        (await rig.ScalarAsync<long>("select sum(checks) from credit_check_block")).ShouldBe(queued);
        (await RecordAsync(recorder, story.Check(1) with { Id = IdAt(AccountBuilder.Start) })).ShouldBeFalse();
    }

    [Fact]
    public async Task A_journaled_decision_is_found_by_the_id_it_was_answered_with()
    {
        var rig = new ActorRig();
        await rig.Open(100);
        var done = (await rig.Ask(ActorRig.Reserve(30))).ShouldBeOfType<Answer.Done>();
        var refused = (await rig.Ask(ActorRig.Reserve(80))).ShouldBeOfType<Answer.Done>();
        var store = new DecisionStore(rig.Journal, null!, null!, rig.Technical);

        var approved = await store.FindAsync(done.Find<CreditReserved>()!.Decision.Id, CancellationToken.None);
        approved!.Decision.Outcome.ShouldBe(DecisionOutcome.Approved);
        approved.By.ShouldBe("test");
        var declined = await store.FindAsync(refused.Find<CreditRefused>()!.Decision.Id, CancellationToken.None);
        declined!.Decision.ExposureAfter.ShouldBe(110_00);
        (await store.FindAsync(DecisionIds.ForEvent(ActorRig.Id, 1), CancellationToken.None)).ShouldBeNull("master data is no decision");
        (await store.FindAsync(DecisionIds.ForEvent(ActorRig.Id, 99), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public void The_same_inputs_under_the_same_policies_decide_the_same()
    {
        var story = Tolerant(out var reference);
        var stored = story.Check(105);

        var replay = DecisionReplay.Run(stored, reference, stored.PolicyVersion);

        replay.Same.ShouldBeTrue();
        replay.Differences.ShouldBeEmpty();
    }

    [Fact]
    public void A_replay_under_other_policies_names_what_comes_out_otherwise()
    {
        var story = Tolerant(out var reference);
        var stored = story.Check(105);
        stored.Outcome.ShouldBe(DecisionOutcome.Approved);

        var replay = DecisionReplay.Run(stored, reference, 1);

        replay.Same.ShouldBeFalse();
        replay.Decision.Decision.ShouldBe(DecisionOutcome.Declined);
        replay.Decision.PolicyVersion.ShouldBe(1);
        replay.Original.Decision.ShouldBe(DecisionOutcome.Approved);
        replay.Differences.ShouldBe(
        [
            new DecisionDifference("decision", "approved", "declined"),
            new DecisionDifference("reasons.LIMIT_EXCEEDED", null, "decline by account: 105 against 100"),
        ]);
    }

    private static string IdAt(DateTimeOffset instant) => $"c{Guid.CreateVersion7(instant):N}";

    private static async Task<T> PassAsync<T>(TestClock clock, Task<T> waiting)
    {
        while (!waiting.IsCompleted)
        {
            clock.Pass(clock.HasTimers ? TimeSpan.FromMilliseconds(50) : TimeSpan.Zero);
            await Task.Yield();
        }

        return await waiting;
    }

    private static AccountStory Tolerant(out ReferenceBook reference)
    {
        var story = new AccountBuilder().WithLimit(100).WithPolicy(new CreditPolicy { TolerancePercent = 0 })
            .WithPolicy(new CreditPolicy { TolerancePercent = 5 }).Open();
        reference = story.Reference;
        return story;
    }

    private static ValueTask<bool> RecordAsync(CheckRecorder recorder, DecisionRecord check) =>
        recorder.RecordAsync(AccountId.Parse("C-1001"), check, "till-1", CancellationToken.None);
}
