namespace ArCredit.Platform.Journal.Commit;

/// <summary>
/// How a batch gets into one database. Used by one lane's thread; calls block, because a thread of its own wakes
/// sooner than a continuation that queues behind the actors.
/// </summary>
internal interface IBatchWriter : IDisposable
{
    /// <summary>True while the connection looks usable.</summary>
    bool IsOpen { get; }

    /// <summary>Connects and prepares.</summary>
    void Open();

    /// <summary>Drops the connection; nothing that is still under way there is waited for.</summary>
    void Close();

    /// <summary>
    /// Writes the batch in one transaction. Accounts whose fence fails, and entries from an account's first duplicate
    /// key on, stay out; everything else goes in.
    /// </summary>
    BatchAnswer Write(Batch batch);

    /// <summary>For each entry the stored hash at its last version; null when there is no such row.</summary>
    byte[]?[] ReadBack(Batch batch);

    /// <summary>What a failed <see cref="Write"/> means.</summary>
    Failure Classify(Exception error);
}

/// <summary>What a committed transaction did.</summary>
/// <param name="Inserted">Journal rows that went in.</param>
/// <param name="FencedHeads">Accounts (numbers within the batch) that are not where their first entry stands; null = none.</param>
/// <param name="Duplicates">Keys that were there before, by entry; null = none.</param>
internal readonly record struct BatchAnswer(
    int Inserted, HashSet<int>? FencedHeads, Dictionary<int, AppendOutcome.DuplicateKey>? Duplicates);

/// <summary>The classes of reliability.md, "Commit outcomes".</summary>
internal enum FailureKind
{
    /// <summary>Certainly not in, and not the rows' fault: the same batch again, after a pause.</summary>
    RolledBack,

    /// <summary>Certainly not in, lost against another transaction: the same batch again at once.</summary>
    Contended,

    /// <summary>Certainly not in: a row with this key appeared meanwhile. The same batch again lets the fence judge.</summary>
    KeyRace,

    /// <summary>Certainly not in, and it would fail the same way again: find the entry.</summary>
    Deterministic,

    /// <summary>It may be in: read back.</summary>
    Unknown,
}

/// <summary>A failure's class and, for the log, the database's code and message.</summary>
internal readonly record struct Failure(FailureKind Kind, string Reason);
