using Microsoft.Extensions.Logging;
using Npgsql;

namespace ArCredit.Platform.Data.Postgres;

/// <summary>
/// Session advisory locks on a connection of their own. A process alone holds the database's lock for itself; the nodes of a
/// cluster share it, and a second one that names their cluster. A lost connection loses the locks: they are retaken, and only
/// if another process was faster this one gives up (the fence in the journal keeps the ledger right in between).
/// </summary>
internal sealed partial class PostgresInstallationLock(
    PostgresDatabase database, DataOptions options, TimeProvider time, ILogger<PostgresInstallationLock> log) : IInstallationLock
{
    /// <summary>Advisory locks are per database, so one constant serves every installation.</summary>
    internal const long LockKey = 0x4172_4372_6564_6974;

    /// <summary>First half of the lock that names a cluster; the second is a hash of the name.</summary>
    private const int ClusterLockSpace = 0x4172_4372;

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
                throw new DatabaseInUseException(options.Cluster is { } cluster
                    ? $"Another ArCredit process that is no node of cluster '{cluster}' works on the database {database.Name}. Stop it first, or name its cluster."
                    : $"Another ArCredit process works on the database {database.Name}. Stop it first.");
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
            if (options.Cluster is { } cluster ? await TryShareAsync(fresh, cluster, cancellation) : await TryLockAloneAsync(fresh, cancellation))
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

    private static async Task<bool> TryLockAloneAsync(NpgsqlConnection fresh, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", fresh);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    // Looks for others only once its own lock stands: of two clusters that start at once, both may refuse, but never none.
    private async Task<bool> TryShareAsync(NpgsqlConnection fresh, string cluster, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock_shared($1) and pg_try_advisory_lock_shared($2, hashtext($3))", fresh);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ClusterLockSpace });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = cluster });
        return await command.ExecuteScalarAsync(cancellation) is true && !await IsHeldByAnotherAsync(fresh, fresh.ProcessID, cancellation);
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
                // It was told when the connection was lost, and is told when the lock is back: not four times a second in between.
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
        return await IsHeldByAnotherAsync(fresh, ownProcessId, cancellation);
    }

    // Of a node's point of view, other nodes of its cluster are nobody else.
    private async Task<bool> IsHeldByAnotherAsync(NpgsqlConnection fresh, int ownBackend, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select exists (
              select from pg_locks
               where locktype = 'advisory' and granted and pid <> $2
                 and database = (select oid from pg_database where datname = current_database())
                 and ((objsubid = 1 and classid::bigint = ($1 >> 32) and objid::bigint = ($1 & 4294967295)
                       and ($4::text is null or mode = 'ExclusiveLock'))
                   or (objsubid = 2 and classid::bigint = $3 and objid <> hashtext($4)::oid)))
            """,
            fresh);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ownBackend });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ClusterLockSpace });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)options.Cluster ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    [LoggerMessage(LogLevel.Warning, "The connection that holds the installation lock is gone; retaking the lock.")]
    private partial void LogConnectionLost(Exception error);

    [LoggerMessage(LogLevel.Information, "The installation lock is ours again.")]
    private partial void LogRetaken();

    [LoggerMessage(LogLevel.Critical, "Another process took the installation lock; this one stops.")]
    private partial void LogTaken();
}
