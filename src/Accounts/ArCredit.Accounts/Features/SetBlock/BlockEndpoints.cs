using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>A stop on new credit.</summary>
/// <param name="Reason">For people.</param>
/// <param name="AllSales">True stops cash sales too.</param>
internal sealed record SetBlockBody(string Reason, bool? AllSales);

/// <summary><c>PUT</c> and <c>DELETE /accounts/{accountId}/blocks/{name}</c>.</summary>
internal static class BlockEndpoints
{
    private const int MaxName = 64;

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapPut("blocks/{name}", SetAsync)
            .RequireRoles(Roles.CreditController | Roles.CreditManager)
            .WithSummary("Sets or replaces a block; only a person lifts it")
            .Takes(typeof(SetBlockBody))
            .Answers(200, typeof(AccountProfile), "The profile with the block.")
            .Refuses(400, 404, 413, 415, 503);
        account.MapDelete("blocks/{name}", RemoveAsync)
            .RequireRoles(Roles.CreditController | Roles.CreditManager)
            .WithSummary("Lifts a block")
            .Answers(204, "Lifted.")
            .Refuses(400, 404, 503);
    }

    private static async Task SetAsync(HttpContext http, string name, IAccounts accounts, AccountProfiles profiles)
    {
        if (!RouteReader.TryAccount(http, out var account, out var problem) || !RouteReader.TryText(http, nameof(name), MaxName, out name, out problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (name == AccountView.WriteOffBlock)
        {
            var reserved = new RequestChecks();
            reserved.Refuse(nameof(name), "is set and lifted with write-offs; choose another name");
            await reserved.Problem!.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<SetBlockBody>(http);
        problem = body.Problem is null ? Check(body.Value) : RequestChecks.Complete(body, Check);
        if (problem is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await AskAsync(
            http, accounts, account, new SetBlock(name, body.Value.AllSales ?? false, new FreeText(body.Value.Reason)),
            () => profiles.RespondAsync(http, account, 200, null));
    }

    private static ProblemResult? Check(SetBlockBody body)
    {
        var checks = new RequestChecks();
        Check(body, checks);
        return checks.Problem;
    }

    private static void Check(SetBlockBody body, RequestChecks checks) => checks.Note("reason", body.Reason);

    private static async Task RemoveAsync(HttpContext http, string name, IAccounts accounts)
    {
        if (!RouteReader.TryAccount(http, out var account, out var problem) || !RouteReader.TryText(http, nameof(name), MaxName, out name, out problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await AskAsync(http, accounts, account, new RemoveBlock(name), () => Reply.Empty(http, 204));
    }

    private static async Task AskAsync(HttpContext http, IAccounts accounts, AccountId account, AccountCommand command, Func<Task> respond)
    {
        try
        {
            var answer = await accounts.AskAsync(account, command, new AskOptions(http.Caller().Id), http.RequestAborted);
            await (answer is Answer.Refused refused ? RefusalMapping.ToProblem(refused).ExecuteAsync(http) : respond());
        }
        catch (Exception outage) when (AccountOutage.Is(outage))
        {
            await AccountOutage.ToProblem(outage).ExecuteAsync(http);
        }
    }
}
