using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Everything of an account but its open documents; can always be thrown away and made anew from the journal.</summary>
/// <param name="Version">Of the newest event it holds.</param>
/// <param name="MasterVersion">Of the master data.</param>
/// <param name="Master">Master data.</param>
/// <param name="Limits">Own limits.</param>
/// <param name="Details">Where the rest is.</param>
/// <param name="Closed">No sales.</param>
/// <param name="CurrencyFixed">A document or reservation has been there.</param>
/// <param name="Blocks">All blocks.</param>
/// <param name="Reservations">The active ones.</param>
/// <param name="Uncleared">Money that can still come back.</param>
/// <param name="Balance">Open items less credits: proves that the pages are the right ones.</param>
/// <param name="Differences">Small differences that were written off, by year; null = none.</param>
/// <param name="WriteOffs">Bad debt that was written off; null = none.</param>
/// <param name="Disputes">The open ones, by id; null = none.</param>
/// <param name="Promises">Open ones and the last that ended, by id; null = none.</param>
/// <param name="DisputeCredits">By invoice; null = none.</param>
/// <param name="Plans">Payment plans that wait or are active and the last that were kept or broken, by id; null = none.</param>
/// <param name="Refunds">The open ones, by id; null = none.</param>
/// <param name="Usage">Metered usage by subscription; null = none.</param>
/// <param name="WriteOffBlockLifted">Somebody lifted the block of what is written off.</param>
public sealed record AccountSnapshot(
    long Version, long MasterVersion, MasterData Master, Limits Limits, TextRef Details, bool Closed, bool CurrencyFixed,
    IReadOnlyList<BlockView> Blocks, IReadOnlyList<ReservationState> Reservations, IReadOnlyList<UnclearedSnapshot> Uncleared, long Balance,
    IReadOnlyList<YearDifferences>? Differences = null, IReadOnlyList<WriteOffSnapshot>? WriteOffs = null,
    IReadOnlyList<DisputeState>? Disputes = null, IReadOnlyList<PromiseSnapshot>? Promises = null,
    IReadOnlyList<DisputeCreditSnapshot>? DisputeCredits = null, IReadOnlyList<PlanSnapshot>? Plans = null,
    IReadOnlyList<RefundState>? Refunds = null, IReadOnlyList<UsageSnapshot>? Usage = null, bool WriteOffBlockLifted = false)
{
    /// <summary>Of this record and of <see cref="PageSnapshot"/>.</summary>
    public const int Schema = 3;
}

/// <summary>What was metered of a subscription and is not billed, and what was billed before.</summary>
public sealed record UsageSnapshot(string Subscription, IReadOnlyList<UsageDay> Days, UsageClosing? Closed);

/// <summary>The exact sum of a day, account minor units.</summary>
public readonly record struct UsageDay(DateOnly Day, decimal Exact);

/// <summary>Small differences of a year, account currency.</summary>
public sealed record YearDifferences(int Year, long Used);

/// <summary>Money that can still come back; amount in account currency.</summary>
public sealed record UnclearedSnapshot(DocumentNumber PaymentId, DateOnly ClearsOn, long Amount);

/// <summary>A page of open documents.</summary>
public sealed record PageSnapshot(IReadOnlyList<InvoiceSnapshot> Invoices, IReadOnlyList<CreditSnapshot> Credits);

/// <summary>An open invoice; the number of its last instalment where something is retained, null = not known.</summary>
public sealed record InvoiceSnapshot(
    DocumentNumber Number, Currency Currency, long Amount, decimal Rate, DateOnly IssueDate, long? Credited, IReadOnlyList<ItemSnapshot> Items,
    DebitTraits? Traits = null, int? LastInstalment = null);

/// <summary>An open instalment.</summary>
public sealed record ItemSnapshot(
    int Instalment, DateOnly DueDate, long Amount, long Open, long Returned, long Credited = 0, long Discounted = 0, long VatAmount = 0, long Vat = 0);

/// <summary>Unapplied credit, and what of it is earmarked for refunds beside that.</summary>
public sealed record CreditSnapshot(
    NumberKind Kind, DocumentNumber Number, Currency Currency, long Amount, decimal Rate, DateOnly Date, long Open, long Earmarked = 0);

/// <summary>Bad debt that was written off, with what was received since by line.</summary>
public sealed record WriteOffSnapshot(
    DocumentNumber Id, Currency Currency, DateOnly PostedOn, IReadOnlyList<Allocation> Lines, IReadOnlyList<long> Recovered, TextRef Reason);

/// <summary>A promise with the money that counts for it, and the most that can still be asked of what it is about.</summary>
public sealed record PromiseSnapshot(PromiseState State, IReadOnlyList<PromiseReceipt> Receipts, long Payable);

/// <summary>What disputes have credited of an invoice that is open or disputed, account currency.</summary>
public sealed record DisputeCreditSnapshot(DocumentNumber Invoice, long Amount);

/// <summary>A payment plan with everything that was taken off its items since it was requested.</summary>
public sealed record PlanSnapshot(PlanState State, IReadOnlyList<PlanEntry> Entries);
