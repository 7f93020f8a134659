namespace ArCredit.Platform.Journal;

/// <summary>Bounds of the commit path and pace of the feed.</summary>
public sealed record JournalOptions
{
    /// <summary>Lanes for tills on PostgreSQL (bulk has one more). SQLite has one writer and so one lane.</summary>
    public int TillLanes { get; init; } = 1;

    /// <summary>Entries that wait in one queue before callers are refused; at least 1024.</summary>
    public int QueueCapacity { get; init; } = 4096;

    /// <summary>Rows in one transaction at most, unless a single entry has more.</summary>
    public int BatchRows { get; init; } = 512;

    /// <summary>The same for bulk work, small so that no till waits behind it.</summary>
    public int BulkBatchRows { get; init; } = 64;

    /// <summary>How often the feed looks without being woken: other nodes' commits.</summary>
    public TimeSpan FeedPoll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the feed lets commits gather before a pass, unless someone waits for it.</summary>
    public TimeSpan FeedLinger { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a stop waits for the queues to empty; what is left then stays without an outcome.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
