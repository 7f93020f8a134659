using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>Closed documents leave memory; what is asked about them is read first.</summary>
public sealed class ForgettingTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).Open();

    [Fact]
    public void What_is_not_on_disk_yet_stays()
    {
        story.Reserve("R-1", 10);
        story.Release("R-1");
        story.Account.ForgetClosed(story.Account.Version - 1);
        story.Account.FindReservation("R-1".No()).ShouldNotBeNull();
        story.Account.ForgetClosed(story.Account.Version);
        story.Account.FindReservation("R-1".No()).ShouldBeNull();
    }

    [Fact]
    public void A_forgotten_reservation_is_read_before_anything_is_said_about_it()
    {
        story.Reserve("R-1", 10);
        story.Release("R-1");
        story.Forget();
        var request = new DocumentRequest(NumberKind.Reservation, "R-1".No());
        story.Account.Decide(new ReleaseReservation("R-1".No()), story.Context()).ShouldBe(new Verdict.Needs(request));
        story.Release("R-1").ShouldBeOfType<Verdict.Unchanged>().Reservation.Status.ShouldBe(ReservationStatus.Released);
        story.Capture("R-1", "I-1").ShouldRefuse(RefusalCode.ReservationReleased);
        story.Change("R-1", 5).ShouldRefuse(RefusalCode.ReservationReleased);
        story.Ask(new FindReservation("R-1".No())).ShouldBeOfType<Verdict.Unchanged>().Reservation.Rest.ShouldBe(0);
        story.Readings.ShouldBe(1);
        story.Ask(new FindReservation("R-9".No())).ShouldRefuse(RefusalCode.NotFound);
    }

    [Fact]
    public void A_reading_older_than_what_was_forgotten_is_not_good_enough()
    {
        story.Reserve("R-1", 10);
        var before = story.Journal.Read(new DocumentRequest(NumberKind.Reservation, "R-1".No()), null);
        story.Release("R-1");
        story.Forget();
        story.Account.Decide(new ReleaseReservation("R-1".No()), story.Context(), before).ShouldBeOfType<Verdict.Needs>();
    }

    [Fact]
    public void An_old_reading_of_an_invoice_is_not_good_enough_either()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 100);
        story.Forget();
        var before = story.Journal.Read(new DocumentRequest(NumberKind.Invoice, "I-1".No()), null);
        story.CreditNote("C-1", 100, invoice: "I-1");
        story.Forget();
        var again = new PostCreditNote("C-2".No(), story.Today, null, 1m.In("EUR"), null, "I-1".No());
        story.Account.Decide(again, story.Context(), before).ShouldBeOfType<Verdict.Needs>();
        story.Ask(again).ShouldRefuse(RefusalCode.CreditExceedsInvoice);
    }

    [Fact]
    public void One_invoice_may_capture_several_forgotten_reservations()
    {
        story.Reserve("R-1", 10, kind: ReservationKind.Pos);
        story.Reserve("R-2", 20, kind: ReservationKind.Pos);
        story.AfterDays(1).RunDue();
        story.Forget();
        var posted = story.Invoice("I-1", 30, captures: [new("R-1".No(), null, false), new("R-2".No(), null, false)]).ShouldAppend<InvoicePosted>();
        story.Readings.ShouldBe(2);
        posted.Captures.ShouldAllBe(capture => capture.AfterLapse);
        posted.Flags.ShouldBe(["capturedAfterLapse"]);
    }

    [Fact]
    public void A_capture_after_lapse_works_also_when_the_lapse_was_forgotten()
    {
        story.Reserve("R-1", 10, kind: ReservationKind.Pos);
        story.AfterDays(1).RunDue();
        story.Forget().Sleep();
        story.Capture("R-1", "I-1", 4).ShouldAppend<InvoicePosted>();
        story.Forget();
        story.Capture("R-1", "I-2").ShouldAppend<InvoicePosted>().Amount.ShouldBe(6_00);
        story.Forget();
        story.Capture("R-1", "I-3").ShouldRefuse(RefusalCode.ReservationCaptured);
    }

    [Fact]
    public void A_cleared_invoice_answers_from_memory_until_it_is_forgotten()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 100);
        story.CreditNote("C-1", 10, invoice: "I-1").ShouldAppend<CreditNotePosted>();
        story.Readings.ShouldBe(0);
        story.Forget();
        story.CreditNote("C-2", 10, invoice: "I-1").ShouldAppend<CreditNotePosted>();
        story.Readings.ShouldBe(1);
    }

    [Fact]
    public void Paying_a_cleared_invoice_says_that_nothing_is_open()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 100);
        story.Pay("P-2", 1, allocations: [("I-1", null, 1m)]).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
        story.Forget();
        story.Pay("P-2", 1, allocations: [("I-1", null, 1m)]).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
    }

    [Fact]
    public void Nothing_is_forgotten_before_there_is_an_account() => new Account(story.Account.Id).ForgetClosed(9);
}
