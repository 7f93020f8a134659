using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>What happens to the items of a payment plan, in any order, and what the plan makes of it.</summary>
public sealed class PlanReceiptTests
{
    // A Monday.
    private const string Start = "2026-03-02T08:00:00Z";

    [Fact]
    public void What_is_settled_counts_for_the_instalments_by_date_and_what_settles_something_else_or_nothing_does_not()
    {
        var story = Planned(("2026-03-06", 40), ("2026-03-13", 60));
        story.Invoice("I-2", 50, due: "2026-02-01", issued: "2026-01-01");
        Changes(story.Pay("P-1", 50, allocations: [("I-2", null, 50)])).ShouldBeEmpty();
        Changes(story.Pay("P-2", 45, allocations: [])).ShouldBeEmpty();
        After(story.Allocate("P-2", allocations: ("I-1", null, 45))).ShouldBe((PlanStatus.Active, 100_00, 45_00, "2026-03-17"));
        After(story.Sleep().Pay("P-3", 55)).ShouldBe((PlanStatus.Kept, 100_00, 100_00, null));
        story.On("2026-04-01T08:00:00Z").RunDue().ShouldBeEmpty();
    }

    [Fact]
    public void A_bounce_takes_back_what_it_covered_and_breaks_a_plan_whose_day_has_passed_at_once()
    {
        var story = Planned(("2026-03-06", 40), ("2026-03-13", 60));
        After(story.Pay("P-1", 40, allocations: [("I-1", null, 40)])).ShouldBe((PlanStatus.Active, 100_00, 40_00, "2026-03-17"));
        story.On("2026-03-11T08:00:00Z").RunDue().ShouldBeEmpty();
        After(story.Sleep().Reverse("P-1", ReversalReason.Bounced)).ShouldBe((PlanStatus.Broken, 100_00, 0, null));
        (story.View.Overdue.Amount, story.Check(1).Facts.BrokenPromises).ShouldBe((100_00, 1));

        // Whoever corrects a posting gives back what was in time; money of now is too late.
        Changes(story.Pay("P-2", 10, allocations: [("I-1", null, 10)])).ShouldHaveSingleItem().Plan.Status.ShouldBe(PlanStatus.Broken);
        After(story.Pay("P-3", 40, allocations: [("I-1", null, 40)], received: "2026-03-10")).ShouldBe((PlanStatus.Active, 100_00, 50_00, "2026-03-17"));
        story.View.Overdue.Amount.ShouldBe(0);
    }

    [Fact]
    public void A_kept_plan_whose_last_payment_bounces_goes_on_while_there_is_time()
    {
        var story = Planned(("2026-03-06", 100));
        After(story.Pay("P-1", 100)).Status.ShouldBe(PlanStatus.Kept);
        After(story.Sleep().Reverse("P-1", ReversalReason.Bounced)).ShouldBe((PlanStatus.Active, 100_00, 0, "2026-03-10"));
        story.View.Overdue.Amount.ShouldBe(0);
        story.On("2026-03-11T08:00:00Z").RunDue().ShouldHaveSingleItem();
        story.View.Overdue.Amount.ShouldBe(100_00);
    }

    [Fact]
    public void A_plan_that_has_ended_stays_so_once_its_item_is_in_another()
    {
        var story = Planned(("2026-03-06", 100));
        story.On("2026-03-11T08:00:00Z");
        story.Plan("L-2", "I-1", ("2026-03-20", 100)).ShouldAppend<PlanRequested>();
        story.Decide("L-2");
        Changes(story.Pay("P-1", 100, received: "2026-03-06")).Select(change => (change.Plan.Id.Value, change.Plan.Status))
            .ShouldBe([("L-1", PlanStatus.Broken), ("L-2", PlanStatus.Kept)]);
        story.Account.FindPlan("L-1".No())!.Status.ShouldBe(PlanStatus.Broken);
    }

    [Fact]
    public void A_credit_note_makes_the_last_instalments_ask_for_less_and_undone_it_gives_time_to_pay()
    {
        var story = Planned(("2026-03-06", 40), ("2026-03-13", 60));
        After(story.CreditNote("C-1", 70, invoice: "I-1")).ShouldBe((PlanStatus.Active, 30_00, 0, "2026-03-10"));
        After(story.Pay("P-1", 30)).ShouldBe((PlanStatus.Kept, 30_00, 30_00, null));
        After(story.On("2026-03-25T08:00:00Z").Undo("C-1", kind: CreditKind.CreditNote)).ShouldBe((PlanStatus.Active, 100_00, 30_00, "2026-03-27"));
        story.View.Overdue.Amount.ShouldBe(0);
        story.On("2026-03-28T08:00:00Z").RunDue().ShouldHaveSingleItem();

        var whole = Planned(("2026-03-06", 40), ("2026-03-13", 60));
        After(whole.CreditNote("C-1", 100, invoice: "I-1")).ShouldBe((PlanStatus.Kept, 0, 0, null));
    }

    [Fact]
    public void Writing_off_takes_the_amount_out_of_the_plan_and_recovering_it_adds_nothing()
    {
        var story = Planned(("2026-03-06", 40), ("2026-03-13", 60));
        After(story.WriteOff("W-1", "I-1", 60)).ShouldBe((PlanStatus.Active, 40_00, 0, "2026-03-10"));
        Changes(story.Sleep().Pay("P-1", 80)).Select(change => (change.Plan.Asked, change.Plan.Received)).ShouldBe([(40_00, 40_00)], "the other 40 are a recovery");
        story.Reverse("P-1", ReversalReason.Mistake);
        After(story.TakeBack("W-1")).ShouldBe((PlanStatus.Active, 100_00, 0, "2026-03-10"));

        var waived = Planned(("2026-03-06", 100));
        After(waived.WriteOff("W-1", "I-1", 100)).Status.ShouldBe(PlanStatus.Kept, "nothing is left to pay");
    }

    [Fact]
    public void What_is_disputed_is_not_asked_for_and_when_the_dispute_is_lost_there_is_time_to_pay()
    {
        var story = Planned(("2026-03-06", 40), ("2026-03-13", 60));
        After(story.Dispute("D-1", "I-1", 70)).ShouldBe((PlanStatus.Active, 30_00, 0, "2026-03-10"));
        story.View.Overdue.Amount.ShouldBe(0);
        After(story.Pay("P-1", 30, allocations: [("I-1", null, 30)])).ShouldBe((PlanStatus.Kept, 30_00, 30_00, null));
        After(story.On("2026-03-20T08:00:00Z").Sleep().Resolve("D-1")).ShouldBe((PlanStatus.Active, 100_00, 30_00, "2026-03-24"));
        After(story.Pay("P-2", 70)).ShouldBe((PlanStatus.Kept, 100_00, 100_00, null));

        var won = Planned(("2026-03-06", 40), ("2026-03-13", 60));
        After(won.Dispute("D-1", "I-1", 70)).Asked.ShouldBe(30_00);
        After(won.Resolve("D-1", "C-1")).ShouldBe((PlanStatus.Active, 30_00, 0, "2026-03-10"), "it asked for no more before");
        won.View.InPlans.ShouldBe(30_00);
    }

    [Fact]
    public void A_dispute_does_not_mend_what_is_broken()
    {
        var story = Planned(("2026-03-06", 100));
        story.On("2026-03-11T08:00:00Z").RunDue().ShouldHaveSingleItem();
        story.Dispute("D-1", "I-1").ShouldAppend<DisputeRaised>();
        story.Account.FindPlan("L-1".No())!.Status.ShouldBe(PlanStatus.Broken);
        story.CreditNote("C-1", 100, invoice: "I-1");
        story.Account.FindPlan("L-1".No())!.Status.ShouldBe(PlanStatus.Broken);
        story.Check(1).Facts.BrokenPromises.ShouldBeNull("nothing of it is open");
    }

    [Fact]
    public void What_was_paid_before_the_plan_and_bounces_is_overdue_beside_it()
    {
        var story = Story();
        story.Pay("P-0", 40, allocations: [("I-1", null, 40)]);
        story.Plan("L-1", "I-1", ("2026-03-06", 60));
        story.Decide("L-1");
        Changes(story.Reverse("P-0", ReversalReason.Bounced)).ShouldBeEmpty();
        (story.View.Overdue.Amount, story.View.InPlans, story.Owed).ShouldBe((40_00, 60_00, 100));
        After(story.Pay("P-1", 100)).ShouldBe((PlanStatus.Kept, 60_00, 60_00, null));
    }

    [Fact]
    public void What_acts_take_off_planned_items_or_put_back_is_told_with_the_plan()
    {
        static (string, long, string)[] Moves(Verdict verdict) =>
            [.. Changes(verdict).ShouldHaveSingleItem().Moves?.Select(move => (move.Invoice.Value, move.Amount, $"{move.PostedOn:yyyy-MM-dd}")) ?? []];
        var story = Planned(("2026-03-06", 40), ("2026-03-13", 60));
        Moves(story.Pay("P-1", 30)).ShouldBe([("I-1", 30_00, "2026-03-02")]);
        Moves(story.On("2026-03-03T08:00:00Z").CreditNote("C-1", 20, invoice: "I-1")).ShouldBe([("I-1", 20_00, "2026-03-03")]);
        Moves(story.Dispute("D-1", "I-1", 10)).ShouldBeEmpty();
        Moves(story.Sleep().Reverse("P-1", ReversalReason.Bounced)).ShouldBe([("I-1", -30_00, "2026-03-03")]);
        story.RunDue().ShouldBeEmpty();
        Moves(story.Undo("C-1", kind: CreditKind.CreditNote)).ShouldBe([("I-1", -20_00, "2026-03-03")]);
    }

    [Fact]
    public void An_allocation_of_before_the_plan_that_is_undone_takes_nothing_from_it()
    {
        var story = Story();
        story.Pay("P-0", 60, allocations: [("I-1", null, 40)]);
        story.Plan("L-1", "I-1", ("2026-03-06", 60));
        story.Decide("L-1");
        After(story.Allocate("P-0", allocations: ("I-1", null, 20))).Received.ShouldBe(20_00);
        Changes(story.Sleep().Undo("P-0", 1)).ShouldBeEmpty();
        After(story.Undo("P-0", 2)).Received.ShouldBe(0);
        After(story.Allocate("P-0", allocations: ("I-1", null, 60))).ShouldBe((PlanStatus.Kept, 60_00, 60_00, null));
        story.View.Overdue.Amount.ShouldBe(40_00);
    }

    [Fact]
    public void Discounts_and_small_differences_that_clear_an_item_count_and_the_tolerance_is_still_kept()
    {
        var discounted = new AccountBuilder().WithLimit(1000).WithTerms(new PaymentTerms(30, EndOfMonth.None, null, [new(2, 14)])).Open().On(Start);
        discounted.Invoice("I-1", 100);
        discounted.Plan("L-1", "I-1", ("2026-03-06", 100));
        discounted.Decide("L-1");
        After(discounted.Pay("P-1", 98)).ShouldBe((PlanStatus.Kept, 100_00, 100_00, null));

        var tolerant = Story(new CreditPolicy { Plans = PlanRule.Shipped with { Tolerance = 2, GraceDays = 0 } });
        tolerant.Plan("L-1", "I-1", ("2026-03-06", 40), ("2026-03-13", 60));
        tolerant.Decide("L-1");
        After(tolerant.Pay("P-1", 38, allocations: [("I-1", null, 38)])).ShouldBe((PlanStatus.Active, 100_00, 38_00, "2026-03-13"));
        After(tolerant.Pay("P-2", 60, allocations: [("I-1", null, 60)])).ShouldBe((PlanStatus.Kept, 100_00, 98_00, null));
        tolerant.View.Overdue.Amount.ShouldBe(2_00, "it has ended, and so much is open");
    }

    [Fact]
    public void A_broken_plan_is_lifted_only_by_credit_control_and_stays_marked()
    {
        var story = Planned(("2026-03-03", 100));
        story.On("2026-03-10T08:00:00Z").Check(1).Facts.BrokenPromises.ShouldBe(1);
        story.Ask(new CancelPlan("L-1".No(), MayLift: false)).ShouldRefuse(RefusalCode.ApprovalRequired);
        var lifted = story.Ask(new CancelPlan("L-1".No(), MayLift: true)).ShouldAppend<PlanChanged>().Plan;
        (lifted.Status, lifted.Lifted).ShouldBe((PlanStatus.Cancelled, PlanStatus.Broken));
        story.Check(1).Facts.BrokenPromises.ShouldBeNull();
        story.Plan("L-2", "I-1", ("2026-03-12", 100));
        story.Decide("L-2");
        story.Pay("P-1", 100);
        story.Ask(new CancelPlan("L-2".No(), MayLift: true)).ShouldRefuse(RefusalCode.PlanEnded);
    }

    [Fact]
    public void The_last_that_ended_are_remembered_and_older_ones_change_no_more()
    {
        var story = Story();
        for (var i = 2; i <= 23; i++)
        {
            story.Invoice($"I-{i}", 100, due: "2026-02-01", issued: "2026-01-01");
            story.Plan($"L-{i:00}", $"I-{i}", ("2026-03-06", 100));
            story.Decide($"L-{i:00}");
            story.After(TimeSpan.FromMinutes(1)).Pay($"P-{i}", 100, allocations: [($"I-{i}", null, 100)]);
        }

        Changes(story.Sleep().Reverse("P-3", ReversalReason.Bounced)).ShouldBeEmpty();
        After(story.Reverse("P-4", ReversalReason.Bounced)).Status.ShouldBe(PlanStatus.Active);
        story.View.Overdue.Amount.ShouldBe(200_00);
    }

    private static AccountStory Story(CreditPolicy? policy = null)
    {
        var story = new AccountBuilder().WithLimit(5000).WithPolicy(policy ?? CreditPolicy.Empty).Open().On(Start);
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        return story;
    }

    private static AccountStory Planned(params (string On, decimal Amount)[] instalments)
    {
        var story = Story();
        story.Plan("L-1", "I-1", instalments).ShouldAppend<PlanRequested>();
        story.Decide("L-1").ShouldAppend<PlanDecided>().Plan.Status.ShouldBe(PlanStatus.Active);
        return story;
    }

    private static List<PlanChanged> Changes(Verdict verdict) => [.. verdict.ShouldBeOfType<Verdict.Append>().Events.OfType<PlanChanged>()];

    private static (PlanStatus Status, long Asked, long Received, string? BreaksOn) After(Verdict verdict)
    {
        var plan = Changes(verdict).ShouldHaveSingleItem().Plan;
        return (plan.Status, plan.Asked, plan.Received, plan.BreaksOn?.ToString("yyyy-MM-dd", null));
    }
}
