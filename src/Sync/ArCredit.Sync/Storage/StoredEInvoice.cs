using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Parties;

namespace ArCredit.Sync.Storage;

/// <summary>Where an e-invoice stands. Stored by name.</summary>
internal enum EInvoiceStatus
{
    /// <summary>Stored; its account is not decided yet.</summary>
    Received,

    /// <summary>Decided; its account is being asked.</summary>
    Posting,

    /// <summary>Somebody has to decide, or to remove what is in the way; the reason says what.</summary>
    Waiting,

    /// <summary>On its account.</summary>
    Posted,

    /// <summary>Nothing is to be paid, so nothing is posted.</summary>
    NothingDue,

    /// <summary>The account has the number with other content.</summary>
    Conflict,
}

/// <summary>What a document is on the ledger. Stored by name.</summary>
internal enum EInvoiceKind
{
    /// <summary>An invoice.</summary>
    Invoice,

    /// <summary>A credit note.</summary>
    CreditNote,
}

/// <summary>How it was decided to post.</summary>
/// <param name="Captures">The reservation that the invoice shrinks; null = none.</param>
/// <param name="Credits">The invoice that the credit note names; null = none.</param>
/// <param name="AllocatesTo">The invoice that the credit note settles as far as it is open, where it is more than can be credited.</param>
/// <param name="NextOpenDay">Out of a closed period it goes to the first open day.</param>
internal sealed record PostingPlan(string? Captures = null, string? Credits = null, string? AllocatesTo = null, bool NextOpenDay = false);

/// <summary>A fact that differs between a document and the ledger.</summary>
/// <param name="Field">Which.</param>
/// <param name="OnLedger">There.</param>
/// <param name="InDocument">Here.</param>
internal sealed record FactDifference(string Field, string? OnLedger, string? InDocument);

/// <summary>What was found where a document waits or is in conflict.</summary>
/// <param name="Candidates">Customers it may be of.</param>
/// <param name="Differences">From what the ledger has.</param>
internal sealed record EInvoiceFindings(IReadOnlyList<BuyerCandidate> Candidates, IReadOnlyList<FactDifference> Differences)
{
    public static readonly EInvoiceFindings None = new([], []);
}

/// <summary>An e-invoice with what became of it.</summary>
internal sealed record StoredEInvoice(Guid Id, string Company, EInvoice Facts, string PartyKey, DateTimeOffset ReceivedAt, string ReceivedBy)
{
    public EInvoiceStatus Status { get; init; } = EInvoiceStatus.Received;

    /// <summary>Code: why it waits.</summary>
    public string? Reason { get; init; }

    /// <summary>A sentence about it.</summary>
    public string? Detail { get; init; }

    public AccountId? Account { get; init; }

    public PostingPlan Plan { get; init; } = new();

    public EInvoiceFindings Findings { get; init; } = EInvoiceFindings.None;

    public BuyerStatus? BuyerStatus { get; init; }

    /// <summary>In the buyer's words.</summary>
    public string? BuyerReason { get; init; }

    /// <summary>How many disputes were raised for rejections; each has an id of its own.</summary>
    public long DisputeNo { get; init; }

    /// <summary>The last of them stands, as far as is known here.</summary>
    public bool DisputeOpen { get; init; }

    /// <summary>Who decided what is being done.</summary>
    public string DecidedBy { get; init; } = ReceivedBy;

    /// <summary>Changes with every change.</summary>
    public long Version { get; init; }

    public EInvoiceKind Kind => Facts.IsCredit ? EInvoiceKind.CreditNote : EInvoiceKind.Invoice;

    /// <summary>What the buyer said asks for another state of the dispute than it has.</summary>
    public bool DisputeIsBehind => Status == EInvoiceStatus.Posted && Kind == EInvoiceKind.Invoice && DisputeOpen != (BuyerStatus == Documents.BuyerStatus.Rejected);

    /// <summary>A worker has something to do.</summary>
    public bool IsToDo => Status is EInvoiceStatus.Received or EInvoiceStatus.Posting || DisputeIsBehind;

    /// <summary>Id of the dispute of a rejection.</summary>
    public DocumentNumber DisputeId(long no) => DocumentNumber.Parse(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"einvoice-{Id:N}-{no}"));

    /// <summary>The same, waiting for a person.</summary>
    public StoredEInvoice Waiting(string reason, string? detail = null, EInvoiceFindings? findings = null) =>
        this with { Status = EInvoiceStatus.Waiting, Reason = reason, Detail = detail, Findings = findings ?? EInvoiceFindings.None };
}
