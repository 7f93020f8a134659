using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>Where a refund stands. Stored: only ever add.</summary>
public enum RefundStatus
{
    /// <summary>Its credit is earmarked; somebody else has to approve it.</summary>
    Requested,

    /// <summary>Goes into the next file.</summary>
    Approved,

    /// <summary>In a file for the bank, and off the ledger.</summary>
    Filed,

    /// <summary>The file is on its way to the bank.</summary>
    Sent,

    /// <summary>The bank has paid it.</summary>
    Settled,

    /// <summary>The bank did not take it: the credit is back.</summary>
    Rejected,

    /// <summary>It was taken back before it was filed: the credit is back.</summary>
    Cancelled,

    /// <summary>The payee's bank sent the money back: the credit is back.</summary>
    Returned,
}

/// <summary>What a refund takes of one credit.</summary>
/// <param name="Kind">Payment or credit note.</param>
/// <param name="Number">Of the credit.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="FxDifference">
/// Realised when it was filed, in the company's currency: amount × (the credit's posted rate − the rate of that day), above 0 a gain;
/// null = not filed, own currency, or a rate is not known.
/// </param>
public sealed record RefundPart(CreditKind Kind, DocumentNumber Number, long Amount, Money? FxDifference = null);

/// <summary>A part of a credit that is earmarked for a refund or was refunded.</summary>
/// <param name="Id">The refund.</param>
/// <param name="Amount">Minor units of the credit's currency.</param>
/// <param name="PostedOn">Accounting date on which it left the ledger; null while it is earmarked.</param>
public sealed record CreditRefund(DocumentNumber Id, long Amount, DateOnly? PostedOn = null);

/// <summary>A refund as it stands after an event.</summary>
/// <param name="Id">The caller's own id, unique within the account.</param>
/// <param name="Currency">The credits'.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Parts">What it takes of which credits; they sum up to the amount.</param>
/// <param name="Payee">Id of the payee account.</param>
/// <param name="Reason">Code.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="RequestedBy">Never who approves.</param>
/// <param name="RequestedOn">Company's date.</param>
/// <param name="RequestedAt">Business instant.</param>
/// <param name="Warnings">Codes of what speaks against it; null = nothing.</param>
/// <param name="PayeeVersion">The payee account as it was approved; 0 = not approved.</param>
/// <param name="ApprovedBy">Null = not approved.</param>
/// <param name="File">Message id of the file that it is in.</param>
/// <param name="EndToEndId">As the bank tells it by.</param>
/// <param name="PostedOn">Accounting date on which it left the ledger.</param>
/// <param name="EndedOn">Of one that gave its credit back: accounting date of that, or the company's date when it had never left the ledger.</param>
/// <param name="Code">Why it ended, or why its approval is void.</param>
public sealed record RefundState(
    DocumentNumber Id, Currency Currency, long Amount, IReadOnlyList<RefundPart> Parts, string Payee, string Reason, RefundStatus Status,
    string RequestedBy, DateOnly RequestedOn, DateTimeOffset RequestedAt, IReadOnlyList<string>? Warnings = null, int PayeeVersion = 0,
    string? ApprovedBy = null, string? File = null, string? EndToEndId = null, DateOnly? PostedOn = null, DateOnly? EndedOn = null, string? Code = null)
{
    /// <summary>The most characters an id may have: numbers are made of it.</summary>
    public const int MaxId = 40;

    /// <summary>Earmarked, and not off the ledger yet.</summary>
    [JsonIgnore]
    public bool IsPending => Status is RefundStatus.Requested or RefundStatus.Approved;

    /// <summary>It may still go either way.</summary>
    [JsonIgnore]
    public bool IsOpen => IsPending || Status is RefundStatus.Filed or RefundStatus.Sent;
}

/// <summary>Asks for unapplied credit to be paid out: earmarks it at once.</summary>
/// <param name="Id">The caller's own id, unique within the account.</param>
/// <param name="Amount">Above 0.</param>
/// <param name="Kind">Of the credit; null = the oldest first.</param>
/// <param name="Number">Of the credit; null = the oldest first.</param>
/// <param name="Payee">Id of the payee account.</param>
/// <param name="Reason">Code.</param>
/// <param name="Note">For people.</param>
/// <param name="By">Who asks: somebody else has to approve.</param>
public sealed record RequestRefund(
    DocumentNumber Id, Money Amount, CreditKind? Kind, DocumentNumber? Number, string Payee, string Reason, FreeText? Note, string By) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Signs a refund.</summary>
/// <param name="Id">The refund.</param>
/// <param name="PayeeVersion">The payee account that the money may go to, as it is confirmed now.</param>
/// <param name="By">Not who asked for it.</param>
public sealed record ApproveRefund(DocumentNumber Id, int PayeeVersion, string By) : AccountCommand;

/// <summary>Takes the approval of a refund away, because what was approved is no longer so.</summary>
/// <param name="Id">The refund.</param>
/// <param name="Code">Why.</param>
public sealed record VoidRefundApproval(DocumentNumber Id, string Code) : AccountCommand;

/// <summary>Puts an approved refund into a file: it leaves the ledger.</summary>
/// <param name="Id">The refund.</param>
/// <param name="PayeeVersion">The payee account that the file names; another one than was approved is refused.</param>
/// <param name="File">Message id.</param>
/// <param name="EndToEndId">As the bank will tell it by.</param>
public sealed record FileRefund(DocumentNumber Id, int PayeeVersion, string File, string EndToEndId) : AccountCommand;

/// <summary>What became of a filed refund.</summary>
/// <param name="Id">The refund.</param>
/// <param name="Settled">True = the bank has paid it; false = the file is on its way.</param>
public sealed record ReportRefund(DocumentNumber Id, bool Settled) : AccountCommand;

/// <summary>Ends a refund and gives its credit back.</summary>
/// <param name="Id">The refund.</param>
/// <param name="Outcome">Cancelled before it is filed; rejected or returned after that.</param>
/// <param name="Code">Why.</param>
/// <param name="On">Accounting date of what had left the ledger; null = today, or the refund's own where that is later.</param>
/// <param name="Note">For people.</param>
public sealed record EndRefund(DocumentNumber Id, RefundStatus Outcome, string? Code, DateOnly? On, FreeText? Note) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Takes back that a refund was returned, because the money that was taken for it was other money: its credit leaves the ledger again.</summary>
/// <param name="Id">The refund.</param>
/// <param name="Settled">True = it is settled again; false = it is on its way again.</param>
public sealed record ReinstateRefund(DocumentNumber Id, bool Settled) : AccountCommand;

/// <summary>Credit is earmarked for a refund: it settles nothing and makes nothing available any more.</summary>
/// <param name="Refund">As requested.</param>
/// <param name="Credits">The credits after it.</param>
/// <param name="Note">For people.</param>
public sealed record RefundRequested(RefundState Refund, IReadOnlyList<CreditState> Credits, TextRef? Note) : AccountEvent;

/// <summary>A refund stands otherwise; no money moved.</summary>
/// <param name="Refund">After it.</param>
public sealed record RefundChanged(RefundState Refund) : AccountEvent;

/// <summary>A refund is in a file: what was earmarked has left the ledger. Or it was taken for returned and is not: what had come back has left again.</summary>
/// <param name="Refund">After it.</param>
/// <param name="Credits">The credits after it.</param>
/// <param name="PostedOn">Accounting date.</param>
public sealed record RefundBooked(RefundState Refund, IReadOnlyList<CreditState> Credits, DateOnly PostedOn) : AccountEvent;

/// <summary>A refund has ended and given back what it took.</summary>
/// <param name="Refund">As it ended.</param>
/// <param name="Credits">
/// The credits that stand, after it. What came back of a payment that was reversed meanwhile is money of its own: the event behind this one.
/// </param>
/// <param name="PostedOn">Accounting date; null when it had never left the ledger.</param>
/// <param name="Note">For people.</param>
public sealed record RefundEnded(RefundState Refund, IReadOnlyList<CreditState> Credits, DateOnly? PostedOn, TextRef? Note) : AccountEvent;

/// <summary>Refunds across accounts, as the tables show them once they have caught up with everything acknowledged.</summary>
public interface IRefunds
{
    /// <summary>Null = there is none.</summary>
    Task<RefundState?> FindAsync(AccountId account, DocumentNumber id, CancellationToken cancellation);

    /// <summary>Those of a company and currency that stand so, by account and id, at most <paramref name="limit"/> behind a place.</summary>
    Task<IReadOnlyList<(AccountId Account, RefundState Refund)>> StandingAsync(
        string company, RefundStatus status, Currency currency, (string Account, string Id) after, int limit, CancellationToken cancellation);
}

/// <summary>A payee account as it may be paid to.</summary>
/// <param name="Version">1, 2, …: each change makes another one.</param>
/// <param name="IsConfirmed">By a second person.</param>
public sealed record PayeeStand(int Version, bool IsConfirmed);

/// <summary>Payments that statements of banks brought: what becomes of them is said of the statement's booking, which has to agree with the account.</summary>
public interface IBankPayments
{
    /// <summary>The booking that a payment was posted from; null = it came from nowhere of that kind.</summary>
    Task<string?> FindAsync(AccountId account, DocumentNumber payment, CancellationToken cancellation);
}

/// <summary>Where customers' money may go; kept outside the accounts, because it is personal.</summary>
public interface IPayees
{
    /// <summary>The newest version; null = there is no such payee of the account.</summary>
    Task<PayeeStand?> FindAsync(AccountId account, string payee, CancellationToken cancellation);
}
