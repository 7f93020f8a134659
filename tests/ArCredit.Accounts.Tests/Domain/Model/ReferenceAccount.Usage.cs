using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>Metered usage: every event ever counted, and what was billed through when.</summary>
internal sealed partial class ReferenceAccount
{
    private readonly List<(string Id, string Subscription, DateOnly Day, decimal Exact)> metered = [];
    private readonly List<BilledUsage> billed = [];
    private readonly HashSet<string> usageNumbers = [];

    /// <summary>What is metered and not billed, without what is billed besides; each subscription rounded once.</summary>
    private decimal MeteredThrough(IReadOnlyList<BilledUsage>? besides) => metered
        .Where(each => besides?.Any(closing => closing.Subscription == each.Subscription && each.Day <= closing.Through) != true)
        .GroupBy(each => each.Subscription)
        .Sum(group => decimal.Round(group.Sum(each => each.Exact), currency.Decimals, MidpointRounding.ToEven));

    private string Meter(RecordUsage command)
    {
        if (usageNumbers.Contains(command.Id.Value))
        {
            return Taken;
        }

        var day = terms.Today(command.UsedAt ?? Now);
        if (day > Today)
        {
            return Refused(RefusalCode.UsageInFuture);
        }

        var rate = terms.Rate(command.Currency, currency, day);
        if (rate is null)
        {
            return Refused(RefusalCode.NoRate);
        }

        if (!command.Unbilled && billed.Exists(each => each.Subscription == command.Subscription && day <= each.Through))
        {
            usageNumbers.Add(command.Id.Value);
            return Done;
        }

        var exact = decimal.Round(command.Amount * rate.Value.Over / rate.Value.Under, currency.Decimals + 8, MidpointRounding.ToEven);
        if (metered.Where(each => each.Subscription == command.Subscription && each.Day == day).Sum(each => each.Exact) + exact < 0)
        {
            return Refused(RefusalCode.UsageBelowZero);
        }

        metered.Add((command.Id.Value, command.Subscription, day, exact));
        usageNumbers.Add(command.Id.Value);
        return Done;
    }

    private string GiveUp(ReleaseUsage command)
    {
        if (usageNumbers.Contains($"release {command.Id}"))
        {
            return Taken;
        }

        if (Ahead([command.Usage]) is { } refused)
        {
            return refused;
        }

        usageNumbers.Add($"release {command.Id}");
        Close([command.Usage]);
        return Done;
    }

    private string? Ahead(IReadOnlyList<BilledUsage> usage) => usage.Any(each => each.Through > Today) ? Refused(RefusalCode.UsageInFuture) : null;

    private void Close(IReadOnlyList<BilledUsage> closings)
    {
        metered.RemoveAll(each => closings.Any(closing => closing.Subscription == each.Subscription && each.Day <= closing.Through));
        billed.AddRange(closings);
    }
}
