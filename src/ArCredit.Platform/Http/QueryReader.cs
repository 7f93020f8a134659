using System.Globalization;
using ArCredit.Kernel;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Platform.Http;

/// <summary>
/// Reads query parameters and remembers which names were asked for: <see cref="Problem"/> is a 400 that names every bad
/// value and every name nobody asked for. Ask for all parameters before looking at it.
/// </summary>
public sealed class QueryReader(HttpContext http)
{
    private readonly FieldErrors errors = new();
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    /// <summary>Null when everything could be read.</summary>
    public ProblemResult? Problem()
    {
        foreach (var name in http.Request.Query.Keys.Where(name => !asked.Contains(name)))
        {
            errors.Add(name.Length <= 64 ? name : name[..64], "is not a known parameter");
        }

        return errors.Any ? errors.ToProblem() : null;
    }

    /// <summary>Adds an error of the caller's own.</summary>
    public void Refuse(string name, string message) => errors.Add(name, message);

    /// <summary>A text of 1 to <paramref name="maxLength"/> characters; null when absent.</summary>
    public string? Text(string name, int maxLength = 200)
    {
        var text = Raw(name);
        if (text is not null && (text.Length is 0 || text.Length > maxLength || !Kernel.Text.IsPlain(text)))
        {
            errors.Add(name, $"must be 1 to {maxLength} characters without control characters");
            return null;
        }

        return text;
    }

    /// <summary>A date; null when absent.</summary>
    public DateOnly? Date(string name) => Value<DateOnly>(name, DateConverter.TryParse, DateConverter.Rule);

    /// <summary>An instant in UTC; null when absent.</summary>
    public DateTimeOffset? Instant(string name) => Value<DateTimeOffset>(name, InstantConverter.TryParse, InstantConverter.Rule);

    /// <summary>One of an enumeration's camelCase names; null when absent.</summary>
    public T? OneOf<T>(string name)
        where T : struct, Enum => Value<T>(name, EnumNames.TryParse, EnumNames.Rule<T>());

    /// <summary>A whole number within bounds; null when absent.</summary>
    public int? Number(string name, int min, int max)
    {
        bool InBounds(string? text, out int number) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= min && number <= max;
        return Value<int>(name, InBounds, $"must be a whole number from {min} to {max}");
    }

    /// <summary>A currency; null when absent.</summary>
    public Currency? Currency(string name)
    {
        var text = Raw(name);
        if (text is null || Kernel.Currency.TryParse(text, out var currency))
        {
            return text is null ? null : Kernel.Currency.Parse(text);
        }

        errors.Add(name, EdgeConverters.CurrencyRule);
        return null;
    }

    /// <summary><c>limit</c> and <c>cursor</c>; <paramref name="cursorKeys"/> is the number of sort keys a cursor is made of.</summary>
    public Paging Paging(int cursorKeys)
    {
        var limit = Number("limit", 1, Http.Paging.MaxLimit) ?? Http.Paging.DefaultLimit;
        var cursor = Raw("cursor");
        if (cursor is null)
        {
            return new Paging(limit, null);
        }

        if (!Http.Paging.TryDecode(cursor, cursorKeys, out var after))
        {
            errors.Add("cursor", "is not a cursor of this list");
            return new Paging(limit, null);
        }

        return new Paging(limit, after);
    }

    private T? Value<T>(string name, TryParseText<T> parse, string rule)
        where T : struct
    {
        var text = Raw(name);
        if (text is null)
        {
            return null;
        }

        if (parse(text, out var value))
        {
            return value;
        }

        errors.Add(name, rule);
        return null;
    }

    private string? Raw(string name)
    {
        asked.Add(name);
        var values = http.Request.Query[name];
        if (values.Count > 1)
        {
            errors.Add(name, "is given twice");
        }

        return values.Count == 0 ? null : values[0] ?? string.Empty;
    }
}
