using System.Globalization;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Time;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Reference;

/// <summary>Whether an accounting period takes postings.</summary>
internal enum PeriodStatus
{
    /// <summary>It does.</summary>
    Open,

    /// <summary>It does not.</summary>
    Closed,
}

/// <summary>What shall become of a period.</summary>
/// <param name="Status">closed, or open again.</param>
internal sealed record PeriodBody(PeriodStatus Status);

/// <summary>An accounting period.</summary>
/// <param name="Period">A month, yyyy-MM.</param>
/// <param name="Status">Whether it takes postings.</param>
/// <param name="ClosedAt">Null when it is open.</param>
/// <param name="ClosedBy">Who closed it; null when it is open.</param>
internal sealed record PeriodView(string Period, PeriodStatus Status, DateTimeOffset? ClosedAt, string? ClosedBy)
{
    public static PeriodView Of(ClosedPeriodRow row) => new(row.Period, PeriodStatus.Closed, row.ClosedAt, row.ClosedBy);
}

/// <summary><c>/companies/{company}/periods</c>.</summary>
internal static class PeriodEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var periods = endpoints.MapGroup("/api/v1/companies/{company}/periods").WithTags("Companies");
        periods.MapPut("{period}", PutAsync)
            .RequireRoles(Roles.Finance)
            .WithSummary("Closes an accounting period (a month, yyyy-MM), or opens it again")
            .WithDescription(
                "What would be posted into a closed period is refused with PERIOD_CLOSED, or with ifPeriodClosed=nextOpenDay goes to the first " +
                "open day. What was posted before stays; it is undone by a reversal in an open period.")
            .Takes(typeof(PeriodBody))
            .Answers(200, typeof(PeriodView), "As it is from now on.")
            .Refuses(400, 404, 413, 415, 503);
        periods.MapGet(string.Empty, ListAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("The closed periods of a company; all others are open")
            .HasPaging()
            .Answers(200, typeof(ListPage<PeriodView>), "Closed periods in order.")
            .Refuses(400, 404, 503);
    }

    private static async Task PutAsync(HttpContext http, ReferenceStore store, BusinessClock clock)
    {
        if (!RouteReader.TryText(http, "company", ReferenceNames.MaxLength, out var company, out var problem)
            || !RouteReader.TryMonth(http, "period", out var month, out problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<PeriodBody>(http);
        if (body.Problem is not null)
        {
            await body.Problem.ExecuteAsync(http);
            return;
        }

        if (await store.FindCompanyAsync(company, http.RequestAborted) is null)
        {
            await NoSuchCompany.ExecuteAsync(http);
            return;
        }

        var period = month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        var row = new { company, period, now = clock.GetUtcNow(), by = http.Caller().Id };
        var closed = body.Value.Status == PeriodStatus.Closed;
        await store.WriteAsync(
            session => session.Connection.ExecuteAsync(
                closed
                    ? """
                      insert into closed_period (company, period, closed_at, closed_by) values (@company, @period, @now, @by)
                      on conflict (company, period) do nothing
                      """
                    : "delete from closed_period where company = @company and period = @period",
                row, session.Transaction),
            http.RequestAborted);
        var found = closed ? (await ReadAsync(store, company, http.RequestAborted)).FirstOrDefault(each => each.Period == period) : null;
        await Reply.Json(http, 200, found ?? new PeriodView(period, PeriodStatus.Open, null, null));
    }

    private static async Task ListAsync(HttpContext http, ReferenceStore store)
    {
        var query = new QueryReader(http);
        var paging = query.Paging(cursorKeys: 1);
        if (!RouteReader.TryText(http, "company", ReferenceNames.MaxLength, out var company, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await store.FindCompanyAsync(company, http.RequestAborted) is null)
        {
            await NoSuchCompany.ExecuteAsync(http);
            return;
        }

        var periods = (await ReadAsync(store, company, http.RequestAborted))
            .Where(each => paging.After is not [var after] || string.CompareOrdinal(each.Period, after) > 0).ToList();
        await Reply.Json(http, 200, paging.Page(periods, view => [view.Period]));
    }

    private static async Task<IEnumerable<PeriodView>> ReadAsync(ReferenceStore store, string company, CancellationToken cancellation)
    {
        await using var session = await store.ReadAsync(cancellation);
        return (await ReferenceTables.ClosedPeriodsAsync(session)).Where(row => row.Company == company).Select(PeriodView.Of);
    }

    private static ProblemResult NoSuchCompany { get; } = Problems.NotFound("COMPANY_NOT_FOUND", "There is no company of this name.");
}
