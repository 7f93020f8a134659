using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ArCredit.Platform.Http;

/// <summary>What <c>If-Match</c> demands: nothing, any existing version, or one of some versions.</summary>
/// <param name="Versions">Null when the header is absent; empty for <c>*</c>.</param>
public readonly record struct IfMatch(IReadOnlyList<long>? Versions)
{
    /// <summary>True when a change of a resource at <paramref name="current"/> (null = it does not exist) may go ahead.</summary>
    public bool Allows(long? current) =>
        Versions is null || (current is { } version && (Versions.Count == 0 || Versions.Contains(version)));
}

/// <summary>Versions as entity tags: <c>"17"</c>.</summary>
public static class ETags
{
    /// <summary>Sets the response's <c>ETag</c>.</summary>
    public static void Set(HttpContext http, long version) =>
        http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Reads <c>If-Match</c>; false with a 400 when it is not a list of entity tags. Tags that are no version match nothing.</summary>
    public static bool TryReadIfMatch(HttpContext http, out IfMatch ifMatch, [NotNullWhen(false)] out ProblemResult? problem)
    {
        ifMatch = default;
        problem = null;
        var header = http.Request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return true;
        }

        if (!EntityTagHeaderValue.TryParseStrictList([.. header.Select(value => value ?? string.Empty)], out var tags))
        {
            problem = Problems.BadRequest("IF_MATCH_INVALID", "If-Match must be * or a list of quoted entity tags.");
            return false;
        }

        if (tags.Any(tag => tag.Tag == "*"))
        {
            ifMatch = new IfMatch([]);
            return true;
        }

        // -1 keeps a list of foreign or weak tags from becoming the empty list, which would mean *.
        var versions = tags.Where(tag => !tag.IsWeak)
            .Select(tag => long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1);
        ifMatch = new IfMatch([.. versions, -1]);
        return true;
    }
}
