using ArCredit.Accounts.Contracts;
using ArCredit.Platform.Http;

namespace ArCredit.Sync.Posting;

/// <summary>An account that cannot answer now: what is stored is carried on later.</summary>
internal static class AccountHeld
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public static bool Is(Exception failure) => failure is OutcomeUnknownException or AccountBusyException or AccountUnavailableException;

    /// <summary>The 503 of an exception that an account throws when it cannot answer.</summary>
    public static ProblemResult ToProblem(Exception held) => held is AccountUnavailableException
        ? Problems.Busy(503, "DATABASE_UNAVAILABLE", "The database does not answer. Repeat the request as it was.", Soon)
        : Problems.Busy(503, "OVERLOADED", "Too much is under way; nothing was done.", Soon);
}
