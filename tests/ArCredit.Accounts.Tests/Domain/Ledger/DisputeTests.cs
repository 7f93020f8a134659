using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class DisputeTests
{
    private static readonly CreditPolicy Strict = new() { OverdueDays = new OverdueDaysRule(3, null, RuleAction.Decline) };

    [Fact]
    public void What_is_disputed_is_owed_and_not_overdue()
    {
        var story = Story(Strict);
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Check(10).Codes().ShouldBe(["OVERDUE_DAYS"]);
        story.Dispute("D-1", "I-1").ShouldAppend<DisputeRaised>().Dispute.Lines.ShouldBe([new DisputedLine(1, 100_00)]);
        story.Check(10).Outcome.ShouldBe(DecisionOutcome.Approved);
        (story.Owed, story.View.Overdue.Amount, story.View.OverdueDays, story.View.Disputed).ShouldBe((100, 0, 0, 100_00));
        story.Sleep().View.Disputed.ShouldBe(100_00);
        story.Resolve("D-1").ShouldAppend<DisputeResolved>().Dispute.Outcome.ShouldBe(DisputeOutcome.Rejected);
        (story.View.Overdue.Amount, story.View.Disputed).ShouldBe((100_00, 0));
        story.Check(10).Codes().ShouldBe(["OVERDUE_DAYS"]);
    }

    [Fact]
    public void Of_a_partly_disputed_line_the_rest_is_overdue()
    {
        var story = Story(Strict);
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Dispute("D-1", "I-1", 30);
        story.Dispute("D-2", "I-1", 20);
        (story.View.Overdue.Amount, story.View.Disputed).ShouldBe((50_00, 50_00));
        story.Dispute("D-3", "I-1", 50.01m).ShouldRefuse(RefusalCode.DisputeExceedsOpen);
        story.CreditNote("C-1", 15);
        story.View.Overdue.Amount.ShouldBe(35_00);
    }

    [Fact]
    public void A_policy_may_count_what_is_disputed_as_overdue()
    {
        var story = Story(Strict with { Disputes = new DisputeRule(true, null) });
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Dispute("D-1", "I-1", 40);
        (story.View.Overdue.Amount, story.View.Disputed).ShouldBe((100_00, 40_00));
        var declined = story.Check(10);
        declined.Codes().ShouldBe(["OVERDUE_DAYS"]);
        (declined.Facts.Overdue.Amount, declined.Facts.OverdueWithDisputed!.Amount).ShouldBe((60_00, 100_00));
    }

    [Fact]
    public void A_dispute_is_credited_at_both_rates_of_the_invoice()
    {
        var story = new AccountBuilder().In("JPY", ofCompany: "EUR").WithRate("USD", "JPY", "2026-01-01", 148m).WithRate("EUR", "JPY", "2026-01-01", 160m)
            .WithRate("USD", "EUR", "2026-01-01", 0.9m).WithRate("USD", "EUR", "2026-03-20", 0.5m).WithRate("USD", "JPY", "2026-03-20", 100m).Open();
        story.Invoice("I-1", 100, of: "USD");
        story.Dispute("D-1", "I-1", 40).ShouldAppend<DisputeRaised>().Dispute.CompanyRate.ShouldBe(0.9m);
        story.AfterDays(60);
        var note = story.Resolve("D-1", "C-1").ShouldAppend<CreditNotePosted>();
        (note.Rate, note.CompanyRate, note.Allocations.ShouldHaveSingleItem().FxDifference!.Value.Minor).ShouldBe((148m, 0.9m, 0));
    }

    [Fact]
    public void What_is_disputed_is_paid_last_unless_the_payer_means_it()
    {
        var story = Story();
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Invoice("I-2", 50, due: "2026-04-01");
        story.Dispute("D-1", "I-1", 30);
        Lines(story.Pay("P-1", 130)).ShouldBe([("I-1", 1, 70_00), ("I-2", 1, 50_00), ("I-1", 1, 10_00)]);
        story.View.Disputed.ShouldBe(20_00);
        story.Undo("P-1");
        story.View.Disputed.ShouldBe(30_00);
        Lines(story.Pay("P-2", 100)).ShouldBe([("I-1", 1, 100_00)]);
        story.Reverse("P-2", ReversalReason.Bounced);
        (story.View.Disputed, story.View.Overdue.Amount).ShouldBe((30_00, 0));
        Lines(story.Pay("P-3", 90, remittance: "I-1")).ShouldBe([("I-1", 1, 90_00)]);
    }

    [Fact]
    public void A_payment_makes_the_disputed_part_smaller_and_a_bounce_brings_it_back()
    {
        var story = Story();
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Dispute("D-1", "I-1", 60);
        story.Pay("P-1", 75, allocations: [("I-1", null, 75)]);
        (story.View.Disputed, story.View.Overdue.Amount).ShouldBe((25_00, 0));
        story.Pay("P-2", 25);
        story.Forget().View.Disputed.ShouldBe(0);
        story.Reverse("P-1", ReversalReason.Bounced);
        (story.View.Disputed, story.View.Overdue.Amount, story.Exposure.ReturnedPayments).ShouldBe((60_00, 15_00, 75_00));
    }

    [Fact]
    public void A_resolution_credits_the_disputed_instalment_in_the_same_step()
    {
        var story = Story();
        story.Invoice("I-1", 100, instalments: [("2026-03-20", 40), ("2026-04-20", 60)]);
        story.Dispute("D-1", "I-1", 50, instalment: 2);
        var append = story.Resolve("D-1", "C-1", 35).ShouldBeOfType<Verdict.Append>();
        append.Events.Select(happened => happened.GetType()).ShouldBe([typeof(CreditNotePosted), typeof(DisputeResolved)]);
        Lines(append).ShouldBe([("I-1", 2, 35_00)]);
        var resolved = append.Events.OfType<DisputeResolved>().Single().Dispute;
        (resolved.Outcome, resolved.Credited, resolved.CreditNote).ShouldBe((DisputeOutcome.Partly, 35_00, "C-1".No()));
        (story.Owed, story.View.Disputed).ShouldBe((65, 0));
        story.Resolve("D-1", "C-2").ShouldBeOfType<Verdict.Taken>();
        story.Dispute("D-1", "I-1").ShouldBeOfType<Verdict.Taken>();
    }

    [Fact]
    public void The_credit_note_of_a_dispute_that_is_paid_is_unapplied()
    {
        var story = Story();
        story.Invoice("I-1", 100);
        story.Dispute("D-1", "I-1", 40);
        story.Pay("P-1", 100);
        story.Forget();
        var note = story.Resolve("D-1", "C-1").ShouldBeOfType<Verdict.Append>().Events.OfType<CreditNotePosted>().Single();
        (note.Unapplied, note.Allocations.Count).ShouldBe((40_00, 0));
        story.Owed.ShouldBe(-40);
    }

    [Fact]
    public void Crediting_more_than_the_policy_lets_everybody_needs_the_right_to_approve()
    {
        var story = Story(new CreditPolicy { Disputes = new DisputeRule(false, 25) });
        story.Invoice("I-1", 100);
        story.Dispute("D-1", "I-1", 40);
        story.Resolve("D-1", "C-1", mayApprove: false).ShouldRefuse(RefusalCode.ApprovalRequired);
        story.Resolve("D-1", "C-1", 25.01m, mayApprove: false).ShouldRefuse(RefusalCode.ApprovalRequired);
        story.Resolve("D-1", "C-1", 40).ShouldRefuse(RefusalCode.DisputeExceedsOpen);
        story.Resolve("D-1", "C-1", 25, mayApprove: false).ShouldBeOfType<Verdict.Append>();
        story.Dispute("D-2", "I-1", 75);
        story.Resolve("D-2", mayApprove: false).ShouldAppend<DisputeResolved>();
    }

    [Fact]
    public void Only_who_may_post_a_credit_note_credits_a_dispute()
    {
        var story = Story();
        story.Invoice("I-1", 100);
        story.Dispute("D-1", "I-1", 40);
        story.Resolve("D-1", "C-1", mayApprove: false, mayCredit: false).ShouldRefuse(RefusalCode.ApprovalRequired);
        story.Resolve("D-1", "C-1", 5, mayApprove: false, mayCredit: false).ShouldRefuse(RefusalCode.ApprovalRequired);
        story.Resolve("D-1", mayApprove: false, mayCredit: false).ShouldAppend<DisputeResolved>();
    }

    [Fact]
    public void Several_disputes_of_an_invoice_are_held_against_the_limit_together()
    {
        var story = Story(new CreditPolicy { Disputes = new DisputeRule(false, 25) });
        story.Invoice("I-1", 100);
        story.Invoice("I-2", 100);
        foreach (var id in new[] { "D-1", "D-2", "D-3" })
        {
            story.Dispute(id, "I-1", 20);
        }

        story.Dispute("D-4", "I-2", 20);
        story.Resolve("D-1", "C-1", mayApprove: false).ShouldBeOfType<Verdict.Append>();
        story.Resolve("D-2", "C-2", mayApprove: false).ShouldRefuse(RefusalCode.ApprovalRequired);
        story.Sleep().Resolve("D-2", "C-2", 5.01m, mayApprove: false).ShouldRefuse(RefusalCode.ApprovalRequired);
        story.Resolve("D-2", "C-2", 5, mayApprove: false).ShouldBeOfType<Verdict.Append>();
        story.Pay("P-1", 75, allocations: [("I-1", null, 75)]);
        story.Sleep().Resolve("D-3", "C-3", mayApprove: false).ShouldRefuse(RefusalCode.ApprovalRequired);
        story.Resolve("D-4", "C-4", mayApprove: false).ShouldBeOfType<Verdict.Append>();
    }

    [Fact]
    public void What_is_overdue_with_disputes_is_worked_out_once_for_many_decisions()
    {
        var story = Story();
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Dispute("D-1", "I-1", 40);
        var first = story.Check(1).Facts.OverdueWithDisputed.ShouldNotBeNull();
        story.Check(1).Facts.OverdueWithDisputed.ShouldBeSameAs(first);
        story.Pay("P-1", 10, allocations: [("I-1", null, 10)]);
        story.Check(1).Facts.OverdueWithDisputed!.Amount.ShouldBe(90_00);
    }

    [Fact]
    public void What_cannot_be_disputed_or_resolved_changes_nothing()
    {
        var story = Story();
        story.Invoice("I-1", 100);
        story.Dispute("D-1", "I-9").ShouldRefuse(RefusalCode.NotFound);
        story.Dispute("D-1", "I-1", instalment: 2).ShouldRefuse(RefusalCode.DisputeExceedsOpen);
        story.Dispute("D-1", "I-1", 0.001m).ShouldRefuse(RefusalCode.AmountDecimals);
        story.Resolve("D-1").ShouldRefuse(RefusalCode.NotFound);
        story.Ask(new ChangeDispute("D-1".No(), "u-1", null, null)).ShouldRefuse(RefusalCode.NotFound);
        story.Dispute("D-1", "I-1", 10).ShouldAppend<DisputeRaised>();
        story.CreditNote("C-1", 5);
        story.Resolve("D-1", "C-1").ShouldRefuse(RefusalCode.NumberConflict);
        var changed = story.Ask(new ChangeDispute("D-1".No(), "u-1", null, new FreeText("called"))).ShouldAppend<DisputeChanged>().Dispute;
        (changed.Owner, changed.DueOn, changed.Amount).ShouldBe(("u-1", null, 10_00));
        story.Ask(new ChangeDispute("D-1".No(), null, "2026-04-01".Day(), null)).ShouldAppend<DisputeChanged>().Dispute.Owner.ShouldBe("u-1");
        story.View.Disputed.ShouldBe(10_00);
    }

    private static AccountStory Story(CreditPolicy? policy = null) => new AccountBuilder().WithLimit(1000).WithPolicy(policy ?? CreditPolicy.Empty).Open();

    private static List<(string, int, long)> Lines(Verdict verdict)
    {
        var happened = verdict.ShouldBeOfType<Verdict.Append>().Events[0];
        var lines = happened is CreditNotePosted note ? note.Allocations : happened.ShouldBeOfType<PaymentReceived>().Allocations;
        return [.. lines.Select(line => (line.Invoice.Value, line.Instalment, line.Amount))];
    }
}
