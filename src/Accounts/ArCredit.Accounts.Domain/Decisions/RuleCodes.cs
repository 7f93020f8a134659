namespace ArCredit.Accounts.Domain.Decisions;

/// <summary>The rule codes decided now, in order of precedence.</summary>
public static class RuleCodes
{
    /// <summary>The account is closed.</summary>
    public const string AccountClosed = "ACCOUNT_CLOSED";

    /// <summary>The account is blocked.</summary>
    public const string AccountBlocked = "ACCOUNT_BLOCKED";

    /// <summary>The policy does not allow the currency.</summary>
    public const string CurrencyNotAllowed = "CURRENCY_NOT_ALLOWED";

    /// <summary>No rate to the account's currency is published.</summary>
    public const string NoRate = "NO_RATE";

    /// <summary>The buyer is unknown, expired or beyond their own limit.</summary>
    public const string BuyerNotAuthorised = "BUYER_NOT_AUTHORISED";

    /// <summary>The account asks for a reference.</summary>
    public const string ReferenceRequired = "REFERENCE_REQUIRED";

    /// <summary>The credit part is above the largest document.</summary>
    public const string DocumentTooLarge = "DOCUMENT_TOO_LARGE";

    /// <summary>Exposure after is above limit and tolerance.</summary>
    public const string LimitExceeded = "LIMIT_EXCEEDED";

    /// <summary>The limit's last day has passed.</summary>
    public const string LimitExpired = "LIMIT_EXPIRED";

    /// <summary>The oldest overdue item is too old.</summary>
    public const string OverdueDays = "OVERDUE_DAYS";

    /// <summary>Too much is overdue.</summary>
    public const string OverdueAmount = "OVERDUE_AMOUNT";

    /// <summary>A promise to pay was not kept. Off unless a policy's actions turn it on.</summary>
    public const string BrokenPromise = "BROKEN_PROMISE";

    /// <summary>Overdue and near the limit.</summary>
    public const string OverdueAndNearLimit = "OVERDUE_AND_NEAR_LIMIT";
}
