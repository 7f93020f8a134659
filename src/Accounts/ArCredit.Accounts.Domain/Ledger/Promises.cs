using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>A promise with the money that counts for it.</summary>
internal sealed record Promise(PromiseState State, IReadOnlyList<PromiseReceipt> Receipts)
{
    /// <summary>With a payment as it is applied now: what settles other items does not count, nor what came before or too late.</summary>
    public Promise With(CreditState payment)
    {
        var elsewhere = payment.Lines.Where(line => line.WriteOff is not null || !State.Lines.Any(own => own.Invoice == line.Invoice && own.Instalment == line.Instalment))
            .Sum(line => line.Amount);
        return Without(payment.Number) is var others && ReferenceEquals(payment.Currency, State.Currency) && payment.Amount > elsewhere
            && payment.Date >= State.MadeOn && payment.Date <= State.Payments[^1].LastOn
            ? this with { Receipts = [.. others.Receipts, new PromiseReceipt(payment.Number, payment.Date, payment.Amount - elsewhere)] }
            : others;
    }

    /// <summary>Without a payment that was taken back.</summary>
    public Promise Without(DocumentNumber payment) => this with { Receipts = [.. Receipts.Where(receipt => receipt.PaymentId != payment)] };

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
        foreach (var payment in State.Payments)
        {
            promised += payment.Amount;
            var arrived = Receipts.Where(receipt => receipt.ReceivedOn <= payment.LastOn).Sum(receipt => receipt.Amount);
            if (arrived < promised - State.Tolerance)
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

    public int Count => known.Count;

    /// <summary>By id.</summary>
    public IEnumerable<Promise> All => known.Values.OrderBy(promise => promise.State.Id.Value, StringComparer.Ordinal);

    public IEnumerable<PromiseState> Open => known.Values.Select(promise => promise.State).Where(state => state.Status == PromiseStatus.Open);

    public Promise? Find(DocumentNumber id) => known.GetValueOrDefault(id);

    public void Add(Promise promise) => known.Add(promise.State.Id, promise);

    /// <summary>It stands so now; a cancelled one leaves, as does the one that ended first when there are many.</summary>
    public void Change(PromiseState state)
    {
        var promise = known.GetValueOrDefault(state.Id) ?? throw new InvariantException("A promise that nobody made changes.");
        known[state.Id] = promise with { State = state };
        if (state.Status == PromiseStatus.Cancelled)
        {
            known.Remove(state.Id);
        }

        var ended = known.Values.Select(each => each.State).Where(each => each.EndedAt is not null).ToList();
        if (ended.Count > MostEnded)
        {
            known.Remove(ended.OrderBy(each => each.EndedAt).ThenBy(each => each.Id.Value, StringComparer.Ordinal).First().Id);
        }
    }

    /// <summary>Payments come, go, or settle something else.</summary>
    public void Receive(AccountEvent happened)
    {
        foreach (var promise in known.Values.ToList())
        {
            known[promise.State.Id] = After(promise, happened);
        }
    }

    public static Promise After(Promise promise, AccountEvent happened) => happened switch
    {
        PaymentReceived received => promise.With(CreditState.Of(received)),
        CreditAllocated { Credit: { Kind: CreditKind.Payment } credit } => promise.With(credit),
        AllocationUndone { Credit: { Kind: CreditKind.Payment } credit } => promise.With(credit),
        PaymentReversed reversed => promise.Without(reversed.PaymentId),
        _ => promise,
    };
}
