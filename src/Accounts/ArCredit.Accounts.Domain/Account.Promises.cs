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

    /// <summary>Promises that were not kept, whole or in part, while something of them is still open; null = none.</summary>
    private int? BrokenPromises => promises?.All.Count(promise =>
        promise.State.Status is PromiseStatus.Broken or PromiseStatus.PartlyKept
        && promise.State.Lines.Any(line => items.Find(line.Invoice)?.Find(line.Instalment) is not null)) is > 0 and var broken
        ? broken
        : null;

    private Verdict DecidePromise(MakePromise command, Standing stand)
    {
        if (promises?.Find(command.Id) is not null)
        {
            return new Verdict.Taken(new NumberKey(NumberKind.Promise, command.Id.Value));
        }

        if (ItemsOf(command, stand.Today, out var promised) is { } refusal)
        {
            return refusal;
        }

        var currency = promised[0].Invoice.Currency;
        var payments = new List<PromisedPayment>();
        foreach (var payment in command.Payments.OrderBy(payment => payment.On))
        {
            if (InMinorUnits(payment.Amount, currency, out var minor) is { } fault)
            {
                return fault;
            }

            payments.Add(new PromisedPayment(payment.On, minor, AfterBusinessDays(payment.On, stand.Policy.Promises.GraceDays)));
        }

        var open = promised.Sum(item => item.Open);
        if (payments[0].On < stand.Today)
        {
            return new Verdict.Refuse(RefusalCode.PromiseInPast, $"{payments[0].On:yyyy-MM-dd} has passed.");
        }

        if (payments.Sum(payment => payment.Amount) > open)
        {
            return new Verdict.Refuse(RefusalCode.PromiseExceedsOpen, $"More is promised than the {new Money(open, currency)} that are open of it.");
        }

        if (promised.Count > MostLines || promises?.Open.Count() >= MostPromises)
        {
            return new Verdict.Refuse(
                RefusalCode.TooManyPromises, $"An account has at most {MostPromises} open promises, a promise at most {MostLines} items.");
        }

        var rate = stand.Context.Reference.FindRate(stand.Company.Currency, currency, stand.Today)?.Rate;
        return new Verdict.Append(
            [new PromiseMade(new PromiseState(
                command.Id, currency, [.. promised.Select(item => new PromisedLine(item.Invoice.Number, item.Instalment, item.Open))], payments,
                EffectiveLimit.PolicyAmount(stand.Policy.Promises.Tolerance, currency, rate) ?? 0, stand.Today, stand.Context.Now,
                BreaksOn: payments[0].LastOn, Note: command.Note?.Reference))],
            [new NumberKey(NumberKind.Promise, command.Id.Value)]);
    }

    /// <summary>What a promise is about, or why it cannot be: of one currency, open, and in no other open promise.</summary>
    private Verdict.Refuse? ItemsOf(MakePromise command, DateOnly today, out List<OpenItem> promised)
    {
        promised = command.Items is null
            ? [.. items.InOrder(Currency, today).Where(item => item.DueDate < today && item.Open > (items.Disputes?.Of(item) ?? 0))]
            : [];
        foreach (var asked in command.Items ?? [])
        {
            var found = items.Find(asked.Invoice)?.Items.Where(item => asked.Instalment is null || item.Instalment == asked.Instalment).ToList() ?? [];
            if (found.Count == 0)
            {
                return new Verdict.Refuse(RefusalCode.PromiseExceedsOpen, $"Nothing is open of invoice {asked.Invoice}.");
            }

            promised.AddRange(found.Except(promised));
        }

        if (promised.Count == 0)
        {
            return new Verdict.Refuse(RefusalCode.PromiseExceedsOpen, "Nothing is overdue.");
        }

        var first = promised[0].Invoice.Currency;
        if (promised.Find(item => !ReferenceEquals(item.Invoice.Currency, first)) is { } other)
        {
            return Mismatch(first, other.Invoice.Currency, $"invoice {other.Invoice.Number}");
        }

        var taken = promises?.Open.SelectMany(state => state.Lines).Select(line => (line.Invoice, line.Instalment)).ToHashSet() ?? [];
        return promised.Find(item => taken.Contains((item.Invoice.Number, item.Instalment))) is { } twice
            ? new Verdict.Refuse(RefusalCode.PromiseOverlaps, $"Invoice {twice.Invoice.Number}, instalment {twice.Instalment}, is in another open promise.")
            : null;
    }

    private Verdict DecideCancellation(CancelPromise command, Standing stand) => promises?.Find(command.Id) is not { } promise
        ? new Verdict.Refuse(RefusalCode.NotFound, $"There is no promise {command.Id} that could be cancelled.")
        : new Verdict.Append(
            [new PromiseChanged(promise.State with
            {
                Status = PromiseStatus.Cancelled,
                BreaksOn = null,
                EndedOn = stand.Today,
                EndedAt = stand.Context.Now,
            })],
            [new NumberKey(NumberKind.PromiseCancellation, command.Id.Value)]);

    /// <summary>What the append does to promises, in the same append: they are kept by what arrives.</summary>
    private Verdict.Append WithPromises(Verdict.Append append, Standing stand)
    {
        var changes = new List<AccountEvent>();
        foreach (var promise in promises!.All)
        {
            var after = append.Events.Aggregate(promise, Promises.After);
            if (!ReferenceEquals(after, promise) && after.On(stand.Today, stand.Context.Now) is var state && !ReferenceEquals(state, promise.State))
            {
                changes.Add(new PromiseChanged(state));
            }
        }

        return changes.Count == 0 ? append : append with { Events = [.. append.Events, .. changes] };
    }

    /// <summary>Promises whose days have passed.</summary>
    private IEnumerable<AccountEvent> DuePromises(DateOnly today, DateTimeOffset now) =>
        from promise in promises?.All ?? []
        let state = promise.On(today, now)
        where !ReferenceEquals(state, promise.State)
        select new PromiseChanged(state);

    // Saturdays and Sundays; a company's holidays are not known here.
    private static DateOnly AfterBusinessDays(DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(1);
            count -= day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 1;
        }

        return day;
    }
}
