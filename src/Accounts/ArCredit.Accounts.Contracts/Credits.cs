using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>What settles debit items.</summary>
public enum CreditKind
{
    /// <summary>Money received.</summary>
    Payment,

    /// <summary>A credit note.</summary>
    CreditNote,
}

/// <summary>What one act of allocating took from debit items.</summary>
/// <param name="No">From 1 within the credit; what was posted with the document itself is 1.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Lines">At least one.</param>
public sealed record AllocationGroup(int No, DateOnly PostedOn, IReadOnlyList<Allocation> Lines);

/// <summary>A payment or credit note with everything it settles now.</summary>
/// <param name="Kind">Payment or credit note.</param>
/// <param name="Number">Unique within the account and kind.</param>
/// <param name="Date">Value date of a payment, issue date of a credit note.</param>
/// <param name="PostedOn">Its own accounting date.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">Original, minor units.</param>
/// <param name="Rate">Units of account currency per unit of the document's, as posted.</param>
/// <param name="CompanyRate">Units of company currency per unit of the document's, as posted; null = none was published.</param>
/// <param name="Unapplied">What settles nothing.</param>
/// <param name="LastNo">The highest number an allocation ever had; 0 = none yet.</param>
/// <param name="Groups">Allocations that stand, by number; with what is unapplied and refunded they sum up to the amount.</param>
/// <param name="Refunds">What is earmarked for refunds or was refunded; null = nothing.</param>
/// <param name="FxDifference">Of a payment, what it realised itself, see <see cref="PaymentReceived"/>; null = nothing.</param>
public sealed record CreditState(
    CreditKind Kind, DocumentNumber Number, DateOnly Date, DateOnly PostedOn, Currency Currency, long Amount, decimal Rate, decimal? CompanyRate,
    long Unapplied, int LastNo, IReadOnlyList<AllocationGroup> Groups, IReadOnlyList<CreditRefund>? Refunds = null, Money? FxDifference = null)
{
    /// <summary>Everything it settles.</summary>
    [JsonIgnore]
    public IEnumerable<Allocation> Lines => Groups.SelectMany(group => group.Lines);

    /// <summary>What refunds have earmarked.</summary>
    [JsonIgnore]
    public long Earmarked => Refunds?.Where(refund => refund.PostedOn is null).Sum(refund => refund.Amount) ?? 0;

    /// <summary>What was paid out.</summary>
    [JsonIgnore]
    public long Refunded => Refunds?.Where(refund => refund.PostedOn is not null).Sum(refund => refund.Amount) ?? 0;

    /// <summary>The newest accounting date of the document, its allocations and refunds: nothing of it can be taken back before.</summary>
    [JsonIgnore]
    public DateOnly LastPostedOn => Groups.Select(group => group.PostedOn).Concat((Refunds ?? []).Select(refund => refund.PostedOn ?? PostedOn))
        .Aggregate(PostedOn, (latest, day) => day > latest ? day : latest);

    /// <summary>A payment as it was received.</summary>
    public static CreditState Of(PaymentReceived received) => new(
        CreditKind.Payment, received.PaymentId, received.ReceivedOn, received.PostedOn, received.Currency, received.Amount, received.Rate,
        received.CompanyRate, received.Unapplied, received.Allocations.Count == 0 ? 0 : 1, First(received.PostedOn, received.Allocations),
        FxDifference: received.FxDifference);

    /// <summary>A credit note as it was posted.</summary>
    public static CreditState Of(CreditNotePosted note) => new(
        CreditKind.CreditNote, note.Number, note.IssueDate, note.PostedOn, note.Currency, note.Amount, note.Rate, note.CompanyRate,
        note.Unapplied, note.Allocations.Count == 0 ? 0 : 1, First(note.PostedOn, note.Allocations));

    private static AllocationGroup[] First(DateOnly postedOn, IReadOnlyList<Allocation> lines) =>
        lines.Count == 0 ? [] : [new AllocationGroup(1, postedOn, lines)];
}

/// <summary>
/// A debit document to be settled, as people name it; the amount in major units of the credit's currency, because only the
/// account knows that. No amount = as much as is open and unapplied; no part = net, then VAT.
/// </summary>
public sealed record SettlementRequest(DocumentNumber Invoice, int? Instalment, decimal? Amount, ItemPart? Part = null);

/// <summary>Settles debit items with what is unapplied of a payment or credit note.</summary>
/// <param name="Kind">Of the credit.</param>
/// <param name="Number">Of the credit.</param>
/// <param name="Allocations">Null = the policy's order.</param>
/// <param name="PostedOn">Accounting date; null = today, or the credit's own where that is later.</param>
public sealed record AllocateCredit(CreditKind Kind, DocumentNumber Number, IReadOnlyList<SettlementRequest>? Allocations, DateOnly? PostedOn)
    : AccountCommand;

/// <summary>Takes an allocation back: what it settled is open again to the minor unit, the credit unapplied.</summary>
/// <param name="Kind">Of the credit.</param>
/// <param name="Number">Of the credit.</param>
/// <param name="No">Of the allocation, from 1.</param>
/// <param name="On">Accounting date; null = today, or the allocation's own where that is later.</param>
/// <param name="Note">Why.</param>
public sealed record UndoAllocation(CreditKind Kind, DocumentNumber Number, int No, DateOnly? On, FreeText? Note) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Unapplied credit settled debit items.</summary>
/// <param name="Credit">After it; its newest allocation is this one.</param>
/// <param name="PostedOn">Accounting date.</param>
public sealed record CreditAllocated(CreditState Credit, DateOnly PostedOn) : AccountEvent
{
    /// <summary>What it settled.</summary>
    [JsonIgnore]
    public IReadOnlyList<Allocation> Allocations => Credit.Groups[^1].Lines;
}

/// <summary>An allocation was taken back.</summary>
/// <param name="Credit">After it.</param>
/// <param name="No">The allocation's number.</param>
/// <param name="PostedOn">Accounting date of the undoing.</param>
/// <param name="Allocations">What is open again.</param>
/// <param name="Note">Why.</param>
public sealed record AllocationUndone(
    CreditState Credit, int No, DateOnly PostedOn, IReadOnlyList<Allocation> Allocations, TextRef? Note) : AccountEvent;
