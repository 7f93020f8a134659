using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Jobs;
using ArCredit.Platform.Start;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Clock;

public sealed class ClockTests
{
    private const string Clock = "/api/v1/system/clock";

    [Fact]
    public async Task Shows_where_it_stands_to_any_role()
    {
        await using var app = await RunningApp.StartAsync();
        var auditor = await app.CallerAsync(Roles.Auditor);
        (await auditor.GetAsync(Clock)).ShouldBe(200)["now"].GetString().ShouldBe("2026-01-01T08:00:00Z");
    }

    [Fact]
    public async Task Moving_it_runs_what_is_due_in_between_in_order_each_at_its_own_instant()
    {
        var log = new List<string>();
        await using var app = await RunningApp.StartAsync(WithWork(
            new ListedWork("b", log, "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-09T00:00:00Z"),
            new ListedWork("a", log, "2026-01-02T12:00:00Z", "2026-01-03T00:00:00Z")));

        (await app.Admin.PutAsync(Clock, new { now = "2026-01-05T00:00:00Z" })).ShouldBe(200)["now"].GetString().ShouldBe("2026-01-05T00:00:00Z");

        log.ShouldBe(["b 2026-01-02T00:00:00Z", "a 2026-01-02T12:00:00Z", "b 2026-01-03T00:00:00Z", "a 2026-01-03T00:00:00Z"]);
        (await app.Admin.GetAsync(Clock))["now"].GetString().ShouldBe("2026-01-05T00:00:00Z");
    }

    [Fact]
    public async Task Work_due_at_the_very_target_runs_and_runs_once()
    {
        var log = new List<string>();
        await using var app = await RunningApp.StartAsync(WithWork(new ListedWork("w", log, "2026-01-02T00:00:00Z")));
        await app.MoveClockAsync(At("2026-01-02T00:00:00Z"));
        await app.MoveClockAsync(At("2026-01-02T00:00:00Z"));
        await app.MoveClockAsync(At("2026-01-03T00:00:00Z"));
        log.ShouldBe(["w 2026-01-02T00:00:00Z"]);
    }

    [Fact]
    public async Task A_leftover_is_run_and_does_not_hold_the_clock()
    {
        var log = new List<string>();
        await using var app = await RunningApp.StartAsync(WithWork(new StuckWork(log)));
        await app.MoveClockAsync(At("2026-01-01T09:00:00Z"));
        log.ShouldBe(["stuck 2026-01-01T08:00:00Z"]);
    }

    [Fact]
    public async Task It_never_goes_back()
    {
        await using var app = await RunningApp.StartAsync();
        (await app.Admin.PutAsync(Clock, new { now = "2026-01-01T07:59:59Z" })).ShouldBeProblem(422, "CLOCK_BACKWARDS");
        (await app.Admin.PutAsync(Clock, new { now = "9000-01-02T00:00:00Z" })).ShouldBeProblem(422, "CLOCK_TOO_FAR");
        (await app.Admin.PutAsync(Clock, new { now = "2026-01-01T08:00:00Z" })).ShouldBe(200);
    }

    [Fact]
    public async Task Concurrent_moves_are_taken_one_after_the_other()
    {
        var log = new List<string>();
        await using var app = await RunningApp.StartAsync(WithWork(new ListedWork("w", log, "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z")));
        var targets = Enumerable.Range(1, 16).Select(day => $"2026-01-{day + 1:00}T00:00:00Z").ToList();
        var answers = await Task.WhenAll(targets.Select(now => app.Admin.PutAsync(Clock, new { now })));

        answers.ShouldAllBe(answer => answer.Status == 200 || answer.Status == 422);
        (await app.Admin.GetAsync(Clock))["now"].GetString().ShouldBe(targets[^1]);
        log.ShouldBe(["w 2026-01-02T00:00:00Z", "w 2026-01-03T00:00:00Z"]);
    }

    [Fact]
    public async Task A_failing_work_stops_the_clock_at_its_instant_and_is_tried_again()
    {
        var log = new List<string>();
        var work = new ListedWork("w", log, "2026-01-02T00:00:00Z") { Fails = true };
        await using var app = await RunningApp.StartAsync(WithWork(work));
        (await app.Admin.PutAsync(Clock, new { now = "2026-01-05T00:00:00Z" })).ShouldBeProblem(500, "INTERNAL_ERROR").Text.ShouldNotContain("planted");
        (await app.Admin.GetAsync(Clock))["now"].GetString().ShouldBe("2026-01-02T00:00:00Z");

        work.Fails = false;
        await app.MoveClockAsync(At("2026-01-05T00:00:00Z"));
        log.ShouldBe(["w 2026-01-02T00:00:00Z"]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task At_a_restart_the_later_of_flag_and_store_holds(Dialect dialect)
    {
        var log = new List<string>();
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var first = await RunningApp.StartAsync(
            WithWork(database, new ListedWork("w", log, "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")));
        await first.MoveClockAsync(At("2026-02-10T00:00:00Z"));

        await using var second = await first.RestartAsync(settings => settings with { ManualClock = AppSettings.Start });
        (await second.Admin.GetAsync(Clock))["now"].GetString().ShouldBe("2026-02-10T00:00:00Z");

        await using var third = await second.RestartAsync(settings => settings with { ManualClock = At("2026-03-15T00:00:00Z") });
        (await third.Admin.GetAsync(Clock))["now"].GetString().ShouldBe("2026-03-15T00:00:00Z");
        log.ShouldBe(["w 2026-02-01T00:00:00Z", "w 2026-03-01T00:00:00Z"]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Data_that_a_manual_clock_has_led_into_the_future_does_not_start_under_the_systems_clock(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using (var first = await RunningApp.StartAsync(AppSettings.On(database)))
        {
            await first.MoveClockAsync(At("2999-01-01T00:00:00Z"));
        }

        var refused = await Should.ThrowAsync<SettingException>(() => RunningApp.StartAsync(AppSettings.On(database) with { ManualClock = null }));
        refused.Message.ShouldContain("2999-01-01T00:00:00Z");
        refused.Message.ShouldContain("--manual-clock");
        await using var again = await RunningApp.StartAsync(AppSettings.On(database));
        (await again.Admin.GetAsync(Clock))["now"].GetString().ShouldBe("2999-01-01T00:00:00Z");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Under_the_systems_clock_both_calls_are_refused_and_quartz_runs_the_work(Dialect dialect)
    {
        var ran = new SignalWork();
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(WithWork(database, ran) with { ManualClock = null });
        (await app.Admin.GetAsync(Clock)).ShouldBeProblem(409, "CLOCK_NOT_MANUAL");
        (await app.Admin.PutAsync(Clock, new { now = "2030-01-01T00:00:00Z" })).ShouldBeProblem(409, "CLOCK_NOT_MANUAL");

        // Failing once must not end it.
        await ran.SecondRun.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static AppSettings WithWork(params IScheduledWork[] works) => With(new AppSettings(), works);

    private static AppSettings WithWork(TestDatabase database, params IScheduledWork[] works) => With(AppSettings.On(database), works);

    private static AppSettings With(AppSettings settings, IScheduledWork[] works) => settings with
    {
        Configure = services =>
        {
            foreach (var work in works)
            {
                services.AddSingleton(work);
            }
        },
    };

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);

    private static string Show(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private sealed class ListedWork(string name, List<string> log, params string[] instants) : IScheduledWork
    {
        public string Name => name;

        public bool Fails { get; set; }

        public WorkSchedule Schedule => WorkSchedule.Midnights;

        public Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation) =>
            Task.FromResult(instants.Select(At).Where(at => at > after && at <= until).Select(at => (DateTimeOffset?)at).FirstOrDefault());

        public Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation)
        {
            if (Fails)
            {
                throw new InvalidOperationException("planted");
            }

            log.Add($"{name} {Show(businessNow)}");
            return Task.CompletedTask;
        }
    }

    private sealed class StuckWork(List<string> log) : IScheduledWork
    {
        public string Name => "stuck";

        public WorkSchedule Schedule => WorkSchedule.Midnights;

        public Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation) =>
            Task.FromResult<DateTimeOffset?>(At("2025-12-01T00:00:00Z"));

        public Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation)
        {
            log.Add($"stuck {Show(businessNow)}");
            return Task.CompletedTask;
        }
    }

    private sealed class SignalWork : IScheduledWork
    {
        private readonly TaskCompletionSource second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int runs;

        public Task SecondRun => second.Task;

        public string Name => "signal";

        public WorkSchedule Schedule => WorkSchedule.Every(TimeSpan.FromSeconds(1));

        public Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation) =>
            Task.FromResult<DateTimeOffset?>(until > after ? until : null);

        public Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation)
        {
            if (Interlocked.Increment(ref runs) == 1)
            {
                throw new InvalidOperationException("planted");
            }

            second.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
