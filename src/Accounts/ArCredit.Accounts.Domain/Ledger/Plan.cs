using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>What takes something off the items of a payment plan. Stored: only ever add.</summary>
public enum PlanTaker
{
    /// <summary>Money, with the discounts and differences that go with it: it counts for the instalments.</summary>
    Payment,

    /// <summary>A credit note: so much less is asked for.</summary>
    CreditNote,

    /// <summary>A write-off or waiver: so much less is asked for.</summary>
    WriteOff,

    /// <summary>A release that was taken back: what is retained again is asked for no more.</summary>
    Retention,
}

/// <summary>What one act took off the items of a payment plan.</summary>
/// <param name="By">What kind of act.</param>
/// <param name="Number">The document's or write-off's.</param>
/// <param name="No">The allocation within it, the instalment that was released; 0 of a write-off.</param>
/// <param name="On">A payment's value date.</param>
/// <param name="Lines">Only of items that are in the plan.</param>
public sealed record PlanEntry(PlanTaker By, DocumentNumber Number, int No, DateOnly? On, IReadOnlyList<PlanLine> Lines);

/// <summary>A payment plan with everything that was taken off its items since it was requested. Immutable.</summary>
internal sealed class Plan(PlanState state, IReadOnlyList<PlanEntry> entries)
{
    private readonly Dictionary<(DocumentNumber Invoice, int Instalment), long> left = RoomOf(state, entries);

    /// <summary>As its newest event says.</summary>
    public PlanState State { get; } = state;

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<PlanEntry> Entries { get; } = entries;

    public bool IsActiveOn(DateOnly today) => State.Status == PlanStatus.Active && State.BreaksOn >= today;

    /// <summary>What is left of an item's part of the plan, also what is disputed of it.</summary>
    public long Left(DocumentNumber invoice, int instalment) => left.GetValueOrDefault((invoice, instalment));

    public Plan With(PlanState newest) => new(newest, Entries);

    public Plan With(PlanEntry entry) => new(State, [.. Entries, entry]);

    /// <summary>What an act took off its items; <paramref name="no"/> null = all allocations of it.</summary>
    public IEnumerable<PlanLine> TakenBy(PlanTaker by, DocumentNumber number, int? no) => Entries
        .Where(entry => entry.By == by && entry.Number == number && (no is null || entry.No == no)).SelectMany(entry => entry.Lines);

    /// <summary>Without what an act took; <paramref name="no"/> null = all allocations of it. The very plan when it took nothing.</summary>
    public Plan Without(PlanTaker by, DocumentNumber number, int? no)
    {
        bool IsMeant(PlanEntry entry) => entry.By == by && entry.Number == number && (no is null || entry.No == no);
        return Entries.Any(IsMeant) ? new Plan(State, [.. Entries.Where(entry => !IsMeant(entry))]) : this;
    }

    /// <summary>
    /// Where it stands on a day; the very state when nothing has changed. A plan that waits for approval only counts, until it expires; one that
    /// is to be approved is given as active.
    /// </summary>
    /// <param name="today">Company's date.</param>
    /// <param name="now">Business instant.</param>
    /// <param name="disputed">Of what is left of its items.</param>
    /// <param name="holdsUntil">It does not break before this day has passed, should it ask for more than it did.</param>
    public PlanState On(DateOnly today, DateTimeOffset now, long disputed, DateOnly? holdsUntil)
    {
        var room = RoomOf(State, Entries.Where(entry => entry.By != PlanTaker.Payment));
        var asked = room.Values.Sum() - disputed;
        var holds = holdsUntil is not null && asked > State.Asked && State.WasActive ? holdsUntil : State.HoldsUntil;
        var (status, breaksOn, received) = Judge(today, room, asked, holds);
        if (!State.WasActive)
        {
            (status, breaksOn) = (State.LapsesOn < today ? PlanStatus.Expired : State.Status, null);
        }

        if ((status, breaksOn, asked, received, holds) == (State.Status, State.BreaksOn, State.Asked, State.Received, State.HoldsUntil))
        {
            return State;
        }

        // Found out later, it had ended all the same on the day after the last.
        var isOpen = status is PlanStatus.Requested or PlanStatus.Active;
        var endedOn = status is PlanStatus.Broken or PlanStatus.Expired && State.LapsesOn < today ? State.LapsesOn.Value.AddDays(1) : today;
        return State with
        {
            Status = status,
            BreaksOn = breaksOn,
            Asked = asked,
            Received = received,
            HoldsUntil = holds,
            EndedOn = isOpen ? null : State.EndedOn ?? endedOn,
            EndedAt = isOpen ? null : State.EndedAt ?? now,
        };
    }

    private (PlanStatus Status, DateOnly? BreaksOn, long Received) Judge(
        DateOnly today, Dictionary<(DocumentNumber Invoice, int Instalment), long> room, long asked, DateOnly? holds)
    {
        (PlanStatus, DateOnly?)? judged = null;
        var payments = Entries.Where(entry => entry.By == PlanTaker.Payment).OrderBy(entry => entry.On).ToList();
        long planned = 0;
        long received = 0;
        var next = 0;
        foreach (var instalment in State.Instalments)
        {
            planned += instalment.Amount;
            var lastOn = holds > instalment.LastOn ? holds.Value : instalment.LastOn;
            ReceiveUntil(lastOn);

            // Nobody can pay what was credited since: the last instalments ask for that much less.
            if (judged is null && received < Math.Min(planned, asked) - State.Tolerance)
            {
                judged = lastOn >= today ? (PlanStatus.Active, lastOn) : (PlanStatus.Broken, null);
            }
        }

        ReceiveUntil(DateOnly.MaxValue);
        var (status, breaksOn) = judged ?? (PlanStatus.Kept, null);
        return (status, breaksOn, received);

        // More than was in the plan may be open of an item that a bounce re-opened: that is not paid by the plan.
        void ReceiveUntil(DateOnly day)
        {
            for (; next < payments.Count && payments[next].On <= day; next++)
            {
                foreach (var line in payments[next].Lines)
                {
                    var key = (line.Invoice, line.Instalment);
                    var part = Math.Min(line.Amount, room[key]);
                    room[key] -= part;
                    received += part;
                }
            }
        }
    }

    /// <summary>What is left of each item's part of the plan after what was taken off it.</summary>
    private static Dictionary<(DocumentNumber Invoice, int Instalment), long> RoomOf(PlanState state, IEnumerable<PlanEntry> entries)
    {
        var room = state.Lines.ToDictionary(line => (line.Invoice, line.Instalment), line => line.Amount);
        foreach (var taken in entries.SelectMany(entry => entry.Lines))
        {
            var key = (taken.Invoice, taken.Instalment);
            room[key] = Math.Max(0, room[key] - taken.Amount);
        }

        return room;
    }
}
