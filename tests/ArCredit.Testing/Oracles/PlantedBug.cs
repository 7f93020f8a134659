namespace ArCredit.Testing.Oracles;

/// <summary>A fault that a build with <c>-p:PlantedBugs=true</c> can be told to have, and who has to notice.</summary>
/// <param name="Name">What ARCREDIT_PLANTED is set to.</param>
/// <param name="What">The slip, in a sentence.</param>
/// <param name="Place">The part of the product it sits in.</param>
/// <param name="Catcher">Who fails with it, and passes without.</param>
public sealed record PlantedBug(string Name, string What, PlantedIn Place, Catcher Catcher);

/// <summary>Where a fault sits.</summary>
public enum PlantedIn
{
    /// <summary>The lane's thread and its batches.</summary>
    Lane,

    /// <summary>What keeps another activation's rows from going in, or its memory from answering.</summary>
    Fence,

    /// <summary>Finding out what a commit without an answer did.</summary>
    ReadBack,

    /// <summary>What falls with an entry that failed.</summary>
    Cascade,

    /// <summary>Falling asleep and waking up.</summary>
    WakeUp,

    /// <summary>Idempotency keys.</summary>
    KeyLookUp,

    /// <summary>The end of reservations by time.</summary>
    Lapse,

    /// <summary>Rules and books of an account.</summary>
    Domain,

    /// <summary>The ordered feed.</summary>
    Feed,

    /// <summary>Proof and durability of what is stored.</summary>
    Storage,
}

/// <summary>Who notices.</summary>
public abstract record Catcher
{
    private Catcher()
    {
    }

    /// <summary>A test: the project's name and the part of a full test name that selects it.</summary>
    public sealed record Test(string Project, string Filter) : Catcher;

    /// <summary>A campaign of build/torture by its number, on one database, in its short form or with a number of faults.</summary>
    public sealed record Campaign(string Number, bool OnPostgres, int? Rounds = null) : Catcher;
}
