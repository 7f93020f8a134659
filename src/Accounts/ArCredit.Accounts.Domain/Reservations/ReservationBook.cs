using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Reservations;

/// <summary>
/// The reservations of one account and what they earmark. Active ones are always here; closed ones stay until their closing
/// is known to be on disk (<see cref="ForgetClosed"/>), so that a memory miss never hides a change in flight.
/// </summary>
internal sealed class ReservationBook(Currency account)
{
    private readonly SmallMap<DocumentNumber, ReservationState> active = new();
    private readonly SmallMap<DocumentNumber, (ReservationState State, long Version)> closed = new();
    private PriorityQueue<DocumentNumber, DateTimeOffset>? expiries;

    /// <summary>Orders not yet delivered, account currency.</summary>
    public long Orders { get; private set; }

    /// <summary>Delivered and not invoiced.</summary>
    public long Deliveries { get; private set; }

    /// <summary>Earmarked at tills.</summary>
    public long Pos { get; private set; }

    /// <summary>Closed reservations up to this version may be forgotten: what was read before it may be out of date.</summary>
    public long ForgottenThrough { get; private set; }

    public IEnumerable<ReservationState> Active => active.Values;

    public int ActiveCount => active.Count;

    public ReservationState? Find(DocumentNumber id) =>
        active.TryGetValue(id, out var state) ? state : closed.TryGetValue(id, out var entry) ? entry.State : null;

    /// <summary>The reservation stands like this from <paramref name="version"/> on.</summary>
    public void Put(ReservationState state, long version)
    {
        if (active.Remove(state.Id, out var before))
        {
            Add(before, -1);
        }

        if (state.Status != ReservationStatus.Active)
        {
#if PLANTED_BUGS
            Add(before ?? state, Planted.Is("lapse-frees-twice") && state.Status == ReservationStatus.Lapsed ? -1 : 0);
#endif
            Require.That(state.Remaining == 0);
            closed[state.Id] = (state, version);
            return;
        }

        Require.That(state.Remaining >= 0 && state.Delivered >= 0 && state.Delivered <= state.Remaining && state.Remaining <= state.Rest);

        // With nothing to earmark and nothing to invoice it would stay active for ever.
        Require.That(state.Remaining > 0 || state.Paid > 0);
        Require.That(!closed.ContainsKey(state.Id));
        active.Add(state.Id, state);
        Add(state, 1);
        if (state.ExpiresAt is { } expiry && before?.ExpiresAt != expiry)
        {
            (expiries ??= new PriorityQueue<DocumentNumber, DateTimeOffset>()).Enqueue(state.Id, expiry);
        }
    }

    /// <summary>Active reservations whose time is up, by expiry. The queue may hold outdated entries; they are dropped here.</summary>
    public IReadOnlyList<ReservationState> Expired(DateTimeOffset now)
    {
#if PLANTED_BUGS
        now = Planted.Is("lapse-an-instant-late") ? now.AddTicks(-1) : now;
#endif
        if (expiries is null || !expiries.TryPeek(out _, out var next) || next > now)
        {
            return [];
        }

        var due = new List<ReservationState>();
        var seen = new HashSet<DocumentNumber>();
        while (expiries.TryPeek(out var id, out var expiry) && expiry <= now)
        {
            expiries.Dequeue();
            if (active.TryGetValue(id, out var state) && state.ExpiresAt == expiry && seen.Add(id))
            {
                due.Add(state);
            }
        }

        // They stay in the queue until their lapse is applied: deciding changes nothing.
        foreach (var state in due)
        {
            expiries.Enqueue(state.Id, state.ExpiresAt!.Value);
        }

        return due;
    }

    /// <summary>Drops closed reservations whose closing is on disk.</summary>
    public void ForgetClosed(long committedVersion)
    {
        ForgottenThrough = Math.Max(ForgottenThrough, committedVersion);
        closed.RemoveWhere(committedVersion, static (entry, version) => entry.Version <= version);
    }

    private void Add(ReservationState state, int sign)
    {
        var whole = InAccount(state, state.Remaining);
        var delivered = state.Delivered == state.Remaining ? whole : InAccount(state, state.Delivered);
        switch (state.Kind)
        {
            case ReservationKind.Pos:
                Pos += sign * whole;
                break;
            case ReservationKind.Order:
                Orders += sign * (whole - delivered);
                Deliveries += sign * delivered;
                break;
            case ReservationKind.Delivery:
                Deliveries += sign * whole;
                break;
            default:
                throw new InvariantException($"Unknown kind {state.Kind}.");
        }

        Require.That(Pos >= 0 && Orders >= 0 && Deliveries >= 0);
    }

    private long InAccount(ReservationState state, long minor) => new Money(minor, state.Currency).Convert(state.Rate, account).Minor;
}
