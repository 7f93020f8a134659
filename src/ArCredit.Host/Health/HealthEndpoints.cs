using ArCredit.Platform.Http;

namespace ArCredit.Host.Health;

/// <summary>What a health probe is told.</summary>
/// <param name="Status">Always <c>ok</c>; anything else is a problem.</param>
internal sealed record HealthView(string Status);

internal static class HealthEndpoints
{
    private static readonly HealthView Ok = new("ok");

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var health = endpoints.MapGroup("/health").WithTags("Health").AllowWithoutKey();
        health.MapGet("live", (HttpContext http) => Reply.Json(http, 200, Ok))
            .WithSummary("The process runs")
            .Answers(200, typeof(HealthView), "It runs.");
        health.MapGet("ready", ReadyAsync)
            .WithSummary("The node can answer: it has started, the database answers, every lane is connected")
            .Answers(200, typeof(HealthView), "It can.")
            .Refuses(503);
    }

    private static async Task ReadyAsync(HttpContext http, Readiness readiness)
    {
        if (await readiness.ObstacleAsync(http.RequestAborted) is { } obstacle)
        {
            var problem = Problems.Busy(503, "NOT_READY", "The node cannot answer now.", TimeSpan.FromSeconds(1)) with { Detail = obstacle };
            await problem.ExecuteAsync(http);
            return;
        }

        await Reply.Json(http, 200, Ok);
    }
}
