using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Tests;

/// <summary>What tests ask of an answer.</summary>
internal static class Done
{
    /// <summary>The first event of a kind, or null.</summary>
    public static T? Find<T>(this Answer.Done done)
        where T : AccountEvent => done.Events.OfType<T>().FirstOrDefault();
}
