using ArCredit.Accounts.Domain;

namespace ArCredit.Accounts.Journal;

/// <summary>Kinds of the keys an append takes; they are stored, so they never change.</summary>
internal static class KeyKinds
{
    /// <summary>Reservation ids given by callers.</summary>
    public const string Reservation = "res";

    /// <summary>Invoice numbers.</summary>
    public const string Invoice = "inv";

    /// <summary>Credit note numbers.</summary>
    public const string CreditNote = "cn";

    /// <summary>Payment ids.</summary>
    public const string Payment = "pay";

    /// <summary>Ids of payments that were taken back.</summary>
    public const string Reversal = "rev";

    /// <summary>Allocations that were taken back.</summary>
    public const string AllocationUndo = "und";

    /// <summary>Write-offs.</summary>
    public const string WriteOff = "wo";

    /// <summary>Write-offs that were taken back.</summary>
    public const string WriteOffReversal = "wor";

    /// <summary>Disputes.</summary>
    public const string Dispute = "dis";

    /// <summary>Disputes that were resolved.</summary>
    public const string DisputeResolution = "disr";

    /// <summary>Promises.</summary>
    public const string Promise = "pro";

    /// <summary>Promises that were cancelled.</summary>
    public const string PromiseCancellation = "proc";

    /// <summary>Payment plans.</summary>
    public const string Plan = "pla";

    /// <summary>Payment plans that were decided.</summary>
    public const string PlanDecision = "plad";

    /// <summary>Payment plans that were cancelled.</summary>
    public const string PlanCancellation = "plac";

    /// <summary>Contacts.</summary>
    public const string Contact = "con";

    /// <summary>Refunds.</summary>
    public const string Refund = "ref";

    /// <summary>Metered usage.</summary>
    public const string Usage = "use";

    /// <summary>Metered usage that was given up.</summary>
    public const string UsageRelease = "user";

    /// <summary>What the kinds of idempotency keys begin with; the route follows.</summary>
    public const string IdempotencyPrefix = "k:";

    /// <summary>The kind of a number that is unique for ever.</summary>
    public static string Of(NumberKind kind) => kind switch
    {
        NumberKind.Reservation => Reservation,
        NumberKind.Invoice => Invoice,
        NumberKind.CreditNote => CreditNote,
        NumberKind.Payment => Payment,
        NumberKind.Reversal => Reversal,
        NumberKind.AllocationUndo => AllocationUndo,
        NumberKind.WriteOff => WriteOff,
        NumberKind.WriteOffReversal => WriteOffReversal,
        NumberKind.Dispute => Dispute,
        NumberKind.DisputeResolution => DisputeResolution,
        NumberKind.Promise => Promise,
        NumberKind.PromiseCancellation => PromiseCancellation,
        NumberKind.Contact => Contact,
        NumberKind.InterestBasis => throw new ArgumentOutOfRangeException(nameof(kind), kind, "It has no numbers."),
        NumberKind.Plan => Plan,
        NumberKind.PlanDecision => PlanDecision,
        NumberKind.PlanCancellation => PlanCancellation,
        NumberKind.Refund => Refund,
        NumberKind.Usage => Usage,
        NumberKind.UsageRelease => UsageRelease,
    };

    /// <summary>The kind of idempotency keys of one route: the same key on another route is another key.</summary>
    public static string Idempotency(string route) => IdempotencyPrefix + route;
}
