using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// Metered usage that is not invoiced yet, by subscription and day. Meters count in fractions of a cent, so that days keep exact
/// sums and a subscription is rounded once, half-even, to the account's minor unit.
/// </summary>
internal sealed class UsageBook
{
    /// <summary>Days with open usage that one account may have.</summary>
    public const int MostDays = 4000;

    /// <summary>Subscriptions that one account may ever have.</summary>
    public const int MostSubscriptions = 500;

    private readonly SortedList<string, Metered> subscriptions = new(StringComparer.Ordinal);

    /// <summary>Exposure, account currency.</summary>
    public long Total { get; private set; }

    /// <summary>Days with open usage, of all subscriptions.</summary>
    public int Days { get; private set; }

    /// <summary>Subscriptions with usage, or with what was billed of it.</summary>
    public int Count => subscriptions.Count;

    /// <summary>What can be shown of every subscription, by code.</summary>
    public IEnumerable<OpenUsage> Open => subscriptions.Select(each => new OpenUsage(
        each.Key, each.Value.Exposure, each.Value.Days.Count == 0 ? null : each.Value.Days.GetKeyAtIndex(0),
        each.Value.Days.Count == 0 ? null : each.Value.Days.GetKeyAtIndex(each.Value.Days.Count - 1), each.Value.Closed));

    /// <summary>What is kept of every subscription, by code.</summary>
    public IEnumerable<UsageSnapshot> Snapshot =>
        subscriptions.Select(each => new UsageSnapshot(each.Key, [.. each.Value.Days.Select(day => new UsageDay(day.Key, day.Value))], each.Value.Closed));

    public bool Has(string subscription) => subscriptions.ContainsKey(subscription);

    /// <summary>What ended a subscription's usage through a day or later; null = that day is not ended.</summary>
    public UsageClosing? ClosingOf(string subscription, DateOnly day) =>
        subscriptions.TryGetValue(subscription, out var metered) && metered.Closed is { } closed && day <= closed.Through ? closed : null;

    /// <summary>The exact sum of a day, account minor units.</summary>
    public decimal On(string subscription, DateOnly day) =>
        subscriptions.TryGetValue(subscription, out var metered) ? metered.Days.GetValueOrDefault(day) : 0;

    /// <summary>By how much more of a subscription, exact and in account minor units, would raise exposure.</summary>
    public long RaisedBy(string subscription, decimal exact) =>
        subscriptions.TryGetValue(subscription, out var metered) ? Rounded(metered.Sum + exact) - metered.Exposure : Rounded(exact);

    /// <summary>By how much ending a subscription's usage through a day would lower exposure.</summary>
    public long LoweredBy(BilledUsage usage)
    {
        if (!subscriptions.TryGetValue(usage.Subscription, out var metered))
        {
            return 0;
        }

        var left = metered.Days.Where(day => day.Key > usage.Through).Sum(day => day.Value);
        return metered.Exposure - Rounded(left);
    }

    /// <summary>More, or less, of a day.</summary>
    public void Add(string subscription, DateOnly day, decimal exact)
    {
        var metered = Of(subscription);
        var known = metered.Days.TryGetValue(day, out var before);
        Require.That(before + exact >= 0);
        metered.Days[day] = before + exact;
        Days += known ? 0 : 1;
        Rebalance(metered, exact);
    }

    /// <summary>What is known of the subscription through a day is not to be billed any more, nor what comes to be known of it.</summary>
    public void Close(string subscription, UsageClosing closing)
    {
        var metered = Of(subscription);
        while (metered.Days.Count > 0 && metered.Days.GetKeyAtIndex(0) <= closing.Through)
        {
            var exact = metered.Days.GetValueAtIndex(0);
            metered.Days.RemoveAt(0);
            Days--;
            Rebalance(metered, -exact);
        }

        metered.Closed = metered.Closed is { } before && before.Through > closing.Through ? before : closing;
    }

    /// <summary>Puts back what was kept.</summary>
    public void Restore(UsageSnapshot kept)
    {
        foreach (var (day, exact) in kept.Days)
        {
            Add(kept.Subscription, day, exact);
        }

        Of(kept.Subscription).Closed = kept.Closed;
    }

    private Metered Of(string subscription)
    {
        if (!subscriptions.TryGetValue(subscription, out var metered))
        {
            subscriptions.Add(subscription, metered = new Metered());
        }

        return metered;
    }

    private void Rebalance(Metered metered, decimal exact)
    {
        metered.Sum += exact;
        Total -= metered.Exposure;
        metered.Exposure = Rounded(metered.Sum);
        Total += metered.Exposure;
        Require.That(metered.Exposure >= 0 && Total >= 0);
    }

    private static long Rounded(decimal exact) => (long)decimal.Round(exact, MidpointRounding.ToEven);

    private sealed class Metered
    {
        public SortedList<DateOnly, decimal> Days { get; } = [];

        public decimal Sum { get; set; }

        public long Exposure { get; set; }

        public UsageClosing? Closed { get; set; }
    }
}
