using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Host.Import;

/// <summary>What a limit is derived from.</summary>
internal enum LimitBasis
{
    /// <summary>The highest balance at the end of any day.</summary>
    PeakBalance,

    /// <summary>Invoices per calendar month from the first to the last with one.</summary>
    AverageMonthlySales,
}

/// <summary>Derives a customer's limit from the file: basis × factor, rounded up, at least the minimum.</summary>
/// <param name="Rule">The basis.</param>
/// <param name="Factor">Above 0; 1 when absent.</param>
/// <param name="RoundUpTo">A step in major units, above 0; the minor unit when absent.</param>
/// <param name="Minimum">Major units, 0 or more; 0 when absent.</param>
internal sealed record LimitRule(LimitBasis Rule, decimal? Factor, decimal? RoundUpTo, decimal? Minimum)
{
    /// <summary>The limit in minor units; half-even where factor and step leave a fraction of one.</summary>
    public long Limit(CustomerHistory history, Currency currency)
    {
        var basis = Rule switch
        {
            LimitBasis.PeakBalance => history.PeakBalance(),
            LimitBasis.AverageMonthlySales => history.AverageMonthlySales(),
        };
        var step = (RoundUpTo ?? 0) * currency.MinorPerMajor;
        var limit = Math.Max(basis * (Factor ?? 1), (Minimum ?? 0) * currency.MinorPerMajor);
        limit = step >= 1 ? decimal.Ceiling(limit / step) * step : limit;
        return (long)Math.Min(decimal.Round(limit, 0, MidpointRounding.ToEven), Money.MaxMinor);
    }

    /// <summary>Names every bad number.</summary>
    public void Check(string path, FieldErrors errors)
    {
        if (Factor is <= 0 or > 1000)
        {
            errors.Add($"{path}.factor", "must be above 0 and at most 1000");
        }

        if (RoundUpTo is <= 0 or > 1_000_000_000)
        {
            errors.Add($"{path}.roundUpTo", "must be above 0 and at most 1000000000");
        }

        if (Minimum is < 0 or > 1_000_000_000)
        {
            errors.Add($"{path}.minimum", "must be from 0 to 1000000000");
        }
    }
}

/// <summary>What one customer bought and paid, by day: as much as a limit rule needs to know of a file of any length.</summary>
internal sealed class CustomerHistory
{
    private readonly SortedDictionary<DateOnly, long> changes = [];
    private long sales;
    private DateOnly first = DateOnly.MaxValue;
    private DateOnly last = DateOnly.MinValue;

    /// <summary>Adds a row; amounts in minor units.</summary>
    public void Add(DateOnly issueDate, long amount, DateOnly? settledOn)
    {
        sales += amount;
        first = issueDate < first ? issueDate : first;
        last = issueDate > last ? issueDate : last;
        changes[issueDate] = changes.GetValueOrDefault(issueDate) + amount;
        if (settledOn is { } day)
        {
            changes[day] = changes.GetValueOrDefault(day) - amount;
        }
    }

    /// <summary>The highest balance at the end of any day, minor units, at least 0.</summary>
    public long PeakBalance()
    {
        long balance = 0, peak = 0;
        foreach (var change in changes.Values)
        {
            balance += change;
            peak = Math.Max(peak, balance);
        }

        return peak;
    }

    /// <summary>Sales per calendar month, minor units, at least 0.</summary>
    public decimal AverageMonthlySales()
    {
        var months = ((last.Year - first.Year) * 12) + last.Month - first.Month + 1;
        return months < 1 ? 0 : Math.Max(0, sales) / (decimal)months;
    }
}
