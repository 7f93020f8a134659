using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>
/// Something that happened to an account. Amounts are minor units of the currency named beside them; "account" amounts
/// are in the account's currency.
/// </summary>
public abstract record AccountEvent
{
    /// <summary>How many events of the same append follow this one.</summary>
    public int Following { get; init; }

    /// <summary>The caller, by id.</summary>
    public string? By { get; init; }

    /// <summary>
    /// The business instant of the append, in its first event, so that the chain covers it; null in the others, where the
    /// event's decision says it, and in what was written before there was this.
    /// </summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Master data, limits and status as they are from now on.</summary>
/// <param name="MasterVersion">1, 2, …: the ETag.</param>
/// <param name="Master">What decides.</param>
/// <param name="Limits">The account's own limits.</param>
/// <param name="Closed">No new sales at all.</param>
/// <param name="Details">The rest, kept beside the journal.</param>
/// <param name="Warnings">Codes of what was accepted but looks wrong.</param>
public sealed record AccountPut(
    long MasterVersion, MasterData Master, Limits Limits, bool Closed, TextRef Details, IReadOnlyList<string> Warnings) : AccountEvent;

/// <summary>A block is set.</summary>
public sealed record BlockSet(string Name, bool AllSales, TextRef Reason) : AccountEvent;

/// <summary>A block is lifted.</summary>
public sealed record BlockRemoved(string Name) : AccountEvent;

/// <summary>A reservation was approved and earmarks.</summary>
public sealed record CreditReserved(ReservationState Reservation, DecisionRecord Decision) : AccountEvent;

/// <summary>A reservation, change or enforced invoice was declined or referred; nothing else changed.</summary>
/// <param name="ReservationId">Of a reservation.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Standing">The reservation that stays as it was, when a change of it was refused.</param>
public sealed record CreditRefused(DocumentNumber? ReservationId, DecisionRecord Decision, ReservationState? Standing = null) : AccountEvent;

/// <summary>
/// Amount or expiry changed; the decision is null when nothing had to be checked. It ends a reservation of which nothing is
/// left then.
/// </summary>
public sealed record ReservationChanged(ReservationState Reservation, DecisionRecord? Decision) : AccountEvent;

/// <summary>Part of an order is delivered now.</summary>
public sealed record ReservationDelivered(ReservationState Reservation, long Amount) : AccountEvent;

/// <summary>The rest was given back, what was delivered of it too: the caller said so, other than of a lapse.</summary>
public sealed record ReservationReleased(ReservationState Reservation) : AccountEvent;

/// <summary>The clock ended the reservation.</summary>
public sealed record ReservationLapsed(ReservationState Reservation) : AccountEvent;

/// <summary>An invoice is on the ledger; its captures shrank their reservations in the same step.</summary>
/// <param name="Number">Unique within the account.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">With VAT.</param>
/// <param name="TaxAmount">VAT within it.</param>
/// <param name="Rate">Units of account currency per unit of the document's.</param>
/// <param name="CompanyRate">Units of company currency per unit of the document's; null = not published then.</param>
/// <param name="Instalments">At least one; they sum up to the amount.</param>
/// <param name="Captures">What it took from reservations.</param>
/// <param name="Department">Dimension.</param>
/// <param name="Reference">The customer's order reference.</param>
/// <param name="Decision">The decision that let it pass, when posting was a checkpoint.</param>
/// <param name="Flags">dueBeforeIssue, capturedAfterLapse.</param>
/// <param name="History">Imported as a fact of the past.</param>
/// <param name="Discount">Early-payment discount; null = none.</param>
/// <param name="Retention">What the customer holds back, which is the last instalment; null = nothing.</param>
/// <param name="Usage">Metered usage that it bills, which is no exposure of its own any more; null = none.</param>
public sealed record InvoicePosted(
    DocumentNumber Number, DateOnly IssueDate, DateOnly PostedOn, Currency Currency, long Amount, long? TaxAmount, decimal Rate,
    decimal? CompanyRate, IReadOnlyList<Instalment> Instalments, IReadOnlyList<CaptureState> Captures, string? Department,
    string? Reference, DecisionRecord? Decision, IReadOnlyList<string> Flags, bool History, DiscountTerms? Discount = null,
    RetentionTerms? Retention = null, IReadOnlyList<UsageClosed>? Usage = null) : AccountEvent;

/// <summary>What a capture took, and the reservation after it.</summary>
/// <param name="Amount">What it took on credit, minor units of the reservation's currency.</param>
/// <param name="AfterLapse">The reservation, or a part that was taken of it, had lapsed: that was not earmarked any more.</param>
/// <param name="Reservation">After the capture.</param>
public sealed record CaptureState(long Amount, bool AfterLapse, ReservationState Reservation);

/// <summary>A credit note is on the ledger.</summary>
/// <param name="Number">Unique within the account.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">With VAT.</param>
/// <param name="Rate">Units of account currency per unit of the document's.</param>
/// <param name="Invoice">The invoice it names.</param>
/// <param name="Allocations">What it took from that invoice.</param>
/// <param name="Unapplied">The rest.</param>
/// <param name="Credited">The invoice with this credit.</param>
/// <param name="Flags">creditAboveInvoice.</param>
/// <param name="History">Imported as a fact of the past.</param>
/// <param name="CompanyRate">Units of company currency per unit of the document's; null = not published then.</param>
public sealed record CreditNotePosted(
    DocumentNumber Number, DateOnly IssueDate, DateOnly PostedOn, Currency Currency, long Amount, decimal Rate, DocumentNumber? Invoice,
    IReadOnlyList<Allocation> Allocations, long Unapplied, StoredInvoice? Credited, IReadOnlyList<string> Flags, bool History,
    decimal? CompanyRate = null) : AccountEvent;

/// <summary>Money is on the ledger.</summary>
/// <param name="PaymentId">Unique within the account.</param>
/// <param name="ReceivedOn">Value date.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The payment's.</param>
/// <param name="Amount">Received.</param>
/// <param name="Rate">Units of account currency per unit of the payment's.</param>
/// <param name="Method">How.</param>
/// <param name="ClearsOn">While this day has not passed the amount counts as uncleared.</param>
/// <param name="Allocations">What it paid.</param>
/// <param name="Unapplied">The rest.</param>
/// <param name="Remittance">The payer's text.</param>
/// <param name="History">Imported as a fact of the past.</param>
/// <param name="CompanyRate">Units of company currency per unit of the payment's; null = not published then.</param>
/// <param name="FxDifference">
/// Company currency: of a refund's money that came back after its own payment had been taken back, what the refund had realised, less; else null.
/// </param>
public sealed record PaymentReceived(
    DocumentNumber PaymentId, DateOnly ReceivedOn, DateOnly PostedOn, Currency Currency, long Amount, decimal Rate, PaymentMethod Method,
    DateOnly? ClearsOn, IReadOnlyList<Allocation> Allocations, long Unapplied, TextRef? Remittance, bool History,
    decimal? CompanyRate = null, Money? FxDifference = null) : AccountEvent;

/// <summary>A payment was taken back; what it paid is open again.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="Reason">Bounced re-opens as returned.</param>
/// <param name="ReceivedOn">The payment's value date.</param>
/// <param name="PostedOn">Accounting date of the reversal.</param>
/// <param name="Currency">The payment's.</param>
/// <param name="Amount">The payment's.</param>
/// <param name="Rate">The payment's.</param>
/// <param name="Allocations">What is open again.</param>
/// <param name="Unapplied">Unapplied credit that is gone.</param>
/// <param name="Note">Why.</param>
/// <param name="FxDifference">The payment's own, which is given back.</param>
public sealed record PaymentReversed(
    DocumentNumber PaymentId, ReversalReason Reason, DateOnly ReceivedOn, DateOnly PostedOn, Currency Currency, long Amount, decimal Rate,
    IReadOnlyList<Allocation> Allocations, long Unapplied, TextRef? Note, Money? FxDifference = null) : AccountEvent;

/// <summary>Money whose clearing day has passed no longer counts as exposure.</summary>
public sealed record MoneyCleared(DocumentNumber PaymentId, DateOnly ClearsOn) : AccountEvent;

/// <summary>What was taken from one instalment, with all that is needed to open it again.</summary>
/// <param name="Invoice">The invoice.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="Amount">Minor units of the document's currency.</param>
/// <param name="OfReturned">How much of it had been re-opened by a bounce before.</param>
/// <param name="IssueDate">The invoice's.</param>
/// <param name="DueDate">The instalment's.</param>
/// <param name="InstalmentAmount">The instalment's original amount.</param>
/// <param name="InvoiceAmount">The invoice's original amount.</param>
/// <param name="Rate">The invoice's posted rate.</param>
/// <param name="Traits">What the document is besides a plain invoice; null = nothing.</param>
/// <param name="Credited">
/// Of the instalment, what credit notes had taken before, or, of a line that is opened again, what they have taken after that;
/// kept where there is a discount.
/// </param>
/// <param name="Discount">Early-payment discount taken beside the amount.</param>
/// <param name="Unearned">What is left open because its discount was taken too late.</param>
/// <param name="Difference">Small difference written off beside the amount.</param>
/// <param name="DifferenceYear">The year whose allowance that used; 0 without one.</param>
/// <param name="FxDifference">Realised difference in the company's currency, above 0 a gain; null = own currency, or a rate is not known.</param>
/// <param name="WriteOff">The write-off that the amount recovers: it takes nothing off what is open. Null = none.</param>
/// <param name="Discounted">The same as <paramref name="Credited"/> for early-payment discounts.</param>
/// <param name="Vat">Where VAT is split: how much of <see cref="Taken"/> is off the VAT part.</param>
/// <param name="InstalmentVat">Where VAT is split: the instalment's original VAT; 0 = it is not.</param>
public sealed record Allocation(
    DocumentNumber Invoice, int Instalment, long Amount, long OfReturned, DateOnly IssueDate, DateOnly DueDate, long InstalmentAmount,
    long InvoiceAmount, decimal Rate, DebitTraits? Traits = null, long Credited = 0, long Discount = 0, long Unearned = 0, long Difference = 0,
    int DifferenceYear = 0, Money? FxDifference = null, DocumentNumber? WriteOff = null, long Discounted = 0, long Vat = 0,
    long InstalmentVat = 0)
{
    /// <summary>What the item is less by: the amount, and what is forgiven beside it.</summary>
    [JsonIgnore]
    public long Taken => Amount + Discount + Difference;

    /// <summary>Its invoice has terms of discount, and the instalment is neither retained nor released of that.</summary>
    [JsonIgnore]
    public bool EarnsDiscount => Traits is { Discount: not null } traits && !(Instalment >= traits.Retention?.Instalment);
}

/// <summary>A reservation as it stands after an event.</summary>
/// <param name="Id">Unique within the account.</param>
/// <param name="Kind">Names the bucket.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">The document's amount with VAT; while it is active, without what has lapsed of it.</param>
/// <param name="Paid">Paid on the spot when reserved and not yet bound to an invoice.</param>
/// <param name="PaidMethod">How.</param>
/// <param name="Remaining">Still earmarked (credit part), 0 unless active.</param>
/// <param name="Rest">What a capture may still take on credit: the remaining amount and what has lapsed.</param>
/// <param name="Delivered">How much of the remaining amount is delivered.</param>
/// <param name="Captured">Invoiced so far, with VAT.</param>
/// <param name="Rate">Units of account currency per unit of the document's.</param>
/// <param name="CreatedAt">Business instant.</param>
/// <param name="ExpiresAt">Lapses at this instant; null = never.</param>
/// <param name="DeliveryDate">Of an order.</param>
/// <param name="Buyer">Who bought.</param>
/// <param name="Reference">The customer's order reference.</param>
/// <param name="CapturedPaid">How much of what is invoiced was paid on the spot; the rest was credit.</param>
public sealed record ReservationState(
    DocumentNumber Id, ReservationKind Kind, ReservationStatus Status, Currency Currency, long Amount, long Paid, PaymentMethod? PaidMethod,
    long Remaining, long Rest, long Delivered, long Captured, decimal Rate, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    DateOnly? DeliveryDate, string? Buyer, string? Reference, long CapturedPaid = 0);

/// <summary>An invoice with the credits it has had.</summary>
/// <param name="Number">Unique within the account.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">Original.</param>
/// <param name="Credited">Sum of the credit notes that named it.</param>
public sealed record StoredInvoice(DocumentNumber Number, Currency Currency, long Amount, long Credited);
