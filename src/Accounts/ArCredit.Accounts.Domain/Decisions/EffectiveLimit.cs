using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Decisions;

/// <summary>The ceiling that holds on a day.</summary>
/// <param name="Amount">Minor units of the account's currency; null = no ceiling, or <paramref name="RateMissing"/>.</param>
/// <param name="Scope">Where it comes from.</param>
/// <param name="IsTemporary">Inside a temporary limit's days; limit expiry is not tested then.</param>
/// <param name="RateMissing">
/// There is an inherited limit, in a currency without a rate: what it is here nobody knows until one is published. No number
/// stands in for it; <c>NO_RATE</c> keeps every sale on credit from being approved.
/// </param>
public readonly record struct EffectiveLimit(long? Amount, string Scope, bool IsTemporary, bool RateMissing)
{
    /// <summary>Temporary, else own, else inherited from segment, then company, then shipped.</summary>
    public static EffectiveLimit Of(Limits limits, EffectivePolicy policy, Currency currency, decimal? policyRate, DateOnly today)
    {
#if PLANTED_BUGS
        limits = Planted.Is("temporary-limit-ends-a-day-early") && limits.Temporary?.To == today ? limits with { Temporary = null } : limits;
#endif
        if (limits.Temporary is { } temporary && temporary.From <= today && today <= temporary.To)
        {
            return new EffectiveLimit(temporary.Amount, RuleScopes.Temporary, true, false);
        }

        if (limits.Unlimited)
        {
            return new EffectiveLimit(null, RuleScopes.Account, false, false);
        }

        if (limits.CreditLimit is { } own)
        {
            return new EffectiveLimit(own, RuleScopes.Account, false, false);
        }

        var (inherited, scope) = policy.CreditLimit;
        return inherited is null or 0m
            ? new EffectiveLimit((long?)inherited, scope, false, false)
            : new EffectiveLimit(PolicyAmount(inherited.Value, currency, policyRate), scope, false, policyRate is null);
    }

    /// <summary>The largest sum an account holds, minor units: a quarter of what fits, so that sums of its sums fit too.</summary>
    public const long Most = long.MaxValue / 4;

    /// <summary>
    /// A policy's amount in minor units of the account's currency, half-even; null without a rate. One that no sum can reach
    /// is <see cref="Most"/>.
    /// </summary>
    public static long? PolicyAmount(decimal amount, Currency currency, decimal? policyRate)
    {
        if (policyRate is not { } rate)
        {
            return null;
        }

        var minorPerUnit = rate * currency.MinorPerMajor;
        return minorPerUnit > 0 && amount >= Most / minorPerUnit ? Most : Exchange.ToMinor(amount, rate, currency);
    }

    /// <summary>Exposure (at least 0) ÷ the limit without tolerance; null for no ceiling, a limit of 0 and one that is not known.</summary>
    public decimal? Utilization(long exposure) => Amount is > 0 ? (decimal)Math.Max(0, exposure) / Amount.Value : null;
}
