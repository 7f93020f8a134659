using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>A reservation as callers see it; amounts are in the document's currency.</summary>
/// <param name="ReservationId">Unique within the account.</param>
/// <param name="Kind">Names the bucket.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">The document's amount with VAT.</param>
/// <param name="Paid">Paid on the spot and not yet bound to an invoice.</param>
/// <param name="Remaining">Still earmarked; 0 unless active.</param>
/// <param name="Captured">Invoiced so far, with VAT.</param>
/// <param name="Delivered">How much of the remaining amount is delivered.</param>
/// <param name="CreatedAt">Business instant.</param>
/// <param name="ExpiresAt">Lapses then; null = never.</param>
/// <param name="DeliveryDate">Of an order.</param>
/// <param name="Buyer">Who bought.</param>
/// <param name="Reference">The customer's own order reference.</param>
internal sealed record ReservationView(
    DocumentNumber ReservationId, ReservationKind Kind, ReservationStatus Status, Currency Currency, decimal Amount, decimal Paid,
    decimal Remaining, decimal Captured, decimal Delivered, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateOnly? DeliveryDate,
    string? Buyer, string? Reference)
{
    /// <summary>The view of a reservation's state.</summary>
    public static ReservationView Of(ReservationState state) => new(
        state.Id, state.Kind, state.Status, state.Currency, Amounts.Of(state.Amount, state.Currency), Amounts.Of(state.Paid, state.Currency),
        Amounts.Of(state.Remaining, state.Currency), Amounts.Of(state.Captured, state.Currency), Amounts.Of(state.Delivered, state.Currency),
        state.CreatedAt, state.ExpiresAt, state.DeliveryDate, state.Buyer, state.Reference);
}
