namespace ArCredit.Platform.Journal.Commit;

/// <summary>A batch, or the part of one that is not settled yet, with what was tried.</summary>
internal sealed class Piece(Batch batch)
{
    public Batch Batch { get; } = batch;

    /// <summary>True after a write whose outcome nobody knows: the next step reads back.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>Failures in a row, for the pause in between.</summary>
    public int Attempts { get; init; }

    /// <summary>Key races in a row: a race ends, a bad row does not.</summary>
    public int Races { get; init; }

    /// <summary>How far this attempt came; tells what its failure means.</summary>
    public Phase Phase { get; set; }
}

/// <summary>The steps of an attempt.</summary>
internal enum Phase
{
    /// <summary>Nothing was sent.</summary>
    Opening,

    /// <summary>Reading back an unknown outcome: it stays unknown.</summary>
    Reading,

    /// <summary>The batch was being sent.</summary>
    Writing,

    /// <summary>Committed, but entries that stayed out are not checked yet.</summary>
    Verifying,
}
