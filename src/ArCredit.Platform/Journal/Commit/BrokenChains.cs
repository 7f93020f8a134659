namespace ArCredit.Platform.Journal.Commit;

/// <summary>
/// Remembers where an account's chain broke, so that what was decided on top of a failed entry, and reaches the lane
/// before the actor knows, fails as superseded without being sent.
/// </summary>
internal sealed class BrokenChains
{
    // Forgetting is safe, the fence refuses such entries too; so a bound is enough.
    private const int Bound = 4096;
    private readonly Dictionary<string, byte[]> lastHashes = new(StringComparer.Ordinal);

    public void Note(JournalEntry failed)
    {
        if (lastHashes.Count >= Bound)
        {
            lastHashes.Clear();
        }

        lastHashes[failed.AccountId] = failed.Rows[^1].Hash;
    }

    /// <summary>True when <paramref name="entry"/> stands on an entry that failed.</summary>
    public bool Carries(JournalEntry entry)
    {
        if (lastHashes.Count == 0 || !lastHashes.TryGetValue(entry.AccountId, out var hash))
        {
            return false;
        }

        if (entry.PreviousHash.AsSpan().SequenceEqual(hash))
        {
            return true;
        }

        // The account decided anew from what is stored.
        lastHashes.Remove(entry.AccountId);
        return false;
    }
}
