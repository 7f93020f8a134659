using System.Diagnostics.CodeAnalysis;
using ArCredit.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace ArCredit.Platform.Http;

/// <summary>Reads parameters of the path as domain values; a value that can be none is a 400 that names it.</summary>
public static class RouteReader
{
    /// <summary>What a date has to be.</summary>
    public const string DateRule = DateConverter.Rule;

    /// <summary>The path parameter as an account number.</summary>
    public static bool TryAccount(HttpContext http, out AccountId id, [NotNullWhen(false)] out ProblemResult? problem, string name = "accountId") =>
        Read(http, name, AccountId.TryParse, EdgeConverters.AccountRule, out id, out problem);

    /// <summary>The path parameter as a document number; an escaped slash is part of it.</summary>
    public static bool TryNumber(HttpContext http, string name, out DocumentNumber number, [NotNullWhen(false)] out ProblemResult? problem) =>
        Read(http, name, DocumentNumber.TryParse, EdgeConverters.NumberRule, out number, out problem);

    /// <summary>The path parameter as a date.</summary>
    public static bool TryDate(HttpContext http, string name, out DateOnly date, [NotNullWhen(false)] out ProblemResult? problem) =>
        Read(http, name, DateConverter.TryParse, DateConverter.Rule, out date, out problem);

    /// <summary>The path parameter as a month (yyyy-MM, 1900 to 2200): its first day.</summary>
    public static bool TryMonth(HttpContext http, string name, out DateOnly month, [NotNullWhen(false)] out ProblemResult? problem)
    {
        static bool IsMonth(string? candidate, out DateOnly value) =>
            DateOnly.TryParseExact(
                candidate + "-01", "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out value)
            && value.Year is >= 1900 and <= 2200;

        return Read(http, name, IsMonth, "must be a month, yyyy-MM", out month, out problem);
    }

    /// <summary>The path parameter as a whole number from 1 on.</summary>
    public static bool TryOrdinal(HttpContext http, string name, out int ordinal, [NotNullWhen(false)] out ProblemResult? problem)
    {
        static bool IsOrdinal(string? candidate, out int value) =>
            int.TryParse(candidate, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out value) && value > 0;

        return Read(http, name, IsOrdinal, "must be a whole number from 1 on", out ordinal, out problem);
    }

    /// <summary>The path parameter as a name of 1 to <paramref name="maxLength"/> characters.</summary>
    public static bool TryText(
        HttpContext http, string name, int maxLength, out string text, [NotNullWhen(false)] out ProblemResult? problem)
    {
        bool IsName(string? candidate, out string value)
        {
            value = candidate ?? string.Empty;
            return Text.IsIdentifier(candidate, maxLength);
        }

        return Read(http, name, IsName, $"must be 1 to {maxLength} characters without control characters or surrounding white space", out text, out problem);
    }

    private static bool Read<T>(
        HttpContext http, string name, TryParseText<T> parse, string rule, out T value, [NotNullWhen(false)] out ProblemResult? problem)
    {
        var text = http.Request.RouteValues[name] as string;
        if (text is not null && text.Contains("%2F", StringComparison.OrdinalIgnoreCase))
        {
            text = Unescaped(http, name) ?? text;
        }

        if (parse(text, out value))
        {
            problem = null;
            return true;
        }

        var errors = new FieldErrors();
        errors.Add(name, rule);
        problem = errors.ToProblem();
        return false;
    }

    // The server unescapes everything but %2F, so that "a%2Fb" and "a%252Fb" look alike in a route value; the raw target tells.
    private static string? Unescaped(HttpContext http, string name)
    {
        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (raw is null || http.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return null;
        }

        var segments = raw.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var at = endpoint.RoutePattern.PathSegments.ToList()
            .FindIndex(segment => segment is { IsSimple: true, Parts: [RoutePatternParameterPart part] } && part.Name == name);
        return at >= 0 && at < segments.Length ? Uri.UnescapeDataString(segments[at]) : null;
    }
}
