using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>What a command stands on besides the account itself.</summary>
/// <param name="Now">Business instant.</param>
/// <param name="Reference">Companies, policies, rates.</param>
/// <param name="History">Facts of the past: no checks, posted at their document date.</param>
/// <param name="CheckId">Public id for a decision that is not journaled.</param>
public sealed record DecisionContext(DateTimeOffset Now, ReferenceBook Reference, bool History, string CheckId);

/// <summary>Numbers that are unique within an account and kept for ever.</summary>
public enum NumberKind
{
    /// <summary>Reservation ids given by callers.</summary>
    Reservation,

    /// <summary>Invoice numbers.</summary>
    Invoice,

    /// <summary>Credit note numbers.</summary>
    CreditNote,

    /// <summary>Payment ids.</summary>
    Payment,

    /// <summary>Payment ids whose payment was reversed.</summary>
    Reversal,

    /// <summary>Allocations that were taken back: kind and number of the credit, number of the allocation.</summary>
    AllocationUndo,

    /// <summary>Write-offs.</summary>
    WriteOff,

    /// <summary>Write-offs that were taken back.</summary>
    WriteOffReversal,

    /// <summary>Disputes.</summary>
    Dispute,

    /// <summary>Disputes that were resolved.</summary>
    DisputeResolution,

    /// <summary>Promises.</summary>
    Promise,

    /// <summary>Promises that were cancelled.</summary>
    PromiseCancellation,

    /// <summary>Contacts.</summary>
    Contact,

    /// <summary>No number of its own: what interest is worked out from, read for a claim. The claim's number is an invoice's.</summary>
    InterestBasis,

    /// <summary>Payment plans.</summary>
    Plan,

    /// <summary>Payment plans that were approved, rejected or withdrawn.</summary>
    PlanDecision,

    /// <summary>Payment plans that were cancelled.</summary>
    PlanCancellation,

    /// <summary>Refunds.</summary>
    Refund,

    /// <summary>Metered usage.</summary>
    Usage,

    /// <summary>Metered usage that was given up.</summary>
    UsageRelease,
}

/// <summary>A number that an append takes.</summary>
public readonly record struct NumberKey(NumberKind Kind, string Value)
{
    /// <summary>
    /// The number a document brings along; null for commands that bring none. A refusal of such a command, journaled or not,
    /// stands only if the journal does not hold the number: a repeat is refused by what it did itself when it came first.
    /// </summary>
    public static NumberKey? Of(AccountCommand command) => command switch
    {
        ReserveCredit { ReservationId: { } id } => new(NumberKind.Reservation, id.Value),
        CaptureReservation capture => new(NumberKind.Invoice, capture.Invoice.Number.Value),
        PostInvoice invoice => new(NumberKind.Invoice, invoice.Facts.Number.Value),
        PostCreditNote note => new(NumberKind.CreditNote, note.Number.Value),
        PostPayment payment => new(NumberKind.Payment, payment.PaymentId.Value),
        ReversePayment reversal => new(NumberKind.Reversal, reversal.PaymentId.Value),
        PostDebit debit => new(NumberKind.Invoice, debit.Number.Value),
        BillInterest bill => new(NumberKind.Invoice, bill.Number.Value),
        WriteOff write => new(NumberKind.WriteOff, write.Id.Value),
        ReverseWriteOff back => new(NumberKind.WriteOffReversal, back.Id.Value),
        RaiseDispute raise => new(NumberKind.Dispute, raise.Id.Value),
        MakePromise make => new(NumberKind.Promise, make.Id.Value),
        CancelPromise cancel => new(NumberKind.PromiseCancellation, cancel.Id.Value),
        RequestPlan request => new(NumberKind.Plan, request.Id.Value),
        DecidePlan decide => new(NumberKind.PlanDecision, decide.Id.Value),
        CancelPlan cancel => new(NumberKind.PlanCancellation, cancel.Id.Value),
        RequestRefund request => new(NumberKind.Refund, request.Id.Value),
        ResolveDispute resolve => new(NumberKind.DisputeResolution, resolve.Id.Value),
        LogContact contact => new(NumberKind.Contact, contact.Id.Value),
        RecordUsage record => new(NumberKind.Usage, record.Id.Value),
        ReleaseUsage release => new(NumberKind.UsageRelease, release.Id.Value),
        UndoAllocation undo => OfUndo(undo.Kind, undo.Number, undo.No),
        _ => null,
    };

    /// <summary>The number that undoing an allocation takes.</summary>
    public static NumberKey OfUndo(CreditKind kind, DocumentNumber credit, int allocation) => new(
        NumberKind.AllocationUndo, string.Create(CultureInfo.InvariantCulture, $"{(kind == CreditKind.Payment ? 'p' : 'c')}{allocation}:{credit}"));

    /// <summary>The kind of number that a credit has.</summary>
    public static NumberKind KindOf(CreditKind kind) => kind switch
    {
        CreditKind.Payment => NumberKind.Payment,
        CreditKind.CreditNote => NumberKind.CreditNote,
    };
}

/// <summary>A document that left memory and must be read before the command can be decided.</summary>
public readonly record struct DocumentRequest(NumberKind Kind, DocumentNumber Number);

/// <summary>What was read for a <see cref="DocumentRequest"/>; all null when there is no such document.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="AsOfVersion">The reading holds at least everything up to this version of the account.</param>
/// <param name="Reservation">A closed reservation.</param>
/// <param name="Invoice">A cleared invoice.</param>
/// <param name="Credit">A payment or credit note.</param>
/// <param name="WriteOff">A write-off that was not taken back.</param>
/// <param name="Refund">A refund.</param>
public sealed record KnownDocument(
    DocumentRequest Request, long AsOfVersion, ReservationState? Reservation = null, StoredInvoice? Invoice = null, StoredCredit? Credit = null,
    WrittenOff? WriteOff = null, RefundState? Refund = null)
{
    /// <summary>What was read before for the same command, which may need several documents.</summary>
    public KnownDocument? Earlier { get; init; }

    /// <summary>
    /// Of a payment, credit note or write-off: what stands credited and discounted on the items with terms of discount that it
    /// settles; what is not there has neither.
    /// </summary>
    public IReadOnlyList<ItemGiven> Given { get; init; } = [];

    /// <summary>Of an invoice: the highest number that an instalment ever had; 0 = not known.</summary>
    public int LastInstalment { get; init; }

    /// <summary>Of an invoice of which something is retained: when it was posted, or that last moved.</summary>
    public DateOnly RetainedOn { get; init; }

    /// <summary>For a claim: every item that may bear interest, in settlement order.</summary>
    public IReadOnlyList<Interest.InterestItem> Interest { get; init; } = [];

    /// <summary>The newest reading of a document; null when it was not read for this command.</summary>
    internal KnownDocument? Of(DocumentRequest request)
    {
        var reading = this;
        while (reading is not null && reading.Request != request)
        {
            reading = reading.Earlier;
        }

        return reading;
    }
}

/// <summary>What stands on an instalment besides money, minor units of its currency.</summary>
/// <param name="Invoice">The invoice.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="Credited">By credit notes.</param>
/// <param name="Discounted">Early-payment discounts.</param>
public sealed record ItemGiven(DocumentNumber Invoice, int Instalment, long Credited, long Discounted);

/// <summary>A payment or credit note as it stands; a reversed payment as it stood before.</summary>
public sealed record StoredCredit(CreditState State, bool Reversed);

/// <summary>What an account decides: all effects are in it.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>Append these, taking these numbers.</summary>
    public sealed record Append(IReadOnlyList<AccountEvent> Events, IReadOnlyList<NumberKey> Numbers) : Verdict
    {
        /// <summary>One event that takes no number.</summary>
        public Append(AccountEvent single)
            : this([single], [])
        {
        }
    }

    /// <summary>Answer; nothing is appended.</summary>
    public sealed record Check(DecisionRecord Decision) : Verdict;

    /// <summary>It is so already.</summary>
    public sealed record Unchanged(ReservationState Reservation) : Verdict;

    /// <summary>Refuse; nothing is appended.</summary>
    public sealed record Refuse(RefusalCode Code, string Detail, string? Field = null) : Verdict;

    /// <summary>The number is taken: the same content gets the first answer, other content is a conflict.</summary>
    public sealed record Taken(NumberKey Number) : Verdict;

    /// <summary>Read this and ask again.</summary>
    public sealed record Needs(DocumentRequest Request) : Verdict;
}

/// <summary>Public ids of journaled decisions: the account and the version of the event that holds it.</summary>
public static class DecisionIds
{
    /// <summary>Letters, digits, '-' and '_' only.</summary>
    public static string ForEvent(AccountId account, long version) =>
        $"d{version}-{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(account.Value))}";

    /// <summary>False when the id names no journaled decision.</summary>
    public static bool TryParse(string id, out AccountId account, out long version)
    {
        account = default;
        version = 0;
        var dash = id.IndexOf('-', StringComparison.Ordinal);
        if (dash < 2 || id[0] != 'd' || !long.TryParse(id.AsSpan(1, dash - 1), System.Globalization.NumberStyles.None, null, out version)
            || !System.Buffers.Text.Base64Url.IsValid(id.AsSpan(dash + 1)))
        {
            return false;
        }

        return AccountId.TryParse(System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(id.AsSpan(dash + 1))), out account);
    }
}
