using ArCredit.Platform.Data.Sqlite;
using Quartz.Impl.AdoJobStore;

namespace ArCredit.Platform.Jobs;

/// <summary>
/// Quartz's writes wait for their turn in the same queue as everybody else's. With its own lock it would meet the group
/// commit only in SQLite's polling busy handler, where a saturated lane can starve it and it costs the lane its pace.
/// </summary>
internal sealed class SqliteTurnLock(SqliteDatabase database) : ILockHandler
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Holder> holders = [];

    /// <summary>False: the turn is taken before a connection is opened.</summary>
    public bool RequiresConnection => false;

    public async ValueTask<bool> AcquireLock(
        Guid requestorId, ConnectionAndTransactionHolder? conn, SchedulerLock schedulerLock, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            // One operation may take both of Quartz's locks; here they are one, and the last release gives it back.
            if (holders.TryGetValue(requestorId, out var held))
            {
                held.Count++;
                return true;
            }
        }

        var turn = await database.TakeTurnAsync(cancellationToken);
        lock (gate)
        {
            holders.Add(requestorId, new Holder(turn));
        }

        return true;
    }

    public ValueTask ReleaseLock(Guid requestorId, SchedulerLock schedulerLock, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (holders.TryGetValue(requestorId, out var held) && --held.Count == 0)
            {
                holders.Remove(requestorId);
                held.Turn.Dispose();
            }
        }

        return ValueTask.CompletedTask;
    }

    private sealed class Holder(WriteTurn turn)
    {
        public WriteTurn Turn { get; } = turn;

        public int Count { get; set; } = 1;
    }
}
