using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Journal;

/// <summary>Which events speak of a text that is kept beside the journal.</summary>
internal static class TextIn
{
    /// <summary>The text that was given with the event; null when there is none.</summary>
    public static TextRef? Event(AccountEvent happened) => happened switch
    {
        AccountPut put => put.Details,
        BlockSet set => set.Reason,
        PaymentReceived payment => payment.Remittance,
        PaymentReversed reversed => reversed.Note,
        AllocationUndone undone => undone.Note,
        WrittenOff writtenOff => writtenOff.Reason,
        WriteOffReversed back => back.Note,
        RetentionReleased released => released.Reason,
        ReleaseReversed back => back.Note,
        DisputeRaised raised => raised.Note,
        DisputeChanged changed => changed.Note,
        DisputeResolved resolved => resolved.Note,
        PromiseMade made => made.Promise.Note,
        PlanRequested requested => requested.Plan.Note,
        PlanDecided decided => decided.Plan.DecisionNote,
        ContactLogged logged => logged.Contact.Note,
        RefundRequested requested => requested.Note,
        RefundEnded ended => ended.Note,
        _ => null,
    };
}
