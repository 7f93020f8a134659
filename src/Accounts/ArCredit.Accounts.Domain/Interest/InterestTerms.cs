using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;

namespace ArCredit.Accounts.Domain.Interest;

/// <summary>What interest one account pays for being late.</summary>
/// <param name="Unit">What the rates are per.</param>
/// <param name="GraceDays">Who pays so many days after the due date at the latest pays none.</param>
/// <param name="Rates">By day; each holds from its day on.</param>
public sealed record InterestTerms(InterestUnit Unit, int GraceDays, IReadOnlyList<InterestRate> Rates)
{
    /// <summary>
    /// The policy's terms, or the account's own rate, which is per year and holds for all days, with the policy's grace. Null =
    /// none is agreed.
    /// </summary>
    public static InterestTerms? Of(decimal? own, InterestRule? policy)
    {
        if (own is { } rate)
        {
            var unit = policy is null or { Unit: InterestUnit.Day } ? InterestUnit.Year365 : policy.Unit;
            return new InterestTerms(unit, policy?.GraceDays ?? 0, [new InterestRate(DateOnly.MinValue, rate)]);
        }

        return policy is null ? null : new InterestTerms(policy.Unit, policy.GraceDays, [.. policy.Rates.OrderBy(each => each.From)]);
    }

    /// <summary>The rate of a day; 0 before the first.</summary>
    public decimal On(DateOnly day) => Rates.LastOrDefault(rate => rate.From <= day)?.Percent ?? 0;
}
