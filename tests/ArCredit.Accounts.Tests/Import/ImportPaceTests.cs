using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Features.Import;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Import;

/// <summary>An import gives way to tills, on a clock that the test moves.</summary>
public sealed class ImportPaceTests
{
    private readonly ManualTime time = new();
    private readonly TillActivity tills;
    private readonly ImportPace pace;

    public ImportPaceTests()
    {
        tills = new TillActivity(time);
        pace = new ImportPace(tills, time);
    }

    [Fact]
    public async Task Nobody_waits_while_no_till_asks()
    {
        for (var i = 0; i < 10 * ImportPace.Group; i++)
        {
            pace.AfterAsync(new TaskCompletionSource().Task, CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        }

        tills.Asked();
        time.Advance(TimeSpan.FromSeconds(1));
        await GroupAsync(Task.CompletedTask);
    }

    [Fact]
    public async Task While_tills_ask_a_group_is_finished_and_followed_by_three_times_its_length()
    {
        tills.Asked();
        var line = new TaskCompletionSource();
        var next = GroupAsync(line.Task);
        time.Advance(TimeSpan.FromMilliseconds(20));
        next.IsCompleted.ShouldBeFalse();

        line.SetResult();
        await time.TimerStarted;
        time.Advance(TimeSpan.FromMilliseconds(59));
        next.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        await next;
    }

    [Fact]
    public async Task A_line_that_failed_is_over_too()
    {
        tills.Asked();
        await GroupAsync(Task.FromException(new InvalidOperationException()));
    }

    [Fact]
    public async Task A_caller_who_goes_away_ends_the_rest()
    {
        tills.Asked();
        using var gone = new CancellationTokenSource();
        var next = GroupAsync(new TaskCompletionSource().Task, gone.Token);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => next);
    }

    private async Task GroupAsync(Task last, CancellationToken cancellation = default)
    {
        for (var i = 1; i < ImportPace.Group; i++)
        {
            await pace.AfterAsync(Task.CompletedTask, cancellation);
        }

        await pace.AfterAsync(last, cancellation);
    }

    private sealed class ManualTime : TimeProvider
    {
        private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<Waiting> waiting = [];
        private long now;

        public Task TimerStarted => started.Task;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan by)
        {
            now += by.Ticks;
            waiting.FindAll(timer => timer.DueAt <= now).ForEach(timer => timer.Fire());
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Waiting(now + dueTime.Ticks, callback, state);
            waiting.Add(timer);
            started.TrySetResult();
            return timer;
        }

        private sealed class Waiting(long dueAt, TimerCallback callback, object? state) : ITimer
        {
            private bool over;

            public long DueAt { get; } = dueAt;

            public void Fire()
            {
                if (!over)
                {
                    over = true;
                    callback(state);
                }
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose() => over = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
