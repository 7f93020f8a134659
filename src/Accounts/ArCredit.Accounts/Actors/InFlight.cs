using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Actors;

/// <summary>An append that was decided and applied in memory and is not known to be on disk yet.</summary>
/// <param name="entry">What was sent.</param>
/// <param name="events">What it holds, for the answer.</param>
/// <param name="generation">The memory it was decided on.</param>
/// <param name="since">Technical timestamp of its sending.</param>
internal sealed class InFlight(JournalEntry entry, IReadOnlyList<AccountEvent> events, int generation, long since)
{
    public JournalEntry Entry { get; } = entry;

    public IReadOnlyList<AccountEvent> Events { get; } = events;

    public int Generation { get; } = generation;

    public long Since { get; } = since;

    /// <summary>Taken right after this append was applied; written once it is on disk.</summary>
    public TakenSnapshot? Snapshot { get; set; }

    /// <summary>Its outcome is known and the actor's books say so. Guarded by the actor's gate.</summary>
    public bool Settled { get; set; }

    /// <summary>
    /// True when it may make room: a credit check decided on it must not be answered before it is on disk. What only adds
    /// exposure is seen at once; a block may replace one that stopped more.
    /// </summary>
    public bool MakesRoom { get; } = MayMakeRoom(events);

    private static bool MayMakeRoom(IReadOnlyList<AccountEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i] is not (CreditReserved or CreditRefused or ReservationDelivered or InvoicePosted { Captures.Count: 0 }))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A snapshot on its way to the store.</summary>
/// <param name="Head">Everything but the pages.</param>
/// <param name="Pages">All of them, or those that changed since <paramref name="BaseVersion"/>; null = a page that is gone.</param>
/// <param name="BaseVersion">
/// Of the snapshot taken before this one, 0 when all pages are here. Not of the one stored last: that one may still be on its
/// way, or lost, and these pages on another base would make a state that never was.
/// </param>
internal sealed record TakenSnapshot(AccountSnapshot Head, IReadOnlyDictionary<int, PageSnapshot?> Pages, long BaseVersion);
