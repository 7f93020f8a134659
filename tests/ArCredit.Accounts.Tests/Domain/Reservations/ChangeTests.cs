using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Reservations;

/// <summary>Changing, delivering and releasing reservations.</summary>
public sealed class ChangeTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).Open();

    [Fact]
    public void Raising_is_checked_with_the_old_amount_taken_out()
    {
        story.Reserve("R-1", 600);
        var raised = story.Change("R-1", 1000).ShouldAppend<ReservationChanged>().Decision.ShouldNotBeNull();
        raised.ShouldBeApproved();
        (raised.Facts.Replaced, raised.ExposureAfter, raised.Available).ShouldBe((600_00, 1000_00, 0));

        var refused = story.Change("R-1", 1000.01m).ShouldAppend<CreditRefused>();
        refused.ReservationId.ShouldBe("R-1".No());
        refused.Decision.ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        story.Exposure.Orders.ShouldBe(1000_00);
    }

    [Theory]
    [InlineData(ReservationKind.Order)]
    [InlineData(ReservationKind.Delivery)]
    [InlineData(ReservationKind.Pos)]
    public void Lowering_is_never_checked(ReservationKind kind)
    {
        story.Reserve("R-1", 600, kind: kind);
        story.Block("fraud", allSales: true);
        story.Change("R-1", 599).ShouldAppend<ReservationChanged>().Decision.ShouldBeNull();
        story.Owed.ShouldBe(599);
        story.Change("R-1", 599).ShouldBeOfType<Verdict.Unchanged>();
        story.Change("R-1", 599.01m).ShouldAppend<CreditRefused>().Decision.ShouldBeDeclinedFor(RuleCodes.AccountBlocked);
    }

    [Fact]
    public void What_is_paid_invoiced_or_delivered_cannot_be_taken_out()
    {
        story.Reserve("R-1", 100, paid: 20);
        story.Capture("R-1", "I-1", 50);
        story.Deliver("R-1", 30);
        story.Change("R-1", 79.99m).ShouldRefuse(RefusalCode.AmountBelowUsed);
        story.Change("R-1", 80).ShouldAppend<ReservationChanged>();
        (story.Exposure.Orders, story.Exposure.Deliveries, story.Exposure.OpenInvoices).ShouldBe((0, 30_00, 30_00));
    }

    [Fact]
    public void Lowering_to_what_is_captured_ends_the_reservation()
    {
        story.Reserve("R-1", 500, expiresInSeconds: 60);
        story.Capture("R-1", "I-1", 200);
        story.Block();
        var changed = story.Change("R-1", 200, expiresInSeconds: 3600).ShouldAppend<ReservationChanged>();
        changed.Decision.ShouldBeNull();
        (changed.Reservation.Status, changed.Reservation.Remaining).ShouldBe((ReservationStatus.Captured, 0));
        story.Account.DocumentCount.ShouldBe(1, "the invoice");
        story.After(TimeSpan.FromHours(2)).RunDue().ShouldBeEmpty();
        story.Capture("R-1", "I-2", 1).ShouldRefuse(RefusalCode.ReservationCaptured);
        story.Change("R-1", 300).ShouldRefuse(RefusalCode.ReservationCaptured);
        story.Forget();
        story.Account.FindReservation("R-1".No()).ShouldBeNull();
        story.Change("R-1", 300).ShouldRefuse(RefusalCode.ReservationCaptured);
    }

    [Fact]
    public void Lowering_to_what_was_paid_leaves_that_to_be_invoiced()
    {
        story.Reserve("R-1", 100, paid: 30);
        story.Change("R-1", 30).ShouldAppend<ReservationChanged>().Reservation.Status.ShouldBe(ReservationStatus.Active);
        story.Capture("R-1", "I-1").ShouldAppend<InvoicePosted>().Amount.ShouldBe(30_00);
        story.Reservation("R-1").Status.ShouldBe(ReservationStatus.Captured);
    }

    [Fact]
    public void Lowering_what_was_raised_again_leaves_a_lapsed_order_lapsed()
    {
        story.Reserve("R-1", 100, expiresInSeconds: 60);
        story.Deliver("R-1", 40);
        story.After(TimeSpan.FromMinutes(1)).Change("R-1", 70).ShouldAppend<ReservationChanged>();
        story.Capture("R-1", "I-1", 40);
        story.Change("R-1", 40).ShouldAppend<ReservationChanged>().Reservation.Status.ShouldBe(ReservationStatus.Lapsed);
        story.Capture("R-1", "I-2").ShouldAppend<InvoicePosted>().Amount.ShouldBe(30_00);
        story.Reservation("R-1").Status.ShouldBe(ReservationStatus.Captured);
    }

    [Fact]
    public void An_active_reservation_with_nothing_left_cannot_be()
    {
        var state = story.Ask(new ReserveCredit("R-1".No(), ReservationKind.Order, new Purchase(1m.In("EUR"), null, null, null), null, null))
            .ShouldAppend<CreditReserved>();
        var dead = state.Reservation with { Id = "R-2".No(), Amount = 0, Remaining = 0, Rest = 0 };
        Should.Throw<InvariantException>(() => story.Account.Apply(state with { Reservation = dead }));
    }

    [Fact]
    public void One_that_was_changed_to_nothing_before_there_was_this_rule_is_over()
    {
        story.Reserve("R-1", 500);
        story.Capture("R-1", "I-1", 200);
        var state = story.Reservation("R-1");
        story.Account.Apply(new ReservationChanged(state with { Amount = 200_00, Remaining = 0, Rest = 0 }, null));
        story.Reservation("R-1").Status.ShouldBe(ReservationStatus.Captured);

        var (head, pages) = story.Account.TakeSnapshot(allPages: true);
        var before = head with { Reservations = [state with { Amount = 200_00, Remaining = 0, Rest = 0 }] };
        var woken = Account.Restore(story.Account.Id, before, pages.Select(page => (page.Key, page.Value!)));
        woken.FindReservation("R-1".No()).ShouldBeNull();
    }

    [Fact]
    public void Lasting_longer_is_checked_and_lasting_shorter_is_not()
    {
        story.Reserve("R-1", 100, kind: ReservationKind.Pos);
        story.Block();
        story.Change("R-1", expiresInSeconds: 901).ShouldAppend<CreditRefused>();
        story.Reservation("R-1").ExpiresAt.ShouldBe(story.Now.AddMinutes(15));
        story.Change("R-1", expiresInSeconds: 60).ShouldAppend<ReservationChanged>().Decision.ShouldBeNull();
        story.Reservation("R-1").ExpiresAt.ShouldBe(story.Now.AddMinutes(1));
        story.Ask(new RemoveBlock("credit"));
        story.Change("R-1", expiresInSeconds: 901).ShouldAppend<ReservationChanged>().Decision.ShouldNotBeNull();
    }

    [Fact]
    public void An_order_without_end_may_get_one_without_a_check()
    {
        story.Reserve("R-1", 100);
        story.Block();
        story.Change("R-1", expiresInSeconds: 60).ShouldAppend<ReservationChanged>().Decision.ShouldBeNull();
        story.After(TimeSpan.FromSeconds(60)).RunDue().ShouldHaveSingleItem().ShouldBeOfType<ReservationLapsed>();
    }

    [Fact]
    public void A_change_keeps_the_rate_that_was_agreed()
    {
        var foreign = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.9m).WithRate("USD", "EUR", "2026-03-03", 0.5m).Open();
        foreign.Reserve("R-1", 100, of: "USD");
        foreign.AfterDays(1).Change("R-1", 200, of: "USD").ShouldAppend<ReservationChanged>();
        foreign.Exposure.Orders.ShouldBe(180_00);
        foreign.Change("R-1", 10).ShouldRefuse(RefusalCode.CurrencyMismatch);
    }

    [Fact]
    public void Raising_a_sale_that_was_paid_in_full_takes_todays_rate_and_never_one()
    {
        var foreign = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-04", 0.5m).Open();
        foreign.Reserve("R-1", 100, paid: 100, of: "USD").ShouldBeApproved();
        foreign.Change("R-1", 150, of: "USD").ShouldAppend<CreditRefused>().Decision.ShouldBeReferredFor(RuleCodes.NoRate);
        foreign.AfterDays(2).Change("R-1", 150, of: "USD").ShouldAppend<ReservationChanged>().Reservation.Rate.ShouldBe(0.5m);
        foreign.Exposure.Orders.ShouldBe(25_00);
    }

    [Fact]
    public void Delivering_moves_from_orders_to_deliveries_and_counts_nothing_twice()
    {
        story.Reserve("R-1", 100);
        story.Deliver("R-1", 40).ShouldAppend<ReservationDelivered>().Amount.ShouldBe(40_00);
        (story.Exposure.Orders, story.Exposure.Deliveries, story.Owed).ShouldBe((60_00, 40_00, 100));
        story.Deliver("R-1", 60.01m).ShouldRefuse(RefusalCode.DeliveryExceedsOrder);
        story.Deliver("R-1").ShouldAppend<ReservationDelivered>().Amount.ShouldBe(60_00);
        (story.Exposure.Orders, story.Exposure.Deliveries, story.Owed).ShouldBe((0, 100_00, 100));
        story.Deliver("R-1").ShouldBeOfType<Verdict.Unchanged>();

        // What is invoiced first is what was delivered.
        story.Capture("R-1", "I-1", 70);
        (story.Exposure.Orders, story.Exposure.Deliveries, story.Exposure.OpenInvoices).ShouldBe((0, 30_00, 70_00));
        story.Capture("R-1", "I-2");
        (story.Exposure.Orders, story.Exposure.Deliveries, story.Exposure.OpenInvoices).ShouldBe((0, 0, 100_00));
    }

    [Fact]
    public void Only_active_orders_are_delivered()
    {
        story.Reserve("R-1", 10, kind: ReservationKind.Pos);
        story.Deliver("R-1").ShouldRefuse(RefusalCode.NotAnOrder);
        story.Reserve("R-2", 10);
        story.Ask(new DeliverReservation("R-2".No(), 1m.In("USD"))).ShouldRefuse(RefusalCode.CurrencyMismatch);
        story.Release("R-2");
        story.Deliver("R-2").ShouldRefuse(RefusalCode.ReservationReleased);
        story.Deliver("R-9").ShouldRefuse(RefusalCode.NotFound);
    }

    [Fact]
    public void Kinds_stand_in_buckets_of_their_own()
    {
        story.Reserve("R-1", 1, kind: ReservationKind.Order);
        story.Reserve("R-2", 2, kind: ReservationKind.Delivery);
        story.Reserve("R-3", 4, kind: ReservationKind.Pos);
        story.Exposure.ShouldBe(new Exposure(0, 0, 0, 1_00, 2_00, 4_00, 0));
    }

    [Fact]
    public void Releasing_gives_the_rest_back_and_releasing_twice_changes_nothing()
    {
        story.Reserve("R-1", 100);
        story.Capture("R-1", "I-1", 30);
        story.Release("R-1").ShouldAppend<ReservationReleased>();
        story.Owed.ShouldBe(30);
        story.Release("R-1").ShouldBeOfType<Verdict.Unchanged>().Reservation.Status.ShouldBe(ReservationStatus.Released);
        story.Change("R-1", 500).ShouldRefuse(RefusalCode.ReservationReleased);
    }

    [Fact]
    public void A_lapsed_reservation_is_released_already_and_a_captured_one_is_not()
    {
        story.Reserve("R-1", 100, kind: ReservationKind.Pos);
        story.Reserve("R-2", 100);
        story.Capture("R-2", "I-1");
        story.After(TimeSpan.FromHours(1));
        story.Release("R-1").ShouldBeOfType<Verdict.Unchanged>().Reservation.Status.ShouldBe(ReservationStatus.Lapsed);
        story.Release("R-2").ShouldRefuse(RefusalCode.ReservationCaptured);
        story.Release("R-9").ShouldRefuse(RefusalCode.NotFound);
    }

    [Fact]
    public void A_declined_reservation_earmarks_nothing_and_its_id_stays_free()
    {
        story.Reserve("R-1", 1000.01m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        story.Owed.ShouldBe(0);
        story.Account.FindReservation("R-1".No()).ShouldBeNull();
        story.Reserve("R-1", 1000).ShouldBeApproved();
        story.Owed.ShouldBe(1000);
    }

    [Fact]
    public void An_id_is_taken_for_ever_also_when_todays_answer_would_be_no()
    {
        ReserveCredit again = new("R-1".No(), ReservationKind.Order, new Purchase(600m.In("EUR"), null, null, null), null, null);
        story.Ask(again).ShouldDecide().ShouldBeApproved();
        story.Ask(again).ShouldBeOfType<Verdict.Taken>();
        story.Release("R-1");
        story.Forget();
        story.Ask(again).ShouldBeOfType<Verdict.Taken>();
        story.Reserve("R-2", 600).ShouldBeApproved();
        story.Ask(again).ShouldBeOfType<Verdict.Taken>();
    }

    [Fact]
    public void A_release_gives_back_what_is_delivered_too_and_lowering_the_amount_only_what_is_still_to_come()
    {
        story.Reserve("R-1", 1000);
        story.Deliver("R-1", 600);
        story.Change("R-1", 599.99m).ShouldRefuse(RefusalCode.AmountBelowUsed);
        story.Change("R-1", 600).ShouldAppend<ReservationChanged>().Decision.ShouldBeNull();
        (story.Exposure.Orders, story.Exposure.Deliveries).ShouldBe((0, 600_00));
        (story.Reservation("R-1").Status, story.Reservation("R-1").Delivered).ShouldBe((ReservationStatus.Active, 600_00));

        story.Release("R-1").ShouldAppend<ReservationReleased>();
        story.Exposure.ShouldBe(new Exposure(0, 0, 0, 0, 0, 0, 0));

        story.Reserve("R-2", 1000);
        story.Deliver("R-2", 600);
        story.Capture("R-2", "I-2", 100, final: true);
        story.Exposure.ShouldBe(new Exposure(100_00, 0, 0, 0, 0, 0, 0), "a final capture says the same");
    }

    [Fact]
    public void A_reservation_without_an_id_gets_one_of_the_accounts_own()
    {
        var made = story.Ask(new ReserveCredit(null, ReservationKind.Order, new Purchase(1m.In("EUR"), null, null, null), null, null));
        made.ShouldAppend<CreditReserved>().Reservation.Id.Value.ShouldStartWith(Account.OwnIdPrefix.ToString());
        made.ShouldBeOfType<Verdict.Append>().Numbers.ShouldBeEmpty();
    }
}
