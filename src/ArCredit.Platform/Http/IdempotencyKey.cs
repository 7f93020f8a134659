using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Platform.Http;

/// <summary>The <c>Idempotency-Key</c> that every POST that changes state carries.</summary>
public static class IdempotencyKey
{
    /// <summary>The request header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The response header of a repeated answer.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    private const int MaxLength = 255;

    /// <summary>False with a 400 (IDEMPOTENCY_KEY_REQUIRED or IDEMPOTENCY_KEY_INVALID) when the header is missing or no key.</summary>
    public static bool TryRead(HttpContext http, out string value, [NotNullWhen(false)] out ProblemResult? problem)
    {
        var given = http.Request.Headers[Header];
        value = given.Count == 1 ? given[0]! : string.Empty;
        problem = null;
        if (given.Count == 0)
        {
            problem = Problems.BadRequest("IDEMPOTENCY_KEY_REQUIRED", "This call needs an Idempotency-Key header.");
        }
        else if (given.Count > 1 || value.Length is 0 or > MaxLength || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            problem = Problems.BadRequest("IDEMPOTENCY_KEY_INVALID", "Idempotency-Key must be one header of 1 to 255 printable ASCII characters.");
        }

        return problem is null;
    }

    /// <summary>Marks the answer as the first one, given again.</summary>
    public static void MarkReplayed(HttpContext http) => http.Response.Headers[ReplayedHeader] = "true";
}
