using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Tests.Actors;

/// <summary>A journal in memory that commits when told to, with the fence and keys of the real one.</summary>
internal sealed class FakeJournal : IGroupCommit, ILane, IJournalReader, ISnapshotStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<JournalRow>> rows = [];
    private readonly Dictionary<(string, string, string), StoredKey> keys = [];
    private readonly Queue<JournalEntry> pending = new();
    private readonly Dictionary<string, SnapshotWrite> snapshots = [];

    /// <summary>False = entries wait for <see cref="Flush"/>.</summary>
    public bool CommitsAtOnce { get; set; } = true;

    public bool HasRoom { get; set; } = true;

    /// <summary>What a save waits for before it looks at what is stored; null = nothing. True = the save fails.</summary>
    public Func<SnapshotWrite, Task<bool>>? BeforeSave { get; set; }

    /// <summary>What a look for a key waits for before it says what it saw; null = nothing.</summary>
    public Task? BeforeFindKey { get; set; }

    /// <summary>What a load fails with; null = it does not.</summary>
    public Exception? Outage { get; set; }

    public bool IsHealthy => true;

    public int HeadReads { get; private set; }

    public int Loads { get; private set; }

    public int Pending
    {
        get
        {
            lock (gate)
            {
                return pending.Count;
            }
        }
    }

    public ILane LaneFor(string accountId, bool bulk) => this;

    public bool TryEnqueue(JournalEntry entry)
    {
        lock (gate)
        {
            pending.Enqueue(entry);
        }

        if (CommitsAtOnce)
        {
            Flush();
        }

        return true;
    }

    /// <summary>Decides everything that waits, or the first few.</summary>
    public void Flush(int most = int.MaxValue, AppendOutcome? forced = null)
    {
        while (most-- > 0)
        {
            JournalEntry entry;
            AppendOutcome outcome;
            lock (gate)
            {
                if (!pending.TryDequeue(out entry!))
                {
                    return;
                }

                outcome = forced ?? Commit(entry);
            }

            entry.Complete(outcome);
        }
    }

    /// <summary>Decides what waits longest; nobody hears of it before the action is run.</summary>
    public Action CommitUntold()
    {
        lock (gate)
        {
            var entry = pending.Dequeue();
            var outcome = Commit(entry);
            return () => entry.Complete(outcome);
        }
    }

    /// <summary>As when their retention is over.</summary>
    public void ForgetKeys()
    {
        lock (gate)
        {
            keys.Clear();
        }
    }

    /// <summary>Another activation writes behind this one's back.</summary>
    public void WriteElsewhere(JournalEntry entry)
    {
        lock (gate)
        {
            Commit(entry);
        }
    }

    public IReadOnlyList<JournalRow> RowsOf(string account)
    {
        lock (gate)
        {
            return [.. rows.GetValueOrDefault(account) ?? []];
        }
    }

    public SnapshotWrite? SnapshotOf(string account)
    {
        lock (gate)
        {
            return snapshots.GetValueOrDefault(account);
        }
    }

    public Task<StoredAccount> LoadAsync(string accountId, CancellationToken cancellation)
    {
        lock (gate)
        {
            Loads++;
            if (Outage is { } outage)
            {
                return Task.FromException<StoredAccount>(outage);
            }

            var stored = snapshots.GetValueOrDefault(accountId);
            var tail = (rows.GetValueOrDefault(accountId) ?? []).Where(row => row.Version > (stored?.Head.Version ?? 0)).ToArray();
            return Task.FromResult(new StoredAccount(accountId, stored?.Head, stored?.ChangedPages ?? [], tail));
        }
    }

    public Task<JournalHead> ReadHeadAsync(string accountId, CancellationToken cancellation)
    {
        lock (gate)
        {
            HeadReads++;
            return Task.FromResult(HeadOf(accountId));
        }
    }

    public async Task<StoredKey?> FindKeyAsync(string accountId, string kind, string value, CancellationToken cancellation)
    {
        StoredKey? found;
        lock (gate)
        {
            found = keys.GetValueOrDefault((accountId, kind, value));
        }

        await (BeforeFindKey ?? Task.CompletedTask);
        return found;
    }

    public Task<IReadOnlyList<JournalRow>> ReadRowsAsync(string accountId, long fromVersion, int limit, CancellationToken cancellation)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<JournalRow>>(
                [.. (rows.GetValueOrDefault(accountId) ?? []).Where(row => row.Version >= fromVersion).Take(limit)]);
        }
    }

    public Task<IReadOnlyDictionary<Guid, ErasableText>> ReadTextsAsync(string accountId, IReadOnlyList<Guid> ids, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<Guid, ErasableText>>(new Dictionary<Guid, ErasableText>());

    public async Task<bool> SaveAsync(SnapshotWrite snapshot, CancellationToken cancellation)
    {
        if (BeforeSave is { } before && await before(snapshot))
        {
            return false;
        }

        lock (gate)
        {
            var stored = snapshots.GetValueOrDefault(snapshot.Head.AccountId);
            if (snapshot.BaseVersion != 0 && stored?.Head.Version != snapshot.BaseVersion)
            {
                return false;
            }

            var pages = snapshot.BaseVersion == 0
                ? snapshot.ChangedPages
                : [.. stored!.ChangedPages.Where(page => snapshot.ChangedPages.All(changed => changed.PageNo != page.PageNo) && !snapshot.RemovedPages.Contains(page.PageNo)), .. snapshot.ChangedPages];
            snapshots[snapshot.Head.AccountId] = snapshot with { ChangedPages = pages };
            return true;
        }
    }

    private JournalHead HeadOf(string account) =>
        rows.TryGetValue(account, out var written) && written.Count > 0 ? new(written[^1].Version, written[^1].Hash) : new(0, ChainHash.Genesis);

    private AppendOutcome Commit(JournalEntry entry)
    {
        if (entry.Abandoned)
        {
            return AppendOutcome.Superseded.Instance;
        }

        var head = HeadOf(entry.AccountId);
        if (head.Version != entry.FirstVersion - 1 || !head.Hash.AsSpan().SequenceEqual(entry.PreviousHash))
        {
            return AppendOutcome.Fenced.Instance;
        }

        foreach (var key in entry.Keys)
        {
            if (keys.TryGetValue((entry.AccountId, key.Kind, key.Value), out var stored))
            {
                return new AppendOutcome.DuplicateKey(key.Kind, key.Value, stored.Version, stored.Fingerprint);
            }
        }

        foreach (var key in entry.Keys)
        {
            keys.Add((entry.AccountId, key.Kind, key.Value), new StoredKey(entry.FirstVersion, key.Fingerprint));
        }

        if (!rows.TryGetValue(entry.AccountId, out var written))
        {
            rows.Add(entry.AccountId, written = []);
        }

        written.AddRange(entry.Rows);
        return AppendOutcome.Committed.Instance;
    }
}
