using ArCredit.Platform.Data;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Journal.Feed;

/// <summary>Carries one projection along the feed, page by page, each with its checkpoint in one transaction.</summary>
internal sealed partial class ProjectionLoop(
    IProjection projection, FeedSource source, IDatabase database, DatabaseEpoch epoch, JournalOptions options, TimeProvider time, ILogger log) : IDisposable
{
    private const int PageRows = 2000;
    private static readonly TimeSpan PauseForRunningWriters = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly FeedWaiters waiters = new();
    private readonly SemaphoreSlim woken = new(0);
    private readonly SemaphoreSlim demanded = new(0);
    private FeedPosition? position;

    /// <summary>Something was committed: look soon.</summary>
    public void Wake() => Raise(woken);

    /// <summary>Completes when the projection holds everything below <paramref name="target"/>.</summary>
    public Task ReachAsync(ulong target, CancellationToken cancellation)
    {
        var reached = waiters.WaitAsync(target, cancellation);
        if (!reached.IsCompleted)
        {
            Raise(demanded);
            Raise(woken);
        }

        return reached;
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (failures > 0)
                {
                    await Task.Delay(PauseAfter(failures), time, stopping);
                }

                await PassAsync(stopping);
                failures = 0;
                await PauseAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // One failing projection must not stop the others, nor itself for good.
                LogFailed(error, projection.Name);
                position = null;
                failures++;
            }
        }
    }

    public void Dispose()
    {
        woken.Dispose();
        demanded.Dispose();
    }

    private static TimeSpan PauseAfter(int failures)
    {
        var pause = TimeSpan.FromMilliseconds(50 << Math.Min(failures - 1, 8));
        return pause < LongestPause ? pause : LongestPause;
    }

    private static void Raise(SemaphoreSlim signal)
    {
        // Two at once may both release: that is one look too many and no harm.
        if (signal.CurrentCount == 0)
        {
            signal.Release();
        }
    }

    private async Task PassAsync(CancellationToken cancellation)
    {
        var from = position ??= await source.ReadCheckpointAsync(projection.Name, await epoch.GetAsync(cancellation), cancellation);
        var horizon = await source.ReadHorizonAsync(cancellation);
        List<PlacedRow> page;
        do
        {
            page = await source.ReadPageAsync(from, horizon, PageRows, cancellation);
            if (page.Count == 0)
            {
                break;
            }

            if (!await ApplyAsync(from, page, cancellation))
            {
                // Another node was faster; the next pass goes on from where it is.
                position = null;
                Wake();
                return;
            }

            position = from = page[^1].Position;
        }
        while (page.Count == PageRows);

        waiters.Reached(horizon);
    }

    private async Task<bool> ApplyAsync(FeedPosition from, List<PlacedRow> page, CancellationToken cancellation)
    {
        await using var session = await database.BeginDerivedWriteAsync(cancellation);
        if (!await source.AdvanceAsync(session, projection.Name, from, page[^1].Position))
        {
            return false;
        }

        await projection.ApplyAsync(page.ConvertAll(placed => placed.Row), session, cancellation);
        await session.CommitAsync(cancellation);
        return true;
    }

    private async Task PauseAsync(CancellationToken stopping)
    {
        if (waiters.Any)
        {
            // Someone waits for rows whose neighbours' transactions still run.
            await Task.Delay(PauseForRunningWriters, time, stopping);
            return;
        }

        await woken.WaitAsync(options.FeedPoll, stopping);
        if (!waiters.Any && options.FeedLinger > TimeSpan.Zero)
        {
            await demanded.WaitAsync(options.FeedLinger, stopping);
        }
    }

    [LoggerMessage(LogLevel.Error, "Projection {Name} failed; it is tried again")]
    private partial void LogFailed(Exception error, string name);
}
