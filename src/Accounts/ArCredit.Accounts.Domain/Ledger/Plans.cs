using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// The payment plans of an account: those that wait or are active, the last that were kept or broken, because money may
/// still turn out to have come in time, or not to have come at all, and the last that expired, because somebody may still decide them.
/// </summary>
internal sealed class Plans
{
    /// <summary>Ended ones that are kept in memory, and as many expired ones.</summary>
    public const int MostEnded = 20;

    private readonly SmallMap<DocumentNumber, Plan> known = new();

    private readonly ItemIndex byItem = new();
    private int? owed;

    public int Count => known.Count;

    /// <summary>By id.</summary>
    public IEnumerable<Plan> All => known.Values.OrderBy(plan => plan.State.Id.Value, StringComparer.Ordinal);

    public IEnumerable<Plan> Open => known.Values.Where(plan => plan.State.IsOpen);

    /// <summary>The first last day of an open plan: until it has passed, the clock changes nothing. Null = none is open.</summary>
    public DateOnly? NextLapsesOn { get; private set; }

    /// <summary>The last day of all that are active: after it no plan is active any more.</summary>
    public DateOnly? LastBreaksOn { get; private set; }

    public Plan? Find(DocumentNumber id) => known.GetValueOrDefault(id);

    /// <summary>The open plan that an item is in; null = none.</summary>
    public Plan? OpenOf(DocumentNumber invoice, int instalment) => Array.ConvertAll(byItem.Of(invoice, instalment), Standing).FirstOrDefault(plan => plan.State.IsOpen);

    /// <summary>Broken ones while something of them is open; counted once per change.</summary>
    public int OwedOf(Func<PlanLine, bool> isOpen) =>
        owed ??= known.Values.Count(plan => plan.State.Status == PlanStatus.Broken && plan.State.Lines.Any(isOpen));

    public void Add(Plan plan)
    {
        known.Add(plan.State.Id, plan);
        foreach (var line in IndexedOf(plan.State))
        {
            byItem.Add(plan.State.Id, line.Invoice, line.Instalment);
        }

        Changed();
    }

    /// <summary>
    /// It stands so now. One that was rejected, withdrawn or cancelled leaves; as does the one that ended first when there are many.
    /// One that has expired never has anything to do with its items again.
    /// </summary>
    public void Change(PlanState state)
    {
        var plan = known.GetValueOrDefault(state.Id) ?? throw new InvariantException("A plan that nobody asked for changes.");
        known[state.Id] = plan.With(state);
        if (state.Status is PlanStatus.Cancelled or PlanStatus.Rejected or PlanStatus.Withdrawn or PlanStatus.Expired)
        {
            Remove(plan.State);
        }

        var isExpired = state.Status == PlanStatus.Expired;
        if (isExpired)
        {
            known.Add(state.Id, new Plan(state, []));
        }

        var ended = known.Values.Select(each => each.State).Where(each => each.EndedAt is not null && (each.Status == PlanStatus.Expired) == isExpired).ToList();
        if (ended.Count > MostEnded)
        {
            Remove(ended.OrderBy(each => each.EndedAt).ThenBy(each => each.Id.Value, StringComparer.Ordinal).First());
        }

        Changed();
    }

    /// <summary>Something was taken off items, or put back.</summary>
    public void Receive(AccountEvent happened)
    {
        if (PlanMovement.Of(happened) is not { } movement)
        {
            return;
        }

        var moved = new Dictionary<DocumentNumber, Plan>();
        Move(movement, moved);
        foreach (var (id, plan) in moved)
        {
            known[id] = plan;
        }

        owed = moved.Count == 0 ? owed : null;
    }

    /// <summary>
    /// What a movement does to plans, on top of what others before it did to them; each plan it touches is among the moved then.
    /// What it takes off their items or puts back is told to <paramref name="tell"/>.
    /// </summary>
    public void Move(PlanMovement movement, Dictionary<DocumentNumber, Plan> moved, Action<DocumentNumber, PlanMove>? tell = null)
    {
        var lines = movement.Lines.Where(line => line.WriteOff is null).SelectMany(line => byItem.Of(line.Invoice, line.Instalment), (line, id) => (Id: id, Line: line));
        foreach (var touched in lines.GroupBy(each => each.Id, each => new PlanLine(each.Line.Invoice, each.Line.Instalment, each.Line.Taken)).ToList())
        {
            var plan = moved.GetValueOrDefault(touched.Key) ?? Standing(touched.Key);
            var taken = movement.Takes ? [.. touched] : plan.TakenBy(movement.By, movement.Number, movement.No).ToList();
            moved[touched.Key] = movement.Takes
                ? plan.With(new PlanEntry(movement.By, movement.Number, movement.No ?? 0, movement.On, taken))
                : plan.Without(movement.By, movement.Number, movement.No);
            foreach (var line in tell is null ? [] : taken)
            {
                tell!(touched.Key, new PlanMove(line.Invoice, line.Instalment, movement.Takes ? line.Amount : -line.Amount, movement.PostedOn));
            }
        }
    }

    /// <summary>Plans of these items are among the moved, too.</summary>
    public void Touch(DocumentNumber invoice, IEnumerable<DisputedLine> lines, Dictionary<DocumentNumber, Plan> moved)
    {
        foreach (var id in lines.SelectMany(line => byItem.Of(invoice, line.Instalment)))
        {
            moved.TryAdd(id, Standing(id));
        }
    }

    private Plan Standing(DocumentNumber id) => known.GetValueOrDefault(id) ?? throw new InvariantException("An item is in a plan that nobody asked for.");

    private void Remove(PlanState state)
    {
        known.Remove(state.Id);
        foreach (var line in IndexedOf(state))
        {
            byItem.Remove(state.Id, line.Invoice, line.Instalment);
        }
    }

    // Nothing that happens to its items concerns a plan that has expired.
    private static IReadOnlyList<PlanLine> IndexedOf(PlanState state) => state.Status == PlanStatus.Expired ? [] : state.Lines;

    private void Changed()
    {
        owed = null;
        NextLapsesOn = known.Values.Min(plan => plan.State.LapsesOn);
        LastBreaksOn = known.Values.Max(plan => plan.State.Status == PlanStatus.Active ? plan.State.BreaksOn : null);
    }
}

/// <summary>What an event takes off open items or puts back.</summary>
/// <param name="Takes">False = puts back.</param>
/// <param name="By">What kind of act.</param>
/// <param name="Number">The document's or write-off's.</param>
/// <param name="No">The allocation within it, or the instalment that was released; null = all.</param>
/// <param name="On">A payment's value date.</param>
/// <param name="PostedOn">Its accounting date.</param>
/// <param name="Lines">The items.</param>
internal readonly record struct PlanMovement(
    bool Takes, PlanTaker By, DocumentNumber Number, int? No, DateOnly? On, DateOnly PostedOn, IReadOnlyList<Allocation> Lines)
{
    /// <summary>Null when the event moves no open amount.</summary>
    public static PlanMovement? Of(AccountEvent happened) => happened switch
    {
        PaymentReceived received => new(true, PlanTaker.Payment, received.PaymentId, 1, received.ReceivedOn, received.PostedOn, received.Allocations),
        CreditNotePosted note => new(true, PlanTaker.CreditNote, note.Number, 1, null, note.PostedOn, note.Allocations),
        CreditAllocated { Credit: var credit } allocated => new(
            true, TakerOf(credit.Kind), credit.Number, credit.LastNo, credit.Kind == CreditKind.Payment ? credit.Date : null, allocated.PostedOn, allocated.Allocations),
        AllocationUndone { Credit: var credit } undone => new(false, TakerOf(credit.Kind), credit.Number, undone.No, null, undone.PostedOn, undone.Allocations),
        PaymentReversed reversed => new(false, PlanTaker.Payment, reversed.PaymentId, null, null, reversed.PostedOn, reversed.Allocations),
        WrittenOff writtenOff => new(true, PlanTaker.WriteOff, writtenOff.Id, null, null, writtenOff.PostedOn, writtenOff.Lines),
        WriteOffReversed back => new(false, PlanTaker.WriteOff, back.Id, null, null, back.PostedOn, back.Lines),
        ReleaseReversed back => new(true, PlanTaker.Retention, back.Retained.Invoice, back.Instalment, null, back.PostedOn, [back.Released]),
        _ => null,
    };

    private static PlanTaker TakerOf(CreditKind kind) => kind switch
    {
        CreditKind.Payment => PlanTaker.Payment,
        CreditKind.CreditNote => PlanTaker.CreditNote,
    };
}
