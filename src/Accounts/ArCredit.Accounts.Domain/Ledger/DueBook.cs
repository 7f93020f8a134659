using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// The open items of one currency by due date, with sums per day: what is overdue is found from the days, not from the items,
/// so that an account with 100,000 items answers like an empty one. While there are few items there are no days.
/// </summary>
internal sealed class DueBook(Currency currency)
{
    // Beyond this many items days are worth their memory; below, adding up the items at each look is as fast.
    private const int MostWithoutDays = 32;

    /// <summary>Due date, issue date, number, instalment.</summary>
    public static readonly IComparer<OpenItem> InSettlementOrder = Comparer<OpenItem>.Create(Compare);

    // In settlement order while there are few; then empty, and the days hold them.
    private readonly List<OpenItem> few = new(0);
    private SortedList<DateOnly, DueDay>? days;

    public Currency Currency { get; } = currency;

    /// <summary>Unapplied credits of this currency, document minor units, at least 0.</summary>
    public long Credits { get; set; }

    public bool IsEmpty => days is null && few.Count == 0;

    /// <summary>Items in settlement order: due date, issue date, number, instalment.</summary>
    public IEnumerable<OpenItem> InOrder => days is null ? few : days.Values.SelectMany(day => day.Items);

    public void Add(OpenItem item)
    {
        if (days is not null)
        {
            AddToDay(item);
            return;
        }

        Insert(few, item);
        if (few.Count > MostWithoutDays)
        {
            days = [];
            few.ForEach(AddToDay);
            few.Clear();
            few.Capacity = 0;
        }
    }

    public void Remove(OpenItem item)
    {
        if (days is null)
        {
            Take(few, item);
            return;
        }

        var day = days[item.DueDate];
        Require.That(day.Items.Remove(item));
        day.Change(-item.Open, -item.AccountOpen, item.AccountOpen);
        if (day.Items.Count == 0)
        {
            Require.That(day.Open == 0 && day.AccountOpen == 0);
            days.Remove(item.DueDate);
            days = days.Count == 0 ? null : days;
        }
    }

    /// <summary>Tells the day that an item's open amounts have just changed by these.</summary>
    public void Change(OpenItem item, long open, long accountOpen) =>
        days?[item.DueDate].Change(open, accountOpen, item.AccountOpen - accountOpen);

    /// <summary>
    /// The overdue days, oldest first, with what is left of them after the unapplied credits have been set against the
    /// oldest: sum and largest item in account currency.
    /// </summary>
    /// <param name="today">Items due before it.</param>
    /// <param name="account">The account's currency.</param>
    /// <param name="leftOut">By due date, what of which items is not counted and takes no credit; null = nothing.</param>
    /// <param name="beside">Other items of the currency that count; null = none.</param>
    public IEnumerable<(DateOnly Due, long Sum, long Largest)> Overdue(
        DateOnly today, Currency account, IReadOnlyDictionary<DateOnly, Dictionary<OpenItem, long>>? leftOut,
        IEnumerable<(DateOnly Due, OpenItem Item)>? beside = null)
    {
        var credits = Credits;
        foreach (var (due, day) in beside is null ? days ?? Days(today) : WithDaysOf(beside, today))
        {
            if (due >= today)
            {
                yield break;
            }

            if (leftOut is not null && leftOut.TryGetValue(due, out var parts))
            {
                var (open, sum, largest) = LeftOf(day, ref credits, account, parts);
                if (open > 0)
                {
                    yield return (due, sum, largest);
                }
            }
            else if (credits == 0)
            {
                yield return (due, day.AccountOpen, day.Largest);
            }
            else if (credits >= day.Open)
            {
                credits -= day.Open;
            }
            else
            {
                var (_, sum, largest) = LeftOf(day, ref credits, account, null);
                yield return (due, sum, largest);
            }
        }
    }

    /// <summary>The items that are due before a day, by their due dates.</summary>
    public IEnumerable<(DateOnly Due, OpenItem Item)> DueBefore(DateOnly day) =>
        InOrder.TakeWhile(item => item.DueDate < day).Select(item => (item.DueDate, item));

    // Made for one look; a day that has items of both is made anew, in settlement order.
    private IEnumerable<KeyValuePair<DateOnly, DueDay>> WithDaysOf(IEnumerable<(DateOnly Due, OpenItem Item)> beside, DateOnly before)
    {
        var known = (days ?? Days(before)).TakeWhile(day => day.Key < before);
        var others = beside.Where(each => each.Due < before).GroupBy(each => each.Due, each => each.Item).Select(each => KeyValuePair.Create(each.Key, DayOf(each)));
        return known.Concat(others).GroupBy(day => day.Key, day => day.Value).OrderBy(day => day.Key)
            .Select(day => KeyValuePair.Create(day.Key, day.Count() == 1 ? day.First() : DayOf(day.SelectMany(each => each.Items))));
    }

    private static DueDay DayOf(IEnumerable<OpenItem> items)
    {
        var day = new DueDay();
        foreach (var item in items.OrderBy(item => item, InSettlementOrder))
        {
            day.Items.Add(item);
            day.Change(item.Open, item.AccountOpen, 0);
        }

        return day;
    }

    // Made for one look, and only of the days before this one.
    private IEnumerable<KeyValuePair<DateOnly, DueDay>> Days(DateOnly before)
    {
        for (var i = 0; i < few.Count && few[i].DueDate < before;)
        {
            var (due, day) = (few[i].DueDate, new DueDay());
            for (; i < few.Count && few[i].DueDate == due; i++)
            {
                day.Items.Add(few[i]);
                day.Change(few[i].Open, few[i].AccountOpen, 0);
            }

            yield return KeyValuePair.Create(due, day);
        }
    }

    private void AddToDay(OpenItem item)
    {
        if (!days!.TryGetValue(item.DueDate, out var day))
        {
            days.Add(item.DueDate, day = new DueDay());
        }

        Require.That(day.Items.Add(item));
        day.Change(item.Open, item.AccountOpen, 0);
    }

    private static void Insert(List<OpenItem> items, OpenItem item)
    {
        var at = items.BinarySearch(item, InSettlementOrder);
        Require.That(at < 0);
        items.Insert(~at, item);
    }

    private static void Take(List<OpenItem> items, OpenItem item)
    {
        var at = items.BinarySearch(item, InSettlementOrder);
        Require.That(at >= 0 && ReferenceEquals(items[at], item));
        items.RemoveAt(at);
    }

    private static (long Open, long Sum, long Largest) LeftOf(DueDay day, ref long credits, Currency account, Dictionary<OpenItem, long>? leftOut)
    {
        long open = 0, sum = 0, largest = 0;
        foreach (var item in day.Items)
        {
            var counted = item.Open - (leftOut?.GetValueOrDefault(item) ?? 0);
            var used = Math.Min(credits, counted);
            credits -= used;
            open += counted - used;
            var left = used == 0 && counted == item.Open ? item.AccountOpen : item.Invoice.InAccount(counted - used, account);
            sum += left;
            largest = Math.Max(largest, left);
        }

        return (open, sum, largest);
    }

    private static int Compare(OpenItem? left, OpenItem? right)
    {
        var byDue = left!.DueDate.CompareTo(right!.DueDate);
        if (byDue != 0)
        {
            return byDue;
        }

        var byIssue = left.Invoice.IssueDate.CompareTo(right.Invoice.IssueDate);
        if (byIssue != 0)
        {
            return byIssue;
        }

        var byNumber = string.CompareOrdinal(left.Invoice.Number.Value, right.Invoice.Number.Value);
        return byNumber != 0 ? byNumber : left.Instalment.CompareTo(right.Instalment);
    }

    private sealed class DueDay
    {
        private long largest;
        private bool largestKnown = true;

        // A tree: everything that an account buys may be due on one day of the month, and a list would be moved for each.
        public SortedSet<OpenItem> Items { get; } = new(InSettlementOrder);

        public long Open { get; private set; }

        public long AccountOpen { get; private set; }

        /// <summary>Largest open amount of one item, account currency; looked for anew only after the largest shrank.</summary>
        public long Largest
        {
            get
            {
                if (!largestKnown)
                {
                    largest = Items.Count == 0 ? 0 : Items.Max(item => item.AccountOpen);
                    largestKnown = true;
                }

                return largest;
            }
        }

        /// <summary>One item's open amounts change by these; it stood at <paramref name="before"/> in account currency.</summary>
        public void Change(long open, long accountOpen, long before)
        {
            Open += open;
            AccountOpen += accountOpen;
            if (accountOpen >= 0)
            {
                largest = Math.Max(largest, before + accountOpen);
            }
            else if (before >= largest)
            {
                largestKnown = false;
            }
        }
    }
}
