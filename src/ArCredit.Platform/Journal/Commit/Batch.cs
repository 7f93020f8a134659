namespace ArCredit.Platform.Journal.Commit;

/// <summary>
/// What one transaction writes: entries in order, those of one account forming a chain. Immutable, so that a resend
/// sends the same rows.
/// </summary>
internal sealed class Batch
{
    public Batch(JournalEntry[] entries, int[] headOf, int headCount, int rowCount)
    {
        Entries = entries;
        HeadOf = headOf;
        RowCount = rowCount;
        FirstOf = new int[headCount];
        for (var i = entries.Length - 1; i >= 0; i--)
        {
            FirstOf[headOf[i]] = i;
        }
    }

    public JournalEntry[] Entries { get; }

    /// <summary>For each entry the number (from 0) of its account within this batch.</summary>
    public int[] HeadOf { get; }

    /// <summary>For each account of this batch its first entry: the one the fence judges.</summary>
    public int[] FirstOf { get; }

    /// <summary>Rows of all entries.</summary>
    public int RowCount { get; }

    /// <summary>A batch of some of another's entries, in their order.</summary>
    public static Batch Of(IReadOnlyList<JournalEntry> entries)
    {
        var heads = new Dictionary<string, int>(StringComparer.Ordinal);
        var headOf = new int[entries.Count];
        var rows = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            if (!heads.TryGetValue(entries[i].AccountId, out headOf[i]))
            {
                headOf[i] = heads.Count;
                heads.Add(entries[i].AccountId, headOf[i]);
            }

            rows += entries[i].Rows.Count;
        }

        return new Batch([.. entries], headOf, heads.Count, rows);
    }
}
