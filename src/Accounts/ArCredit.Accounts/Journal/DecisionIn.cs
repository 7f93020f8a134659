using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Journal;

/// <summary>Which events hold a decision.</summary>
internal static class DecisionIn
{
    /// <summary>The decision that the event tells; null when it tells none.</summary>
    public static DecisionRecord? Event(AccountEvent happened) => happened switch
    {
        CreditReserved reserved => reserved.Decision,
        CreditRefused refused => refused.Decision,
        ReservationChanged changed => changed.Decision,
        InvoicePosted posted => posted.Decision,
        _ => null,
    };
}
