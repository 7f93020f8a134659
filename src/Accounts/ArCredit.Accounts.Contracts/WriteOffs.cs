using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>Why a debit item is given up.</summary>
public enum WriteOffKind
{
    /// <summary>It will not be paid: sets a block, stays visible, and later money for it is a recovery.</summary>
    BadDebt,

    /// <summary>Too little to follow up: within the policy's tolerance, no block.</summary>
    SmallDifference,

    /// <summary>A claim for interest or a fee that is let go.</summary>
    Waiver,
}

/// <summary>Gives up what is open of a document, or a part of it.</summary>
/// <param name="Id">The caller's own id, unique within the account.</param>
/// <param name="Kind">Why.</param>
/// <param name="Invoice">The invoice, debit note or claim.</param>
/// <param name="Instalment">From 1; null = oldest first.</param>
/// <param name="Amount">Major units of the document's currency, which only the account knows; null = all that is open.</param>
/// <param name="PostedOn">Accounting date; null = today.</param>
/// <param name="Reason">For people; of bad debt also the block's.</param>
public sealed record WriteOff(
    DocumentNumber Id, WriteOffKind Kind, DocumentNumber Invoice, int? Instalment, decimal? Amount, DateOnly? PostedOn, FreeText Reason)
    : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => [Reason];
}

/// <summary>Takes a write-off back: what it gave up is open again. Refused while money has been received for it.</summary>
/// <param name="Id">The write-off.</param>
/// <param name="On">Accounting date; null = today, or the write-off's own where that is later.</param>
/// <param name="Note">Why.</param>
public sealed record ReverseWriteOff(DocumentNumber Id, DateOnly? On, FreeText? Note) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Debit items were given up.</summary>
/// <param name="Id">Unique within the account.</param>
/// <param name="Kind">Why.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The documents'.</param>
/// <param name="Lines">What it took off.</param>
/// <param name="Reason">For people.</param>
public sealed record WrittenOff(
    DocumentNumber Id, WriteOffKind Kind, DateOnly PostedOn, Currency Currency, IReadOnlyList<Allocation> Lines, TextRef Reason) : AccountEvent
{
    /// <summary>All of it, minor units.</summary>
    [JsonIgnore]
    public long Amount => Lines.Sum(line => line.Taken);
}

/// <summary>A write-off was taken back.</summary>
/// <param name="Id">The write-off.</param>
/// <param name="Kind">The write-off's.</param>
/// <param name="PostedOn">Accounting date of the reversal.</param>
/// <param name="Currency">The documents'.</param>
/// <param name="Lines">What is open again.</param>
/// <param name="Note">Why.</param>
public sealed record WriteOffReversed(
    DocumentNumber Id, WriteOffKind Kind, DateOnly PostedOn, Currency Currency, IReadOnlyList<Allocation> Lines, TextRef? Note) : AccountEvent;
