using ArCredit.Platform.Data;
using ArCredit.Platform.Jobs;
using ArCredit.Platform.Time;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Time;

public sealed class ManualClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_move_that_runs_out_of_time_says_how_far_it_got_and_the_next_one_goes_on(Dialect dialect)
    {
        var work = new HourlyWork();
        await using var database = await TestDatabase.CreateAsync(dialect);
        using var host = await StartAsync(database, work);
        var manual = host.Services.GetRequiredService<ManualClock>();
        var clock = host.Services.GetRequiredService<BusinessClock>();

        (await manual.AdvanceAsync(Start.AddHours(3), Short, CancellationToken.None)).ShouldBe(ClockMove.OutOfTime);
        await work.Entered.Task;
        clock.GetUtcNow().ShouldBe(Start.AddHours(1));
        (await manual.AdvanceAsync(Start.AddHours(3), Short, CancellationToken.None)).ShouldBe(ClockMove.OutOfTime, "the first move still has its turn");

        work.Gate.SetResult();
        (await manual.AdvanceAsync(Start.AddHours(3), Timeout.InfiniteTimeSpan, CancellationToken.None)).ShouldBe(ClockMove.Reached);
        work.Ran.ShouldBe([Start.AddHours(1), Start.AddHours(2), Start.AddHours(3)]);
        (await manual.AdvanceAsync(Start, Timeout.InfiniteTimeSpan, CancellationToken.None)).ShouldBe(ClockMove.Backwards);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_caller_who_hangs_up_does_not_stop_the_move()
    {
        var work = new HourlyWork();
        await using var database = await TestDatabase.CreateAsync(Dialect.Sqlite);
        using var host = await StartAsync(database, work);
        var manual = host.Services.GetRequiredService<ManualClock>();
        using var caller = new CancellationTokenSource();

        var move = manual.AdvanceAsync(Start.AddHours(2), TimeSpan.FromMinutes(1), caller.Token);
        await work.Entered.Task;
        await caller.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(move);

        work.Gate.SetResult();
        (await manual.AdvanceAsync(Start.AddHours(2), Timeout.InfiniteTimeSpan, CancellationToken.None)).ShouldBe(ClockMove.Reached);
        work.Ran.ShouldBe([Start.AddHours(1), Start.AddHours(2)]);
        await host.StopAsync();
    }

    private static async Task<IHost> StartAsync(TestDatabase database, IScheduledWork work)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Services.AddArCreditData(database.Options).AddArCreditTime(database.Options, Start).AddSingleton(work);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Due every hour; its first run waits for the gate.</summary>
    private sealed class HourlyWork : IScheduledWork
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<DateTimeOffset> Ran { get; } = [];

        public string Name => "hourly";

        public WorkSchedule Schedule => WorkSchedule.Midnights;

        public Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation) =>
            Task.FromResult(after.AddHours(1) <= until ? after.AddHours(1) : (DateTimeOffset?)null);

        public async Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation)
        {
            Entered.TrySetResult();
            await Gate.Task;
            Ran.Add(businessNow);
        }
    }
}
