using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Projections;

/// <summary>
/// A reservation as an event holds it, cut out of the event's bytes: these are most of what tills write, and the decision
/// behind the reservation, most of an event's bytes, is not even looked at.
/// </summary>
/// <param name="Id">Unique within the account.</param>
/// <param name="Status">Where it stands; stored by its name.</param>
/// <param name="ExpiresAt">Lapses then; null = never.</param>
/// <param name="Delivered">How much of what remains is delivered, minor units.</param>
internal readonly record struct ReservationSlice(string Id, string Status, DateTimeOffset? ExpiresAt, long Delivered)
{
    private static readonly string Active = EnumNames.Name(ReservationStatus.Active);

    /// <summary>The slice of a reservation at hand.</summary>
    public static ReservationSlice Of(ReservationState state) =>
        new(state.Id.Value, EnumNames.Name(state.Status), state.ExpiresAt, state.Delivered);

    /// <summary>The slice of an event's member <c>reservation</c>.</summary>
    public static ReservationSlice In(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals("reservation"u8);
            reader.Read();
            if (isIt)
            {
                return Read(ref reader);
            }

            reader.Skip();
        }

        throw new InvariantException("The event holds no reservation.");
    }

    // Defaults are not written: no status is the first one, nothing delivered is 0.
    private static ReservationSlice Read(ref Utf8JsonReader reader)
    {
        var (id, status, expiresAt, delivered) = (string.Empty, Active, (DateTimeOffset?)null, 0L);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isId, isStatus) = (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("status"u8));
            var (isExpiry, isDelivered) = (reader.ValueTextEquals("expiresAt"u8), reader.ValueTextEquals("delivered"u8));
            reader.Read();
            if (isId)
            {
                id = reader.GetString()!;
            }
            else if (isStatus)
            {
                status = reader.GetString()!;
            }
            else if (isExpiry)
            {
                expiresAt = reader.GetDateTimeOffset();
            }
            else if (isDelivered)
            {
                delivered = reader.GetInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        return new ReservationSlice(id, status, expiresAt, delivered);
    }
}
