using System.Globalization;
using ArCredit.Kernel;

namespace ArCredit.Banking.Statements;

/// <summary>Amounts and dates as the formats write them; whatever is none is refused with its place.</summary>
internal static class StatementAmount
{
    /// <summary>Minor units of digits with a decimal <paramref name="separator"/>, without a sign.</summary>
    public static long Minor(string text, char separator, Currency currency, Place place)
    {
        if (text.Length is 0 or > 28 || text.Any(character => !char.IsAsciiDigit(character) && character != separator)
            || text.Count(character => character == separator) > 1
            || !decimal.TryParse(text.Replace(separator, '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
        {
            throw StatementRefusedException.Syntax(place, $"'{Short(text)}' is no amount");
        }

        return Money.TryFromAmount(amount, currency, out var money) switch
        {
            AmountFault.None => money.Minor,
            AmountFault.TooManyDecimals => throw StatementRefusedException.Syntax(place, $"'{Short(text)}' has more decimals than {currency} has"),
            _ => throw StatementRefusedException.Syntax(place, $"'{Short(text)}' is larger than any amount"),
        };
    }

    /// <summary>An ISO 4217 code.</summary>
    public static Currency Currency(string? code, Place place) => Kernel.Currency.TryParse(code, out var currency)
        ? currency
        : throw new StatementRefusedException(StatementRefusedException.CurrencyWrong, place, $"'{Short(code)}' is no currency");

    /// <summary>A date of two digits each for year, month and day; 80 to 99 are years of the last century.</summary>
    public static DateOnly ShortDate(ReadOnlySpan<char> text, Place place)
    {
        if (text.Length == 6 && !text.ContainsAnyExceptInRange('0', '9'))
        {
            var year = int.Parse(text[..2], CultureInfo.InvariantCulture);
            if (TryDate(year + (year >= 80 ? 1900 : 2000), int.Parse(text[2..4], CultureInfo.InvariantCulture), int.Parse(text[4..], CultureInfo.InvariantCulture), out var date))
            {
                return date;
            }
        }

        throw StatementRefusedException.Syntax(place, $"'{Short(text.ToString())}' is no date");
    }

    /// <summary>True when the calendar has the day.</summary>
    public static bool TryDate(int year, int month, int day, out DateOnly date)
    {
        var exists = month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        date = exists ? new DateOnly(year, month, day) : default;
        return exists;
    }

    /// <summary>Enough of a text from the file to find it by.</summary>
    public static string Short(string? text)
    {
        var plain = PlainText.Of(text) ?? string.Empty;
        return plain.Length <= 40 ? plain : plain[..40] + "…";
    }

    /// <summary>For a sentence, also where it is more than any account holds.</summary>
    public static string Show(Int128 minor, Currency? currency) =>
        minor < long.MinValue || minor > long.MaxValue || currency is null ? $"{minor} minor units" : new Money((long)minor, currency).ToString();
}
