using ArCredit.Banking.Statements.Csv;
using ArCredit.Banking.Storage;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary><c>/bank/csv-mappings/{id}</c>.</summary>
internal static class CsvMappingEndpoints
{
    private static readonly ProblemResult NotFound = Problems.NotFound("CSV_MAPPING_NOT_FOUND", "There is no CSV mapping of this id.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var mappings = endpoints.MapGroup("/api/v1/bank/csv-mappings").WithTags("Bank");
        mappings.MapPut("{id}", PutAsync)
            .RequireRoles(Roles.Finance)
            .WithSummary("Says how a bank writes its CSV; files are recognised by the columns it names")
            .Takes(typeof(CsvMapping))
            .Answers(201, typeof(CsvMapping), "New.")
            .Answers(200, typeof(CsvMapping), "Replaced.")
            .Refuses(400, 413, 415, 503);
        mappings.MapGet("{id}", GetAsync)
            .RequireRoles(BankAccountEndpoints.Readers)
            .WithSummary("How a bank writes its CSV")
            .Answers(200, typeof(CsvMapping), "The mapping.")
            .Refuses(400, 404, 503);
        mappings.MapDelete("{id}", DeleteAsync)
            .RequireRoles(Roles.Finance)
            .WithSummary("Forgets how a bank writes its CSV")
            .Answers(204, "Gone.")
            .Refuses(400, 404, 503);
    }

    private static async Task PutAsync(HttpContext http, string id, CsvMappingStore store)
    {
        if (!RouteReader.TryText(http, nameof(id), BankAccountEndpoints.MaxId, out id, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<CsvMapping>(http);
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

        var isNew = await store.PutAsync(id, body.Value, http.RequestAborted);
        await Reply.Json(http, isNew ? 201 : 200, body.Value);
    }

    private static async Task GetAsync(HttpContext http, string id, CsvMappingStore store)
    {
        if (!RouteReader.TryText(http, nameof(id), BankAccountEndpoints.MaxId, out id, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await (await store.FindAsync(id, http.RequestAborted) is { } mapping ? Reply.Json(http, 200, mapping) : NotFound.ExecuteAsync(http));
    }

    private static async Task DeleteAsync(HttpContext http, string id, CsvMappingStore store)
    {
        if (!RouteReader.TryText(http, nameof(id), BankAccountEndpoints.MaxId, out id, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await (await store.RemoveAsync(id, http.RequestAborted) ? Reply.Empty(http, 204) : NotFound.ExecuteAsync(http));
    }
}
