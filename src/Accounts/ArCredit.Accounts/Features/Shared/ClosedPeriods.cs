using System.Diagnostics.CodeAnalysis;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>What happens to a posting whose accounting date is in a closed period.</summary>
internal enum IfPeriodClosed
{
    /// <summary>It is refused with PERIOD_CLOSED.</summary>
    Refuse,

    /// <summary>It goes to the first open day.</summary>
    NextOpenDay,
}

/// <summary>The query parameter of every call that posts.</summary>
internal static class ClosedPeriods
{
    private const string Name = "ifPeriodClosed";

    /// <summary>Documents the parameter.</summary>
    public static TBuilder HasClosedPeriods<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.HasQuery(
            Name, typeof(IfPeriodClosed), "An accounting date in a closed period is refused (default), or with nextOpenDay becomes the first open day after it.");

    /// <summary>Reads it; a call that posts nothing knows no such parameter.</summary>
    public static bool TryRead(HttpContext http, bool posts, out bool nextOpenDay, [NotNullWhen(false)] out ProblemResult? problem)
    {
        (nextOpenDay, problem) = (false, null);
        if (!posts || !http.Request.QueryString.HasValue)
        {
            return true;
        }

        var query = new QueryReader(http);
        nextOpenDay = query.OneOf<IfPeriodClosed>(Name) == IfPeriodClosed.NextOpenDay;
        problem = query.Problem();
        return problem is null;
    }
}
