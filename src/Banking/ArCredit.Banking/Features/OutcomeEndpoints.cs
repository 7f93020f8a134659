using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>What became of a refund or a collection, as a person knows it.</summary>
/// <param name="Reason">The bank's code, AM04 or MD06 for instance, or one of your own: 1 to 35 characters.</param>
internal sealed record OutcomeBody(string Reason);

/// <summary>What people say became of refunds and collections, where the bank's report or statement does not tell.</summary>
internal static class OutcomeEndpoints
{
    private const int MaxId = 35;
    private const Roles Signers = Roles.Finance | Roles.CreditManager;
    private const string Repeatable = " Never by who asked for it. The same call again changes nothing, and so does the bank's own word of it later, so no Idempotency-Key is needed.";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var refunds = endpoints.MapGroup("/api/v1/bank/refunds/{endToEndId}").WithTags("Money out");
        MapRefund(refunds, "settlement", LineState.Settled, "Says that the bank has paid a refund");
        MapRefund(refunds, "rejection", LineState.Rejected, "Says that the bank did not take a refund: its credit is given back");
        MapRefund(refunds, "return", LineState.Returned, "Says that the payee's bank sent a refund back: its credit is given back");
        var collections = endpoints.MapGroup("/api/v1/bank/collections/{collectionId}").WithTags("Direct debits");
        MapCollection(collections, "settlement", CollectionState.Settled, "Says that the bank has paid a collection whose day has come, and with it that its file was sent");
        MapCollection(collections, "rejection", CollectionState.Rejected, "Says that the bank did not take a collection; nothing was paid yet");
        MapCollection(collections, "return", CollectionState.Returned, "Says that the bank did not pay a collection, or took it back; what was posted is taken back a moment later");
    }

    private static void MapRefund(RouteGroupBuilder group, string route, LineState told, string summary) => group
        .MapPost(route, (HttpContext http, RefundOutcomes outcomes, PaymentFileStore files, PaymentFileRun run) => SayAsync(http, outcomes, files, run, told))
        .RequireRoles(Signers)
        .WithSummary(summary)
        .WithDescription("The refund is named by the EndToEndId of its payment, which GET /bank/payment-files/{messageId} shows." + Repeatable)
        .Takes(typeof(OutcomeBody))
        .Answers(200, typeof(PaymentLineView), "The payment as it stands.")
        .Refuses(400, 403, 404, 409, 413, 415, 503);

    private static void MapCollection(RouteGroupBuilder group, string route, CollectionState told, string summary) => group
        .MapPost(route, (HttpContext http, CollectionOutcomes outcomes, CollectionStore store, WorkBells bells) => SayAsync(http, outcomes, store, bells, told))
        .RequireRoles(Signers)
        .WithSummary(summary)
        .WithDescription("Its account is told a moment later." + Repeatable)
        .Takes(typeof(OutcomeBody))
        .Answers(200, typeof(CollectionView), "As it stands.")
        .Refuses(400, 403, 404, 409, 413, 415, 503);

    private static async Task SayAsync(HttpContext http, RefundOutcomes outcomes, PaymentFileStore files, PaymentFileRun run, LineState told)
    {
        if (await ReadAsync(http, "endToEndId") is not var (id, reason))
        {
            return;
        }

        var (line, problem) = await outcomes.SayAsync(id, told, reason, http.Caller().Id, http.RequestAborted);
        if (line is null)
        {
            await problem!.ExecuteAsync(http);
            return;
        }

        await PaymentFileEndpoints.AdvanceAsync(run, line.MessageId, http.RequestAborted);
        var file = await files.FindAsync(line.MessageId, http.RequestAborted) ?? throw new InvariantException($"There is no file {line.MessageId}.");
        line = (await files.LinesAsync(line.MessageId, http.RequestAborted)).First(each => each.Line == line.Line);
        await Reply.Json(http, 200, PaymentLineView.Of(file, line));
    }

    private static async Task SayAsync(HttpContext http, CollectionOutcomes outcomes, CollectionStore store, WorkBells bells, CollectionState told)
    {
        if (await ReadAsync(http, "collectionId") is not var (id, reason))
        {
            return;
        }

        if (await outcomes.SayAsync(id, told, reason, http.Caller().Id, http.RequestAborted) is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        bells.Files.Ring();
        await Reply.Json(http, 200, CollectionView.Of(await store.FindAsync(id, http.RequestAborted) ?? throw new InvariantException($"There is no collection {id}.")));
    }

    /// <summary>Null when a problem was answered.</summary>
    private static async Task<(string Id, string Reason)?> ReadAsync(HttpContext http, string name)
    {
        if (!RouteReader.TryText(http, name, MaxId, out var id, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return null;
        }

        static void Judge(OutcomeBody body, FieldErrors errors)
        {
            if (!Text.IsIdentifier(body.Reason, MaxId))
            {
                errors.Add("reason", $"must be 1 to {MaxId} characters without control characters or surrounding white space");
            }
        }

        return await MoneyOutBody.ReadAsync<OutcomeBody>(http, Judge) is { } body ? (id, body.Reason) : null;
    }
}
