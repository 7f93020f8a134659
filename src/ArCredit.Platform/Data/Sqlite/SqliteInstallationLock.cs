namespace ArCredit.Platform.Data.Sqlite;

/// <summary>A file beside the database, held open exclusively: the system gives it back however the process ends.</summary>
internal sealed class SqliteInstallationLock(SqliteDatabase database, DataOptions options, TimeProvider time) : IInstallationLock
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private FileStream? file;

    public CancellationToken Lost => CancellationToken.None;

    public async Task AcquireAsync(CancellationToken cancellation)
    {
        var path = database.File + ".lock";
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return;
            }
            catch (IOException error) when (time.GetElapsedTime(started) >= options.LockWait)
            {
                throw new DatabaseInUseException($"Another ArCredit process works on {database.File} (it holds {path}). Stop it first, or choose another data directory.", error);
            }
            catch (IOException)
            {
                // A predecessor may be on its way out; asked again until the wait is over.
                await Task.Delay(RetryInterval, time, cancellation);
            }
        }
    }

    public ValueTask DisposeAsync() => file?.DisposeAsync() ?? ValueTask.CompletedTask;
}
