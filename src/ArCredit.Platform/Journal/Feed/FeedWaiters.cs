namespace ArCredit.Platform.Journal.Feed;

/// <summary>Those who wait until a projection holds everything below some transaction.</summary>
internal sealed class FeedWaiters
{
    private readonly Lock gate = new();
    private readonly List<(ulong Target, TaskCompletionSource Reached)> waiting = [];
    private ulong horizon;

    /// <summary>True while someone waits: passes follow each other without a pause.</summary>
    public bool Any
    {
        get
        {
            lock (gate)
            {
                return waiting.Count > 0;
            }
        }
    }

    /// <summary>Completes when the projection holds everything below <paramref name="target"/>.</summary>
    public Task WaitAsync(ulong target, CancellationToken cancellation)
    {
        TaskCompletionSource reached;
        lock (gate)
        {
            if (target <= horizon)
            {
                return Task.CompletedTask;
            }

            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((target, reached));
        }

        return WaitAsync(reached, cancellation);
    }

    /// <summary>The projection holds everything below <paramref name="to"/>.</summary>
    public void Reached(ulong to)
    {
        lock (gate)
        {
            horizon = Math.Max(horizon, to);
            foreach (var (target, reached) in waiting)
            {
                if (target <= horizon)
                {
                    reached.SetResult();
                }
            }

            waiting.RemoveAll(waiter => waiter.Target <= horizon);
        }
    }

    private async Task WaitAsync(TaskCompletionSource reached, CancellationToken cancellation)
    {
        try
        {
            await reached.Task.WaitAsync(cancellation);
        }
        finally
        {
            // One that gave up must not keep the projection running in circles.
            lock (gate)
            {
                waiting.RemoveAll(waiter => waiter.Reached == reached);
            }
        }
    }
}
