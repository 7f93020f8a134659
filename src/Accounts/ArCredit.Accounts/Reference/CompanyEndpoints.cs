using System.Text.Json;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Reference;

/// <summary>A legal entity that sells.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Currency">Functional currency; fixed once it has accounts.</param>
/// <param name="TimeZone">IANA id; its days begin at midnight there.</param>
/// <param name="Holidays">Days that are no business days, besides weekends.</param>
/// <param name="SplitVat">Items have a net and a VAT part (Azerbaijan).</param>
internal sealed record CompanyBody(string Name, Currency Currency, string TimeZone, IReadOnlyList<DateOnly>? Holidays, bool? SplitVat);

/// <summary>A company as it is shown.</summary>
internal sealed record CompanyView(string Company, string Name, Currency Currency, string TimeZone, IReadOnlyList<DateOnly> Holidays, bool SplitVat)
{
    public static CompanyView Of(CompanyRow row) => new(
        row.Id, row.Name, Kernel.Currency.Parse(row.Currency), row.TimeZone, JsonSerializer.Deserialize<List<DateOnly>>(row.Holidays) ?? [],
        row.SplitVat != 0);
}

/// <summary><c>/companies</c>.</summary>
internal static class CompanyEndpoints
{
    private const int MaxHolidays = 5000;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var companies = endpoints.MapGroup("/api/v1/companies").WithTags("Companies");
        companies.MapPut("{company}", PutAsync)
            .RequireRoles(Roles.Admin)
            .WithSummary("Creates or replaces a company")
            .Takes(typeof(CompanyBody))
            .Answers(201, typeof(CompanyView), "Created.")
            .Answers(200, typeof(CompanyView), "Replaced.")
            .Refuses(400, 409, 413, 415, 503);
        companies.MapGet("{company}", GetAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("A company")
            .Answers(200, typeof(CompanyView), "The company.")
            .Refuses(400, 404, 503);
        companies.MapGet(string.Empty, ListAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("All companies by name")
            .HasPaging()
            .Answers(200, typeof(ListPage<CompanyView>), "Companies.")
            .Refuses(400, 503);
    }

    private static async Task PutAsync(HttpContext http, string company, ReferenceStore store, IFeed feed)
    {
        if (!RouteReader.TryText(http, nameof(company), ReferenceNames.MaxLength, out company, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<CompanyBody>(http);
        problem = body.Problem is null ? Check(body.Value) : RequestChecks.Complete(body, Check);
        if (problem is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await store.FindCompanyAsync(company, http.RequestAborted) is { } known && !ReferenceEquals(known.Currency, body.Value.Currency))
        {
            // What was committed before this call counts, so the list of accounts has to have it.
            await feed.CatchUpAsync(http.RequestAborted);
        }

        var result = await store.WriteAsync(session => WriteAsync(session, company, body.Value), http.RequestAborted);
        await (result is { } created
            ? Reply.Json(http, created ? 201 : 200, View(company, body.Value))
            : Problems.Conflict("CURRENCY_FIXED", "The company's currency is fixed once it has accounts.").ExecuteAsync(http));
    }

    private static ProblemResult? Check(CompanyBody body)
    {
        var checks = new RequestChecks();
        Check(body, checks);
        return checks.Problem;
    }

    private static void Check(CompanyBody body, RequestChecks checks)
    {
        checks.Line("name", body.Name, 200);
        if (body.TimeZone is null || !TimeZones.TryFind(body.TimeZone, out _))
        {
            checks.Refuse("timeZone", TimeZones.Rule);
        }

        var holidays = checks.List("holidays", body.Holidays, MaxHolidays);
        for (var i = 0; i < holidays.Count; i++)
        {
            checks.Date($"holidays[{i}]", holidays[i]);
        }
    }

    // True = created, null = the currency is fixed.
    private static async Task<bool?> WriteAsync(DbSession session, string id, CompanyBody body)
    {
        var row = new
        {
            id,
            name = body.Name,
            currency = body.Currency.Code,
            zone = body.TimeZone,
            holidays = JsonSerializer.Serialize(body.Holidays ?? []),
            splitVat = body.SplitVat == true ? 1 : 0,
        };
        var known = await session.Connection.QuerySingleOrDefaultAsync<string?>(
            "select currency from company where id = @id", row, session.Transaction);
        if (known is null)
        {
            await session.Connection.ExecuteAsync(
                """
                insert into company (id, name, currency, time_zone, holidays, split_vat)
                values (@id, @name, @currency, @zone, @holidays, @splitVat)
                """,
                row, session.Transaction);
            return true;
        }

        if (known != row.currency && await session.Connection.QueryFirstOrDefaultAsync<string?>(
            "select account_id from account_view where company = @id limit 1", row, session.Transaction) is not null)
        {
            return null;
        }

        await session.Connection.ExecuteAsync(
            """
            update company set name = @name, currency = @currency, time_zone = @zone, holidays = @holidays, split_vat = @splitVat where id = @id
            """,
            row, session.Transaction);
        return false;
    }

    private static async Task GetAsync(HttpContext http, string company, ReferenceStore store)
    {
        var query = new QueryReader(http);
        if (!RouteReader.TryText(http, nameof(company), ReferenceNames.MaxLength, out company, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var found = (await ReadAsync(store, http.RequestAborted)).FirstOrDefault(row => row.Id == company);
        await (found is null
            ? Problems.NotFound("COMPANY_NOT_FOUND", "There is no company of this name.").ExecuteAsync(http)
            : Reply.Json(http, 200, CompanyView.Of(found)));
    }

    private static async Task ListAsync(HttpContext http, ReferenceStore store)
    {
        var query = new QueryReader(http);
        var paging = query.Paging(cursorKeys: 1);
        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var companies = (await ReadAsync(store, http.RequestAborted))
            .OrderBy(row => row.Id, StringComparer.Ordinal)
            .Where(row => paging.After is not [var after] || string.CompareOrdinal(row.Id, after) > 0)
            .Select(CompanyView.Of)
            .ToList();
        await Reply.Json(http, 200, paging.Page(companies, view => [view.Company]));
    }

    private static async Task<IEnumerable<CompanyRow>> ReadAsync(ReferenceStore store, CancellationToken cancellation)
    {
        await using var session = await store.ReadAsync(cancellation);
        return await ReferenceTables.CompaniesAsync(session);
    }

    private static CompanyView View(string id, CompanyBody body) =>
        new(id, body.Name, body.Currency, body.TimeZone, body.Holidays ?? [], body.SplitVat ?? false);
}
