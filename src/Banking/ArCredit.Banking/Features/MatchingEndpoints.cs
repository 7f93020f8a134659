using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Posting;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>How payments to a company are matched.</summary>
/// <param name="PostFrom">
/// A match of at least this confidence posts itself, 0 to 1 in steps of 0.01; 1 = none does. What is ambiguous never does. Shipped: 0.9.
/// </param>
internal sealed record MatchingBody(decimal PostFrom);

/// <summary>A new look at what waits.</summary>
/// <param name="Payments">How many.</param>
internal sealed record MatchingRunView(long Payments);

/// <summary><c>/bank/matching/{company}</c>.</summary>
internal static class MatchingEndpoints
{
    private static readonly ProblemResult NoCompany = Problems.NotFound("COMPANY_NOT_FOUND", "There is no such company.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var matching = endpoints.MapGroup("/api/v1/bank/matching").WithTags("Bank");
        matching.MapPut("{company}", PutAsync)
            .RequireRoles(Roles.Finance)
            .WithSummary("Sets from which confidence on payments to a company post themselves")
            .Takes(typeof(MatchingBody))
            .Answers(200, typeof(MatchingBody), "Set.")
            .Refuses(400, 404, 413, 415, 503);
        matching.MapPost("{company}/runs", RunAsync)
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Matches the payments to a company that wait once more, with the invoices that have come since")
            .WithDescription("What a person took back is given new suggestions and is still posted by people alone. It needs no Idempotency-Key: again finds the same.")
            .Answers(200, typeof(MatchingRunView), "How many are looked at, behind this answer.")
            .Refuses(400, 404, 503);
        matching.MapGet("{company}", GetAsync)
            .RequireRoles(BankAccountEndpoints.Readers)
            .WithSummary("From which confidence on payments to a company post themselves")
            .Answers(200, typeof(MatchingBody), "The setting.")
            .Refuses(400, 404, 503);
    }

    private static async Task RunAsync(HttpContext http, string company, PaymentStore store, WorkBells bells, ICompanyRates companies)
    {
        if (!RouteReader.TryText(http, nameof(company), BankAccountEndpoints.MaxId, out company, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await companies.CurrencyOfAsync(company, http.RequestAborted) is null)
        {
            await NoCompany.ExecuteAsync(http);
            return;
        }

        var again = await store.LookAgainAsync(company, http.RequestAborted);
        bells.Payments.Ring();
        await Reply.Json(http, 200, new MatchingRunView(again));
    }

    private static async Task PutAsync(HttpContext http, string company, PaymentStore store, ICompanyRates companies)
    {
        if (!RouteReader.TryText(http, nameof(company), BankAccountEndpoints.MaxId, out company, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<MatchingBody>(http);
        var errors = body.Errors ?? new FieldErrors();
        if (body.Problem is null && (body.Value.PostFrom is < 0 or > 1 || decimal.Round(body.Value.PostFrom, 2, MidpointRounding.ToEven) != body.Value.PostFrom))
        {
            errors.Add("postFrom", "must be a number from 0 to 1 with at most 2 decimals: 0.9 is 90 %");
        }

        if (errors.Any || body.Problem is not null)
        {
            await (errors.Any ? errors.ToProblem() : body.Problem!).ExecuteAsync(http);
            return;
        }

        if (await companies.CurrencyOfAsync(company, http.RequestAborted) is null)
        {
            await NoCompany.ExecuteAsync(http);
            return;
        }

        await store.SetPostFromAsync(company, body.Value.PostFrom, http.RequestAborted);
        await Reply.Json(http, 200, body.Value);
    }

    private static async Task GetAsync(HttpContext http, string company, PaymentStore store, ICompanyRates companies)
    {
        if (!RouteReader.TryText(http, nameof(company), BankAccountEndpoints.MaxId, out company, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await (await companies.CurrencyOfAsync(company, http.RequestAborted) is null
            ? NoCompany.ExecuteAsync(http)
            : Reply.Json(http, 200, new MatchingBody(await store.PostFromAsync(company, http.RequestAborted))));
    }
}
