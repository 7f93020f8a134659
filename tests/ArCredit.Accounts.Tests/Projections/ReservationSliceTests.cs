using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Projections;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class ReservationSliceTests
{
    private static readonly ReservationState State = new(
        "R1".No(), ReservationKind.Pos, ReservationStatus.Active, Currency.Parse("EUR"), 100, 0, null, 100, 100, 0, 0, 1m, AccountBuilder.Start, null, null,
        null, null);

    public static TheoryData<string> Ids => ["R1", "~17", "a\"b\\c", "şərq/1", "😀"];

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_is_the_reservation_of_the_event_whatever_its_id(string id) => ShouldBeCutOut(State with { Id = id.No(), Reference = "}\"{" });

    [Theory]
    [InlineData(ReservationStatus.Active)]
    [InlineData(ReservationStatus.Captured)]
    [InlineData(ReservationStatus.Released)]
    [InlineData(ReservationStatus.Lapsed)]
    public void It_knows_status_expiry_and_delivery_as_they_are_stored(ReservationStatus status) =>
        ShouldBeCutOut(State with { Status = status, Delivered = 40, ExpiresAt = AccountBuilder.Start.AddTicks(12_345_678), Buyer = "B", DeliveryDate = "2026-03-05".Day() });

    [Fact]
    public void A_member_before_the_reservation_is_stepped_over()
    {
        var slice = ReservationSlice.In("""{"decision":{"reservation":{"id":"no"},"list":[1,{"id":2}]},"reservation":{"id":"yes"}}"""u8);

        slice.ShouldBe(new ReservationSlice("yes", "active", null, 0));
    }

    [Fact]
    public void An_event_without_a_reservation_is_no_event_of_one() => Should.Throw<InvariantException>(() => ReservationSlice.In("""{"by":"x"}"""u8));

    private static void ShouldBeCutOut(ReservationState state)
    {
        var decision = new AccountBuilder().WithLimit(1000).Open().Check(10);
        AccountEvent[] events =
        [
            new CreditReserved(state, decision) { By = "till", Following = 1 }, new ReservationChanged(state, null) { By = "till" },
            new ReservationDelivered(state, 5), new ReservationReleased(state), new ReservationLapsed(state),
        ];
        foreach (var happened in events)
        {
            var slice = ReservationSlice.In(EventCodec.Encode(happened).Payload);

            (slice.Id, slice.Status, slice.ExpiresAt, slice.Delivered).ShouldBe((state.Id.Value, EnumNames.Name(state.Status), state.ExpiresAt, state.Delivered));
            Stored(state.Id.Value, happened).ToState().ShouldBe(state);
            slice.ShouldBe(ReservationSlice.Of(state));
        }
    }

    private static StoredReservation Stored(string id, AccountEvent happened)
    {
        var (type, schema, payload) = EventCodec.Encode(happened);
        return new StoredReservation { Id = id, Type = type, Schema = schema, Payload = payload };
    }
}
