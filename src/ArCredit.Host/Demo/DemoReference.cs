using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Host.Demo;

/// <summary>Policies and two years of monthly rates that the portfolio stands on.</summary>
internal static class DemoReference
{
    /// <summary>Every policy by scope.</summary>
    public static IEnumerable<(string Scope, CreditPolicy Policy)> Policies(Company company)
    {
        yield return (RuleScopes.Company(company.Id), new CreditPolicy
        {
            TolerancePercent = 5,
            OverdueDays = new OverdueDaysRule(30, 50, RuleAction.Decline),
            NearLimit = new NearLimitRule(10, 95, RuleAction.Refer),
            PaymentTerms = PaymentTerms.Shipped,
        });
        yield return (RuleScopes.Segment("retail"), new CreditPolicy { CreditLimit = 1_000 });
        yield return (RuleScopes.Segment("wholesale"), new CreditPolicy { CreditLimit = 5_000, OverdueAmount = new OverdueAmountRule(20_000, 25, RuleAction.Refer) });
        yield return (RuleScopes.Segment("horeca"), new CreditPolicy { TolerancePercent = 0, PaymentTerms = new PaymentTerms(14, EndOfMonth.None, null, []) });
        yield return (RuleScopes.Segment("construction"), new CreditPolicy { MaxDocument = new AmountRule(50_000, RuleAction.Refer) });
        yield return (RuleScopes.Segment("export"), new CreditPolicy { PaymentTerms = new PaymentTerms(60, EndOfMonth.None, null, []) });
    }

    /// <summary>Rates of the first of each month, wandering a little around where they stood.</summary>
    public static IReadOnlyList<FxRate> Rates(DateOnly today)
    {
        var (azn, eur, usd) = (Currency.Parse("AZN"), Currency.Parse("EUR"), Currency.Parse("USD"));
        var rates = new List<FxRate>();
        var first = new DateOnly(today.Year, today.Month, 1).AddDays(-DemoPortfolio.HistoryDays);
        var month = 0;
        for (var day = new DateOnly(first.Year, first.Month, 1); day <= today; day = day.AddMonths(1), month++)
        {
            var eurUsd = 1.10m + (0.03m * (decimal)Math.Round(Math.Sin(month * 0.7), 4, MidpointRounding.ToEven));
            rates.Add(new FxRate(usd, azn, day, 1.7m));
            rates.Add(new FxRate(eur, usd, day, eurUsd));
            rates.Add(new FxRate(eur, azn, day, eurUsd * 1.7m));
        }

        return rates;
    }
}
