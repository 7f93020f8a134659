using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>
/// Something asked of one account. Equal content makes an equal fingerprint: the texts' ids and salts are left out of it, and
/// for a document number the texts themselves.
/// </summary>
public abstract record AccountCommand
{
    /// <summary>What would be posted into a closed period goes to the first open day after it, instead of being refused.</summary>
    public bool NextOpenDay { get; init; }

    /// <summary>Erasable texts to store with what the command appends.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public virtual IEnumerable<FreeText> Texts => [];
}

/// <summary>Creates or replaces an account's master data. Limits stay as they are where not named.</summary>
/// <param name="Master">What decides; replaces what was there.</param>
/// <param name="Limits">Changes of limits.</param>
/// <param name="Closed">True closes, false re-opens, null leaves as is.</param>
/// <param name="Details">Names, contacts and all else that decides nothing, as JSON; kept outside the journal.</param>
/// <param name="MayChangeLimits">The caller's right; without it a changed limit is refused with <see cref="RefusalCode.LimitChangeForbidden"/>.</param>
/// <param name="IfVersion">Refused with <see cref="RefusalCode.VersionMismatch"/> unless the master data stands at this version.</param>
public sealed record PutAccount(
    MasterData Master, LimitChanges Limits, bool? Closed, FreeText Details,
    [property: System.Text.Json.Serialization.JsonIgnore] bool MayChangeLimits,
    [property: System.Text.Json.Serialization.JsonIgnore] long? IfVersion) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => [Details];
}

/// <summary>Sets or replaces a block.</summary>
public sealed record SetBlock(string Name, bool AllSales, FreeText Reason) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => [Reason];
}

/// <summary>Lifts a block; refused with <see cref="RefusalCode.NotFound"/> when there is none of that name.</summary>
public sealed record RemoveBlock(string Name) : AccountCommand;

/// <summary>May the customer buy? Earmarks nothing. Amount may be 0.</summary>
public sealed record CheckCredit(Purchase Purchase, Checkpoint Checkpoint) : AccountCommand;

/// <summary>Checks and, when approved, earmarks the credit part until captured, released or lapsed.</summary>
/// <param name="ReservationId">The caller's own id; null = one is made.</param>
/// <param name="Kind">What is earmarked; names the bucket.</param>
/// <param name="Purchase">The document; amount above 0.</param>
/// <param name="DeliveryDate">Of an order.</param>
/// <param name="ExpiresInSeconds">1 to 31,536,000; null = 15 minutes for pos, none for order and delivery.</param>
public sealed record ReserveCredit(
    DocumentNumber? ReservationId, ReservationKind Kind, Purchase Purchase, DateOnly? DeliveryDate, int? ExpiresInSeconds) : AccountCommand;

/// <summary>Changes an active reservation; checked again when it raises exposure or lasts longer.</summary>
public sealed record ChangeReservation(DocumentNumber ReservationId, Money? Amount, int? ExpiresInSeconds) : AccountCommand;

/// <summary>Moves all or part of an order to deliveries.</summary>
public sealed record DeliverReservation(DocumentNumber ReservationId, Money? Amount) : AccountCommand;

/// <summary>
/// Gives everything left of a reservation back, delivered or not: a fact that the caller reports. Who cancels only what is still
/// to come lowers the amount to what is delivered by <see cref="ChangeReservation"/>. Releasing twice changes nothing.
/// </summary>
public sealed record ReleaseReservation(DocumentNumber ReservationId) : AccountCommand;

/// <summary>Turns all or part of a reservation into an invoice.</summary>
/// <param name="ReservationId">The reservation.</param>
/// <param name="Amount">The invoice's amount with VAT; null = the rest.</param>
/// <param name="Final">True releases what is left, delivered or not.</param>
/// <param name="Paid">Paid on the spot; null = what was paid at the reservation and is not used up.</param>
/// <param name="Invoice">The invoice; its amount is the capture's.</param>
public sealed record CaptureReservation(
    DocumentNumber ReservationId, Money? Amount, bool Final, Payment? Paid, InvoiceFacts Invoice) : AccountCommand;

/// <summary>Records an invoice, whatever the limit says unless <paramref name="Enforce"/> is set.</summary>
/// <param name="Amount">With VAT, above 0.</param>
/// <param name="Facts">Number, dates, instalments.</param>
/// <param name="Captures">Reservations it shrinks.</param>
/// <param name="Paid">Paid on the spot and bound to this invoice.</param>
/// <param name="Enforce">Makes posting a checkpoint.</param>
public sealed record PostInvoice(
    Money Amount, InvoiceFacts Facts, IReadOnlyList<CaptureRequest> Captures, Payment? Paid, bool Enforce) : AccountCommand
{
    /// <summary>Metered usage that it bills; a subscription once at most.</summary>
    public IReadOnlyList<BilledUsage> Usage { get; init; } = [];
}

/// <summary>Records a credit note; one that names an invoice reduces it, oldest instalment first.</summary>
public sealed record PostCreditNote(
    DocumentNumber Number, DateOnly IssueDate, DateOnly? PostedOn, Money Amount, decimal? FxRate, DocumentNumber? Invoice) : AccountCommand;

/// <summary>Records money received.</summary>
/// <param name="PaymentId">Unique within the account.</param>
/// <param name="Amount">Above 0.</param>
/// <param name="ReceivedOn">Value date.</param>
/// <param name="PostedOn">Accounting date; null = today, or the value date for imported history.</param>
/// <param name="FxRate">Units of account currency per unit of the payment's; null = the newest rate.</param>
/// <param name="Method">How it was paid.</param>
/// <param name="ClearsOn">Until this day has passed the money can still come back and counts as exposure.</param>
/// <param name="Allocations">Null = the policy's order, empty = unapplied.</param>
/// <param name="Remittance">The payer's text; without allocations, the open invoices it names are paid first.</param>
public sealed record PostPayment(
    DocumentNumber PaymentId, Money Amount, DateOnly ReceivedOn, DateOnly? PostedOn, decimal? FxRate, PaymentMethod Method, DateOnly? ClearsOn,
    IReadOnlyList<AllocationRequest>? Allocations, FreeText? Remittance) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Remittance is null ? [] : [Remittance];
}

/// <summary>Takes a payment back: bounced re-opens what it paid as returned, a mistake as if it had never been.</summary>
public sealed record ReversePayment(DocumentNumber PaymentId, ReversalReason Reason, DateOnly? On, FreeText? Note) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>
/// The reservation as it stands, as <see cref="Answer.Unchanged"/>: amounts that a call gives without a currency are in the
/// reservation's, which only the account knows.
/// </summary>
public sealed record FindReservation(DocumentNumber ReservationId) : AccountCommand;

/// <summary>Decides what time alone has brought: lapses and money whose clearing day has passed.</summary>
public sealed record RunDue : AccountCommand;
