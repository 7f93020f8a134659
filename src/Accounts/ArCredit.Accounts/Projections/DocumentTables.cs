using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Platform.Data;

namespace ArCredit.Accounts.Projections;

/// <summary>Reservations, invoices, credits whose allocations were changed, and money that can still come back, each as it stands.</summary>
internal static class DocumentTables
{
    // The index on due dates is over these only.
    private const string Active = "active";

    internal static readonly SetStatement<ReservationRow> PutReservations = new(
        """
        insert into reservation (account_id, id, status, expires_at, delivered, version)
        select r.account_id, r.id, r.status, r.expires_at, r.delivered, r.version from {rows} where true
        on conflict (account_id, id) do update
           set status = excluded.status, expires_at = excluded.expires_at, delivered = excluded.delivered, version = excluded.version
        """,
        Column.Text<ReservationRow>("account_id", row => row.AccountId),
        Column.Text<ReservationRow>("id", row => row.Reservation.Id),
        Column.Text<ReservationRow>("status", row => row.Reservation.Status),
        Column.InstantOrNull<ReservationRow>("expires_at", row => DueAt(row.Reservation)),
        Column.Number<ReservationRow>("delivered", row => row.Reservation.Delivered),
        Column.Number<ReservationRow>("version", row => row.Version));

    internal static readonly SetStatement<KeyValuePair<DocumentKey, StoredInvoice>> PutInvoices = new(
        """
        insert into invoice (account_id, number, currency, amount, credited)
        select r.account_id, r.number, r.currency, r.amount, r.credited from {rows} where true
        on conflict (account_id, number) do update set credited = excluded.credited
        """,
        Column.Text<KeyValuePair<DocumentKey, StoredInvoice>>("account_id", row => row.Key.AccountId),
        Column.Text<KeyValuePair<DocumentKey, StoredInvoice>>("number", row => row.Key.Number),
        Column.Text<KeyValuePair<DocumentKey, StoredInvoice>>("currency", row => row.Value.Currency.Code),
        Column.Number<KeyValuePair<DocumentKey, StoredInvoice>>("amount", row => row.Value.Amount),
        Column.Number<KeyValuePair<DocumentKey, StoredInvoice>>("credited", row => row.Value.Credited));

    internal static readonly SetStatement<CreditRow> PutCredits = new(
        """
        insert into credit_state (account_id, kind, number, version, state)
        select r.account_id, r.kind, r.number, r.version, r.state from {rows} where true
        on conflict (account_id, kind, number) do update set version = excluded.version, state = excluded.state
        """,
        Column.Text<CreditRow>("account_id", row => row.AccountId),
        Column.Text<CreditRow>("kind", row => KeyKinds.Of(NumberKey.KindOf(row.Credit.Kind))),
        Column.Text<CreditRow>("number", row => row.Credit.Number.Value),
        Column.Number<CreditRow>("version", row => row.Version),
        Column.Text<CreditRow>("state", row => JsonSerializer.Serialize(row.Credit, EventCodec.Options)));

    internal static readonly SetStatement<UnclearedRow> PutUncleared = new(
        """
        insert into payment_due (account_id, payment_id, clears_on)
        select r.account_id, r.payment_id, r.clears_on from {rows} where true
        on conflict (account_id, payment_id) do update set clears_on = excluded.clears_on
        """,
        Column.Text<UnclearedRow>("account_id", row => row.Payment.AccountId),
        Column.Text<UnclearedRow>("payment_id", row => row.Payment.Number),
        Column.Date<UnclearedRow>("clears_on", row => row.ClearsOn!.Value));

    private static readonly SetStatement<UnclearedRow> RemoveUncleared = new(
        "delete from payment_due where (account_id, payment_id) in (select r.account_id, r.payment_id from {rows})",
        Column.Text<UnclearedRow>("account_id", row => row.Payment.AccountId),
        Column.Text<UnclearedRow>("payment_id", row => row.Payment.Number));

    public static async Task WriteAsync(DbSession session, ProjectionBatch batch, CancellationToken cancellation)
    {
        await PutReservations.ExecuteAsync(session, batch.Reservations, cancellation);
        await PutInvoices.ExecuteAsync(session, batch.Invoices, cancellation);
        await PutCredits.ExecuteAsync(session, batch.Credits, cancellation);
        await PutUncleared.ExecuteAsync(session, [.. batch.Uncleared.Where(row => row.ClearsOn is not null)], cancellation);
        await RemoveUncleared.ExecuteAsync(session, [.. batch.Uncleared.Where(row => row.ClearsOn is null)], cancellation);
    }

    // The databases cut instants to microseconds; a due date cut short would name an instant at which nothing lapses yet.
    private static DateTimeOffset? DueAt(ReservationSlice reservation) =>
        reservation is { Status: Active, ExpiresAt: { } expiry }
            ? SqlTypes.Truncate(expiry) is var cut && cut < expiry ? cut.AddMicroseconds(1) : cut
            : null;
}
