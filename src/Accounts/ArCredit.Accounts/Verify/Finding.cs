namespace ArCredit.Accounts.Verify;

/// <summary>Something that is not as it must be. Holds no personal data.</summary>
/// <param name="Account">Whose it is; null when it is nobody's.</param>
/// <param name="Version">Of the journal row it is about; null when it is about none.</param>
/// <param name="Subject">What was looked at: journal, replay, decision, snapshot, heads, or a table's name.</param>
/// <param name="What">What is wrong with it, with what was expected and found.</param>
public sealed record Finding(string? Account, long? Version, string Subject, string What);

/// <summary>How much was looked at.</summary>
public sealed class VerifiedCounts
{
    /// <summary>Accounts with at least one journal row.</summary>
    public long Accounts { get; internal set; }

    /// <summary>Journal rows.</summary>
    public long Rows { get; internal set; }

    /// <summary>Decisions held against the rules and against what the journal says they stood on.</summary>
    public long Decisions { get; internal set; }

    /// <summary>Snapshots held against the replay.</summary>
    public long Snapshots { get; internal set; }

    /// <summary>Snapshots of another schema, which the server throws away as well.</summary>
    public long ForeignSnapshots { get; internal set; }

    /// <summary>Rows of the projections, keys and texts.</summary>
    public long TableRows { get; internal set; }

    /// <summary>Journal rows that the projection has not come to; they were not compared.</summary>
    public long Behind { get; internal set; }

    /// <summary>Accounts whose journal is broken: nothing else of them was compared.</summary>
    public long Broken { get; internal set; }

    /// <summary>Heads held against the journal.</summary>
    public long Heads { get; internal set; }

    /// <summary>Findings.</summary>
    public long Findings { get; internal set; }
}

/// <summary>The newest row of an account.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Version">At least 1.</param>
/// <param name="Hash">32 bytes.</param>
public sealed record AccountHead(string Account, long Version, byte[] Hash);
