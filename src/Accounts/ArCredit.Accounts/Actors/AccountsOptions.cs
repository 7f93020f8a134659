namespace ArCredit.Accounts.Actors;

/// <summary>Configuration section <c>Accounts</c>.</summary>
internal sealed class AccountsOptions
{
    /// <summary>Accounts kept awake at most (busy ones stay whatever the number); from 1.</summary>
    public int MaxActive { get; set; } = 50_000;

    /// <summary>How long a request waits for the database before it answers "outcome unknown", in seconds.</summary>
    public int DeadlineSeconds { get; set; } = 10;

    /// <summary>Events between two snapshots of an account, besides as many as the snapshot is large.</summary>
    public int SnapshotEvery { get; set; } = 500;

    /// <summary>Appends of one account that may be in flight.</summary>
    public int MaxInFlight { get; set; } = 1024;
}
