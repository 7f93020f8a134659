using System.Globalization;
using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Camt;

/// <summary>The balances of a statement that mean something here.</summary>
internal sealed record CamtBalances(Balance? Opening, Balance? Closing, Balance? Available, Place? ClosingPlace)
{
    public static readonly CamtBalances None = new(null, null, null, null);

    /// <summary>Entries without a date of their own are of this day.</summary>
    public DateOnly? ClosingOn => (Closing ?? Opening)?.On;

    public static bool IsOpening(CamtNode balance) => CodeOf(balance) is "OPBD" or "PRCD";

    /// <summary>Every balance has to be in the account's currency, also those that are not kept.</summary>
    public static CamtBalances Of(IReadOnlyList<CamtNode> nodes, Currency currency, string element)
    {
        var all = nodes.Select((node, index) => Read(node, currency, $"{element}/Bal[{index + 1}]")).ToList();
        (string Code, Balance Balance, Place Place)? First(params string[] codes) =>
            codes.Select(code => all.FindIndex(one => one.Code == code)).FirstOrDefault(index => index >= 0, -1) is var at and >= 0 ? all[at] : null;

        // A page begins or ends with an interim balance where another page of the statement lies behind.
        var interim = all.Where(one => one.Code == "ITBD").ToList();
        var (opening, closing) = (First("OPBD", "PRCD"), First("CLBD"));
        if (opening is null && interim.Count > 0 && (closing is not null || interim.Count > 1))
        {
            opening = interim[0];
        }

        if (closing is null && interim.Count > 0 && (interim.Count > 1 || opening is not null))
        {
            closing = interim[^1];
        }

        return new CamtBalances(opening?.Balance, closing?.Balance, First("CLAV", "ITAV")?.Balance, closing?.Place);
    }

    public static bool IsCredit(CamtNode? indicator, string element) => indicator?.Value switch
    {
        "CRDT" => true,
        "DBIT" => false,
        _ => throw StatementRefusedException.Syntax(new Place(indicator?.Line ?? 1, $"{element}/CdtDbtInd"), "must be CRDT or DBIT"),
    };

    /// <summary>An amount in the currency; one in another is refused.</summary>
    public static long Amount(CamtNode? amount, Currency currency, Place place)
    {
        if (amount is null)
        {
            throw StatementRefusedException.Syntax(place, "has no amount");
        }

        var at = new Place(amount.Line, $"{place.Element}/Amt");
        var own = StatementAmount.Currency(amount.Currency, at);
        return ReferenceEquals(own, currency)
            ? StatementAmount.Minor(amount.Value, '.', currency, at)
            : throw new StatementRefusedException(StatementRefusedException.CurrencyWrong, at, $"is in {own}, the account in {currency}");
    }

    /// <summary>The day of a date or an instant, as written; null when the element is missing.</summary>
    public static DateOnly? Day(CamtNode? date, string element) => (date?["Dt"] ?? date?["DtTm"]) is { } node ? DayOf(node, element) : null;

    /// <summary>The day an element holds, as a date or an instant.</summary>
    public static DateOnly DayOf(CamtNode node, string element)
    {
        // An instant carries the bank's own offset: its day is the one in front of it.
        var text = node.Value;
        return DateOnly.TryParseExact(text.Length > 10 ? text[..10] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw StatementRefusedException.Syntax(new Place(node.Line, element), $"'{StatementAmount.Short(text)}' is no date");
    }

    private static string? CodeOf(CamtNode balance) => balance["Tp"]?["CdOrPrtry"]?["Cd"]?.Value;

    private static (string Code, Balance Balance, Place Place) Read(CamtNode node, Currency currency, string element)
    {
        var place = new Place(node.Line, element);
        var amount = Amount(node["Amt"], currency, place);
        var day = Day(node["Dt"], $"{element}/Dt") ?? throw StatementRefusedException.Syntax(place, "the balance has no date");
        return (CodeOf(node) ?? string.Empty, new Balance(IsCredit(node["CdtDbtInd"] ?? node, element) ? amount : -amount, day), place);
    }
}
