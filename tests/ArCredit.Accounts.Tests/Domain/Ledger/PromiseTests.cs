using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
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
        story.Ask(new CancelPromise("M-1".No())).ShouldRefuse(RefusalCode.NotFound);
        story.Promise("M-1", "I-1", ("2026-03-06", 60)).ShouldAppend<PromiseMade>();
        story.Promise("M-1", "I-1", ("2026-03-06", 60)).ShouldBeOfType<Verdict.Taken>();
        story.Promise("M-2", null, ("2026-03-06", 60)).ShouldRefuse(RefusalCode.PromiseOverlaps);
        story.Ask(new CancelPromise("M-1".No())).ShouldAppend<PromiseChanged>().Promise.Status.ShouldBe(PromiseStatus.Cancelled);
        story.Ask(new CancelPromise("M-1".No())).ShouldBeOfType<Verdict.Taken>();
        story.Promise("M-2", null, ("2026-03-06", 60)).ShouldAppend<PromiseMade>();
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
