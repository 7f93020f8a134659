using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>A promise with the money that counts for it.</summary>
/// <param name="State">As its newest event says.</param>
/// <param name="Receipts">One for each payment.</param>
/// <param name="Payable">The most that can still be asked of what it is about: what was open of it then, less what was credited, waived or settled by older money.</param>
/// <param name="Open">What is open of its items now.</param>
internal sealed record Promise(PromiseState State, IReadOnlyList<PromiseReceipt> Receipts, long Payable, long Open)
{
    /// <summary>Broken, wholly or in part, while something of it is open.</summary>
    public bool IsOwed => Open > 0 && State.Status is PromiseStatus.Broken or PromiseStatus.PartlyKept;

    /// <summary>The last day on which money for it is in time.</summary>
    public DateOnly LastOn => State.Payments[^1].LastOn;

    /// <summary>Without what an event took off one of its items, or with what it put back.</summary>
    public Promise Moved(long amount, bool lowers) => this with { Open = Open + amount, Payable = lowers ? Payable + amount : Payable };

    /// <summary>What is missing until it is kept, were this payment not there.</summary>
    public long MissingWithout(DocumentNumber payment) => Math.Max(
        0,
        Math.Min(State.Payments.Sum(promised => promised.Amount), Payable)
            - Receipts.Where(receipt => receipt.PaymentId != payment).Sum(receipt => receipt.Amount));

    /// <summary>With so much of a payment; 0 = nothing of it.</summary>
    public Promise With(PromiseReceipt receipt)
    {
        var others = Receipts.Where(other => other.PaymentId != receipt.PaymentId);
        return this with { Receipts = receipt.Amount == 0 ? [.. others] : [.. others, receipt] };
    }

    /// <summary>Where it stands on a day; the very state when nothing has changed.</summary>
    public PromiseState On(DateOnly today, DateTimeOffset now)
    {
        var (status, breaksOn) = Judge(today);
        var received = Receipts.Sum(receipt => receipt.Amount);
        if ((status, breaksOn, received) == (State.Status, State.BreaksOn, State.Received))
        {
            return State;
        }

        return State with
        {
            Status = status,
            BreaksOn = breaksOn,
            Received = received,
            EndedOn = status == PromiseStatus.Open ? null : State.EndedOn ?? today,
            EndedAt = status == PromiseStatus.Open ? null : State.EndedAt ?? now,
        };
    }

    private (PromiseStatus Status, DateOnly? BreaksOn) Judge(DateOnly today)
    {
        long promised = 0;
        long arrived = 0;
        var next = 0;
        var receipts = Receipts.OrderBy(receipt => receipt.ReceivedOn).ToList();
        foreach (var payment in State.Payments)
        {
            promised += payment.Amount;
            while (next < receipts.Count && receipts[next].ReceivedOn <= payment.LastOn)
            {
                arrived += receipts[next++].Amount;
            }

            // Nobody can pay what has been credited since.
            if (arrived < Math.Min(promised, Payable) - State.Tolerance)
            {
                return payment.LastOn >= today ? (PromiseStatus.Open, payment.LastOn)
                    : arrived > 0 ? (PromiseStatus.PartlyKept, null) : (PromiseStatus.Broken, null);
            }
        }

        return (PromiseStatus.Kept, null);
    }
}

/// <summary>
/// The promises of an account: the open ones, and the last that have ended, because money may still turn out to have come in
/// time, or not to have come at all.
/// </summary>
internal sealed class Promises
{
    /// <summary>Ended ones that are kept in memory.</summary>
    public const int MostEnded = 50;

    private readonly SmallMap<DocumentNumber, Promise> known = new();

    private readonly ItemIndex byItem = new();
    private int? owed;

    public int Count => known.Count;

    /// <summary>By id.</summary>
    public IEnumerable<Promise> All => known.Values.OrderBy(promise => promise.State.Id.Value, StringComparer.Ordinal);

    public int OpenCount => known.Values.Count(promise => promise.State.Status == PromiseStatus.Open);

    /// <summary>The first last day of an open promise: until it has passed, the clock changes nothing. Null = none is open.</summary>
    public DateOnly? NextBreaksOn { get; private set; }

    /// <summary>Those that were not kept while something of them is open; counted once per change.</summary>
    public int Owed => owed ??= known.Values.Count(promise => promise.IsOwed);

    public Promise? Find(DocumentNumber id) => known.GetValueOrDefault(id);

    /// <summary>True when an item is in an open promise.</summary>
    public bool IsPromised(OpenItem item) => Array.Exists(
        byItem.Of(item.Invoice.Number, item.Instalment), id => known.GetValueOrDefault(id)!.State.Status == PromiseStatus.Open);

    public void Add(Promise promise)
    {
        known.Add(promise.State.Id, promise);
        foreach (var line in promise.State.Lines)
        {
            byItem.Add(promise.State.Id, line.Invoice, line.Instalment);
        }

        Changed();
    }

    /// <summary>It stands so now; a cancelled one leaves, as does the one that ended first when there are many.</summary>
    public void Change(PromiseState state)
    {
        var promise = known.GetValueOrDefault(state.Id) ?? throw new InvariantException("A promise that nobody made changes.");
        known[state.Id] = promise with { State = state };
        if (state.Status == PromiseStatus.Cancelled)
        {
            Remove(state);
        }

        var ended = known.Values.Select(each => each.State).Where(each => each.EndedAt is not null).ToList();
        if (ended.Count > MostEnded)
        {
            Remove(ended.OrderBy(each => each.EndedAt).ThenBy(each => each.Id.Value, StringComparer.Ordinal).First());
        }

        Changed();
    }

    /// <summary>Payments come, go, or settle something else; what is owed becomes less without them.</summary>
    public void Receive(AccountEvent happened)
    {
        var moved = new Dictionary<DocumentNumber, Promise>();
        foreach (var movement in PromiseMovement.Of(happened))
        {
            Move(movement, moved);
        }

        foreach (var (id, promise) in moved)
        {
            known[id] = promise;
        }

        owed = moved.Count == 0 ? owed : null;
    }

    /// <summary>What a movement does to promises, on top of what others before it did to them.</summary>
    public void Move(PromiseMovement movement, Dictionary<DocumentNumber, Promise> moved)
    {
        foreach (var (id, taken) in TakenOf(movement.Lines))
        {
            var promise = Standing(id, moved);
            moved[id] = promise.Moved(movement.Sign * taken, movement.Dated < promise.State.MadeOn);
        }

        if (movement.Payment is not { } payment)
        {
            return;
        }

        var own = TakenOf(movement.Credit?.Lines ?? []);
        var left = movement.Credit?.Unapplied ?? 0;
        foreach (var (promise, had) in InOrder(payment, moved))
        {
            long settled = 0;
            long unapplied = 0;
            if (movement.Credit is { } credit && ReferenceEquals(credit.Currency, promise.State.Currency)
                && credit.Date >= promise.State.MadeOn && credit.Date <= promise.LastOn)
            {
                settled = own.GetValueOrDefault(promise.State.Id);
                unapplied = left == 0 ? 0 : Math.Clamp(promise.MissingWithout(payment) - settled, 0, left);
                left -= unapplied;
            }

            if ((settled + unapplied, unapplied) != (had?.Amount ?? 0, had?.Unapplied ?? 0))
            {
                moved[promise.State.Id] = promise.With(new PromiseReceipt(payment, movement.Credit?.Date ?? default, settled + unapplied, unapplied));
            }
        }
    }

    /// <summary>As money that settles nothing counts for them: where it counts already, then what breaks first. Each unit counts once.</summary>
    private IEnumerable<(Promise Promise, PromiseReceipt? Had)> InOrder(DocumentNumber payment, Dictionary<DocumentNumber, Promise> moved) =>
        known.Values.Select(each => Standing(each.State.Id, moved))
            .Select(each => (Promise: each, Had: each.Receipts.FirstOrDefault(receipt => receipt.PaymentId == payment)))
            .OrderBy(each => each.Had is not { Unapplied: > 0 }).ThenBy(each => each.Promise.State.BreaksOn ?? each.Promise.LastOn)
            .ThenBy(each => each.Promise.State.Id.Value, StringComparer.Ordinal).ToList();

    private Promise Standing(DocumentNumber id, Dictionary<DocumentNumber, Promise> moved) =>
        moved.GetValueOrDefault(id) ?? known.GetValueOrDefault(id) ?? throw new InvariantException("An item is in a promise that nobody made.");

    /// <summary>What lines take of each promise's items, with the discounts and differences that cleared them.</summary>
    private Dictionary<DocumentNumber, long> TakenOf(IEnumerable<Allocation> lines)
    {
        var sums = new Dictionary<DocumentNumber, long>();
        foreach (var line in lines.Where(line => line.WriteOff is null))
        {
            foreach (var id in byItem.Of(line.Invoice, line.Instalment))
            {
                sums[id] = sums.GetValueOrDefault(id) + line.Taken;
            }
        }

        return sums;
    }

    private void Remove(PromiseState state)
    {
        known.Remove(state.Id);
        foreach (var line in state.Lines)
        {
            byItem.Remove(state.Id, line.Invoice, line.Instalment);
        }
    }

    private void Changed()
    {
        owed = null;
        NextBreaksOn = known.Values.Min(promise => promise.State.Status == PromiseStatus.Open ? promise.State.BreaksOn : null);
    }
}

/// <summary>What an event takes off open items or puts back.</summary>
/// <param name="Lines">The items.</param>
/// <param name="Sign">-1 = taken off, 1 = put back.</param>
/// <param name="Dated">A promise made after this day is about less because of it: older money settles its items, or a credit does, which has no such day.</param>
/// <param name="Payment">The payment that did it, if one did.</param>
/// <param name="Credit">That payment as it stands now; null when it was taken back.</param>
internal readonly record struct PromiseMovement(
    IReadOnlyList<Allocation> Lines, int Sign, DateOnly Dated, DocumentNumber? Payment = null, CreditState? Credit = null)
{
    /// <summary>None when the event moves no money. What is earmarked for a refund is money that nobody has received.</summary>
    public static IEnumerable<PromiseMovement> Of(AccountEvent happened) => happened switch
    {
        RefundRequested { Credits: var credits } => credits.Select(credit => Of(credit, [], -1)),
        RefundEnded { Credits: var credits } => credits.Select(credit => Of(credit, [], 1)),
        _ => Single(happened) is { } single ? [single] : [],
    };

    private static PromiseMovement? Single(AccountEvent happened) => happened switch
    {
        PaymentReceived received => Of(CreditState.Of(received), received.Allocations, -1),
        CreditAllocated allocated => Of(allocated.Credit, allocated.Allocations, -1),
        AllocationUndone undone => Of(undone.Credit, undone.Allocations, 1),
        PaymentReversed reversed => new(reversed.Allocations, 1, reversed.ReceivedOn, reversed.PaymentId),
        CreditNotePosted note => new(note.Allocations, -1, default),
        WrittenOff writtenOff => new(writtenOff.Lines, -1, DatedOf(writtenOff.Kind)),
        WriteOffReversed back => new(back.Lines, 1, DatedOf(back.Kind)),

        // What is retained again is in no open promise; one that was not kept stays so, and nobody waits for it any more.
        ReleaseReversed back => new([back.Released], -1, DateOnly.MaxValue),
        _ => null,
    };

    private static PromiseMovement Of(CreditState credit, IReadOnlyList<Allocation> lines, int sign) => credit.Kind == CreditKind.Payment
        ? new(lines, sign, credit.Date, credit.Number, credit)
        : new(lines, sign, default);

    // Bad debt is still owed: giving it up keeps no promise.
    private static DateOnly DatedOf(WriteOffKind kind) => kind == WriteOffKind.BadDebt ? DateOnly.MaxValue : default;
}
