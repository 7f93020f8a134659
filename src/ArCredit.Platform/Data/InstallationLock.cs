namespace ArCredit.Platform.Data;

/// <summary>Keeps a second in-process host, or a second cluster, away from the database.</summary>
internal interface IInstallationLock : IAsyncDisposable
{
    /// <summary>Cancelled when another process took the lock after ours was lost: this one must stop.</summary>
    CancellationToken Lost { get; }

    /// <summary>Takes the lock for the process's life.</summary>
    /// <exception cref="DatabaseInUseException">Another process holds it.</exception>
    Task AcquireAsync(CancellationToken cancellation);
}

/// <summary>For tests in which several hosts write on purpose.</summary>
internal sealed class NoInstallationLock : IInstallationLock
{
    public CancellationToken Lost => CancellationToken.None;

    public Task AcquireAsync(CancellationToken cancellation) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
