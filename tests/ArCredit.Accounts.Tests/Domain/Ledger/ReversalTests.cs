using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class ReversalTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).Open();

    [Fact]
    public void A_bounced_payment_counts_as_returned_instead_of_open_and_only_once()
    {
        story.Invoice("I-1", 100, due: "2026-03-05");
        story.Pay("P-1", 100, clearsOn: "2026-03-10");
        story.Reverse("P-1", ReversalReason.Bounced).ShouldAppend<PaymentReversed>();
        story.Exposure.ShouldBe(new Exposure(0, 100_00, 0, 0, 0, 0, 0));
        story.View.Balance.ShouldBe(100_00);
        story.On("2026-03-06T09:00:00Z").View.Overdue.Amount.ShouldBe(100_00);
        story.AfterDays(30).Exposure.ShouldBe(new Exposure(0, 100_00, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void Returned_stays_returned_until_it_is_paid_again()
    {
        story.Invoice("I-1", 100, due: "2026-03-05");
        story.Pay("P-1", 60);
        story.Reverse("P-1", ReversalReason.Bounced);
        story.Exposure.ShouldBe(new Exposure(40_00, 60_00, 0, 0, 0, 0, 0));
        story.Pay("P-2", 50).ShouldAppend<PaymentReceived>().Allocations[0].OfReturned.ShouldBe(50_00);
        story.Exposure.ShouldBe(new Exposure(40_00, 10_00, 0, 0, 0, 0, 0));
        story.Pay("P-3", 50);
        story.Exposure.ShouldBe(new Exposure(0, 0, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void A_mistake_undone_is_as_if_it_had_never_been()
    {
        story.Invoice("I-1", 100);
        story.Invoice("I-2", 50);
        var before = story.Exposure;
        story.Pay("P-1", 170);
        story.Reverse("P-1", ReversalReason.Mistake);
        story.Exposure.ShouldBe(before);
    }

    [Fact]
    public void A_mistake_undone_restores_what_had_bounced_before_it()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 60);
        story.Reverse("P-1", ReversalReason.Bounced);
        var before = story.Exposure;
        story.Pay("P-2", 100);
        story.Reverse("P-2", ReversalReason.Mistake);
        story.Exposure.ShouldBe(before);
    }

    [Fact]
    public void Unapplied_credit_of_a_bounced_payment_is_gone()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 130);
        story.Exposure.UnappliedCredits.ShouldBe(-30_00);
        story.Reverse("P-1", ReversalReason.Bounced).ShouldAppend<PaymentReversed>().Unapplied.ShouldBe(30_00);
        story.Exposure.ShouldBe(new Exposure(0, 100_00, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void A_payment_over_several_invoices_reopens_each_part()
    {
        story.Invoice("I-1", 100, due: "2026-03-05");
        story.Invoice("I-2", 90, instalments: [("2026-03-06", 30), ("2026-03-07", 60)]);
        story.Pay("P-1", 150);
        story.Forget();
        story.Reverse("P-1", ReversalReason.Bounced);
        story.Exposure.ShouldBe(new Exposure(40_00, 150_00, 0, 0, 0, 0, 0));
        story.On("2026-03-07T00:00:00Z").View.Overdue.Amount.ShouldBe(130_00);
        Paid("P-2", 150).ShouldBe([("I-1", 1, 100_00), ("I-2", 1, 30_00), ("I-2", 2, 20_00)]);
    }

    [Fact]
    public void An_invoice_cleared_and_forgotten_comes_back_with_its_due_date_rate_and_rest()
    {
        var foreign = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.5m).WithRate("USD", "EUR", "2026-03-10", 0.9m).Open();
        foreign.Invoice("I-1", 100, of: "USD", due: "2026-03-20");
        foreign.Pay("P-1", 30, of: "USD");
        foreign.On("2026-03-15T09:00:00Z").Pay("P-2", 70, of: "USD");
        foreign.Forget().Sleep().Owed.ShouldBe(0);

        foreign.Reverse("P-2", ReversalReason.Bounced);
        foreign.Exposure.ShouldBe(new Exposure(0, 35_00, 0, 0, 0, 0, 0));
        foreign.On("2026-03-21T09:00:00Z").View.OverdueDays.ShouldBe(1);
        foreign.Reverse("P-1", ReversalReason.Mistake);
        foreign.Exposure.ShouldBe(new Exposure(15_00, 35_00, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void Credits_of_an_invoice_that_came_back_are_read_before_it_is_credited_again()
    {
        story.Invoice("I-1", 100);
        story.CreditNote("C-1", 40, invoice: "I-1");
        story.Pay("P-1", 60);
        story.Forget();
        story.Reverse("P-1", ReversalReason.Bounced);
        story.CreditNote("C-2", 60.01m, invoice: "I-1").ShouldRefuse(RefusalCode.CreditExceedsInvoice);
        story.Readings.ShouldBe(1);
        story.CreditNote("C-2", 50, invoice: "I-1").ShouldAppend<CreditNotePosted>();
        story.CreditNote("C-3", 10.01m, invoice: "I-1").ShouldRefuse(RefusalCode.CreditExceedsInvoice);
        story.Readings.ShouldBe(0, "the credits are known from then on");
        story.Exposure.ShouldBe(new Exposure(0, 10_00, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void A_payment_is_reversed_once()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 100);
        story.Reverse("P-1", ReversalReason.Bounced);
        story.Reverse("P-1", ReversalReason.Bounced).ShouldBe(new Verdict.Taken(new NumberKey(NumberKind.Reversal, "P-1")));
        story.Forget();
        story.Reverse("P-1", ReversalReason.Mistake).ShouldBe(new Verdict.Taken(new NumberKey(NumberKind.Reversal, "P-1")));
        story.Reverse("P-9", ReversalReason.Bounced).ShouldRefuse(RefusalCode.NotFound);
        story.Owed.ShouldBe(100);
    }

    [Fact]
    public void Money_paid_on_the_spot_can_be_taken_back_too()
    {
        story.Invoice("I-1", 100, paid: 40);
        story.Reverse("paid:I-1", ReversalReason.Bounced);
        story.Exposure.ShouldBe(new Exposure(60_00, 40_00, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void A_reversal_is_dated_today_unless_it_says_otherwise()
    {
        story.Pay("P-1", 1);
        story.Pay("P-2", 1);
        story.AfterDays(3).Reverse("P-1", ReversalReason.Mistake).ShouldAppend<PaymentReversed>().PostedOn.ShouldBe("2026-03-05".Day());
        story.Ask(new ReversePayment("P-2".No(), ReversalReason.Mistake, "2026-03-04".Day(), null)).ShouldAppend<PaymentReversed>()
            .PostedOn.ShouldBe("2026-03-04".Day());
    }

    [Fact]
    public void A_bounce_after_clearing_counts_as_returned_all_the_same()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 100, clearsOn: "2026-03-05");
        story.AfterDays(10).RunDue().ShouldHaveSingleItem();
        story.Reverse("P-1", ReversalReason.Bounced);
        story.Exposure.ShouldBe(new Exposure(0, 100_00, 0, 0, 0, 0, 0));
        story.AfterDays(10).RunDue().ShouldBeEmpty();
    }

    private IEnumerable<(string, int, long)> Paid(string id, decimal amount) =>
        story.Pay(id, amount).ShouldAppend<PaymentReceived>().Allocations.Select(part => (part.Invoice.Value, part.Instalment, part.Amount));

    [Fact]
    public void A_payment_is_not_taken_back_before_it_was_posted()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 100);
        story.Ask(new ReversePayment("P-1".No(), ReversalReason.Bounced, story.Today.AddDays(-1), null)).ShouldRefuse(RefusalCode.ReversalBeforePayment);
        story.Ask(new ReversePayment("P-1".No(), ReversalReason.Bounced, story.Today, null)).ShouldAppend<PaymentReversed>();
    }
}
