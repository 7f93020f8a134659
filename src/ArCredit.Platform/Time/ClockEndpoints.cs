using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Platform.Time;

/// <summary>The business clock at the edge.</summary>
/// <param name="Now">The business instant.</param>
public sealed record ClockReading(DateTimeOffset Now);

/// <summary><c>GET</c> and <c>PUT /api/v1/system/clock</c>.</summary>
public static class ClockEndpoints
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(30);

    // Due dates and terms are added to the clock; near the end of the calendar that has no answer.
    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Maps both.</summary>
    public static IEndpointRouteBuilder MapSystemClock(this IEndpointRouteBuilder endpoints)
    {
        var clock = endpoints.MapGroup("/api/v1/system/clock").WithTags("System");
        clock.MapGet(string.Empty, GetAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("The manual clock's instant")
            .Answers(200, typeof(ClockReading), "Where the clock stands.")
            .Refuses(409);
        clock.MapPut(string.Empty, MoveAsync)
            .RequireRoles(Roles.Admin)
            .WithSummary("Moves the manual clock forward, running in order what is due in between")
            .Takes(typeof(ClockReading))
            .Answers(200, typeof(ClockReading), "The clock has reached the instant.")
            .Answers(202, typeof(ClockReading), "There was more to do than 30 s allow; this is the instant reached. Ask again to go on.")
            .Refuses(400, 409, 422, 503);
        return endpoints;
    }

    private static Task GetAsync(HttpContext http, BusinessClock clock) =>
        clock.IsManual ? Reply.Json(http, 200, new ClockReading(clock.GetUtcNow())) : NotManual.ExecuteAsync(http);

    private static async Task MoveAsync(HttpContext http, BusinessClock clock)
    {
        var body = await Body.ReadAsync<ClockReading>(http);
        if (body.Problem is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (!clock.IsManual)
        {
            await NotManual.ExecuteAsync(http);
            return;
        }

        if (body.Value.Now > Latest)
        {
            await Problems.Unprocessable("CLOCK_TOO_FAR", "The clock does not go beyond the year 9000.", "now", "must be before 9000-01-01T00:00:00Z").ExecuteAsync(http);
            return;
        }

        var manual = http.RequestServices.GetRequiredService<ManualClock>();
        var move = await manual.AdvanceAsync(body.Value.Now, Budget, http.RequestAborted);
        var reading = new ClockReading(clock.GetUtcNow());
        await (move switch
        {
            ClockMove.Reached => Reply.Json(http, 200, reading),
            ClockMove.OutOfTime => Reply.Json(http, 202, reading),
            ClockMove.Backwards => Problems.Unprocessable("CLOCK_BACKWARDS", "The clock only moves forward.").With("now", reading.Now).ExecuteAsync(http),
        });
    }

    private static ProblemResult NotManual => Problems.Conflict("CLOCK_NOT_MANUAL", "The clock is the system's; start with --manual-clock to move it by hand.");
}
