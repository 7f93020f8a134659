using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>Metered usage: <c>/accounts/{accountId}/usage</c>.</summary>
internal static class UsageEndpoints
{
    private const decimal MostAmount = 1_000_000_000_000m;
    private const int Decimals = 10;

    private static readonly AccountCall<RecordUsageBody> Record = new("usage", ToCommand, RespondAsync);
    private static readonly AccountCall<ReleaseUsageBody> Release = new("usage-releases", ToCommand, RespondReleasedAsync);

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapPost("usage", (HttpContext http, IAccounts accounts) => Record.RunAsync(http, accounts))
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Records metered usage: exposure (deliveries) until an invoice bills it, whatever the limit says")
            .HasIdempotencyKey()
            .Takes(typeof(RecordUsageBody))
            .Answers(201, typeof(UsageView), "Recorded.")
            .Answers(200, typeof(UsageView), "The same usage was recorded before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapPost("usage-releases", (HttpContext http, IAccounts accounts) => Release.RunAsync(http, accounts))
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Gives up a subscription's usage through a day: it will not be billed")
            .HasIdempotencyKey()
            .Takes(typeof(ReleaseUsageBody))
            .Answers(201, typeof(UsageReleaseView), "Given up.")
            .Answers(200, typeof(UsageReleaseView), "The same was given up before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapGet("usage", ListAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("Metered usage by subscription, that is not billed, and through when it was")
            .Answers(200, typeof(ListPage<OpenUsageView>), "All subscriptions, by code; at least as new as every answer given before.")
            .Refuses(400, 404, 503);
    }

    /// <summary>The command of a body.</summary>
    public static RecordUsage ToCommand(RecordUsageBody body, CallTarget target, RequestChecks checks)
    {
        if (body.Amount == 0)
        {
            checks.Refuse("amount", "must not be 0");
        }

        return new RecordUsage(
            body.UsageId, checks.Code("subscription", body.Subscription)!, body.UsedAt, body.Currency,
            checks.Number("amount", body.Amount, -MostAmount, MostAmount, Decimals)!.Value, checks.Rate("fxRate", body.FxRate),
            checks.Number("quantity", body.Quantity, -MostAmount, MostAmount, Decimals), checks.Code("unit", body.Unit), body.Unbilled ?? false);
    }

    private static ReleaseUsage ToCommand(ReleaseUsageBody body, CallTarget target, RequestChecks checks) => new(
        body.ReleaseId, BilledUsageBody.Read(new BilledUsageBody(body.Subscription, body.Through), string.Empty, checks), checks.Code("reason", body.Reason));

    private static Task RespondAsync(HttpContext http, Answer answer) =>
        Reply.Json(http, Created(answer), UsageView.Of(Answers.Expect<UsageRecorded>(answer).Usage));

    private static Task RespondReleasedAsync(HttpContext http, Answer answer)
    {
        var released = Answers.Expect<UsageReleased>(answer);
        var (subscription, through, amount, currency) = released.Closed;
        return Reply.Json(
            http, Created(answer), new UsageReleaseView(released.Id, subscription, through, Amounts.Of(amount, currency), currency, released.Reason));
    }

    private static int Created(Answer answer) => answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer);

    private static async Task ListAsync(HttpContext http, IAccounts accounts)
    {
        var query = new QueryReader(http);
        if (!RouteReader.TryAccount(http, out var id, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        try
        {
            if (await accounts.ReadAsync(id, http.RequestAborted) is not { } account)
            {
                await RefusalMapping.ToProblem(new Answer.Refused(RefusalCode.AccountNotFound, $"There is no account {id}.")).ExecuteAsync(http);
                return;
            }

            await Reply.Json(http, 200, new ListPage<OpenUsageView>([.. account.Usage.Select(usage => OpenUsageView.Of(usage, account.Master.Currency))], null));
        }
        catch (Exception outage) when (AccountOutage.Is(outage))
        {
            await AccountOutage.ToProblem(outage).ExecuteAsync(http);
        }
    }
}
