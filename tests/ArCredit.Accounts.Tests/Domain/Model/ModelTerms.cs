using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>A rate as the fraction that it is: a published number, or one divided by it.</summary>
internal readonly record struct ModelRate(decimal Over, decimal Under)
{
    public static readonly ModelRate One = new(1, 1);

    /// <summary>An amount at this rate, rounded half-even to so many decimals; the quotient itself is never rounded.</summary>
    public decimal Of(decimal amount, int decimals)
    {
        var step = decimals switch { 0 => 1m, 2 => 0.01m, 3 => 0.001m, _ => throw new ArgumentOutOfRangeException(nameof(decimals)) };
        var (wanted, width) = (amount * Over, Under * step);
        var rest = wanted % width;
        var steps = (wanted - rest) / width;
        return step * (2 * rest > width || (2 * rest == width && steps % 2 == 1) ? steps + 1 : steps);
    }
}

/// <summary>Policy, rates and zone of a run: once as plain numbers, once as the product takes them. Amounts in company currency.</summary>
internal sealed record ModelTerms(
    decimal CreditLimit, decimal TolerancePercent, decimal MaxDocument, int OverdueDays, decimal IgnoreBelow, decimal OverdueAmount,
    decimal OverdueShare, int NearDays, decimal NearUtilization, bool DisputedIsOverdue = false, SettlementRule? Settlement = null, bool PlannedIsOverdue = false,
    bool PlansWithoutApproval = false, bool SplitVat = false, InterestUnit? Interest = null, int InterestGrace = 0, bool ClaimsAreOverdue = false)
{
    /// <summary>A currency that the policy does not allow.</summary>
    public const string NotAllowed = "CHF";

    public static readonly Currency CompanyCurrency = Currency.Parse("EUR");

    public const decimal SmallPerItem = 3;

    public const decimal SmallPerYear = 7;

    /// <summary>Of what a dispute credits.</summary>
    public const decimal ApproveAbove = 20;

    public const int PlanGraceDays = 1;

    public const decimal PlanTolerance = 1;

    /// <summary>All plans that nobody approved.</summary>
    public const decimal PlanApproveAbove = 90;

    /// <summary>From when on which per cent; a tenth of a per cent a day is often just half a cent.</summary>
    public static readonly (int Day, decimal Percent)[] InterestRates = [(-6, 36.5m), (4, 73m)];

    /// <summary>A Wednesday.</summary>
    public static DateOnly Holiday => FirstDay.AddDays(2);

    private static readonly TimeSpan Baku = TimeSpan.FromHours(4);

    /// <summary>First day, from, to, rate: pounds have none in the first days, dollars are quoted in both directions.</summary>
    private static readonly (int Day, string From, string To, decimal Rate)[] Rates =
    [
        (0, "EUR", "JPY", 161.37m), (0, "EUR", "KWD", 0.3335m), (0, "EUR", "CHF", 0.95m), (0, "JPY", "CHF", 0.0059m), (0, "KWD", "CHF", 2.85m),
        (0, "USD", "EUR", 0.917m), (1, "EUR", "USD", 1.113m), (3, "USD", "EUR", 0.5m),
        (0, "USD", "JPY", 148.2m), (2, "JPY", "USD", 0.0071m), (1, "EUR", "JPY", 163.02m), (2, "KWD", "EUR", 2.995m), (0, "USD", "KWD", 0.307m), (2, "USD", "KWD", 0.3m),
        (2, "GBP", "EUR", 1.17m), (2, "JPY", "GBP", 0.0053m), (2, "GBP", "KWD", 0.39m), (4, "GBP", "EUR", 1.15m), (5, "GBP", "KWD", 0.41m),
    ];

    public static DateOnly FirstDay => DateOnly.FromDateTime(AccountBuilder.Start.DateTime);

    public DateOnly Today(DateTimeOffset now) => DateOnly.FromDateTime((now + Baku).DateTime);

    /// <summary>The newest of both directions, the direct one where both are of a day.</summary>
    public ModelRate? Rate(Currency from, Currency to, DateOnly day)
    {
        if (from == to)
        {
            return ModelRate.One;
        }

        var known = Rates.Where(rate => FirstDay.AddDays(rate.Day) <= day)
            .Where(rate => (rate.From, rate.To) == (from.Code, to.Code) || (rate.To, rate.From) == (from.Code, to.Code))
            .OrderByDescending(rate => rate.Day).ThenByDescending(rate => rate.From == from.Code).ToList();
        return known.Count == 0 ? null : known[0].From == from.Code ? new ModelRate(known[0].Rate, 1) : new ModelRate(1, known[0].Rate);
    }

    public ReferenceBook Book() => new(
        [new Company(AccountStory.Company, CompanyCurrency, TimeZoneInfo.FindSystemTimeZoneById("Asia/Baku")) { Holidays = new HashSet<DateOnly> { Holiday }, SplitVat = SplitVat }],
        [new PolicyVersion(1, RuleScopes.Company(AccountStory.Company), new CreditPolicy
        {
            CreditLimit = CreditLimit,
            TolerancePercent = TolerancePercent,
            MaxDocument = new(MaxDocument, RuleAction.Refer),
            OverdueDays = new(OverdueDays, IgnoreBelow, RuleAction.Decline),
            OverdueAmount = new(OverdueAmount, OverdueShare, RuleAction.Refer),
            NearLimit = new(NearDays, NearUtilization, RuleAction.Warn),
            SmallDifference = new(SmallPerItem, SmallPerYear),
            Settlement = Settlement,
            Disputes = new(CountAsOverdue: DisputedIsOverdue, ApproveAbove),
            Interest = Interest is { } unit ? new InterestRule(unit, InterestGrace, [.. InterestRates.Select(rate => new InterestRate(FirstDay.AddDays(rate.Day), rate.Percent))]) : null,
            Plans = new(PlanGraceDays, PlanTolerance, PlannedIsOverdue, PlansWithoutApproval ? PlanApproveAbove : null),
            Claims = new(ClaimsAreOverdue),
            Actions = new Dictionary<string, RuleAction> { ["BROKEN_PROMISE"] = RuleAction.Warn },
            Currencies = new([.. new[] { "EUR", "JPY", "KWD", "USD", "GBP" }.Select(Currency.Parse)], RuleAction.Decline),
        })],
        Rates.Select(rate => new FxRate(Currency.Parse(rate.From), Currency.Parse(rate.To), FirstDay.AddDays(rate.Day), rate.Rate)));
}
