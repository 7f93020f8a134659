using ArCredit.Platform.Data;
using ArCredit.Platform.Jobs;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Time;

/// <summary>Where a manual clock starts when the database has no later instant.</summary>
internal sealed record ManualClockStart(DateTimeOffset Instant);

/// <summary>Where a move of the clock ended.</summary>
internal enum ClockMove
{
    /// <summary>At its target.</summary>
    Reached,

    /// <summary>Short of it: there was more to do than the time allowed.</summary>
    OutOfTime,

    /// <summary>Nowhere: the target lies in the past.</summary>
    Backwards,
}

/// <summary>Moves the manual clock forward, stopping at every instant at which a work is due to run it.</summary>
internal sealed partial class ManualClock(
    BusinessClock clock,
    ManualClockStart start,
    DueWork due,
    IDatabase database,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<ManualClock> log) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Puts the clock where it stood, or to the flag at the very first start.</summary>
    public async Task RestoreAsync(CancellationToken cancellation)
    {
        DateTimeOffset? stored;
        await using (var session = await database.OpenReadAsync(cancellation))
        {
            stored = await session.Connection.QuerySingleOrDefaultAsync<DateTimeOffset?>("select now from system_clock");
        }

        await MoveAsync(stored ?? start.Instant, cancellation);
    }

    /// <summary>At a restart with a later flag: moves there, running what is due in between.</summary>
    public async Task CatchUpWithFlagAsync(CancellationToken cancellation)
    {
        if (start.Instant > clock.GetUtcNow())
        {
            await AdvanceAsync(start.Instant, Timeout.InfiniteTimeSpan, cancellation);
        }
    }

    /// <summary>
    /// Moves the clock to <paramref name="target"/>; moves are taken one after the other. The work goes on to the next safe
    /// point even when the caller hangs up or <paramref name="budget"/> of technical time is over.
    /// </summary>
    public async Task<ClockMove> AdvanceAsync(DateTimeOffset target, TimeSpan budget, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        if (!await turn.WaitAsync(budget, cancellation))
        {
            return ClockMove.OutOfTime;
        }

        // The turn is given back by the run, not by its caller, who may be gone by then.
        var run = Task.Run(() => RunAsync(target, started, budget), CancellationToken.None);
        try
        {
            return budget == Timeout.InfiniteTimeSpan
                ? await run.WaitAsync(cancellation)
                : await run.WaitAsync(Remaining(started, budget), time, cancellation);
        }
        catch (TimeoutException)
        {
            return ClockMove.OutOfTime;
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<ClockMove> RunAsync(DateTimeOffset target, long started, TimeSpan budget)
    {
        var cancellation = lifetime.ApplicationStopping;
        try
        {
            if (target < clock.GetUtcNow())
            {
                return ClockMove.Backwards;
            }

            var sweep = due.Begin();
            while (await sweep.NextAsync(clock.GetUtcNow(), target, cancellation) is { } next)
            {
                var at = next.At > clock.GetUtcNow() ? next.At : clock.GetUtcNow();
                await MoveAsync(at, cancellation);
                await sweep.RunAsync(next with { At = at }, cancellation);
                if (budget != Timeout.InfiniteTimeSpan && time.GetElapsedTime(started) >= budget)
                {
                    return ClockMove.OutOfTime;
                }
            }

            await MoveAsync(target, cancellation);
            return ClockMove.Reached;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The caller may have had its 202 already and would never hear of it.
            LogFailed(clock.GetUtcNow(), failure);
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    // Stored first: a decision recorded at an instant must never meet an earlier clock after a crash.
    private async Task MoveAsync(DateTimeOffset instant, CancellationToken cancellation)
    {
        var now = SqlTypes.Truncate(instant);
        await using (var session = await database.BeginWriteAsync(cancellation))
        {
            await session.Connection.ExecuteAsync(
                "insert into system_clock (one, now) values (1, @now) on conflict (one) do update set now = excluded.now", new { now }, session.Transaction);
            await session.CommitAsync(cancellation);
        }

        clock.MoveTo(now);
    }

    private TimeSpan Remaining(long started, TimeSpan budget)
    {
        var left = budget - time.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    [LoggerMessage(LogLevel.Error, "The clock stopped at {Now}: a scheduled work failed")]
    private partial void LogFailed(DateTimeOffset now, Exception failure);
}
