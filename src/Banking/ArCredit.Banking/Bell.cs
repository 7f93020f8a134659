namespace ArCredit.Banking;

/// <summary>Ends a worker's pause: rung once or often, it ends one.</summary>
internal sealed class Bell : IDisposable
{
    /// <summary>When whoever had no turn looks again: the node that has it may have looked before.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim rung = new(0, 1);

    /// <summary>There is something to do.</summary>
    public void Ring()
    {
        try
        {
            rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Who is awake already will look once more.
        }
    }

    /// <summary>True when it rang, false after <paramref name="longest"/>.</summary>
    public Task<bool> WaitAsync(TimeSpan longest, CancellationToken cancellation) => rung.WaitAsync(longest, cancellation);

    public void Dispose() => rung.Dispose();
}

/// <summary>Those of this node's workers. Other nodes look every few seconds.</summary>
internal sealed class WorkBells : IDisposable
{
    /// <summary>Payments that statements brought, or that somebody decided.</summary>
    public Bell Payments { get; } = new();

    /// <summary>What became of refunds and collections, for their accounts; and what waits for a file.</summary>
    public Bell Files { get; } = new();

    public void Dispose()
    {
        Payments.Dispose();
        Files.Dispose();
    }
}
