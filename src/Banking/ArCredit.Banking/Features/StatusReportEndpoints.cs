using ArCredit.Banking.MoneyOut;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary><c>POST /bank/status-reports</c>.</summary>
internal static class StatusReportEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/api/v1/bank/status-reports", TakeAsync).WithTags("Money out")
        .RequireRoles(Roles.Finance)
        .WithSummary("Takes a bank's answer to a payment file: pain.002 from version 03 on, as it is")
        .WithDescription(
            "Paid (ACSC, ACCC) settles a refund; rejected (RJCT, CANC) gives its credit back with the bank's reason. A collection is paid by its day, so that only its " +
            "rejection changes it. Every other status is noted; what is said to be paid and was rejected before is named in contradicted. The content is its key: " +
            "the same report again gives the first answer and changes nothing, so no Idempotency-Key is needed.")
        .Answers(201, typeof(StatusReportView), "Taken.")
        .Answers(200, typeof(StatusReportView), "The same report was taken before.")
        .Refuses(400, 413, 422, 503);

    private static async Task TakeAsync(HttpContext http, StatusReports reports, PaymentFileRun run, WorkBells bells)
    {
        if (new QueryReader(http).Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var body = await SpooledBody.ReadAsync(http);
        if (body is null)
        {
            await SpooledBody.TooLarge.ExecuteAsync(http);
            return;
        }

        var outcome = await reports.TakeAsync(body.File, body.ContentHash, http.Caller().Id, http.RequestAborted);
        if (outcome.View is not { } view)
        {
            await new ProblemResult(outcome.Refusal == StatusReports.Unreadable ? 400 : 422, outcome.Refusal!, "The report was not taken; nothing was changed.")
            {
                Detail = outcome.Detail,
            }.ExecuteAsync(http);
            return;
        }

        bells.Files.Ring();
        try
        {
            await run.AdvanceAsync(view.MessageId, http.RequestAborted);
        }
        catch (Exception outage) when (AccountsAway.Is(outage) || outage is IOException or UnauthorizedAccessException)
        {
            run.LogLeft(view.MessageId, outage);
        }

        await Reply.Json(http, outcome.IsRepeated ? 200 : 201, view);
    }
}
