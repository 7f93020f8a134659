namespace ArCredit.Banking.Statements;

/// <summary>The file is wrong, so none of it is taken.</summary>
/// <param name="code">Stable, UPPER_SNAKE.</param>
/// <param name="place">Where.</param>
/// <param name="reason">A sentence for people, without the place.</param>
internal sealed class StatementRefusedException(string code, Place place, string reason) : Exception($"{place}: {reason}")
{
    /// <summary>The file is none of the formats.</summary>
    public const string UnknownFormat = "STATEMENT_FORMAT_UNKNOWN";

    /// <summary>It breaks its format's rules, or ends too early.</summary>
    public const string Unreadable = "STATEMENT_UNREADABLE";

    /// <summary>Opening balance and entries do not give the closing balance.</summary>
    public const string BalanceWrong = "STATEMENT_BALANCE_WRONG";

    /// <summary>A sum or number that the file states of itself is another one.</summary>
    public const string TotalsWrong = "STATEMENT_TOTALS_WRONG";

    /// <summary>An amount is in another currency than its account, or in none.</summary>
    public const string CurrencyWrong = "STATEMENT_CURRENCY_WRONG";

    public string Code { get; } = code;

    public Place Place { get; } = place;

    public string Reason { get; } = reason;

    public static StatementRefusedException Syntax(Place place, string reason) => new(Unreadable, place, reason);
}
