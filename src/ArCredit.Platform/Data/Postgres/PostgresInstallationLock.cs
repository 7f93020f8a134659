using Microsoft.Extensions.Logging;
using Npgsql;

namespace ArCredit.Platform.Data.Postgres;

/// <summary>
/// A session advisory lock on a connection of its own. A lost connection loses the lock: it is retaken, and only if
/// another process was faster this one gives up (the fence in the journal keeps the ledger right in between).
/// </summary>
internal sealed partial class PostgresInstallationLock(
    PostgresDatabase database, DataOptions options, TimeProvider time, ILogger<PostgresInstallationLock> log) : IInstallationLock
{
    /// <summary>Advisory locks are per database, so one constant serves every installation.</summary>
    internal const long LockKey = 0x4172_4372_6564_6974;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource stopping = new();
    private NpgsqlConnection? connection;
    private int ownProcessId;
    private bool disposed;
    private Task watch = Task.CompletedTask;

    public CancellationToken Lost => lost.Token;

    public async Task AcquireAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (!await TryTakeAsync(cancellation))
        {
            if (time.GetElapsedTime(started) >= options.LockWait)
            {
                throw new DatabaseInUseException($"Another ArCredit process works on the database {database.Name}. Stop it first.");
            }

            await Task.Delay(RetryInterval, time, cancellation);
        }

        watch = Task.Run(WatchAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        // Given back by the host's stop and again by its container.
        if (disposed)
        {
            return;
        }

        disposed = true;
        try
        {
            await stopping.CancelAsync();
        }
        catch (AggregateException stale) when (stale.InnerExceptions.All(inner => inner is ObjectDisposedException))
        {
            // The driver leaves a connection that broke while it was waited on registered with our token; everybody else was told.
        }

        await watch;
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }

        lost.Dispose();
        stopping.Dispose();
    }

    private async Task<bool> TryTakeAsync(CancellationToken cancellation)
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
            connection = null;
        }

        var fresh = await database.OpenDedicatedAsync(cancellation);
        try
        {
            await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", fresh);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
            if (await command.ExecuteScalarAsync(cancellation) is true)
            {
                connection = fresh;
                ownProcessId = fresh.ProcessID;
                return true;
            }
        }
        finally
        {
            if (connection != fresh)
            {
                await fresh.DisposeAsync();
            }
        }

        return false;
    }

    private async Task WatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Returns only for a notification, which nobody sends; keepalives notice a dead connection.
                await connection!.WaitAsync(stopping.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (DatabaseOutage.Is(error))
            {
                LogConnectionLost(error);
                if (!await RetakeAsync())
                {
                    return;
                }
            }
        }
    }

    /// <summary>False when the watch is over: this process stops, or another one has the lock.</summary>
    private async Task<bool> RetakeAsync()
    {
        for (var first = true; ; first = false)
        {
            try
            {
                await Task.Delay(first ? TimeSpan.Zero : RetryInterval, time, stopping.Token);
                if (await TryTakeAsync(stopping.Token))
                {
                    LogRetaken();
                    return true;
                }

                if (await IsHeldByAnotherAsync(stopping.Token))
                {
                    LogTaken();
                    await lost.CancelAsync();
                    return false;
                }
            }
            catch (Exception error) when (DatabaseOutage.Is(error))
            {
                LogConnectionLost(error);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    // The server may not have noticed yet that our old connection is gone; its backend then still holds the lock.
    private async Task<bool> IsHeldByAnotherAsync(CancellationToken cancellation)
    {
        await using var fresh = await database.OpenDedicatedAsync(cancellation);
        await using var command = new NpgsqlCommand(
            """
            select exists (select from pg_locks
                            where locktype = 'advisory' and granted and objsubid = 1
                              and database = (select oid from pg_database where datname = current_database())
                              and classid::bigint = ($1 >> 32) and objid::bigint = ($1 & 4294967295)
                              and pid <> $2)
            """,
            fresh);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ownProcessId });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    [LoggerMessage(LogLevel.Warning, "The connection that holds the installation lock is gone; retaking the lock.")]
    private partial void LogConnectionLost(Exception error);

    [LoggerMessage(LogLevel.Information, "The installation lock is ours again.")]
    private partial void LogRetaken();

    [LoggerMessage(LogLevel.Critical, "Another process took the installation lock; this one stops.")]
    private partial void LogTaken();
}
