using System.Globalization;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>A day as a key of a cursor.</summary>
internal static class CursorDay
{
    private const string Format = "yyyy-MM-dd";

    /// <summary>Sorts as the day does.</summary>
    public static string Text(DateOnly day) => day.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The day of a text that <see cref="TryParse"/> takes.</summary>
    public static DateOnly Parse(string text) => DateOnly.ParseExact(text, Format, CultureInfo.InvariantCulture);

    /// <summary>False for what <see cref="Text"/> does not write.</summary>
    public static bool TryParse(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
