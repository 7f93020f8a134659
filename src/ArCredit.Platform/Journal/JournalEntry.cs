namespace ArCredit.Platform.Journal;

/// <summary>One event as stored: immutable, its bytes are what the hash covers.</summary>
/// <param name="AccountId">The stream; case-sensitive.</param>
/// <param name="Version">1 for the account's first event, then without gaps.</param>
/// <param name="Type">The event's stable name.</param>
/// <param name="Schema">The schema number its bytes are written in, from 1.</param>
/// <param name="Payload">The exact bytes.</param>
/// <param name="Hash">SHA-256 over account, version, type, schema, payload and the previous row's hash; see <see cref="ChainHash"/>.</param>
/// <param name="RecordedAt">Business instant of the decision, UTC (what <c>knownAt</c> uses).</param>
public sealed record JournalRow(
    string AccountId, long Version, string Type, int Schema, ReadOnlyMemory<byte> Payload, byte[] Hash, DateTimeOffset RecordedAt);

/// <summary>An idempotency key or document number, unique per account and kind, written by the append that it guards.</summary>
/// <param name="Kind">Short name of the scope (a route, a document type).</param>
/// <param name="Value">The key or number; case-sensitive.</param>
/// <param name="Fingerprint">Hash of the parsed command: tells a repeat from another use of the key.</param>
/// <param name="ExpiresAt">Technical instant after which it may be purged; null = kept for ever.</param>
public sealed record JournalKey(string Kind, string Value, byte[] Fingerprint, DateTimeOffset? ExpiresAt);

/// <summary>A text that may have to be erased (names, contacts, free text), kept beside the journal, which holds only its hash.</summary>
/// <param name="Id">Referenced by the event.</param>
/// <param name="Salt">16 random bytes, so that the hash in the journal tells nothing once this row is gone.</param>
/// <param name="Body">The text or JSON.</param>
public sealed record ErasableText(Guid Id, byte[] Salt, string Body);

/// <summary>What one command appends to one account: goes in as a whole or not at all.</summary>
public sealed class JournalEntry(
    byte[] previousHash, IReadOnlyList<JournalRow> rows, IReadOnlyList<JournalKey> keys, IReadOnlyList<ErasableText> texts)
{
    private readonly TaskCompletionSource<AppendOutcome> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool abandoned;

    /// <summary>The stream.</summary>
    public string AccountId => Rows[0].AccountId;

    /// <summary>Version of the first row.</summary>
    public long FirstVersion => Rows[0].Version;

    /// <summary>Version of the last row.</summary>
    public long LastVersion => Rows[^1].Version;

    /// <summary>Hash of row <see cref="FirstVersion"/> - 1; <see cref="ChainHash.Genesis"/> when this is the account's first entry.</summary>
    public byte[] PreviousHash { get; } = previousHash;

    /// <summary>The rows, versions ascending without gaps, at least one.</summary>
    public IReadOnlyList<JournalRow> Rows { get; } = rows;

    /// <summary>Keys that must be new; they are stored with <see cref="FirstVersion"/>.</summary>
    public IReadOnlyList<JournalKey> Keys { get; } = keys;

    /// <summary>Erasable texts stored in the same transaction.</summary>
    public IReadOnlyList<ErasableText> Texts { get; } = texts;

    /// <summary>Completes once the outcome is known for certain; an unknown outcome is resolved by read-back before it completes.</summary>
    public Task<AppendOutcome> Outcome => outcome.Task;

    /// <summary>Set by the actor when an entry before this one failed: the lane drops it without sending.</summary>
    public bool Abandoned => abandoned;

    /// <summary>Marks the entry as standing on something that failed.</summary>
    public void Abandon() => abandoned = true;

    /// <summary>Called by the lane, once.</summary>
    public void Complete(AppendOutcome result) => outcome.TrySetResult(result);
}

/// <summary>How an append ended. There is no "unknown": a lane answers only what it has read back.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>All rows, keys and texts are on disk.</summary>
    public sealed record Committed : AppendOutcome
    {
        /// <summary>The one instance.</summary>
        public static readonly Committed Instance = new();
    }

    /// <summary>A key was there before; nothing of this entry went in.</summary>
    /// <param name="Kind">The key's kind.</param>
    /// <param name="Value">The key.</param>
    /// <param name="StoredVersion">First version of the entry that owns it.</param>
    /// <param name="StoredFingerprint">That entry's fingerprint.</param>
    public sealed record DuplicateKey(string Kind, string Value, long StoredVersion, byte[] StoredFingerprint) : AppendOutcome;

    /// <summary>Another activation wrote this account: the chain's head is not what the entry stands on.</summary>
    public sealed record Fenced : AppendOutcome
    {
        /// <summary>The one instance.</summary>
        public static readonly Fenced Instance = new();
    }

    /// <summary>An entry of the same account before this one did not go in, or the actor abandoned it.</summary>
    public sealed record Superseded : AppendOutcome
    {
        /// <summary>The one instance.</summary>
        public static readonly Superseded Instance = new();
    }

    /// <summary>The database refuses these very rows, whatever the circumstances; nothing of the entry went in.</summary>
    /// <param name="Reason">The database's code and message, for the log.</param>
    public sealed record Rejected(string Reason) : AppendOutcome;
}
