using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ArCredit.Platform.Journal.Commit;

/// <summary>A bounded queue into a lane: many actors write, the lane's thread reads.</summary>
internal sealed class Inbox(int capacity, ManualResetEventSlim wake) : ILane
{
    // Between an actor's look at HasRoom and its enqueue others enqueue too; the slack takes those in, so that a
    // decision is practically never undone for a full queue.
    private readonly int hardLimit = capacity + 1024;
    private readonly ConcurrentQueue<JournalEntry> queue = new();
    private int count;
    private volatile bool closed;

    public bool HasRoom => !closed && Volatile.Read(ref count) < capacity;

    /// <summary>Entries waiting now.</summary>
    public int Count => Volatile.Read(ref count);

    public bool TryEnqueue(JournalEntry entry)
    {
        if (closed)
        {
            return false;
        }

        if (Interlocked.Increment(ref count) > hardLimit)
        {
            Interlocked.Decrement(ref count);
            return false;
        }

        queue.Enqueue(entry);

        // The lane resets the event before it looks at the queue; the increment above is the fence in between.
        if (!wake.IsSet)
        {
            wake.Set();
        }

        return true;
    }

    public bool TryTake([NotNullWhen(true)] out JournalEntry? entry)
    {
        if (!queue.TryDequeue(out entry))
        {
            return false;
        }

        Interlocked.Decrement(ref count);
        return true;
    }

    /// <summary>Takes nothing more; what is in is still read.</summary>
    public void Close() => closed = true;
}
