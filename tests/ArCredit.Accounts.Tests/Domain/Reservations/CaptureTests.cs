using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Decisions;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Reservations;

public sealed class CaptureTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).Open();

    [Fact]
    public void A_capture_in_parts_moves_each_part_and_the_last_one_ends_the_reservation()
    {
        story.Reserve("R-1", 100);
        story.Capture("R-1", "I-1", 30);
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((70_00, 30_00));
        story.Reservation("R-1").ShouldSatisfyAllConditions(
            state => state.Status.ShouldBe(ReservationStatus.Active),
            state => (state.Remaining, state.Rest, state.Captured).ShouldBe((70_00, 70_00, 30_00)));

        var rest = story.Capture("R-1", "I-2").ShouldAppend<InvoicePosted>();
        rest.Amount.ShouldBe(70_00);
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((0, 100_00));
        story.Reservation("R-1").Status.ShouldBe(ReservationStatus.Captured);
    }

    [Fact]
    public void More_than_is_left_is_refused_until_the_reservation_is_raised()
    {
        story.Reserve("R-1", 100);
        story.Capture("R-1", "I-1", 60);
        story.Capture("R-1", "I-2", 40.01m).ShouldRefuse(RefusalCode.CaptureExceedsReservation);
        story.Owed.ShouldBe(100);

        story.Change("R-1", 100.01m).ShouldAppend<ReservationChanged>().Decision.ShouldNotBeNull().ShouldBeApproved();
        story.Capture("R-1", "I-2", 40.01m).ShouldAppend<InvoicePosted>();
        story.Owed.ShouldBe(100.01m);
    }

    [Fact]
    public void The_excess_may_be_posted_beside_the_capture()
    {
        story.Reserve("R-1", 100);
        story.Invoice("I-1", 130, captures: [new CaptureRequest("R-1".No(), 100_00, false)]).ShouldAppend<InvoicePosted>();
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((0, 130_00));
    }

    [Fact]
    public void An_invoice_without_capture_amounts_takes_what_it_can_from_each_reservation()
    {
        story.Reserve("R-1", 100);
        story.Reserve("R-2", 50, kind: ReservationKind.Pos);
        var posted = story.Invoice("I-1", 120, captures: [new CaptureRequest("R-1".No(), null, false), new CaptureRequest("R-2".No(), null, false)])
            .ShouldAppend<InvoicePosted>();
        posted.Captures.Select(capture => capture.Amount).ShouldBe([100_00, 20_00]);
        (story.Exposure.Orders, story.Exposure.Reservations, story.Exposure.OpenInvoices).ShouldBe((0, 30_00, 120_00));
    }

    [Fact]
    public void A_reservation_is_captured_once_by_one_invoice_and_for_no_more_than_it()
    {
        story.Reserve("R-1", 100);
        story.Invoice("I-1", 80, captures: [new("R-1".No(), 40_00, false), new("R-1".No(), 40_00, false)])
            .ShouldRefuse(RefusalCode.CaptureExceedsReservation);
        story.Invoice("I-1", 80, captures: [new("R-1".No(), 80_01, false)]).ShouldRefuse(RefusalCode.CaptureExceedsInvoice);
        story.Invoice("I-1", 80, captures: [new("R-9".No(), null, false)]).ShouldRefuse(RefusalCode.NotFound);
        story.Invoice("I-1", 80, of: "USD", rate: 1, captures: [new("R-1".No(), null, false)]).ShouldRefuse(RefusalCode.CurrencyMismatch);
    }

    [Fact]
    public void A_final_capture_releases_the_rest()
    {
        story.Reserve("R-1", 100);
        story.Capture("R-1", "I-1", 30, final: true);
        story.Owed.ShouldBe(30);
        story.Reservation("R-1").Status.ShouldBe(ReservationStatus.Captured);
        story.Capture("R-1", "I-2", 1).ShouldRefuse(RefusalCode.ReservationCaptured);
    }

    [Fact]
    public void A_lapsed_reservation_is_captured_as_a_fact_and_marked()
    {
        story.Reserve("R-1", 100, kind: ReservationKind.Pos);
        story.After(TimeSpan.FromMinutes(15));
        story.Reserve("R-2", 1000).ShouldBeApproved();

        var posted = story.Capture("R-1", "I-1", 40).ShouldAppend<InvoicePosted>();
        posted.Flags.ShouldBe(["capturedAfterLapse"]);
        posted.Captures[0].AfterLapse.ShouldBeTrue();
        story.Owed.ShouldBe(1040);
        story.Reservation("R-1").Status.ShouldBe(ReservationStatus.Lapsed);

        story.Capture("R-1", "I-2", 60.01m).ShouldRefuse(RefusalCode.CaptureExceedsReservation);
        story.Capture("R-1", "I-2").ShouldAppend<InvoicePosted>().Amount.ShouldBe(60_00);
        story.Reservation("R-1").Status.ShouldBe(ReservationStatus.Captured);
        story.Owed.ShouldBe(1100);
    }

    [Fact]
    public void Released_and_captured_reservations_are_over()
    {
        story.Reserve("R-1", 100);
        story.Release("R-1");
        story.Capture("R-1", "I-1").ShouldRefuse(RefusalCode.ReservationReleased);
        story.Capture("R-9", "I-1").ShouldRefuse(RefusalCode.NotFound);
    }

    [Fact]
    public void What_was_paid_at_the_till_is_carried_over_to_the_invoice()
    {
        story.Reserve("R-1", 100, paid: 30, kind: ReservationKind.Pos).ShouldBeApproved();
        story.Exposure.Reservations.ShouldBe(70_00);
        var captured = story.Capture("R-1", "I-1");
        captured.ShouldAppend<InvoicePosted>().Amount.ShouldBe(100_00);
        captured.ShouldAppend<PaymentReceived>().ShouldSatisfyAllConditions(
            payment => payment.Amount.ShouldBe(30_00),
            payment => payment.Method.ShouldBe(PaymentMethod.Card),
            payment => payment.Unapplied.ShouldBe(0));
        (story.Exposure.Reservations, story.Exposure.OpenInvoices, story.Owed).ShouldBe((0, 70_00, 70));
    }

    [Fact]
    public void A_capture_in_parts_uses_what_was_paid_first()
    {
        story.Reserve("R-1", 100, paid: 30);
        story.Capture("R-1", "I-1", 20).ShouldAppend<PaymentReceived>().Amount.ShouldBe(20_00);
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((70_00, 0));
        story.Capture("R-1", "I-2", 20).ShouldAppend<PaymentReceived>().Amount.ShouldBe(10_00);
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((60_00, 10_00));
        story.Capture("R-1", "I-3").ShouldBeOfType<Verdict.Append>().Events.OfType<PaymentReceived>().ShouldBeEmpty();
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((0, 70_00));
    }

    [Fact]
    public void Money_named_at_the_capture_stands_instead_of_what_was_paid_before()
    {
        story.Reserve("R-1", 100, paid: 30);
        story.Capture("R-1", "I-1", 50, paid: 10).ShouldAppend<PaymentReceived>().Amount.ShouldBe(10_00);
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((30_00, 40_00));
        story.Reservation("R-1").Paid.ShouldBe(20_00);

        var rest = story.Capture("R-1", "I-2");
        (rest.ShouldAppend<InvoicePosted>().Amount, rest.ShouldAppend<PaymentReceived>().Amount).ShouldBe((50_00, 20_00));
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((0, 70_00));
    }

    [Fact]
    public void Paying_more_at_the_capture_leaves_no_more_earmarked_than_is_still_to_come()
    {
        story.Reserve("R-1", 100, paid: 30);
        story.Capture("R-1", "I-1", 60, paid: 60);
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((40_00, 0));
        story.Capture("R-1", "I-2").ShouldAppend<InvoicePosted>().Amount.ShouldBe(40_00);
        story.Owed.ShouldBe(40);
    }

    [Fact]
    public void Paying_less_at_the_capture_asks_for_more_credit_than_was_reserved()
    {
        story.Reserve("R-1", 100, paid: 30);
        story.Capture("R-1", "I-1", paid: 0).ShouldRefuse(RefusalCode.CaptureExceedsReservation);
        story.Capture("R-1", "I-1", paid: 29.99m).ShouldRefuse(RefusalCode.CaptureExceedsReservation);
        story.Capture("R-1", "I-1", paid: 30).ShouldAppend<InvoicePosted>();
    }

    [Fact]
    public void Nothing_left_is_nothing_to_capture()
    {
        story.Reserve("R-1", 100);
        story.Capture("R-1", "I-1", 60);
        story.Change("R-1", 60);
        story.Capture("R-1", "I-2").ShouldRefuse(RefusalCode.ReservationCaptured);
    }

    [Fact]
    public void A_repeated_capture_is_a_repeat_even_after_its_invoice_was_paid_and_forgotten()
    {
        story.Reserve("R-1", 100);
        story.Capture("R-1", "I-1");
        story.Capture("R-1", "I-1").ShouldBe(new Verdict.Taken(new NumberKey(NumberKind.Invoice, "I-1")));
        story.Pay("P-1", 100);
        story.Forget();
        story.Capture("R-1", "I-1").ShouldBe(new Verdict.Taken(new NumberKey(NumberKind.Invoice, "I-1")));
        story.Capture("R-1", "I-2").ShouldRefuse(RefusalCode.ReservationCaptured);
    }

    [Fact]
    public void Posting_as_a_checkpoint_counts_what_was_earmarked_for_it_only_once()
    {
        story.Reserve("R-1", 1000);
        var posted = story.Invoice("I-1", 1000, enforce: true, captures: [new("R-1".No(), null, false)]).ShouldAppend<InvoicePosted>();
        posted.Decision.ShouldNotBeNull().ShouldSatisfyAllConditions(
            decision => decision.ShouldBeApproved(),
            decision => decision.Facts.Replaced.ShouldBe(1000_00),
            decision => decision.ExposureAfter.ShouldBe(1000_00));
    }

    [Fact]
    public void Not_passing_the_checkpoint_posts_nothing()
    {
        story.Reserve("R-1", 900);
        var refused = story.Invoice("I-1", 1000.01m, enforce: true, captures: [new("R-1".No(), 900_00, false)]).ShouldAppend<CreditRefused>();
        refused.Decision.ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        refused.ReservationId.ShouldBeNull();
        (story.Exposure.Orders, story.Exposure.OpenInvoices).ShouldBe((900_00, 0));
        story.Invoice("I-1", 1000, enforce: true, captures: [new("R-1".No(), 900_00, false)]).ShouldAppend<InvoicePosted>();
    }

    [Fact]
    public void A_repeat_of_a_checked_invoice_is_not_declined_for_its_own_exposure()
    {
        story.Invoice("I-1", 1000, enforce: true).ShouldAppend<InvoicePosted>();
        story.Invoice("I-1", 1000, enforce: true).ShouldBeOfType<Verdict.Taken>();
        story.Pay("P-1", 1000);
        story.Invoice("I-2", 1000);
        story.Forget();
        story.Invoice("I-1", 1000, enforce: true).ShouldBeOfType<Verdict.Taken>();
        story.Invoice("I-3", 1000, enforce: true).ShouldAppend<CreditRefused>();
    }

    [Fact]
    public void A_foreign_capture_moves_at_the_rates_of_both_sides()
    {
        var foreign = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.9m).WithRate("USD", "EUR", "2026-03-03", 0.5m).Open();
        foreign.Reserve("R-1", 100, of: "USD");
        foreign.AfterDays(1).Capture("R-1", "I-1", 40, of: "USD");
        foreign.Capture("R-1", "I-2", 10, of: "EUR").ShouldRefuse(RefusalCode.CurrencyMismatch);
        (foreign.Exposure.Orders, foreign.Exposure.OpenInvoices).ShouldBe((54_00, 20_00));
    }
}
