using ArCredit.Accounts.Contracts;
using ArCredit.Platform.Http;
using ArCredit.Sync.Parties;
using ArCredit.Sync.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Sync.Features;

/// <summary><c>/einvoices/companies/{company}</c>.</summary>
internal static class CompanyPartyEndpoints
{
    private static readonly ProblemResult NoCompany = Problems.NotFound("COMPANY_NOT_FOUND", "There is no such company.");

    private static readonly ProblemResult NotSaid = Problems.NotFound("EINVOICE_COMPANY_NOT_FOUND", "Nothing was said of this company in e-invoices.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var companies = endpoints.MapGroup("/api/v1/einvoices/companies").WithTags("E-invoices");
        companies.MapPut("{company}", PutAsync)
            .RequireRoles(Roles.Finance)
            .WithSummary("Says who a company is in e-invoices: the ids by which incoming ones are its own, and what outgoing ones say of it")
            .Takes(typeof(CompanyParty))
            .Answers(201, typeof(CompanyParty), "New.")
            .Answers(200, typeof(CompanyParty), "Replaced.")
            .Refuses(400, 404, 413, 415, 503);
        companies.MapGet("{company}", GetAsync)
            .RequireRoles(EInvoiceEndpoints.Readers)
            .WithSummary("Who a company is in e-invoices")
            .Answers(200, typeof(CompanyParty), "As it was said.")
            .Refuses(400, 404, 503);
    }

    private static async Task PutAsync(HttpContext http, string company, CompanyPartyStore store, ICompanyRates companies)
    {
        if (!RouteReader.TryText(http, nameof(company), EInvoiceEndpoints.MaxCompany, out company, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<CompanyParty>(http);
        var errors = body.Errors ?? new FieldErrors();
        if (body.Problem is null)
        {
            body.Value.Check(errors);
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

        var isNew = await store.PutAsync(company, body.Value, http.RequestAborted);
        await Reply.Json(http, isNew ? 201 : 200, body.Value);
    }

    private static async Task GetAsync(HttpContext http, string company, CompanyPartyStore store)
    {
        if (!RouteReader.TryText(http, nameof(company), EInvoiceEndpoints.MaxCompany, out company, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await (await store.FindAsync(company, http.RequestAborted) is { } party ? Reply.Json(http, 200, party) : NotSaid.ExecuteAsync(http));
    }
}
