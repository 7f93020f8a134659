using System.Globalization;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Reference;

/// <summary>Units of <paramref name="To"/> per <paramref name="From"/>: above 0, at most 10 decimals.</summary>
internal sealed record FxRateBody(Currency From, Currency To, decimal Rate);

/// <summary>A published rate and the day it was published for.</summary>
internal sealed record FxRateView(Currency From, Currency To, decimal Rate, DateOnly Date);

/// <summary><c>/fx-rates</c>.</summary>
internal static class FxRateEndpoints
{
    private const int MaxRates = 2000;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var rates = endpoints.MapGroup("/api/v1/fx-rates").WithTags("Exchange rates");
        rates.MapPut("{date}", PutAsync)
            .RequireRoles(Roles.Finance)
            .WithSummary("Publishes or corrects rates of a day; pairs that are not named stay")
            .Takes(typeof(IReadOnlyList<FxRateBody>))
            .Answers(200, typeof(ListPage<FxRateView>), "All rates of the day.")
            .Refuses(400, 413, 415, 503);
        rates.MapGet(string.Empty, ListAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("For every published pair the newest rate on or before a day")
            .HasQuery("date", typeof(DateOnly), "The day; the newest of all when absent.")
            .HasPaging()
            .Answers(200, typeof(ListPage<FxRateView>), "Rates by pair, each with the day it was published for.")
            .Refuses(400, 503);
    }

    private static async Task PutAsync(HttpContext http, ReferenceStore store)
    {
        DateOnly? named = RouteReader.TryDate(http, "date", out var date, out _) ? date : null;
        var body = await Body.ReadAsync<IReadOnlyList<FxRateBody>>(http);
        var problem = body.Problem is null ? Check(named, body.Value) : RequestChecks.Complete(body, (remains, checks) => Check(named, remains, checks));
        if (problem is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await store.WriteAsync(session => WriteAsync(session, date, body.Value), http.RequestAborted);
        var rates = (await ReadAsync(store, http.RequestAborted)).Where(rate => rate.Date == date).Select(View).ToList();
        await Reply.Json(http, 200, new ListPage<FxRateView>(rates, null));
    }

    private static ProblemResult? Check(DateOnly? date, IReadOnlyList<FxRateBody> rates)
    {
        var checks = new RequestChecks();
        Check(date, rates, checks);
        return checks.Problem;
    }

    // Without a day what the path has is none.
    private static void Check(DateOnly? date, IReadOnlyList<FxRateBody> rates, RequestChecks checks)
    {
        if (date is null)
        {
            checks.Refuse("date", RouteReader.DateRule);
        }

        checks.Date("date", date);
        checks.List(string.Empty, rates, MaxRates);
        var seen = new HashSet<(Currency, Currency)>();
        for (var i = 0; i < rates.Count; i++)
        {
            // What remains of a bad body may be without a currency.
            var (from, to) = (rates[i].From, rates[i].To);
            var at = string.Create(CultureInfo.InvariantCulture, $"[{i}]");
            checks.Rate($"{at}.rate", rates[i].Rate);
            if (ReferenceEquals(from, to))
            {
                checks.Refuse($"{at}.to", "must be another currency than from");
            }
            else if (from is not null && to is not null && !seen.Add((from, to)))
            {
                checks.Refuse(at, "names a pair that is given twice");
            }
        }
    }

    internal static Task<int> WriteAsync(DbSession session, DateOnly date, IReadOnlyList<FxRateBody> rates) => session.Connection.ExecuteAsync(
        """
        insert into fx_rate (rate_date, from_currency, to_currency, rate) values (@date, @from, @to, @rate)
        on conflict (rate_date, from_currency, to_currency) do update set rate = excluded.rate
        """,
        rates.Select(rate => new { date, from = rate.From.Code, to = rate.To.Code, rate = rate.Rate.ToString(CultureInfo.InvariantCulture) }),
        session.Transaction);

    private static async Task ListAsync(HttpContext http, ReferenceStore store)
    {
        var query = new QueryReader(http);
        var date = query.Date("date") ?? DateOnly.MaxValue;
        var paging = query.Paging(cursorKeys: 2);
        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var rates = (await ReadAsync(store, http.RequestAborted))
            .Where(rate => rate.Date <= date)
            .GroupBy(rate => (rate.From, rate.To))
            .Select(pair => pair.MaxBy(rate => rate.Date)!)
            .Where(rate => paging.After is not [var from, var to] || Compare(rate, from, to) > 0)
            .Select(View)
            .ToList();
        await Reply.Json(http, 200, paging.Page(rates, view => [view.From.Code, view.To.Code]));
    }

    private static int Compare(FxRate rate, string from, string to)
    {
        var byFrom = string.CompareOrdinal(rate.From.Code, from);
        return byFrom != 0 ? byFrom : string.CompareOrdinal(rate.To.Code, to);
    }

    private static async Task<List<FxRate>> ReadAsync(ReferenceStore store, CancellationToken cancellation)
    {
        await using var session = await store.ReadAsync(cancellation);
        return
        [
            .. (await ReferenceTables.RatesAsync(session)).Select(row => row.ToRate())
                .OrderBy(rate => rate.From.Code, StringComparer.Ordinal).ThenBy(rate => rate.To.Code, StringComparer.Ordinal),
        ];
    }

    private static FxRateView View(FxRate rate) => new(rate.From, rate.To, rate.Rate, rate.Date);
}
