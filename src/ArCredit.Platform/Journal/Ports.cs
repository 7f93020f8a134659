namespace ArCredit.Platform.Journal;

/// <summary>
/// One queue of the group commit. Entries of one account go in in the order they were given. An account uses one lane
/// at a time and changes lane only when it has nothing in flight.
/// </summary>
public interface ILane
{
    /// <summary>False when the queue is full: nothing was taken and the caller must refuse before it decides anything.</summary>
    bool TryEnqueue(JournalEntry entry);

    /// <summary>True while there is room; asked before a decision so that none has to be undone.</summary>
    bool HasRoom { get; }
}

/// <summary>The lanes of this node.</summary>
public interface IGroupCommit
{
    /// <summary>The lane for an account with nothing in flight. Bulk work has a lane (PostgreSQL) or a second queue (SQLite) of its own.</summary>
    ILane LaneFor(string accountId, bool bulk);

    /// <summary>False while a lane has lost its connection.</summary>
    bool IsHealthy { get; }
}

/// <summary>A snapshot's head: everything of an account but its open-item pages.</summary>
public sealed record StoredSnapshot(string AccountId, long Version, byte[] Hash, int Schema, byte[] Body);

/// <summary>One page (about 500 open items) of a snapshot.</summary>
public sealed record SnapshotPage(int PageNo, byte[] Body);

/// <summary>A snapshot to write: the head, the pages that changed, the pages that went.</summary>
/// <param name="Head">Everything but the pages; replaces the stored head.</param>
/// <param name="BaseVersion">
/// Version of the stored snapshot that the page changes are relative to; 0 when <paramref name="ChangedPages"/> are all
/// pages there are. A write on a base that is no longer stored would mix pages of two states, so it is refused.
/// </param>
/// <param name="ChangedPages">Pages to write.</param>
/// <param name="RemovedPages">Pages to delete; empty when <paramref name="BaseVersion"/> is 0.</param>
public sealed record SnapshotWrite(
    StoredSnapshot Head, long BaseVersion, IReadOnlyList<SnapshotPage> ChangedPages, IReadOnlyList<int> RemovedPages);

/// <summary>What an account wakes up from. The snapshot is null, or proven to stand on the chain (its hash is the journal row's).</summary>
public sealed record StoredAccount(
    string AccountId, StoredSnapshot? Snapshot, IReadOnlyList<SnapshotPage> Pages, IReadOnlyList<JournalRow> Tail);

/// <summary>The newest row of an account; version 0 with <see cref="ChainHash.Genesis"/> when there is none.</summary>
public readonly record struct JournalHead(long Version, byte[] Hash);

/// <summary>Where a key leads.</summary>
public sealed record StoredKey(long Version, byte[] Fingerprint);

/// <summary>Reads of the journal by account, each batched over all callers that wait at the moment (hundreds per query).</summary>
public interface IJournalReader
{
    /// <summary>Snapshot, pages and the rows behind it. Accounts that do not exist come back empty.</summary>
    Task<StoredAccount> LoadAsync(string accountId, CancellationToken cancellation);

    /// <summary>The account's head as the database has it now.</summary>
    Task<JournalHead> ReadHeadAsync(string accountId, CancellationToken cancellation);

    /// <summary>Null when no committed entry owns the key.</summary>
    Task<StoredKey?> FindKeyAsync(string accountId, string kind, string value, CancellationToken cancellation);

    /// <summary>Rows from <paramref name="fromVersion"/>, ascending, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<JournalRow>> ReadRowsAsync(string accountId, long fromVersion, int limit, CancellationToken cancellation);

    /// <summary>The erasable texts that still exist, by id.</summary>
    Task<IReadOnlyDictionary<Guid, ErasableText>> ReadTextsAsync(string accountId, IReadOnlyList<Guid> ids, CancellationToken cancellation);
}

/// <summary>Writes snapshots; a snapshot can always be thrown away, so a failed write is logged and forgotten.</summary>
public interface ISnapshotStore
{
    /// <summary>
    /// Writes head and changed pages in one transaction. False when nothing was stored: a newer snapshot is there, the
    /// base is not, or the database failed (logged). The next write then has to bring all pages on base 0.
    /// </summary>
    Task<bool> SaveAsync(SnapshotWrite snapshot, CancellationToken cancellation);
}

/// <summary>A row of the feed.</summary>
public sealed record FeedRow(JournalRow Row);

/// <summary>
/// A projection: receives every journal row once, in (transaction, account, version) order, in the transaction that also
/// stores its checkpoint.
/// </summary>
public interface IProjection
{
    /// <summary>Stable name; the checkpoint's key.</summary>
    string Name { get; }

    /// <summary>Applies rows within <paramref name="session"/>'s transaction; must not commit it.</summary>
    Task ApplyAsync(IReadOnlyList<FeedRow> rows, Data.DbSession session, CancellationToken cancellation);
}

/// <summary>The ordered feed as its readers see it.</summary>
public interface IFeed
{
    /// <summary>Returns when every projection holds at least everything that was committed before the call.</summary>
    Task CatchUpAsync(CancellationToken cancellation);
}
