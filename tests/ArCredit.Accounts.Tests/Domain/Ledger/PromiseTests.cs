using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class PromiseTests
{
    // A Monday.
    private const string Start = "2026-03-02T08:00:00Z";

    [Fact]
    public void A_promise_is_kept_by_what_arrives_in_the_same_step()
    {
        var story = Overdue();
        var made = story.Promise("M-1", "I-1", ("2026-03-06", 60)).ShouldAppend<PromiseMade>().Promise;
        (made.Lines.ShouldHaveSingleItem(), made.BreaksOn).ShouldBe((new PromisedLine("I-1".No(), 1, 100_00), "2026-03-10".Day()));
        After(story.Pay("P-1", 25, allocations: [("I-1", null, 25)])).ShouldBe((PromiseStatus.Open, 25_00));
        After(story.Pay("P-2", 35, allocations: [])).ShouldBe((PromiseStatus.Kept, 60_00));
        story.On("2026-03-20T08:00:00Z").RunDue().ShouldBeEmpty();
    }

    [Fact]
    public void What_settles_something_else_comes_too_late_or_before_does_not_count()
    {
        var story = Overdue();
        story.Invoice("I-2", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Promise("M-1", "I-1", ("2026-03-06", 60));
        Changes(story.Pay("P-1", 60, allocations: [("I-2", null, 60)])).ShouldBeEmpty();
        Changes(story.Pay("P-2", 60, allocations: [("I-1", null, 60)], received: "2026-03-01")).ShouldBeEmpty();
        Changes(story.Pay("P-3", 40, allocations: [("I-1", null, 40)], received: "2026-03-11")).ShouldBeEmpty();
    }

    [Fact]
    public void The_clock_breaks_a_promise_once_the_grace_of_business_days_has_passed()
    {
        var story = Overdue();
        story.Promise("M-1", null, ("2026-03-06", 60));
        story.On("2026-03-10T12:00:00Z").RunDue().ShouldBeEmpty();
        var broken = story.On("2026-03-11T00:00:00Z").RunDue().ShouldHaveSingleItem().ShouldBeOfType<PromiseChanged>().Promise;
        (broken.Status, broken.BreaksOn, broken.EndedOn).ShouldBe((PromiseStatus.Broken, null, "2026-03-11".Day()));
        story.RunDue().ShouldBeEmpty();
        story.Sleep().RunDue().ShouldBeEmpty();
        story.Replayed().DecideDue(story.Context()).ShouldBeEmpty();
    }

    [Fact]
    public void A_part_by_the_date_is_partly_kept_and_a_tolerance_is_kept()
    {
        var story = Overdue(new CreditPolicy { Promises = new PromiseRule(0, 2) });
        story.Promise("M-1", "I-1", ("2026-03-04", 30), ("2026-03-05", 30));
        After(story.Pay("P-1", 28, allocations: [("I-1", null, 28)])).ShouldBe((PromiseStatus.Open, 28_00));
        var partly = story.On("2026-03-06T08:00:00Z").RunDue().ShouldHaveSingleItem().ShouldBeOfType<PromiseChanged>().Promise;
        partly.Status.ShouldBe(PromiseStatus.PartlyKept);
        After(story.Pay("P-2", 30, allocations: [("I-1", null, 30)], received: "2026-03-05")).ShouldBe((PromiseStatus.Kept, 58_00));
    }

    [Fact]
    public void Money_that_bounces_was_never_received()
    {
        var story = Overdue();
        story.Promise("M-1", "I-1", ("2026-03-06", 60));
        After(story.Pay("P-1", 60, allocations: [("I-1", null, 60)])).ShouldBe((PromiseStatus.Kept, 60_00));
        Changes(story.Sleep().Undo("P-1")).ShouldBeEmpty("it is unapplied now");
        After(story.Reverse("P-1", ReversalReason.Bounced)).ShouldBe((PromiseStatus.Open, 0));
        story.On("2026-03-11T00:00:00Z").RunDue().ShouldHaveSingleItem().ShouldBeOfType<PromiseChanged>().Promise.Status.ShouldBe(PromiseStatus.Broken);
    }

    [Fact]
    public void A_policy_may_decline_who_broke_a_promise_while_something_of_it_is_open()
    {
        var story = Overdue(new CreditPolicy { Actions = new Dictionary<string, RuleAction> { ["BROKEN_PROMISE"] = RuleAction.Decline } });
        story.Promise("M-1", "I-1", ("2026-03-03", 100));
        story.Check(10).Outcome.ShouldBe(DecisionOutcome.Approved);
        story.On("2026-03-10T08:00:00Z").Check(10).Codes().ShouldBe(["BROKEN_PROMISE"]);
        story.Pay("P-1", 100);
        story.Check(10).Outcome.ShouldBe(DecisionOutcome.Approved);

        var shipped = Overdue();
        shipped.Promise("M-1", "I-1", ("2026-03-03", 100));
        shipped.On("2026-03-10T08:00:00Z").Check(10).Codes().ShouldBeEmpty();
    }

    [Fact]
    public void What_cannot_be_promised_is_refused()
    {
        var story = Overdue();
        story.Promise("M-1", "I-9", ("2026-03-06", 10)).ShouldRefuse(RefusalCode.PromiseExceedsOpen);
        story.Promise("M-1", "I-1", ("2026-03-06", 60), ("2026-03-07", 40.01m)).ShouldRefuse(RefusalCode.PromiseExceedsOpen);
        story.Promise("M-1", "I-1", ("2026-03-01", 10)).ShouldRefuse(RefusalCode.PromiseInPast);
        story.Promise("M-1", "I-1", ("2026-03-06", 0.001m)).ShouldRefuse(RefusalCode.AmountDecimals);
        story.Ask(new CancelPromise("M-1".No(), false)).ShouldRefuse(RefusalCode.NotFound);
        story.Promise("M-1", "I-1", ("2026-03-06", 60)).ShouldAppend<PromiseMade>();
        story.Promise("M-1", "I-1", ("2026-03-06", 60)).ShouldBeOfType<Verdict.Taken>();
        story.Promise("M-2", "I-1", ("2026-03-06", 60)).ShouldRefuse(RefusalCode.PromiseOverlaps);
        story.Promise("M-2", null, ("2026-03-06", 60)).ShouldRefuse(RefusalCode.PromiseExceedsOpen);
        story.Ask(new CancelPromise("M-1".No(), false)).ShouldAppend<PromiseChanged>().Promise.Status.ShouldBe(PromiseStatus.Cancelled);
        story.Ask(new CancelPromise("M-1".No(), false)).ShouldBeOfType<Verdict.Taken>();
        story.Promise("M-2", null, ("2026-03-06", 60)).ShouldAppend<PromiseMade>();
    }

    [Fact]
    public void What_clears_a_promised_item_keeps_the_promise_also_where_less_money_came()
    {
        var discounted = new AccountBuilder().WithLimit(1000).WithTerms(new PaymentTerms(30, EndOfMonth.None, null, [new(2, 14)])).Open().On(Start);
        discounted.Invoice("I-1", 100);
        discounted.Promise("M-1", "I-1", ("2026-03-06", 100));
        After(discounted.Pay("P-1", 98)).ShouldBe((PromiseStatus.Kept, 100_00));

        var tolerant = Overdue(new CreditPolicy { SmallDifference = new(0.05m, 10) });
        tolerant.Promise("M-1", "I-1", ("2026-03-06", 100));
        After(tolerant.Pay("P-1", 99.98m, allocations: [("I-1", null, 99.98m)])).ShouldBe((PromiseStatus.Kept, 100_00));

        var disputed = Overdue();
        disputed.Promise("M-1", "I-1", ("2026-03-06", 100));
        disputed.Dispute("D-1", "I-1", 30);
        Changes(disputed.Resolve("D-1", "C-1")).ShouldBeEmpty("70 are still to come");
        After(disputed.Sleep().Pay("P-1", 70)).ShouldBe((PromiseStatus.Kept, 70_00));
        After(disputed.Undo("C-1", kind: CreditKind.CreditNote)).ShouldBe((PromiseStatus.Open, 70_00));

        var credited = Overdue();
        credited.Promise("M-1", "I-1", ("2026-03-06", 100));
        After(credited.CreditNote("C-1", 100, invoice: "I-1")).ShouldBe((PromiseStatus.Kept, 0));
        credited.On("2026-03-20T08:00:00Z").RunDue().ShouldBeEmpty();

        var waived = Overdue();
        waived.Bill("F-1", 10);
        waived.Promise("M-1", "F-1", ("2026-03-06", 10));
        After(waived.WriteOff("W-1", "F-1", kind: WriteOffKind.Waiver)).ShouldBe((PromiseStatus.Kept, 0));
        After(waived.TakeBack("W-1")).ShouldBe((PromiseStatus.Open, 0));

        var lost = Overdue();
        lost.Promise("M-1", "I-1", ("2026-03-06", 100));
        Changes(lost.WriteOff("W-1", "I-1")).ShouldBeEmpty("bad debt is not paid");
    }

    [Fact]
    public void Money_that_settles_nothing_keeps_one_promise_only_the_one_that_breaks_first()
    {
        var story = Overdue();
        story.Invoice("I-2", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Promise("M-1", "I-1", ("2026-03-09", 100));
        story.Promise("M-2", "I-2", ("2026-03-06", 100));
        var kept = Changes(story.Pay("P-1", 130, allocations: [])).Select(change => change.Promise).ToList();
        kept.Select(promise => (promise.Id.Value, promise.Status, promise.Received)).ShouldBe([("M-1", PromiseStatus.Open, 30_00), ("M-2", PromiseStatus.Kept, 100_00)]);
        var moved = Changes(story.Sleep().Allocate("P-1", allocations: ("I-1", null, 100))).Select(change => change.Promise).ToList();
        moved.Select(promise => (promise.Id.Value, promise.Status, promise.Received)).ShouldBe([("M-1", PromiseStatus.Kept, 100_00), ("M-2", PromiseStatus.Open, 30_00)]);
        Changes(story.Reverse("P-1", ReversalReason.Bounced)).Select(change => (change.Promise.Status, change.Promise.Received))
            .ShouldBe([(PromiseStatus.Open, 0), (PromiseStatus.Open, 0)]);
    }

    [Fact]
    public void A_broken_promise_is_lifted_only_by_credit_control_and_stays_marked_and_a_kept_one_not_at_all()
    {
        var story = Overdue(new CreditPolicy { Actions = new Dictionary<string, RuleAction> { ["BROKEN_PROMISE"] = RuleAction.Decline } });
        story.Promise("M-1", "I-1", ("2026-03-03", 100));
        story.On("2026-03-10T08:00:00Z").RunDue().ShouldHaveSingleItem();
        story.Ask(new CancelPromise("M-1".No(), MayLift: false)).ShouldRefuse(RefusalCode.ApprovalRequired);
        story.Check(10).Codes().ShouldBe(["BROKEN_PROMISE"]);
        var lifted = story.Ask(new CancelPromise("M-1".No(), MayLift: true)).ShouldAppend<PromiseChanged>().Promise;
        (lifted.Status, lifted.Lifted).ShouldBe((PromiseStatus.Cancelled, PromiseStatus.Broken));
        story.Check(10).Codes().ShouldBeEmpty();

        story.Promise("M-2", "I-1", ("2026-03-12", 100));
        story.Pay("P-1", 100);
        story.Ask(new CancelPromise("M-2".No(), MayLift: true)).ShouldRefuse(RefusalCode.PromiseEnded);
    }

    [Fact]
    public void Everything_overdue_leaves_out_claims_disputed_parts_and_what_is_promised_already()
    {
        var story = Overdue();
        story.Invoice("I-2", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Invoice("I-3", 50, due: "2026-02-01", issued: "2026-01-01");
        story.Bill("F-1", 10, due: "2026-03-02");
        story.Dispute("D-1", "I-2", 40);
        story.Dispute("D-2", "I-3");
        story.Promise("M-1", "I-1", ("2026-03-06", 60)).ShouldAppend<PromiseMade>();
        story.On("2026-03-04T08:00:00Z").Promise("M-2", null, ("2026-03-06", 60.01m)).ShouldRefuse(RefusalCode.PromiseExceedsOpen);
        story.Promise("M-2", null, ("2026-03-06", 60)).ShouldAppend<PromiseMade>().Promise.Lines.ShouldBe([new PromisedLine("I-2".No(), 1, 60_00)]);
        story.Resolve("D-1", "C-1").ShouldBeOfType<Verdict.Append>().Events.OfType<PromiseChanged>().ShouldBeEmpty("the disputed part was never promised");
        After(story.Pay("P-1", 60, allocations: [("I-2", null, 60)])).ShouldBe((PromiseStatus.Kept, 60_00));
    }

    [Fact]
    public void Decisions_do_not_cost_more_for_promises_that_stand_or_were_broken()
    {
        var story = Overdue();
        for (var i = 2; i <= 41; i++)
        {
            story.Invoice($"I-{i}", 100, due: "2026-02-01", issued: "2026-01-01");
        }

        var before = CostOfDeciding(story);
        for (var i = 2; i <= 41; i++)
        {
            story.Promise($"M-{i}", $"I-{i}", (i % 2 == 0 ? "2026-03-03" : "2026-05-04", 100)).ShouldAppend<PromiseMade>();
        }

        story.On("2026-03-12T08:00:00Z").RunDue().Count.ShouldBe(20);
        story.Check(10).Facts.BrokenPromises.ShouldBe(20);
        CostOfDeciding(story).ShouldBeLessThan(before + 100, "bytes allocated");
        story.Pay("P-1", 100, allocations: [("I-2", null, 100)]);
        story.Check(10).Facts.BrokenPromises.ShouldBe(19);
        story.Sleep().Check(10).Facts.BrokenPromises.ShouldBe(19);
    }

    private static long CostOfDeciding(AccountStory story)
    {
        var context = story.Context();
        var check = new CheckCredit(new Purchase(story.Amount(10), null, null, null), Checkpoint.Pos);
        long cost = 0;
        for (var i = 0; i < 3; i++)
        {
            var start = GC.GetAllocatedBytesForCurrentThread();
            story.Account.DecideDue(context).ShouldBeEmpty();
            story.Account.Decide(check, context);
            cost = GC.GetAllocatedBytesForCurrentThread() - start;
        }

        return cost;
    }

    private static AccountStory Overdue(CreditPolicy? policy = null)
    {
        var story = new AccountBuilder().WithLimit(1000).WithPolicy(policy ?? CreditPolicy.Empty).Open().On(Start);
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        return story;
    }

    private static List<PromiseChanged> Changes(Verdict verdict) => [.. verdict.ShouldBeOfType<Verdict.Append>().Events.OfType<PromiseChanged>()];

    private static (PromiseStatus, long) After(Verdict verdict)
    {
        var state = Changes(verdict).ShouldHaveSingleItem().Promise;
        return (state.Status, state.Received);
    }
}
