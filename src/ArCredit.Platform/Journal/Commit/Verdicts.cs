namespace ArCredit.Platform.Journal.Commit;

/// <summary>
/// The outcomes of one batch while they are found, entry by entry in order. Nobody is told before
/// <see cref="Announce"/>: until then a failure can still turn the whole batch back into an open question.
/// </summary>
internal sealed class Verdicts(Batch batch, BrokenChains broken)
{
    private readonly AppendOutcome?[] outcomes = new AppendOutcome?[batch.Entries.Length];
    private readonly HeadState[] states = new HeadState[batch.FirstOf.Length];
    private readonly List<JournalEntry> again = [];

    private enum HeadState
    {
        Untouched,
        Advanced,
        SentAgain,
        Failed,
    }

    /// <summary>What has to be sent again, after <see cref="Announce"/>; null when nothing.</summary>
    public Batch? Rest => again.Count == 0 ? null : Batch.Of(again);

    /// <summary>Entries behind one that failed fail, those behind one that is sent again are sent again.</summary>
    public bool IsDecided(int entry)
    {
        switch (states[batch.HeadOf[entry]])
        {
            case HeadState.Failed:
                outcomes[entry] = AppendOutcome.Superseded.Instance;
                return true;
            case HeadState.SentAgain:
                again.Add(batch.Entries[entry]);
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// True when the stored row is the entry's last. Not its first: another activation may have begun with the very same lapse
    /// and gone on otherwise; the last hash covers all before it.
    /// </summary>
#if PLANTED_BUGS
    public bool IsOwn(int entry, byte[]? stored) =>
        stored is not null && (Kernel.Planted.Is("readback-by-version-only") || stored.AsSpan().SequenceEqual(batch.Entries[entry].Rows[^1].Hash));
#else
    public bool IsOwn(int entry, byte[]? stored) => stored is not null && stored.AsSpan().SequenceEqual(batch.Entries[entry].Rows[^1].Hash);
#endif

    public void Commit(int entry)
    {
        outcomes[entry] = AppendOutcome.Committed.Instance;
        states[batch.HeadOf[entry]] = HeadState.Advanced;
    }

    public void SendAgain(int entry)
    {
        again.Add(batch.Entries[entry]);
        states[batch.HeadOf[entry]] = HeadState.SentAgain;
    }

    public void Fail(int entry, AppendOutcome outcome)
    {
        outcomes[entry] = outcome;
        states[batch.HeadOf[entry]] = HeadState.Failed;
    }

    /// <summary>
    /// An entry of a fenced account: its own rows are there (an earlier send went through), or they are not but entries
    /// before it are (it is sent again behind them), or the account is someone else's.
    /// </summary>
    public void Judge(int entry, byte[]? stored)
    {
        if (IsOwn(entry, stored))
        {
            Commit(entry);
        }
        else if (stored is null && states[batch.HeadOf[entry]] == HeadState.Advanced)
        {
            SendAgain(entry);
        }
        else
        {
            Fail(entry, AppendOutcome.Fenced.Instance);
        }
    }

    /// <summary>Tells the actors.</summary>
    public void Announce()
    {
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] is not { } outcome)
            {
                continue;
            }

            if (outcome is not AppendOutcome.Committed)
            {
                broken.Note(batch.Entries[i]);
            }

            batch.Entries[i].Complete(outcome);
        }
    }
}
