using ArCredit.Platform.Start;
using Microsoft.Extensions.Configuration;

namespace ArCredit.Accounts.Actors;

/// <summary>Configuration section <c>Accounts</c>.</summary>
internal sealed class AccountsOptions
{
    /// <summary>Accounts kept awake at most (busy ones stay whatever the number); from 1.</summary>
    public int MaxActive { get; init; } = 50_000;

    /// <summary>How long a request waits for the database before it answers "outcome unknown", in seconds.</summary>
    public int DeadlineSeconds { get; init; } = 10;

    /// <summary>Events between two snapshots of an account, besides as many as the snapshot is large.</summary>
    public int SnapshotEvery { get; init; } = 500;

    /// <summary>Appends of one account that may be in flight.</summary>
    public int MaxInFlight { get; init; } = 1024;

    /// <summary>What the configuration says.</summary>
    /// <exception cref="SettingException">A number is not acceptable.</exception>
    public static AccountsOptions From(IConfiguration configuration)
    {
        var shipped = new AccountsOptions();
        return new AccountsOptions
        {
            MaxActive = NumberSetting.Read(configuration, "Accounts:MaxActive", shipped.MaxActive, 100_000_000),
            DeadlineSeconds = NumberSetting.Read(configuration, "Accounts:DeadlineSeconds", shipped.DeadlineSeconds, 3600),
            SnapshotEvery = NumberSetting.Read(configuration, "Accounts:SnapshotEvery", shipped.SnapshotEvery, 1_000_000),
            MaxInFlight = NumberSetting.Read(configuration, "Accounts:MaxInFlight", shipped.MaxInFlight, 1_000_000),
        };
    }
}
