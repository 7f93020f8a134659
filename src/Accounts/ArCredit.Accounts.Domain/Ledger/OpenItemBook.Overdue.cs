using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>What is overdue, in each way that a policy may count it.</summary>
internal sealed partial class OpenItemBook
{
    private const int MaxSteps = 32;

    private (DateOnly Today, long Revision, OverdueFacts Facts, List<OverdueStep> Stair)? overdue;

    // The same with what is otherwise left out, by what that is; made when something is.
    private (DateOnly Today, long Revision, OverdueFacts Facts, List<OverdueStep> Stair)?[]? overdueWith;

    /// <summary>Claims that are past their due date.</summary>
    public bool HasDueClaims(DateOnly today) => claims?.Exists(book => book.DueBefore(today).Any()) == true;

    /// <summary>Retentions that would be past their due date, had they been released when that was expected.</summary>
    public bool HasDueRetentions(DateOnly today) => RetainedItems?.Any(item => DueWith(item) < today) == true;

    /// <summary>Claims of a currency, in settlement order.</summary>
    public IEnumerable<OpenItem> ClaimsOf(Currency currency) => claims?.Find(book => ReferenceEquals(book.Currency, currency))?.InOrder ?? [];

    /// <summary>What is overdue on a day; computed once per change of the ledger or of the day.</summary>
    public OverdueFacts OverdueOn(DateOnly today, long ignoreBelow, Counted counted)
    {
        var leavesDisputed = !counted.HasFlag(Counted.Disputed) && Disputes is not null;
        var leavesPlanned = !counted.HasFlag(Counted.Planned) && HasPlans(today);
        var withClaims = counted.HasFlag(Counted.Claims) && claims is { Count: > 0 };
        var withRetained = counted.HasFlag(Counted.Retained) && RetainedItems is { Count: > 0 };
        var at = (leavesDisputed ? 1 : 0) + (leavesPlanned ? 2 : 0) + (withClaims ? 4 : 0) + (withRetained ? 8 : 0);
        if (at == 0)
        {
            return Shortened(ref overdue, today, ignoreBelow, null, Counted.None);
        }

        overdueWith ??= new (DateOnly, long, OverdueFacts, List<OverdueStep>)?[16];
        return Shortened(
            ref overdueWith[at], today, ignoreBelow,
            leavesDisputed || leavesPlanned ? (leavesPlanned ? PlannedItems(today) : []).Concat(leavesDisputed ? Disputes!.Items(Find) : []) : null,
            (withClaims ? Counted.Claims : Counted.None) | (withRetained ? Counted.Retained : Counted.None));
    }

    private OverdueFacts Shortened(
        ref (DateOnly Today, long Revision, OverdueFacts Facts, List<OverdueStep> Stair)? cached, DateOnly today, long ignoreBelow,
        IEnumerable<(OpenItem Item, long Amount)>? leftOut, Counted more)
    {
        if (cached is not { } known || known.Today != today || known.Revision != revision)
        {
            known = ComputeOverdue(today, leftOut, more);
            cached = known;
        }

        return known.Stair.Count <= MaxSteps ? known.Facts : known.Facts with { Steps = Shorten(known.Stair, ignoreBelow) };
    }

    // A stored stair is short, but the step that today's policy asks for is always in it.
    private static List<OverdueStep> Shorten(List<OverdueStep> stair, long ignoreBelow)
    {
        var (low, high) = (0, stair.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = stair[middle].LargestItem >= ignoreBelow ? (low, middle) : (middle + 1, high);
        }

        var asked = low < stair.Count ? stair[low] : null;
        var shortened = stair.Take(MaxSteps - 1).ToList();
        if (asked is not null && !shortened.Contains(asked))
        {
            shortened.Add(asked);
        }

        return shortened;
    }

    private (DateOnly Today, long Revision, OverdueFacts Facts, List<OverdueStep> Stair) ComputeOverdue(
        DateOnly today, IEnumerable<(OpenItem Item, long Amount)>? leftOutOf, Counted more)
    {
        // Of an item that is disputed and in a plan both parts are left out, as far as it is open.
        var leftOut = leftOutOf?.GroupBy(each => more.HasFlag(Counted.Retained) ? DueWith(each.Item) : each.Item.DueDate)
            .ToDictionary(
                day => day.Key,
                day => day.GroupBy(each => each.Item).ToDictionary(item => item.Key, item => Math.Min(item.Key.Open, item.Sum(each => each.Amount))));
        long sum = 0;
        var stair = new List<OverdueStep>();
        var days = more != Counted.None
            ? WithMore(today, leftOut, more).OrderBy(day => day.Due)
            : books.Count == 1
                ? books[0].Overdue(today, account, leftOut)
                : books.SelectMany(book => book.Overdue(today, account, leftOut)).OrderBy(day => day.Due);
        foreach (var (due, amount, largest) in days)
        {
            sum += amount;
            if (stair.Count == 0 || largest > stair[^1].LargestItem)
            {
                stair.Add(new OverdueStep(due, largest));
            }
        }

        var facts = stair.Count == 0 ? OverdueFacts.None : new OverdueFacts(sum, stair[0].DueDate, stair);
        return (today, revision, facts, stair);
    }

    /// <summary>With what no policy counts that says nothing; a credit is set against whatever counts that is due first.</summary>
    private IEnumerable<(DateOnly Due, long Sum, long Largest)> WithMore(
        DateOnly today, IReadOnlyDictionary<DateOnly, Dictionary<OpenItem, long>>? leftOut, Counted more)
    {
        var claimed = more.HasFlag(Counted.Claims) ? claims! : [];
        var retained = more.HasFlag(Counted.Retained) ? RetainedItems! : (IReadOnlyCollection<OpenItem>)[];
        foreach (var book in books)
        {
            var beside = (claimed.Find(each => ReferenceEquals(each.Currency, book.Currency))?.DueBefore(today) ?? [])
                .Concat(retained.Where(item => ReferenceEquals(item.Invoice.Currency, book.Currency)).Select(item => (DueWith(item), item)));
            foreach (var day in book.Overdue(today, account, leftOut, beside))
            {
                yield return day;
            }
        }

        foreach (var day in claimed.Where(each => BookOf(each.Currency) is null).SelectMany(each => each.Overdue(today, account, leftOut)))
        {
            yield return day;
        }
    }

    /// <summary>The due date of an item, of a retention the one it would have if it had been released when that was expected.</summary>
    private static DateOnly DueWith(OpenItem item) => item.IsRetained ? item.Invoice.Traits!.Retention!.ExpectedDue : item.DueDate;
}

/// <summary>What counts as overdue although it is usually left out.</summary>
[Flags]
internal enum Counted
{
    /// <summary>Nothing of that.</summary>
    None = 0,

    /// <summary>What is disputed.</summary>
    Disputed = 1,

    /// <summary>What is in a payment plan that is kept.</summary>
    Planned = 2,

    /// <summary>Claims for interest and fees.</summary>
    Claims = 4,

    /// <summary>What is retained, once it would be due had it been released when that was expected.</summary>
    Retained = 8,
}
