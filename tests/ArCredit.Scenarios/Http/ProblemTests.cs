using ArCredit.Platform.Http;
using ArCredit.Platform.Jobs;
using ArCredit.Testing.App;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Http;

public sealed class ProblemTests
{
    private const string Clock = "/api/v1/system/clock";

    [Fact]
    public async Task What_the_framework_refuses_is_a_problem_too()
    {
        await using var app = await RunningApp.StartAsync();
        (await app.Admin.GetAsync("/api/v1/nowhere")).ShouldBeProblem(404, "NOT_FOUND");
        (await app.Admin.GetAsync("/")).ShouldBeProblem(404, "NOT_FOUND");
        (await app.Admin.PostAsync(Clock)).ShouldBeProblem(405, "METHOD_NOT_ALLOWED");
        (await app.Admin.GetAsync("/health/live")).ShouldBe(200).Headers.Server.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failure_is_a_bare_500()
    {
        await using var app = await AppFailingWith(new InvalidOperationException("a secret"));
        (await app.Admin.PutAsync(Clock, new { now = "2026-01-02T00:00:00Z" })).ShouldBeProblem(500, "INTERNAL_ERROR").Text.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_failure_that_passes_is_a_503_that_says_when_to_come_back()
    {
        await using var app = await AppFailingWith(new ServiceUnavailableException("OUTCOME_UNKNOWN", TimeSpan.FromSeconds(1.2)));
        var answer = await app.Admin.PutAsync(Clock, new { now = "2026-01-02T00:00:00Z" });
        answer.ShouldBeProblem(503, "OUTCOME_UNKNOWN").Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
    }

    private static Task<RunningApp> AppFailingWith(Exception failure) =>
        RunningApp.StartAsync(new AppSettings { Configure = services => services.AddSingleton<IScheduledWork>(new FailingWork(failure)) });

    private sealed class FailingWork(Exception failure) : IScheduledWork
    {
        public string Name => "failing";

        public WorkSchedule Schedule => WorkSchedule.Midnights;

        public Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation) =>
            Task.FromResult<DateTimeOffset?>(until);

        public Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation) => Task.FromException(failure);
    }
}
