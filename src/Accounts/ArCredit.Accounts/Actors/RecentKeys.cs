using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Actors;

/// <summary>
/// Keys in flight, and hashes of the last few on disk: a hit spares an account the detour over the journal's refusal. A miss
/// proves nothing; the journal's unique index does. Guarded by the actor's gate.
/// </summary>
internal sealed class RecentKeys
{
    private const int Remembered = 16;

    // Most accounts awake are only looked at.
    private Dictionary<(string Kind, string Value), InFlight>? sent;
    private int[] hashes = [];
    private int next;

    public InFlight? FindSent(string kind, string value) => sent?.GetValueOrDefault((kind, value));

    public bool MayKnow(string kind, string value) => Array.IndexOf(hashes, HashOf(kind, value)) >= 0;

    public void Sent(InFlight append)
    {
        foreach (var key in append.Entry.Keys)
        {
            (sent ??= [])[(key.Kind, key.Value)] = append;
        }
    }

    public void Committed(InFlight append)
    {
        foreach (var key in append.Entry.Keys)
        {
            sent?.Remove((key.Kind, key.Value));
            hashes = hashes.Length == 0 ? new int[Remembered] : hashes;
            hashes[next] = HashOf(key.Kind, key.Value);
            next = (next + 1) % Remembered;
        }
    }

    public void Clear() => sent?.Clear();

    private static int HashOf(string kind, string value) => HashCode.Combine(kind, value) | 1;
}
