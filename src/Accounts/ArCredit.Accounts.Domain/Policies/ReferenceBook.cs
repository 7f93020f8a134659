using System.Collections.Concurrent;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Policies;

/// <summary>A legal entity that sells.</summary>
/// <param name="Id">Its short name.</param>
/// <param name="Currency">Functional currency.</param>
/// <param name="Zone">Its days begin at midnight here.</param>
public sealed record Company(string Id, Currency Currency, TimeZoneInfo Zone)
{
    /// <summary>Closed accounting periods, each named by the first day of its month; null = none ever was.</summary>
    public IReadOnlySet<DateOnly>? ClosedMonths { get; init; }

    /// <summary>Days that are no business days, besides Saturdays and Sundays; null = none.</summary>
    public IReadOnlySet<DateOnly>? Holidays { get; init; }

    /// <summary>The day so many business days after a day.</summary>
    public DateOnly AfterBusinessDays(DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(1);
            count -= day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || Holidays?.Contains(day) == true ? 0 : 1;
        }

        return day;
    }

    /// <summary>Invoices that are posted from now on have a net and a VAT part with open amounts of their own.</summary>
    public bool SplitVat { get; init; }

    /// <summary>The first day from this one on whose period is open: the day itself, or the first of a month.</summary>
    public DateOnly FirstOpenDay(DateOnly day)
    {
        while (ClosedMonths is not null && ClosedMonths.Contains(MonthOf(day)))
        {
            day = MonthOf(day).AddMonths(1);
        }

        return day;
    }

    private static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);

    /// <summary>The date of an instant in the company's zone.</summary>
    public DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);
}

/// <summary>A published rate: units of <paramref name="To"/> per <paramref name="From"/>, above 0.</summary>
public sealed record FxRate(Currency From, Currency To, DateOnly Date, decimal Rate);

/// <summary>A policy as stored: one version of one scope.</summary>
/// <param name="Version">Counts up over all scopes.</param>
/// <param name="Scope">company:NAME or segment:NAME.</param>
/// <param name="Policy">The whole policy of that scope from this version on.</param>
public sealed record PolicyVersion(long Version, string Scope, CreditPolicy Policy);

/// <summary>
/// Companies, policies and rates as known at one moment; immutable, so that a decision stands on one state of them all.
/// </summary>
public sealed class ReferenceBook
{
    private readonly Dictionary<string, Company> companies;
    private readonly List<PolicyVersion> policies;
    private readonly Dictionary<(Currency From, Currency To), FxRate[]> rates;
    private readonly ConcurrentDictionary<(string Company, string? Segment, long Version), EffectivePolicy> effective = new();

    /// <summary>A book of these entries, in any order.</summary>
    public ReferenceBook(IEnumerable<Company> companies, IEnumerable<PolicyVersion> policies, IEnumerable<FxRate> rates)
    {
        this.companies = companies.ToDictionary(company => company.Id, StringComparer.Ordinal);
        this.policies = [.. policies.OrderBy(policy => policy.Version)];
        this.rates = rates.GroupBy(rate => (rate.From, rate.To))
            .ToDictionary(pair => pair.Key, pair => pair.OrderBy(rate => rate.Date).ToArray());
        PolicyVersion = this.policies.Count == 0 ? 0 : this.policies[^1].Version;
    }

    /// <summary>The newest policy version; 0 = only what ships.</summary>
    public long PolicyVersion { get; }

    /// <summary>Null when there is none of that name.</summary>
    public Company? FindCompany(string id) => companies.GetValueOrDefault(id);

    /// <summary>All companies.</summary>
    public IReadOnlyCollection<Company> Companies => companies.Values;

    /// <summary>What holds for a company's segment under the newest version.</summary>
    public EffectivePolicy PolicyFor(string company, string? segment) => PolicyFor(company, segment, PolicyVersion);

    /// <summary>What held under an older version.</summary>
    public EffectivePolicy PolicyFor(string company, string? segment, long version) =>
        effective.GetOrAdd((company, segment, version), static (key, book) => book.Merge(key.Company, key.Segment, key.Version), this);

    /// <summary>
    /// Units of <paramref name="to"/> per <paramref name="from"/>: the newest published on or before the day, in either
    /// direction; null when there is none.
    /// </summary>
    public FxRate? FindRate(Currency from, Currency to, DateOnly day)
    {
        if (ReferenceEquals(from, to))
        {
            return new FxRate(from, to, day, 1m);
        }

        var direct = Newest(from, to, day);
        var inverse = Newest(to, from, day);
        if (direct is not null && (inverse is null || direct.Date >= inverse.Date))
        {
            return direct;
        }

        return inverse is null ? null : new FxRate(from, to, inverse.Date, 1m / inverse.Rate);
    }

    private FxRate? Newest(Currency from, Currency to, DateOnly day)
    {
        if (!rates.TryGetValue((from, to), out var byDate))
        {
            return null;
        }

        int low = 0, high = byDate.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = byDate[middle].Date <= day ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? null : byDate[low - 1];
    }

    private EffectivePolicy Merge(string company, string? segment, long version)
    {
        var scopes = new List<string> { RuleScopes.Company(company) };
        if (segment is not null)
        {
            scopes.Add(RuleScopes.Segment(segment));
        }

        return new EffectivePolicy(
            from scope in scopes
            let newest = policies.LastOrDefault(policy => policy.Scope == scope && policy.Version <= version)
            where newest is not null
            select (scope, newest.Policy));
    }
}
