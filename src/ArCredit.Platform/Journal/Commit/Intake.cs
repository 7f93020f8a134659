namespace ArCredit.Platform.Journal.Commit;

/// <summary>One queue as the batches draw from it: up to a number of rows each, entries that must wait kept in front.</summary>
internal sealed class Intake(Inbox inbox, int rowLimit)
{
    private readonly Queue<JournalEntry> waiting = new();
    private readonly HashSet<string> waitingAccounts = new(StringComparer.Ordinal);
    private bool full;

    public Inbox Inbox { get; } = inbox;

    public bool IsEmpty => waiting.Count == 0 && Inbox.Count == 0;

    /// <summary>Fills <paramref name="batch"/> with at most the limit of rows; a single entry with more goes alone.</summary>
    public void Fill(BatchBuilder batch)
    {
        full = false;
        waitingAccounts.Clear();
        var start = batch.RowCount;
        for (var left = waiting.Count; left > 0; left--)
        {
            Place(waiting.Dequeue(), batch, start);
        }

        // The bound on what waits keeps an account that never links from draining the bounded queue into this one.
        while (!full && waiting.Count < rowLimit && Inbox.TryTake(out var entry))
        {
            Place(entry, batch, start);
        }
    }

    private void Place(JournalEntry entry, BatchBuilder batch, int start)
    {
        var taken = batch.RowCount - start;
        if (!full && taken > 0 && taken + entry.Rows.Count > rowLimit)
        {
            full = true;
        }

        // Entries of an account stay in order: behind one that waits all wait.
        if (full || waitingAccounts.Contains(entry.AccountId) || !batch.TryAdd(entry))
        {
            waiting.Enqueue(entry);
            waitingAccounts.Add(entry.AccountId);
        }
    }
}
