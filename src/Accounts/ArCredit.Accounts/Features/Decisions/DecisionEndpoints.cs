using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Reference;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features.Decisions;

/// <summary>Which policies to decide under.</summary>
/// <param name="PolicyVersion">0 (as shipped) to the newest; absent = those in force when it was decided.</param>
internal sealed record ReplayBody(long? PolicyVersion);

/// <summary><c>GET /decisions/{decisionId}</c> and <c>POST /decisions/{decisionId}/replay</c>.</summary>
internal static class DecisionEndpoints
{
    // An account number of 64 letters of 3 bytes each makes an id of some 260.
    private const int MaxId = 300;
    private static readonly ReplayBody AsDecided = new((long?)null);

    /// <summary>Maps both.</summary>
    public static void MapDecisions(this IEndpointRouteBuilder routes)
    {
        var decisions = routes.MapGroup("/api/v1/decisions/{decisionId}").WithTags("Decisions");
        decisions.MapGet(string.Empty, GetAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("A stored decision with all it stood on")
            .Answers(200, typeof(StoredDecisionView), "The decision.")
            .Refuses(400, 404, 503);
        decisions.MapPost("replay", ReplayAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("Decides the same inputs again, under named policies; changes nothing")
            .Takes(typeof(ReplayBody))
            .Answers(200, typeof(DecisionReplayView), "Both decisions and what differs.")
            .Refuses(400, 404, 413, 415, 422, 503);
    }

    private static async Task GetAsync(HttpContext http, DecisionStore store)
    {
        var (stored, problem) = await FindAsync(http, store);
        await (stored is null ? problem!.ExecuteAsync(http) : Reply.Json(http, 200, StoredDecisionView.Of(stored)));
    }

    private static async Task ReplayAsync(HttpContext http, DecisionStore store, IReference reference)
    {
        var hasBody = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;
        var body = hasBody ? await Body.ReadAsync<ReplayBody>(http) : new BodyRead<ReplayBody>(AsDecided, null);
        if (body.Problem is { } malformed)
        {
            await malformed.ExecuteAsync(http);
            return;
        }

        var (stored, problem) = await FindAsync(http, store);
        if (stored is null)
        {
            await problem!.ExecuteAsync(http);
            return;
        }

        var book = reference.Current;
        if (body.Value.PolicyVersion is { } asked && (asked < 0 || asked > book.PolicyVersion))
        {
            await Problems.Unprocessable(
                "POLICY_VERSION_UNKNOWN", "There is no such policy version.", "policyVersion", $"must be from 0 to {book.PolicyVersion}").ExecuteAsync(http);
            return;
        }

        var version = body.Value.PolicyVersion ?? stored.Decision.PolicyVersion;
        await Reply.Json(http, 200, DecisionReplay.Run(stored.Decision, book, version));
    }

    private static async Task<(StoredDecision? Stored, ProblemResult? Problem)> FindAsync(HttpContext http, DecisionStore store)
    {
        if (!RouteReader.TryText(http, "decisionId", MaxId, out var id, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            return (null, problem);
        }

        try
        {
            var stored = await store.FindAsync(id, http.RequestAborted);
            return (stored, stored is null ? Problems.NotFound("NOT_FOUND", "There is no such decision.") : null);
        }
        catch (NewerSchemaException newer)
        {
            throw new ServiceUnavailableException("NEWER_VERSION", TimeSpan.FromSeconds(5), cause: newer);
        }
    }
}
