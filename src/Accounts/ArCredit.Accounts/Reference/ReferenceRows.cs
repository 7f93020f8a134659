using System.Globalization;
using System.Text.Json;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Accounts.Reference;

/// <summary>A company as stored.</summary>
internal sealed class CompanyRow
{
    public string Id { get; init; } = string.Empty;

    public string Name { get; init; } = string.Empty;

    public string Currency { get; init; } = string.Empty;

    public string TimeZone { get; init; } = string.Empty;

    /// <summary>JSON list of dates.</summary>
    public string Holidays { get; init; } = "[]";

    public int SplitVat { get; init; }

    /// <summary>The company with the months that are closed.</summary>
    public Company ToCompany(IEnumerable<DateOnly> closed) => new(Id, Kernel.Currency.Parse(Currency), TimeZoneInfo.FindSystemTimeZoneById(TimeZone))
    {
        ClosedMonths = closed.ToHashSet() is { Count: > 0 } months ? months : null,
        Holidays = JsonSerializer.Deserialize<HashSet<DateOnly>>(Holidays) is { Count: > 0 } days ? days : null,
        SplitVat = SplitVat != 0,
    };
}

/// <summary>A closed accounting period as stored.</summary>
internal sealed class ClosedPeriodRow
{
    public string Company { get; init; } = string.Empty;

    /// <summary>yyyy-MM.</summary>
    public string Period { get; init; } = string.Empty;

    public DateTimeOffset ClosedAt { get; init; }

    public string ClosedBy { get; init; } = string.Empty;

    public DateOnly Month => DateOnly.ParseExact(Period + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>A version of a policy as stored.</summary>
internal sealed class PolicyRow
{
    public long Version { get; init; }

    public string Scope { get; init; } = string.Empty;

    public string Body { get; init; } = string.Empty;

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; init; } = string.Empty;

    public CreditPolicy Policy => JsonSerializer.Deserialize<CreditPolicy>(Body, EventCodec.Options)
        ?? throw new InvariantException($"Policy version {Version} is null.");

    public static string Encode(CreditPolicy policy) => JsonSerializer.Serialize(policy, EventCodec.Options);
}

/// <summary>A rate as stored.</summary>
internal sealed class RateRow
{
    public DateOnly Date { get; init; }

    public string From { get; init; } = string.Empty;

    public string To { get; init; } = string.Empty;

    public string Rate { get; init; } = string.Empty;

    public FxRate ToRate() => new(Currency.Parse(From), Currency.Parse(To), Date, decimal.Parse(Rate, CultureInfo.InvariantCulture));
}

/// <summary>The reference tables as SQL reads them.</summary>
internal static class ReferenceTables
{
    public static Task<IEnumerable<CompanyRow>> CompaniesAsync(DbSession session) => session.Connection.QueryAsync<CompanyRow>(
        """
        select id as "Id", name as "Name", currency as "Currency", time_zone as "TimeZone", holidays as "Holidays", split_vat as "SplitVat"
        from company order by id
        """,
        transaction: session.Transaction);

    public static Task<IEnumerable<PolicyRow>> PoliciesAsync(DbSession session) => session.Connection.QueryAsync<PolicyRow>(
        """
        select version as "Version", scope as "Scope", body as "Body", created_at as "CreatedAt", created_by as "CreatedBy"
        from policy_version order by version
        """,
        transaction: session.Transaction);

    public static Task<PolicyRow?> NewestPolicyAsync(DbSession session, string scope) => session.Connection.QueryFirstOrDefaultAsync<PolicyRow?>(
        """
        select version as "Version", scope as "Scope", body as "Body", created_at as "CreatedAt", created_by as "CreatedBy"
        from policy_version where scope = @scope order by version desc limit 1
        """,
        new { scope }, session.Transaction);

    public static Task<IEnumerable<RateRow>> RatesAsync(DbSession session) => session.Connection.QueryAsync<RateRow>(
        """
        select rate_date as "Date", from_currency as "From", to_currency as "To", rate as "Rate" from fx_rate
        """,
        transaction: session.Transaction);

    public static Task<IEnumerable<ClosedPeriodRow>> ClosedPeriodsAsync(DbSession session) => session.Connection.QueryAsync<ClosedPeriodRow>(
        """
        select company as "Company", period as "Period", closed_at as "ClosedAt", closed_by as "ClosedBy" from closed_period order by company, period
        """,
        transaction: session.Transaction);

    public static Task<long> StampAsync(DbSession session) => session.Connection.QuerySingleAsync<long>(
        "select stamp from reference_stamp where one = 1", transaction: session.Transaction);
}
