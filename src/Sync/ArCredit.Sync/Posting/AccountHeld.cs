using ArCredit.Accounts.Contracts;
using ArCredit.Platform.Http;

namespace ArCredit.Sync.Posting;

/// <summary>An account that cannot answer now: what is stored is carried on later.</summary>
internal static class AccountHeld
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public static bool Is(Exception failure) => failure is OutcomeUnknownException or AccountBusyException or AccountUnavailableException;

    public static ProblemResult Problem => Problems.Busy(503, "ACCOUNT_UNAVAILABLE", "The account cannot answer now. Repeat the request as it was.", Soon);
}
