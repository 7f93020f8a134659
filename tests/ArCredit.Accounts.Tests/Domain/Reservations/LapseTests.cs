using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Reservations;

public sealed class LapseTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).Open();

    [Fact]
    public void A_sale_at_the_till_lapses_after_fifteen_minutes()
    {
        story.Reserve("R-1", 1000, kind: ReservationKind.Pos);
        story.After(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1)).RunDue().ShouldBeEmpty();
        story.Check(0.01m).Outcome.ShouldBe(DecisionOutcome.Declined);

        story.After(TimeSpan.FromTicks(1)).Check(1000).ShouldBeApproved();
        var lapsed = story.Journal.Events[^1].ShouldBeOfType<ReservationLapsed>().Reservation;
        (lapsed.Status, lapsed.Remaining, lapsed.Rest).ShouldBe((ReservationStatus.Lapsed, 0, 1000_00));
    }

    [Theory]
    [InlineData(ReservationKind.Order)]
    [InlineData(ReservationKind.Delivery)]
    public void Orders_and_deliveries_have_no_end_of_their_own(ReservationKind kind)
    {
        story.Reserve("R-1", 1000, kind: kind);
        story.AfterDays(4000).RunDue().ShouldBeEmpty();
        story.Owed.ShouldBe(1000);
    }

    [Fact]
    public void What_is_due_comes_in_the_order_of_its_time_and_once()
    {
        story.Reserve("R-1", 1, expiresInSeconds: 300);
        story.Reserve("R-2", 2, expiresInSeconds: 100);
        story.Reserve("R-3", 4, expiresInSeconds: 200);
        story.Reserve("R-4", 8, expiresInSeconds: 400);
        story.After(TimeSpan.FromSeconds(300)).RunDue().OfType<ReservationLapsed>().Select(lapsed => lapsed.Reservation.Id.Value)
            .ShouldBe(["R-2", "R-3", "R-1"]);
        story.RunDue().ShouldBeEmpty();
        story.Owed.ShouldBe(8);
    }

    [Fact]
    public void Deciding_what_is_due_changes_nothing_until_it_is_applied()
    {
        story.Reserve("R-1", 1, expiresInSeconds: 10);
        story.After(TimeSpan.FromSeconds(10));
        story.Account.DecideDue(story.Context()).ShouldHaveSingleItem();
        story.Account.DecideDue(story.Context()).ShouldHaveSingleItem();
        story.Owed.ShouldBe(1);
    }

    [Fact]
    public void A_moved_end_counts_from_the_moment_it_was_asked_for()
    {
        story.Reserve("R-1", 1, expiresInSeconds: 100);
        story.After(TimeSpan.FromSeconds(50)).Change("R-1", expiresInSeconds: 100);
        story.After(TimeSpan.FromSeconds(99)).RunDue().ShouldBeEmpty();
        story.Change("R-1", expiresInSeconds: 60);
        story.Change("R-1", expiresInSeconds: 1);
        story.After(TimeSpan.FromSeconds(1)).RunDue().ShouldHaveSingleItem();
        story.AfterDays(1).RunDue().ShouldBeEmpty();
    }

    [Fact]
    public void Captured_and_released_reservations_do_not_lapse()
    {
        story.Reserve("R-1", 1, kind: ReservationKind.Pos);
        story.Reserve("R-2", 2, kind: ReservationKind.Pos);
        story.Capture("R-1", "I-1");
        story.Release("R-2");
        story.AfterDays(1).RunDue().ShouldBeEmpty();
        story.Owed.ShouldBe(1);
    }

    [Fact]
    public void A_lapsed_reservation_is_not_changed_or_delivered_any_more()
    {
        story.Reserve("R-1", 1, expiresInSeconds: 10);
        story.After(TimeSpan.FromSeconds(10));
        story.Change("R-1", 2).ShouldRefuse(RefusalCode.ReservationLapsed);
        story.Deliver("R-1").ShouldRefuse(RefusalCode.ReservationLapsed);
    }

    [Fact]
    public void Lapses_survive_sleep()
    {
        story.Reserve("R-1", 1, expiresInSeconds: 10);
        story.Reserve("R-2", 1, expiresInSeconds: 20);
        story.Sleep().After(TimeSpan.FromSeconds(10)).RunDue().ShouldHaveSingleItem();
        story.Sleep().After(TimeSpan.FromSeconds(10)).RunDue().ShouldHaveSingleItem();
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void Nothing_is_due_on_an_account_that_does_not_exist() =>
        new Account(story.Account.Id).DecideDue(story.Context()).ShouldBeEmpty();

    [Fact]
    public void What_is_delivered_of_a_lapsing_order_stays_owed_until_it_is_invoiced()
    {
        var story = new AccountBuilder().WithLimit(1000).Open();
        story.Reserve("R-1", 600, kind: ReservationKind.Order);
        story.Change("R-1", expiresInSeconds: 60);
        story.Deliver("R-1", 200);
        story.After(TimeSpan.FromMinutes(2)).RunDue();
        (story.Exposure.Orders, story.Exposure.Deliveries).ShouldBe((0, 200_00));
        story.Reservation("R-1").ShouldSatisfyAllConditions(
            state => state.Status.ShouldBe(ReservationStatus.Active), state => state.Amount.ShouldBe(200_00), state => state.ExpiresAt.ShouldBeNull());
        story.Capture("R-1", "I-1").ShouldAppend<InvoicePosted>().Flags.ShouldBeEmpty();
        story.Exposure.OpenInvoices.ShouldBe(200_00);
    }

    [Fact]
    public void What_lapsed_beside_the_delivered_part_is_captured_as_a_fact_and_marked()
    {
        LapseWithDelivered();
        story.Capture("R-1", "I-1", 100.01m).ShouldRefuse(RefusalCode.CaptureExceedsReservation);
        var posted = story.Capture("R-1", "I-1", 100).ShouldAppend<InvoicePosted>();
        posted.Flags.ShouldBe(["capturedAfterLapse"]);
        (posted.Captures[0].Amount, posted.Captures[0].AfterLapse).ShouldBe((100_00, true));
        (story.Exposure.Deliveries, story.Exposure.OpenInvoices, story.Owed).ShouldBe((0, 100_00, 100));
        var ended = story.Reservation("R-1");
        (ended.Status, ended.Amount, ended.Captured, ended.Rest).ShouldBe((ReservationStatus.Captured, 100_00, 100_00, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_its_delivered_part_is_captured_a_lapsed_order_is_lapsed_with_the_rest(bool forgotten)
    {
        LapseWithDelivered();
        story.Capture("R-1", "I-1", 30).ShouldAppend<InvoicePosted>().Flags.ShouldBeEmpty();
        (story.Exposure.Deliveries, story.Exposure.OpenInvoices).ShouldBe((10_00, 30_00));
        story.Capture("R-1", "I-2").ShouldAppend<InvoicePosted>().Amount.ShouldBe(10_00);
        var lapsed = story.Reservation("R-1");
        (lapsed.Status, lapsed.Amount, lapsed.Captured, lapsed.Rest).ShouldBe((ReservationStatus.Lapsed, 100_00, 40_00, 60_00));
        story.Change("R-1", 200).ShouldRefuse(RefusalCode.ReservationLapsed);
        if (forgotten)
        {
            story.Forget();
        }

        story.Capture("R-1", "I-3", 60.01m).ShouldRefuse(RefusalCode.CaptureExceedsReservation);
        story.Capture("R-1", "I-3", 20).ShouldAppend<InvoicePosted>().Flags.ShouldBe(["capturedAfterLapse"]);
        story.Capture("R-1", "I-4").ShouldAppend<InvoicePosted>().Amount.ShouldBe(40_00);
        story.Reservation("R-1").Status.ShouldBe(ReservationStatus.Captured);
        story.Owed.ShouldBe(100);
        story.Capture("R-1", "I-5", 1).ShouldRefuse(RefusalCode.ReservationCaptured);
    }

    [Fact]
    public void An_invoice_that_names_a_partly_lapsed_order_takes_what_lapsed_of_it_too()
    {
        LapseWithDelivered();
        var posted = story.Invoice("I-1", 90, captures: [new("R-1".No(), null, false)]).ShouldAppend<InvoicePosted>();
        (posted.Captures[0].Amount, posted.Captures[0].AfterLapse).ShouldBe((90_00, true));
        story.Reservation("R-1").Rest.ShouldBe(10_00);
        story.Owed.ShouldBe(90);
    }

    [Fact]
    public void A_final_capture_of_the_delivered_part_ends_a_partly_lapsed_order()
    {
        LapseWithDelivered();
        story.Capture("R-1", "I-1", final: true).ShouldAppend<InvoicePosted>().Flags.ShouldBeEmpty();
        var ended = story.Reservation("R-1");
        (ended.Status, ended.Amount, ended.Captured).ShouldBe((ReservationStatus.Captured, 40_00, 40_00));
        story.Capture("R-1", "I-2", 60).ShouldRefuse(RefusalCode.ReservationCaptured);
    }

    [Fact]
    public void Paying_for_a_capture_takes_from_what_is_reserved_before_what_has_lapsed()
    {
        LapseWithDelivered();
        story.Capture("R-1", "I-1", 50, paid: 50).ShouldAppend<InvoicePosted>().Flags.ShouldBe(["capturedAfterLapse"]);
        story.Owed.ShouldBe(0);
        var lapsed = story.Reservation("R-1");
        (lapsed.Status, lapsed.Rest).ShouldBe((ReservationStatus.Lapsed, 50_00));
    }

    [Fact]
    public void Raising_a_partly_lapsed_order_is_checked_and_takes_back_what_has_lapsed()
    {
        LapseWithDelivered();
        story.Change("R-1", 70).ShouldAppend<ReservationChanged>().Decision.ShouldNotBeNull().ShouldBeApproved();
        (story.Exposure.Orders, story.Exposure.Deliveries, story.Reservation("R-1").Rest).ShouldBe((30_00, 40_00, 100_00));
        story.Change("R-1", 60).ShouldAppend<ReservationChanged>();
        story.Reservation("R-1").Rest.ShouldBe(90_00);
        story.Change("R-1", 120).ShouldAppend<ReservationChanged>();
        (story.Reservation("R-1").Amount, story.Reservation("R-1").Rest).ShouldBe((120_00, 120_00));
    }

    [Fact]
    public void A_partly_lapsed_order_that_was_raised_lapses_again_with_all_of_its_rest()
    {
        LapseWithDelivered();
        story.Capture("R-1", "I-1", 40);
        story.Reserve("R-2", 100, expiresInSeconds: 60);
        story.Deliver("R-2", 40);
        story.After(TimeSpan.FromMinutes(1)).Change("R-2", 70, expiresInSeconds: 60).ShouldAppend<ReservationChanged>();
        story.Capture("R-2", "I-2", 40).ShouldAppend<InvoicePosted>().Flags.ShouldBeEmpty();
        story.After(TimeSpan.FromMinutes(1)).RunDue().ShouldHaveSingleItem().ShouldBeOfType<ReservationLapsed>();
        var lapsed = story.Reservation("R-2");
        (lapsed.Amount, lapsed.Captured, lapsed.Rest).ShouldBe((100_00, 40_00, 60_00));
        story.Owed.ShouldBe(80);
    }

    /// <summary>R-1: an order of 100 of which 40 were delivered before its time was up.</summary>
    private void LapseWithDelivered()
    {
        story.Reserve("R-1", 100, expiresInSeconds: 60);
        story.Deliver("R-1", 40);
        story.After(TimeSpan.FromMinutes(1)).RunDue().ShouldHaveSingleItem();
        (story.Exposure.Orders, story.Exposure.Deliveries).ShouldBe((0, 40_00));
    }
}
