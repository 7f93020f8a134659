using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Promises to pay: made, kept by what arrives, broken by the clock.</summary>
public sealed partial class Account
{
    /// <summary>Open promises that an account may have, each part of every snapshot; and items of one.</summary>
    public const int MostPromises = 50;

    // Made when the first one is.
    private Promises? promises;

    /// <summary>A promise that is open, or one of the last that ended.</summary>
    public PromiseState? FindPromise(DocumentNumber id) => promises?.Find(id)?.State;

    private Verdict DecidePromise(MakePromise command, Standing stand)
    {
        if (promises?.Find(command.Id) is not null)
        {
            return new Verdict.Taken(new NumberKey(NumberKind.Promise, command.Id.Value));
        }

        if (ItemsOf(command, stand, out var promised) is { } refusal)
        {
            return refusal;
        }

        var currency = promised[0].Item.Invoice.Currency;
        var payments = new List<PromisedPayment>();
        foreach (var payment in command.Payments.OrderBy(payment => payment.On))
        {
            if (InMinorUnits(payment.Amount, currency, out var minor) is { } fault)
            {
                return fault;
            }

            payments.Add(new PromisedPayment(payment.On, minor, stand.Company.AfterBusinessDays(payment.On, stand.Policy.Promises.GraceDays)));
        }

        var open = promised.Sum(each => each.Amount);
        if (payments[0].On < stand.Today)
        {
            return new Verdict.Refuse(RefusalCode.PromiseInPast, $"{payments[0].On:yyyy-MM-dd} has passed.");
        }

        if (payments.Sum(payment => payment.Amount) > open)
        {
            return new Verdict.Refuse(RefusalCode.PromiseExceedsOpen, $"More is promised than the {new Money(open, currency)} that are open of it.");
        }

        if (promised.Count > MostLines || promises?.OpenCount >= MostPromises)
        {
            return new Verdict.Refuse(
                RefusalCode.TooManyPromises, $"An account has at most {MostPromises} open promises, a promise at most {MostLines} items.");
        }

        var rate = stand.Context.Reference.FindRate(stand.Company.Currency, currency, stand.Today)?.Rate;
        return new Verdict.Append(
            [new PromiseMade(new PromiseState(
                command.Id, currency, [.. promised.Select(each => new PromisedLine(each.Item.Invoice.Number, each.Item.Instalment, each.Amount))], payments,
                EffectiveLimit.PolicyAmount(stand.Policy.Promises.Tolerance, currency, rate) ?? 0, stand.Today, stand.Context.Now,
                BreaksOn: payments[0].LastOn, Note: command.Note?.Reference))],
            [new NumberKey(NumberKind.Promise, command.Id.Value)]);
    }

    /// <summary>What a promise is about, or why it cannot be: of one currency, open, and in no other open promise.</summary>
    private Verdict.Refuse? ItemsOf(MakePromise command, Standing stand, out List<(OpenItem Item, long Amount)> promised)
    {
        promised = command.Items is null ? [.. Promisable(stand)] : [];
        var seen = new HashSet<OpenItem>();
        foreach (var asked in command.Items ?? [])
        {
            var found = items.Find(asked.Invoice)?.Items.Where(item => asked.Instalment is null || item.Instalment == asked.Instalment).ToList() ?? [];
            if (found.Count == 0)
            {
                return new Verdict.Refuse(RefusalCode.PromiseExceedsOpen, $"Nothing is open of invoice {asked.Invoice}.");
            }

            if (found.TrueForAll(item => item.IsRetained))
            {
                return NotReleased(asked.Invoice);
            }

            promised.AddRange(found.Where(item => !item.IsRetained && seen.Add(item)).Select(item => (item, item.Open)));
        }

        if (promised.Count == 0)
        {
            return new Verdict.Refuse(RefusalCode.PromiseExceedsOpen, "Nothing is overdue that is not promised already.");
        }

        var first = promised[0].Item.Invoice.Currency;
        if (promised.Find(each => !ReferenceEquals(each.Item.Invoice.Currency, first)).Item is { } other)
        {
            return Mismatch(first, other.Invoice.Currency, $"invoice {other.Invoice.Number}");
        }

        return promises is not null && promised.Find(each => promises.IsPromised(each.Item)).Item is { } twice
            ? new Verdict.Refuse(RefusalCode.PromiseOverlaps, $"Invoice {twice.Invoice.Number}, instalment {twice.Instalment}, is in another open promise.")
            : null;
    }

    /// <summary>Everything overdue as the rules count it, but nothing retained and nothing that is disputed; and what nobody has promised yet.</summary>
    private IEnumerable<(OpenItem Item, long Amount)> Promisable(Standing stand) =>
        from item in DueInOrder(Currency, stand)
        where item.DueDate < stand.Today && promises?.IsPromised(item) != true
        let amount = item.Open - (items.Disputes?.Of(item) ?? 0)
        where amount > 0
        select (item, amount);

    private long OpenOf(PromiseState promise) => promise.Lines.Sum(line => items.Find(line.Invoice)?.Find(line.Instalment)?.Open ?? 0);

    private Verdict DecideCancellation(CancelPromise command, Standing stand)
    {
        if (promises?.Find(command.Id)?.State is not { } promise)
        {
            return new Verdict.Refuse(RefusalCode.NotFound, $"There is no promise {command.Id} that could be cancelled.");
        }

        if (promise.Status == PromiseStatus.Kept)
        {
            return new Verdict.Refuse(RefusalCode.PromiseEnded, $"Promise {command.Id} was kept.");
        }

        // The rule on broken promises may stop this customer's sales: who collects does not also let them go on.
        if (promise.Status != PromiseStatus.Open && !command.MayLift)
        {
            return new Verdict.Refuse(RefusalCode.ApprovalRequired, $"Promise {command.Id} was not kept; only credit control takes it back.");
        }

        return new Verdict.Append(
            [new PromiseChanged(promise with
            {
                Status = PromiseStatus.Cancelled,
                BreaksOn = null,
                EndedOn = stand.Today,
                EndedAt = stand.Context.Now,
                Lifted = promise.Status == PromiseStatus.Open ? null : promise.Status,
            })],
            [new NumberKey(NumberKind.PromiseCancellation, command.Id.Value)]);
    }

    /// <summary>What the append does to promises, in the same append: they are kept by what arrives.</summary>
    private Verdict.Append WithPromises(Verdict.Append append, Standing stand)
    {
        var moved = new Dictionary<DocumentNumber, Promise>();
        foreach (var happened in append.Events)
        {
            foreach (var movement in PromiseMovement.Of(happened))
            {
                promises!.Move(movement, moved);
            }
        }

        var changes = moved.Count == 0 ? [] : ChangesOf(moved.Values, stand.Today, stand.Context.Now);
        return changes.Count == 0 ? append : append with { Events = [.. append.Events, .. changes] };
    }

    /// <summary>Promises whose days have passed.</summary>
    private List<AccountEvent> DuePromises(DateOnly today, DateTimeOffset now) =>
        ChangesOf(promises!.All.Where(promise => promise.State.BreaksOn < today), today, now);

    private static List<AccountEvent> ChangesOf(IEnumerable<Promise> known, DateOnly today, DateTimeOffset now) =>
        [.. from promise in known.OrderBy(each => each.State.Id.Value, StringComparer.Ordinal)
            let state = promise.On(today, now)
            where !ReferenceEquals(state, promise.State)
            select new PromiseChanged(state)];
}
