using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Projections;

/// <summary>A row of <see cref="From"/>: which reservation, and the event that holds it as it stands.</summary>
internal sealed class StoredReservation
{
    /// <summary>What a read selects from; r is the reservation, j the event that changed it last.</summary>
    public const string From =
        """
        select r.id as Id, j.type as Type, j.schema as Schema, j.payload as Payload
          from reservation r join journal j on j.account_id = r.account_id and j.version = r.version
        """;

    public string Id { get; init; } = string.Empty;

    public string Type { get; init; } = string.Empty;

    public int Schema { get; init; }

    public byte[] Payload { get; init; } = [];

    /// <summary>The reservation. Throws <see cref="InvariantException"/> when its event does not hold it.</summary>
    public ReservationState ToState()
    {
        var happened = EventCodec.Decode(Type, Schema, Payload);
        return (happened switch
        {
            CreditReserved reserved => reserved.Reservation,
            ReservationChanged changed => changed.Reservation,
            ReservationDelivered delivered => delivered.Reservation,
            ReservationReleased released => released.Reservation,
            ReservationLapsed lapsed => lapsed.Reservation,
            InvoicePosted posted => posted.Captures.LastOrDefault(capture => capture.Reservation.Id.Value == Id)?.Reservation,
            _ => null,
        }) is { } state && state.Id.Value == Id ? state : throw new InvariantException($"A {Type} event does not hold the reservation that leads to it.");
    }
}
