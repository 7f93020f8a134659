namespace ArCredit.Platform.Journal.Commit;

/// <summary>Puts the next batch together; its collections are reused, the batch's arrays never.</summary>
internal sealed class BatchBuilder(BrokenChains broken)
{
    private readonly Dictionary<string, int> heads = new(StringComparer.Ordinal);
    private readonly List<JournalEntry> lastOf = [];
    private readonly List<JournalEntry> entries = [];
    private readonly List<int> headOf = [];
    private readonly HashSet<(string Account, string Kind, string Value)> keys = [];

    /// <summary>Rows so far.</summary>
    public int RowCount { get; private set; }

    /// <summary>
    /// Takes the entry in, or answers it at once when what it stands on failed. False when it has to wait for the next
    /// batch: it does not link to the account's entry before it, or repeats a key of this batch, which only the
    /// statement after this one can see as a duplicate.
    /// </summary>
    public bool TryAdd(JournalEntry entry)
    {
        if (entry.Abandoned || broken.Carries(entry))
        {
            broken.Note(entry);
            entry.Complete(AppendOutcome.Superseded.Instance);
            return true;
        }

        var known = heads.TryGetValue(entry.AccountId, out var head);
        if (known && (!entry.PreviousHash.AsSpan().SequenceEqual(lastOf[head].Rows[^1].Hash) || RepeatsKey(entry)))
        {
            return false;
        }

        if (known)
        {
            lastOf[head] = entry;
        }
        else
        {
            head = lastOf.Count;
            heads.Add(entry.AccountId, head);
            lastOf.Add(entry);
        }

        for (var i = 0; i < entry.Keys.Count; i++)
        {
            keys.Add((entry.AccountId, entry.Keys[i].Kind, entry.Keys[i].Value));
        }

        entries.Add(entry);
        headOf.Add(head);
        RowCount += entry.Rows.Count;
        return true;
    }

    /// <summary>The batch, or null when nothing came in; starts the next one.</summary>
    public Batch? Build()
    {
        if (entries.Count == 0)
        {
            return null;
        }

        var batch = new Batch([.. entries], [.. headOf], lastOf.Count, RowCount);
        heads.Clear();
        lastOf.Clear();
        entries.Clear();
        headOf.Clear();
        keys.Clear();
        RowCount = 0;
        return batch;
    }

    private bool RepeatsKey(JournalEntry entry)
    {
        for (var i = 0; i < entry.Keys.Count; i++)
        {
            if (keys.Contains((entry.AccountId, entry.Keys[i].Kind, entry.Keys[i].Value)))
            {
                return true;
            }
        }

        return false;
    }
}
