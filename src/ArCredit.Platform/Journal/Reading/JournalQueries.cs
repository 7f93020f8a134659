namespace ArCredit.Platform.Journal.Reading;

/// <summary>The reads of one database, each for many requests at once, answered in their order.</summary>
internal interface IJournalQueries
{
    /// <summary>One consistent view of each account.</summary>
    Task<IReadOnlyList<LoadedAccount>> LoadAsync(IReadOnlyList<string> accounts);

    Task<IReadOnlyList<JournalHead>> ReadHeadsAsync(IReadOnlyList<string> accounts);

    Task<IReadOnlyList<StoredKey?>> FindKeysAsync(IReadOnlyList<KeyRequest> requests);

    Task<IReadOnlyList<IReadOnlyList<JournalRow>>> ReadRowsAsync(IReadOnlyList<RowsRequest> requests);

    Task<IReadOnlyList<IReadOnlyDictionary<Guid, ErasableText>>> ReadTextsAsync(IReadOnlyList<TextsRequest> requests);
}

/// <summary>The snapshot writes of one database.</summary>
internal interface ISnapshotWrites
{
    /// <summary>Writes all in one transaction; true for each that was stored. No account twice.</summary>
    Task<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<SnapshotWrite> writes);
}

/// <summary>An account as loaded.</summary>
/// <param name="Account">Its snapshot is null unless the journal proves it.</param>
/// <param name="Unproven">A stored snapshot that the journal does not prove; to be deleted.</param>
internal sealed record LoadedAccount(StoredAccount Account, StoredSnapshot? Unproven);

internal readonly record struct KeyRequest(string AccountId, string Kind, string Value);

internal readonly record struct RowsRequest(string AccountId, long FromVersion, int Limit);

internal readonly record struct TextsRequest(string AccountId, IReadOnlyList<Guid> Ids);

/// <summary>Collects one account's parts as they arrive in any order.</summary>
internal sealed class LoadingAccount(string accountId)
{
    public StoredSnapshot? Snapshot { get; set; }

    /// <summary>The journal's hash at the snapshot's version; null when it has no such row.</summary>
    public byte[]? ChainHash { get; set; }

    public List<SnapshotPage> Pages { get; } = [];

    public List<JournalRow> Tail { get; } = [];

    /// <summary>True when the snapshot's hash is the journal row's.</summary>
    public bool IsProven => Snapshot is not null && ChainHash is not null && Snapshot.Hash.AsSpan().SequenceEqual(ChainHash);

    public LoadedAccount Finish() => IsProven
        ? new LoadedAccount(new StoredAccount(accountId, Snapshot, Pages, Tail), null)
        : new LoadedAccount(new StoredAccount(accountId, null, [], Tail), Snapshot);
}
