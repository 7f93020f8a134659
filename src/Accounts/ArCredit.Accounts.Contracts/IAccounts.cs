using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>The one way to reach an account, whichever host it lives in.</summary>
public interface IAccounts
{
    /// <summary>
    /// Asks the account and returns when the answer is durable. Throws <see cref="OutcomeUnknownException"/> when the
    /// database did not say in time, <see cref="AccountUnavailableException"/> when it does not answer, and
    /// <see cref="AccountBusyException"/> when queues are full; nothing is decided then.
    /// </summary>
    Task<Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation);

    /// <summary>The account as committed, at least as new as every answer given before; null when it does not exist.</summary>
    Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation);
}

/// <summary>How a command is to be taken.</summary>
/// <param name="By">The caller's id, for audit.</param>
/// <param name="Key">Idempotency key, if any.</param>
/// <param name="Bulk">Goes behind the tills.</param>
/// <param name="History">A fact of the past: no checks, posted at its document date.</param>
public sealed record AskOptions(string By, CommandKey? Key = null, bool Bulk = false, bool History = false);

/// <summary>An idempotency key within its route.</summary>
public sealed record CommandKey(string Route, string Value);

/// <summary>What an account answers.</summary>
public abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>Appended, now or when first asked.</summary>
    /// <param name="Events">All events of that append, in order.</param>
    /// <param name="Version">Of the last of them.</param>
    /// <param name="Repeat">Whether this is a repeat, and of what.</param>
    public sealed record Done(IReadOnlyList<AccountEvent> Events, long Version, Repeat Repeat) : Answer;

    /// <summary>A decision that earmarked nothing.</summary>
    /// <param name="Decision">The decision.</param>
    public sealed record Checked(DecisionRecord Decision) : Answer;

    /// <summary>It was so already; nothing was appended.</summary>
    /// <param name="Reservation">As it stands.</param>
    public sealed record Unchanged(ReservationState Reservation) : Answer;

    /// <summary>A rule or number refuses; nothing was appended.</summary>
    /// <param name="Code">Why.</param>
    /// <param name="Detail">A sentence for people.</param>
    /// <param name="Field">What of the command it is about, as the interface names it; null = the command as a whole.</param>
    public sealed record Refused(RefusalCode Code, string Detail, string? Field = null) : Answer;
}

/// <summary>Whether an answer was given before.</summary>
public enum Repeat
{
    /// <summary>Given for the first time.</summary>
    None,

    /// <summary>The same idempotency key.</summary>
    Key,

    /// <summary>The same document number with the same content.</summary>
    Number,
}

/// <summary>Why a command was refused.</summary>
public enum RefusalCode
{
    /// <summary>No such account.</summary>
    AccountNotFound,

    /// <summary>No such reservation, invoice, payment or block.</summary>
    NotFound,

    /// <summary>If-Match names another version of the master data.</summary>
    VersionMismatch,

    /// <summary>The caller may not change limits.</summary>
    LimitChangeForbidden,

    /// <summary>The currency is fixed: a document or reservation exists.</summary>
    CurrencyFixed,

    /// <summary>The currency changes, and a limit that is not named would keep its number.</summary>
    LimitInOldCurrency,

    /// <summary>The company is fixed: the account exists.</summary>
    CompanyFixed,

    /// <summary>No such company.</summary>
    CompanyUnknown,

    /// <summary>The key was used with another body.</summary>
    KeyReused,

    /// <summary>The number exists with other content.</summary>
    NumberConflict,

    /// <summary>The reservation was captured.</summary>
    ReservationCaptured,

    /// <summary>The reservation was released.</summary>
    ReservationReleased,

    /// <summary>The reservation lapsed.</summary>
    ReservationLapsed,

    /// <summary>Only orders are delivered.</summary>
    NotAnOrder,

    /// <summary>More than is left of the reservation.</summary>
    CaptureExceedsReservation,

    /// <summary>More than is left of the order.</summary>
    DeliveryExceedsOrder,

    /// <summary>Another currency than the document it refers to.</summary>
    CurrencyMismatch,

    /// <summary>Less than is invoiced or delivered.</summary>
    AmountBelowUsed,

    /// <summary>No rate to the account's currency.</summary>
    NoRate,

    /// <summary>Paid more than the document's amount.</summary>
    PaidExceedsAmount,

    /// <summary>More VAT than the document amounts to.</summary>
    TaxExceedsAmount,

    /// <summary>The instalments do not sum up to the amount.</summary>
    InstalmentsMismatch,

    /// <summary>More allocated than received.</summary>
    AllocationExceedsPayment,

    /// <summary>More allocated than is open.</summary>
    AllocationExceedsOpen,

    /// <summary>Credits would be above the invoice.</summary>
    CreditExceedsInvoice,

    /// <summary>More captured than the invoice amounts to.</summary>
    CaptureExceedsInvoice,

    /// <summary>An invoice that the document refers to does not exist.</summary>
    InvoiceUnknown,

    /// <summary>The payment exists and was reversed.</summary>
    PaymentReversed,

    /// <summary>A payment cannot be taken back before it was posted.</summary>
    ReversalBeforePayment,

    /// <summary>An amount is beyond what can be held.</summary>
    AmountTooLarge,

    /// <summary>Usage of a day that has not begun.</summary>
    UsageInFuture,

    /// <summary>More is taken back than was metered of a day.</summary>
    UsageBelowZero,

    /// <summary>More days or subscriptions than an account keeps.</summary>
    TooMuchUsage,

    /// <summary>What is held back is not above 0 and below the invoice's amount.</summary>
    RetentionMismatch,

    /// <summary>Nothing is retained of the invoice, or not so much that is not disputed.</summary>
    ReleaseExceedsRetained,

    /// <summary>A release is dated before its invoice, or is yet to come; or it is due before it.</summary>
    ReleaseDate,

    /// <summary>Something was taken off what was released, or it is disputed, promised or in a plan.</summary>
    ReleaseUsed,

    /// <summary>What is retained is not due: it is in no promise and in no plan.</summary>
    NotReleased,

    /// <summary>An amount has more decimals than its currency.</summary>
    AmountDecimals,

    /// <summary>An allocation cannot be dated before its credit was posted, nor undone before it was made.</summary>
    AllocationBeforeCredit,

    /// <summary>A credit settles no more lines than can be kept of it.</summary>
    TooManyAllocations,

    /// <summary>The accounting date is in a closed period.</summary>
    PeriodClosed,

    /// <summary>More written off than is open.</summary>
    WriteOffExceedsOpen,

    /// <summary>A difference beyond what the policy allows for an item, or for the customer's year.</summary>
    DifferenceTooLarge,

    /// <summary>Only claims for interest or fees are waived.</summary>
    NotAClaim,

    /// <summary>Money has been received for what was written off.</summary>
    WriteOffRecovered,

    /// <summary>More disputed than is open and not disputed, or no part of what is.</summary>
    DisputeExceedsOpen,

    /// <summary>Too many disputes are open.</summary>
    TooManyDisputes,

    /// <summary>More promised than is open of what is promised, or nothing is.</summary>
    PromiseExceedsOpen,

    /// <summary>A promised day has passed already.</summary>
    PromiseInPast,

    /// <summary>An item is in another open promise.</summary>
    PromiseOverlaps,

    /// <summary>Too many promises are open, or one is of too many items.</summary>
    TooManyPromises,

    /// <summary>The policy wants somebody of another role to decide this.</summary>
    ApprovalRequired,

    /// <summary>The write-off was taken back.</summary>
    WriteOffReversed,

    /// <summary>The dispute was resolved.</summary>
    DisputeResolved,

    /// <summary>The promise was kept, broken or cancelled.</summary>
    PromiseEnded,

    /// <summary>A part is named of an item without parts.</summary>
    ItemNotSplit,

    /// <summary>No interest has accrued that is not billed.</summary>
    NoInterest,

    /// <summary>Interest is billed for days that have passed or today.</summary>
    InterestInFuture,

    /// <summary>Nothing is open, or overdue, that could be in the plan.</summary>
    NothingToPlan,

    /// <summary>The plan's first instalment would be in the past.</summary>
    PlanInPast,

    /// <summary>An item is in another open plan.</summary>
    PlanOverlaps,

    /// <summary>Too many plans are open, or one is of too many items.</summary>
    TooManyPlans,

    /// <summary>Nobody approves what they asked for themselves.</summary>
    OwnRequest,

    /// <summary>Nobody had decided the plan when the date of its first instalment had passed.</summary>
    PlanExpired,

    /// <summary>The plan waits for approval.</summary>
    PlanNotActive,

    /// <summary>The plan is approved, or it has ended.</summary>
    PlanDecided,

    /// <summary>The plan has ended.</summary>
    PlanEnded,

    /// <summary>A contact is written down when it has happened.</summary>
    ContactInFuture,

    /// <summary>More refunded than is unapplied.</summary>
    RefundExceedsUnapplied,

    /// <summary>Money that may still come back is not paid out.</summary>
    RefundNotCleared,

    /// <summary>The refund stands where this cannot be done.</summary>
    RefundState,

    /// <summary>The refund stands so already.</summary>
    RefundUnchanged,

    /// <summary>The payee account is not the one that was approved.</summary>
    PayeeChanged,

    /// <summary>Too many refunds are open, or one takes too many credits.</summary>
    TooManyRefunds,
}

/// <summary>The database did not say in time whether it committed; a repeat with the same key will tell.</summary>
public sealed class OutcomeUnknownException() : Exception("The outcome is not known yet. Retry with the same idempotency key.");

/// <summary>Queues are full or too much is under way; nothing was decided.</summary>
public sealed class AccountBusyException(string reason) : Exception(reason);

/// <summary>The database could not be read: nothing was sent now, but what an earlier request with this key did is not known.</summary>
public sealed class AccountUnavailableException(Exception cause) : Exception("The database does not answer.", cause);

/// <summary>An account as committed.</summary>
/// <param name="Id">The account.</param>
/// <param name="Version">Of its journal.</param>
/// <param name="MasterVersion">Of its master data.</param>
/// <param name="Master">Master data.</param>
/// <param name="Limits">Own limits.</param>
/// <param name="Details">Where the rest of the master data is.</param>
/// <param name="Closed">No sales.</param>
/// <param name="Blocks">All blocks.</param>
/// <param name="Balance">Open items less credits, minor units of the account's currency.</param>
/// <param name="Exposure">By bucket.</param>
/// <param name="Limit">Effective limit; null = no ceiling, or <see cref="LimitRateMissing"/>.</param>
/// <param name="LimitScope">Where it comes from.</param>
/// <param name="Utilization">Exposure ÷ limit; null where undefined.</param>
/// <param name="Overdue">As of today.</param>
/// <param name="OverdueDays">0 when nothing is overdue.</param>
public sealed record AccountView(
    AccountId Id, long Version, long MasterVersion, MasterData Master, Limits Limits, TextRef Details, bool Closed,
    IReadOnlyList<BlockView> Blocks, long Balance, Exposure Exposure, long? Limit, string LimitScope, decimal? Utilization,
    OverdueFacts Overdue, int OverdueDays)
{
    /// <summary>The limit is inherited in a currency without a rate: it is not known, and sales on credit are referred until one is published.</summary>
    public bool LimitRateMissing { get; init; }

    /// <summary>Bad debt that was written off and not recovered, account currency, at least 0.</summary>
    public long WrittenOff { get; init; }

    /// <summary>What is disputed of open items, account currency, at least 0; a part of exposure.</summary>
    public long Disputed { get; init; }

    /// <summary>What active payment plans still ask for of open items, account currency, at least 0; a part of exposure.</summary>
    public long InPlans { get; init; }

    /// <summary>What customers hold back of invoices and was not released, account currency, at least 0; a part of exposure, never overdue.</summary>
    public long Retained { get; init; }

    /// <summary>Credit that is earmarked for refunds and has not left the ledger, account currency, at least 0; no part of exposure.</summary>
    public long Earmarked { get; init; }

    /// <summary>Metered usage by subscription, billed ones too; a part of the exposure's deliveries.</summary>
    public IReadOnlyList<OpenUsage> Usage { get; init; } = [];

    /// <summary>Limit less exposure; null as the limit is. Bad debt written off makes no room while its block stands.</summary>
    public long? Available => Limit - Exposure.Total - (Blocks.Any(block => block.Name == WriteOffBlock) ? WrittenOff : 0);

    /// <summary>The block that writing off bad debt sets, and that goes when nothing is written off any more.</summary>
    public const string WriteOffBlock = "write-off";
}

/// <summary>A block with where its reason is kept.</summary>
public sealed record BlockView(string Name, bool AllSales, TextRef Reason);
