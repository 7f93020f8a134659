using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class CreditNoteTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).Open();

    [Fact]
    public void A_credit_note_reduces_the_invoice_it_names_oldest_instalment_first()
    {
        story.Invoice("I-0", 10, due: "2026-03-03");
        story.Invoice("I-1", 90, instalments: [("2026-06-01", 20), ("2026-04-01", 30), ("2026-05-01", 40)]);
        var note = story.CreditNote("C-1", 50, invoice: "I-1").ShouldAppend<CreditNotePosted>();
        note.Allocations.Select(part => (part.Instalment, part.Amount)).ShouldBe([(2, 30_00), (3, 20_00)]);
        (note.Unapplied, note.Credited!.Credited).ShouldBe((0, 50_00));
        story.Owed.ShouldBe(50);
    }

    [Fact]
    public void What_the_invoice_does_not_need_is_unapplied_and_not_set_against_others()
    {
        story.Invoice("I-0", 10, due: "2026-03-03");
        story.Invoice("I-1", 90);
        story.Pay("P-1", 70, allocations: [("I-1", null, 70m)]);
        story.CreditNote("C-1", 50, invoice: "I-1").ShouldAppend<CreditNotePosted>().Unapplied.ShouldBe(30_00);
        story.Exposure.ShouldBe(new Exposure(10_00, 0, 0, 0, 0, 0, -30_00));
    }

    [Fact]
    public void A_credit_note_of_a_paid_invoice_is_unapplied_credit()
    {
        story.Invoice("I-1", 90);
        story.Pay("P-1", 90);
        story.CreditNote("C-1", 50, invoice: "I-1").ShouldAppend<CreditNotePosted>().Unapplied.ShouldBe(50_00);
        story.Forget();
        story.CreditNote("C-2", 40.01m, invoice: "I-1").ShouldRefuse(RefusalCode.CreditExceedsInvoice);
        story.CreditNote("C-2", 40, invoice: "I-1").ShouldAppend<CreditNotePosted>();
        story.Exposure.UnappliedCredits.ShouldBe(-90_00);
    }

    [Fact]
    public void Credits_above_the_invoice_are_refused_unless_they_are_history()
    {
        story.Invoice("I-1", 90);
        story.CreditNote("C-1", 60, invoice: "I-1");
        story.CreditNote("C-2", 30.01m, invoice: "I-1").ShouldRefuse(RefusalCode.CreditExceedsInvoice);
        story.Owed.ShouldBe(30);

        var fact = story.CreditNote("C-2", 30.01m, invoice: "I-1", history: true).ShouldAppend<CreditNotePosted>();
        fact.Flags.ShouldBe(["creditAboveInvoice"]);
        (fact.Unapplied, fact.Allocations.Sum(part => part.Amount)).ShouldBe((1, 30_00));
        story.Exposure.Total.ShouldBe(-1);
    }

    [Fact]
    public void A_credit_note_that_names_no_invoice_is_unapplied()
    {
        story.Invoice("I-1", 90);
        story.CreditNote("C-1", 50);
        story.Exposure.ShouldBe(new Exposure(90_00, 0, 0, 0, 0, 0, -50_00));
    }

    [Fact]
    public void A_credit_note_names_an_invoice_that_exists_in_its_own_currency()
    {
        story.Invoice("I-1", 90);
        story.CreditNote("C-1", 50, invoice: "I-2").ShouldRefuse(RefusalCode.InvoiceUnknown);
        story.CreditNote("C-1", 50, invoice: "I-1", of: "USD", rate: 1).ShouldRefuse(RefusalCode.CurrencyMismatch);
    }

    [Fact]
    public void A_repeat_is_recognised_also_when_the_invoice_has_no_room_for_it_any_more()
    {
        story.Invoice("I-1", 90);
        story.CreditNote("C-1", 60, invoice: "I-1");
        story.CreditNote("C-1", 60, invoice: "I-1").ShouldBeOfType<Verdict.Taken>();
        story.CreditNote("C-2", 5);
        story.CreditNote("C-2", 5).ShouldBeOfType<Verdict.Taken>();
    }

    [Fact]
    public void What_a_bounce_had_reopened_is_credited_first()
    {
        story.Invoice("I-1", 90);
        story.Pay("P-1", 60);
        story.Reverse("P-1", ReversalReason.Bounced);
        story.Exposure.ShouldBe(new Exposure(30_00, 60_00, 0, 0, 0, 0, 0));
        story.CreditNote("C-1", 50, invoice: "I-1").ShouldAppend<CreditNotePosted>().Allocations[0].OfReturned.ShouldBe(50_00);
        story.Exposure.ShouldBe(new Exposure(30_00, 10_00, 0, 0, 0, 0, 0));
    }
}
