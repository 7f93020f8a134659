using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>How a dispute ended. Stored: only ever add.</summary>
public enum DisputeOutcome
{
    /// <summary>The customer was right: all of it is credited.</summary>
    CreditNote,

    /// <summary>The customer was wrong: all of it is owed.</summary>
    Rejected,

    /// <summary>A part is credited, the rest is owed.</summary>
    Partly,
}

/// <summary>What is disputed of one instalment.</summary>
/// <param name="Instalment">From 1.</param>
/// <param name="Amount">Minor units of the invoice's currency, above 0.</param>
public sealed record DisputedLine(int Instalment, long Amount);

/// <summary>A dispute as it stands after an event.</summary>
/// <param name="Id">Unique within the account.</param>
/// <param name="Invoice">The invoice, debit note or claim.</param>
/// <param name="Currency">The invoice's.</param>
/// <param name="Rate">Units of account currency per unit of the invoice's, as posted.</param>
/// <param name="Reason">Code.</param>
/// <param name="Lines">At least one; never more than was open and not disputed when it was raised.</param>
/// <param name="Owner">Who works on it, by id.</param>
/// <param name="DueOn">When it shall be resolved.</param>
/// <param name="RaisedOn">Company's date.</param>
/// <param name="RaisedAt">Business instant.</param>
/// <param name="Outcome">Null while it is open.</param>
/// <param name="Credited">Minor units.</param>
/// <param name="CreditNote">The credit note that resolved it.</param>
/// <param name="ResolvedOn">Company's date; null while it is open.</param>
/// <param name="ResolvedAt">Business instant; null while it is open.</param>
/// <param name="CompanyRate">Units of company currency per unit of the invoice's, as posted, where that is not the account's; null = none was published, or not kept then.</param>
public sealed record DisputeState(
    DocumentNumber Id, DocumentNumber Invoice, Currency Currency, decimal Rate, string Reason, IReadOnlyList<DisputedLine> Lines, string? Owner,
    DateOnly? DueOn, DateOnly RaisedOn, DateTimeOffset RaisedAt, DisputeOutcome? Outcome = null, long Credited = 0, DocumentNumber? CreditNote = null,
    DateOnly? ResolvedOn = null, DateTimeOffset? ResolvedAt = null, decimal? CompanyRate = null)
{
    /// <summary>All of it, minor units.</summary>
    [JsonIgnore]
    public long Amount => Lines.Sum(line => line.Amount);
}

/// <summary>Disputes an invoice or a part of it: that is not overdue while the dispute is open.</summary>
/// <param name="Id">The caller's own id, unique within the account.</param>
/// <param name="Invoice">The invoice, debit note or claim.</param>
/// <param name="Instalment">From 1; null = oldest first.</param>
/// <param name="Reason">Code.</param>
/// <param name="Amount">Major units of the invoice's currency, which only the account knows; null = all that is open and not disputed.</param>
/// <param name="Owner">Who works on it, by id.</param>
/// <param name="DueOn">When it shall be resolved.</param>
/// <param name="Note">First entry of its log.</param>
public sealed record RaiseDispute(
    DocumentNumber Id, DocumentNumber Invoice, int? Instalment, string Reason, decimal? Amount, string? Owner, DateOnly? DueOn, FreeText? Note)
    : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Writes an entry into the log of an open dispute.</summary>
/// <param name="Id">The dispute.</param>
/// <param name="Owner">Null = as before.</param>
/// <param name="DueOn">Null = as before.</param>
/// <param name="Note">For people.</param>
public sealed record ChangeDispute(DocumentNumber Id, string? Owner, DateOnly? DueOn, FreeText? Note) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Ends a dispute; what is credited is credited in the same step.</summary>
/// <param name="Id">The dispute.</param>
/// <param name="Outcome">How.</param>
/// <param name="Amount">Major units of the invoice's currency; of a part only.</param>
/// <param name="CreditNote">Number of the credit note; null when rejected.</param>
/// <param name="IssueDate">Of the credit note; null = today.</param>
/// <param name="PostedOn">Of the credit note; null = today.</param>
/// <param name="Note">Last entry of its log.</param>
/// <param name="MayApprove">The caller's right; without it an amount above the policy's is refused with <see cref="RefusalCode.ApprovalRequired"/>.</param>
/// <param name="MayCredit">The caller's right; without it any amount is refused so.</param>
public sealed record ResolveDispute(
    DocumentNumber Id, DisputeOutcome Outcome, decimal? Amount, DocumentNumber? CreditNote, DateOnly? IssueDate, DateOnly? PostedOn, FreeText? Note,
    [property: JsonIgnore] bool MayApprove, [property: JsonIgnore] bool MayCredit) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>A dispute is open.</summary>
/// <param name="Dispute">As raised.</param>
/// <param name="Note">First entry of its log.</param>
public sealed record DisputeRaised(DisputeState Dispute, TextRef? Note) : AccountEvent;

/// <summary>An entry of a dispute's log.</summary>
/// <param name="Dispute">After it.</param>
/// <param name="Note">For people.</param>
public sealed record DisputeChanged(DisputeState Dispute, TextRef? Note) : AccountEvent;

/// <summary>A dispute has ended; its credit note, if any, is the event before.</summary>
/// <param name="Dispute">As it ended.</param>
/// <param name="Note">Last entry of its log.</param>
public sealed record DisputeResolved(DisputeState Dispute, TextRef? Note) : AccountEvent;
