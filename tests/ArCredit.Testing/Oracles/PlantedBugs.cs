namespace ArCredit.Testing.Oracles;

/// <summary>All planted faults. Every name is used in src, and every name used there is here; a test says so.</summary>
public static class PlantedBugs
{
    private static readonly Catcher Model = new Catcher.Test("ArCredit.Accounts.Tests", "ReferenceModelTests");
    private static readonly Catcher InMemory = new Catcher.Test("ArCredit.Accounts.Tests", "HistoryTests.Histories_over_a_journal_in_memory");
    private static readonly Catcher OnSqlite = new Catcher.Test("ArCredit.Accounts.Tests", "HistoryTests.Histories_over_SQLite");
    private static readonly Catcher TwoNodes = new Catcher.Test("ArCredit.Accounts.Tests", "HistoryTests.Histories_of_two_nodes");

    /// <summary>The list.</summary>
    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("acknowledge-before-commit", "Answers when the batch is sent instead of when it is committed.", PlantedIn.Lane, Campaign("R1")),
        new("unknown-as-committed", "A lost connection is taken for a commit.", PlantedIn.ReadBack, Postgres("R2")),
        new("readback-absent-as-committed", "After reading back, rows that are not there are acknowledged too.", PlantedIn.ReadBack, Postgres("R3")),
        new("unknown-decided-anew", "An unknown outcome is not read back; the command is decided again as new.", PlantedIn.ReadBack, OnSqlite),
        new("readback-by-version-only", "Reading back asks whether the version is there, not whose row it is.", PlantedIn.ReadBack, TwoNodes),
        new("unknown-as-not-done", "No answer in time is told as \"nothing was decided\".", PlantedIn.ReadBack, OnSqlite),
        new("poison-fails-neighbours", "A row that the database refuses fails its whole batch.", PlantedIn.Lane, Campaign("R5")),
        new("turn-without-gate", "Turns of one account overlap.", PlantedIn.Lane, Campaign("R6")),
        new("pooled-buffer-reused", "Bytes of an event are overwritten by the next before they are written.", PlantedIn.Lane, InMemory),
        new("fence-removed", "A stale activation's rows are not held against the head.", PlantedIn.Fence, TwoNodes),
        new("stale-memory-answers", "Answers without a commit do not ask whether another activation wrote.", PlantedIn.Fence, TwoNodes),
        new("cascade-only-the-failed", "Behind an entry that stayed out the account's next ones go in.", PlantedIn.Cascade, OnSqlite),
        new("check-sees-uncommitted-release", "A credit check is answered on room that is not on disk.", PlantedIn.Cascade,
            Test("ArCredit.Accounts.Tests", "AccountActorTests.A_check_does_not_see_a_release_that_is_not_on_disk")),
        new("key-in-memory-only", "Keys are looked up in memory; the index on disk is not asked.", PlantedIn.KeyLookUp, Campaign("R8")),
        new("key-of-another-body", "A key repeated with another body gets the first answer.", PlantedIn.KeyLookUp, InMemory),
        new("wake-without-tail", "An account wakes from its snapshot without the rows behind it.", PlantedIn.WakeUp, InMemory),
        new("sleep-while-busy", "An account falls asleep with callers and appends under way.", PlantedIn.WakeUp, InMemory),
        new("wake-forgets-uncleared", "Money that has not cleared is lost with a snapshot.", PlantedIn.WakeUp, Model),
        new("lapse-not-journaled", "A lapse that nothing else is appended with stays in memory.", PlantedIn.Lapse, InMemory),
        new("lapse-frees-twice", "A lapse gives its room back twice.", PlantedIn.Lapse, Model),
        new("lapse-takes-delivered", "A lapse takes what was delivered along.", PlantedIn.Lapse, Model),
        new("lapse-an-instant-late", "A reservation still counts at its very last instant.", PlantedIn.Lapse, Model),
        new("limit-met-is-exceeded", "Exposure equal to the limit is declined.", PlantedIn.Domain, Model),
        new("temporary-limit-ends-a-day-early", "The last day of a temporary limit is outside.", PlantedIn.Domain, Model),
        new("capture-beyond-the-rest", "More is captured than the reservation holds.", PlantedIn.Domain, Model),
        new("released-twice", "A release of what is released is recorded again.", PlantedIn.Domain, Model),
        new("bounce-counted-twice", "A bounced payment re-opens its items in two buckets.", PlantedIn.Domain, Model),
        new("feed-horizon-ignored", "The feed reads past transactions that are still running.", PlantedIn.Feed, Test("ArCredit.Platform.Tests", "FeedTests")),
        new("chain-without-payload", "The chain does not cover what an event says.", PlantedIn.Storage, Campaign("R9")),
        new("full-disk-acknowledged", "A refusal of the disk is acknowledged as a commit.", PlantedIn.Storage, Campaign("R13")),
        new("durability-unchecked", "A database that would lose commits is accepted.", PlantedIn.Storage, Campaign("R14")),
    ];

    private static Catcher.Campaign Campaign(string number, int? rounds = null) => new(number, OnPostgres: false, rounds);

    private static Catcher.Campaign Postgres(string number, int? rounds = null) => new(number, OnPostgres: true, rounds);

    private static Catcher.Test Test(string project, string filter) => new(project, filter);
}
