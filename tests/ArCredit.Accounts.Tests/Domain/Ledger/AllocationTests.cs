using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class AllocationTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.5m).Open();

    [Fact]
    public void Unapplied_money_settles_many_invoices_as_asked()
    {
        story.Invoice("I-1", 100, instalments: [("2026-03-20", 40), ("2026-04-20", 60)]);
        story.Invoice("I-2", 50);
        story.Pay("P-1", 120, allocations: []);
        var allocated = story.Allocate("P-1", allocations: [("I-1", 2, 60), ("I-2", null, null)]).ShouldAppend<CreditAllocated>();
        Lines(allocated.Allocations).ShouldBe([("I-1", 2, 60_00), ("I-2", 1, 50_00)]);
        (allocated.Credit.Unapplied, allocated.Credit.LastNo).ShouldBe((10_00, 1));
        story.Exposure.ShouldBe(new Exposure(40_00, 0, 0, 0, 0, 0, -10_00));
        Lines(story.Allocate("P-1").ShouldAppend<CreditAllocated>().Allocations).ShouldBe([("I-1", 1, 10_00)]);
        story.Allocate("P-1").ShouldRefuse(RefusalCode.AllocationExceedsPayment);
        story.Owed.ShouldBe(30);
    }

    [Fact]
    public void What_cannot_be_settled_changes_nothing()
    {
        story.Invoice("I-1", 100);
        story.Invoice("I-2", 100, of: "USD");
        story.Pay("P-1", 60, allocations: []);
        story.Allocate("P-1", allocations: ("I-1", null, 60.01m)).ShouldRefuse(RefusalCode.AllocationExceedsPayment);
        story.Allocate("P-1", allocations: ("I-1", 2, 1m)).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
        story.Allocate("P-1", allocations: ("I-1", null, 1.001m)).ShouldRefuse(RefusalCode.AmountDecimals);
        story.Allocate("P-1", allocations: ("I-2", null, 1m)).ShouldRefuse(RefusalCode.CurrencyMismatch);
        story.Allocate("P-1", allocations: ("I-9", null, 1m)).ShouldRefuse(RefusalCode.InvoiceUnknown);
        story.Allocate("P-9").ShouldRefuse(RefusalCode.NotFound);
        story.Allocate("C-9", CreditKind.CreditNote).ShouldRefuse(RefusalCode.NotFound);
        story.Allocate("P-1", on: "2026-03-01").ShouldRefuse(RefusalCode.AllocationBeforeCredit);
        story.Undo("P-1").ShouldRefuse(RefusalCode.NotFound);
        story.Exposure.ShouldBe(new Exposure(150_00, 0, 0, 0, 0, 0, -60_00));
        story.Pay("P-2", 1, of: "USD", allocations: [("I-2", null, 1m)]);
        story.Pay("P-3", 1, of: "USD", allocations: []);
        story.Reverse("P-3", ReversalReason.Mistake);
        story.Allocate("P-3").ShouldRefuse(RefusalCode.PaymentReversed);
        story.Undo("P-3").ShouldRefuse(RefusalCode.PaymentReversed);
        story.Forget().Allocate("P-3").ShouldRefuse(RefusalCode.PaymentReversed);
    }

    [Fact]
    public void An_allocation_is_undone_to_the_minor_unit_and_once()
    {
        story.Invoice("I-1", 33.33m, of: "USD");
        story.Pay("P-1", 11.11m, of: "USD");
        var before = story.Exposure;
        story.Pay("P-2", 50, of: "USD");
        story.Exposure.OpenInvoices.ShouldBe(0);
        var undone = story.Undo("P-2").ShouldAppend<AllocationUndone>();
        (undone.Credit.Unapplied, undone.Credit.Groups.Count, undone.Credit.LastNo).ShouldBe((50_00, 0, 1));
        story.Exposure.ShouldBe(before with { UnappliedCredits = -25_00 });
        story.Undo("P-2").ShouldBe(new Verdict.Taken(NumberKey.OfUndo(CreditKind.Payment, "P-2".No(), 1)));
        story.Forget().Undo("P-2").ShouldBeOfType<Verdict.Taken>();
        story.Undo("P-2", 2).ShouldRefuse(RefusalCode.NotFound);
        story.Allocate("P-2").ShouldAppend<CreditAllocated>().Credit.Groups.ShouldHaveSingleItem().No.ShouldBe(2);
        story.Forget().Undo("P-2", 2).ShouldAppend<AllocationUndone>();
        story.Exposure.ShouldBe(before with { UnappliedCredits = -25_00 });
    }

    [Fact]
    public void What_a_bounce_had_reopened_is_returned_again_whichever_is_undone_first()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 60);
        story.Reverse("P-1", ReversalReason.Bounced);
        story.Pay("P-2", 80, allocations: [("I-1", null, 80m)]);
        story.Pay("P-3", 20, allocations: [("I-1", null, 20m)]);
        story.Forget().Sleep();
        story.Undo("P-2");
        story.Exposure.ShouldBe(new Exposure(20_00, 60_00, 0, 0, 0, 0, -80_00));
        story.Undo("P-3");
        story.Exposure.ShouldBe(new Exposure(40_00, 60_00, 0, 0, 0, 0, -100_00));
        story.Allocate("P-3", allocations: ("I-1", null, 20m));
        story.Allocate("P-2", allocations: ("I-1", null, 80m));
        story.Owed.ShouldBe(0);
        story.Undo("P-3", 2);
        story.Undo("P-2", 2);
        story.Exposure.ShouldBe(new Exposure(40_00, 60_00, 0, 0, 0, 0, -100_00));
    }

    [Fact]
    public void A_bounce_takes_back_all_that_the_payment_settles_now_and_nothing_that_was_undone()
    {
        story.Invoice("I-1", 30);
        story.Invoice("I-2", 30);
        story.Invoice("I-3", 30);
        story.Pay("P-1", 100, allocations: [("I-1", null, 30m)]);
        story.Allocate("P-1", allocations: ("I-2", null, null));
        story.Allocate("P-1", allocations: ("I-3", null, 20m));
        story.Undo("P-1");
        story.Exposure.ShouldBe(new Exposure(40_00, 0, 0, 0, 0, 0, -50_00));
        story.Forget();
        var reversed = story.Reverse("P-1", ReversalReason.Bounced).ShouldAppend<PaymentReversed>();
        Lines(reversed.Allocations).ShouldBe([("I-2", 1, 30_00), ("I-3", 1, 20_00)]);
        reversed.Unapplied.ShouldBe(50_00);
        story.Exposure.ShouldBe(new Exposure(40_00, 50_00, 0, 0, 0, 0, 0));
        story.Undo("P-1", 2).ShouldRefuse(RefusalCode.PaymentReversed);
        story.Reverse("P-1", ReversalReason.Bounced).ShouldBeOfType<Verdict.Taken>();
    }

    [Fact]
    public void The_rest_of_a_credit_note_settles_another_invoice_and_comes_back()
    {
        story.Invoice("I-1", 60);
        story.Pay("P-1", 50);
        story.CreditNote("C-1", 25, invoice: "I-1");
        story.Invoice("I-2", 40);
        story.Forget().Sleep();
        Lines(story.Allocate("C-1", CreditKind.CreditNote).ShouldAppend<CreditAllocated>().Allocations).ShouldBe([("I-2", 1, 15_00)]);
        story.Exposure.ShouldBe(new Exposure(25_00, 0, 0, 0, 0, 0, 0));
        story.Undo("C-1", 1, CreditKind.CreditNote).ShouldAppend<AllocationUndone>();
        story.Exposure.ShouldBe(new Exposure(35_00, 0, 0, 0, 0, 0, -10_00));
        story.Undo("C-1", 2, CreditKind.CreditNote).ShouldAppend<AllocationUndone>().Credit.Unapplied.ShouldBe(25_00);
        story.Exposure.ShouldBe(new Exposure(50_00, 0, 0, 0, 0, 0, -25_00));
        story.CreditNote("C-2", 36, invoice: "I-1").ShouldRefuse(RefusalCode.CreditExceedsInvoice);
    }

    [Fact]
    public void Dates_follow_each_other()
    {
        story.Invoice("I-1", 60);
        story.Pay("P-1", 60, allocations: []);
        story.AfterDays(3).Allocate("P-1").ShouldAppend<CreditAllocated>().PostedOn.ShouldBe("2026-03-05".Day());
        story.Undo("P-1", on: "2026-03-04").ShouldRefuse(RefusalCode.AllocationBeforeCredit);
        story.Ask(new ReversePayment("P-1".No(), ReversalReason.Mistake, "2026-03-04".Day(), null)).ShouldRefuse(RefusalCode.ReversalBeforePayment);
        story.AfterDays(1).Undo("P-1").ShouldAppend<AllocationUndone>().PostedOn.ShouldBe("2026-03-06".Day());
    }

    [Fact]
    public void A_credit_settles_a_thousand_lines_and_no_more()
    {
        foreach (var number in Enumerable.Range(0, 1_001))
        {
            story.Invoice($"I-{number:0000}", 0.01m);
        }

        story.Pay("P-1", 10.01m).ShouldAppend<PaymentReceived>().Unapplied.ShouldBe(1, "the rest waits for the next act");
        story.Undo("P-1");
        story.Allocate("P-1").ShouldAppend<CreditAllocated>().Allocations.Count.ShouldBe(Account.MostLines);
        story.Allocate("P-1").ShouldAppend<CreditAllocated>().Credit.Unapplied.ShouldBe(0);
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void Discounts_stand_where_the_lines_end_before_the_money()
    {
        var book = new AccountBuilder().WithLimit(100_000).WithTerms(new PaymentTerms(30, EndOfMonth.None, null, [new(2, 10)])).Open();
        foreach (var number in Enumerable.Range(0, 1_002))
        {
            book.Invoice($"I-{number:0000}", 1);
        }

        var received = book.Pay("P-1", 1_002 * 0.98m).ShouldAppend<PaymentReceived>();
        received.Allocations.ShouldAllBe(line => line.Discount == 2);
        received.Unapplied.ShouldBe(2 * 98);
        book.Allocate("P-1").ShouldAppend<CreditAllocated>().Credit.Unapplied.ShouldBe(0);
        book.Owed.ShouldBe(0);
    }

    [Fact]
    public void A_payment_posted_on_a_later_day_is_taken_back_on_that_day()
    {
        story.Invoice("I-1", 60);
        story.Ask(new PostPayment("P-1".No(), story.Amount(60), story.Today, "2026-03-20".Day(), null, PaymentMethod.Transfer, null, null, null))
            .ShouldAppend<PaymentReceived>();
        story.Reverse("P-1", ReversalReason.Bounced).ShouldAppend<PaymentReversed>().PostedOn.ShouldBe("2026-03-20".Day());
    }

    [Fact]
    public void A_claim_is_not_paid_because_the_amount_happens_to_be_its_own()
    {
        story.Bill("F-1", 40, due: "2026-03-03");
        story.Invoice("I-1", 100, due: "2026-03-06");
        story.On("2026-03-09T09:00:00Z");
        Lines(story.Pay("P-1", 40).ShouldAppend<PaymentReceived>().Allocations).ShouldBe([("I-1", 1, 40_00)]);
        Lines(story.Pay("P-2", 40, remittance: "F-1").ShouldAppend<PaymentReceived>().Allocations).ShouldBe([("F-1", 1, 40_00)]);
    }

    private static List<(string, int, long)> Lines(IEnumerable<Allocation> lines) =>
        [.. lines.Select(line => (line.Invoice.Value, line.Instalment, line.Amount))];
}
