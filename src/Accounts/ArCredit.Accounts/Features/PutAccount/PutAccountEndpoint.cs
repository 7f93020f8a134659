using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary><c>PUT /accounts/{accountId}</c>.</summary>
internal static class PutAccountEndpoint
{
    /// <summary>Who may create accounts and change their master data, one by one or in bulk.</summary>
    public const Roles Writers = Roles.Billing | Roles.CreditController | Roles.CreditManager;

    /// <summary>Whose changes may be of limits too.</summary>
    public const Roles LimitWriters = Roles.CreditManager;

    public static void Map(IEndpointRouteBuilder account) => account.MapPut(string.Empty, HandleAsync)
        .RequireRoles(Writers)
        .WithSummary("Creates an account or replaces its master data; absent limit fields keep their value")
        .Takes(typeof(PutAccountBody))
        .Answers(201, typeof(AccountProfile), "Created.")
        .Answers(200, typeof(AccountProfile), "Replaced.")
        .Refuses(400, 409, 412, 413, 415, 422, 503);

    private static async Task HandleAsync(HttpContext http, IAccounts accounts, AccountProfiles profiles)
    {
        if (!RouteReader.TryAccount(http, out var account, out var problem) || !ETags.TryReadIfMatch(http, out var ifMatch, out problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<PutAccountBody>(http);
        if (body.Problem is not null)
        {
            await RequestChecks.Complete(body, (remains, checks) => PutAccountChecks.ToCommand(account, remains, true, checks)).ExecuteAsync(http);
            return;
        }

        var checks = new RequestChecks();
        var command = PutAccountChecks.ToCommand(account, body.Value, http.Caller().Has(LimitWriters), checks);
        if (checks.Problem is not null)
        {
            await checks.Problem.ExecuteAsync(http);
            return;
        }

        try
        {
            await PutAsync(http, accounts, profiles, account, command, ifMatch);
        }
        catch (Exception outage) when (AccountOutage.Is(outage))
        {
            await AccountOutage.ToProblem(outage).ExecuteAsync(http);
        }
    }

    private static async Task PutAsync(
        HttpContext http, IAccounts accounts, AccountProfiles profiles, AccountId account, PutAccount command, IfMatch ifMatch)
    {
        if (ifMatch.Versions is not null)
        {
            // The account tests the version again in its own turn, where nothing can come in between.
            var current = (await accounts.ReadAsync(account, http.RequestAborted))?.MasterVersion;
            if (!ifMatch.Allows(current))
            {
                await Problems.PreconditionFailed(current ?? 0).ExecuteAsync(http);
                return;
            }

            command = command with { IfVersion = ifMatch.Versions.Count == 0 ? null : current };
        }

        var answer = await accounts.AskAsync(account, command, new AskOptions(http.Caller().Id), http.RequestAborted);
        if (answer is Answer.Refused refused)
        {
            await RefusalMapping.ToProblem(refused).ExecuteAsync(http);
            return;
        }

        var put = Answers.Expect<AccountPut>(answer);
        await profiles.RespondAsync(http, account, put.MasterVersion == 1 ? 201 : 200, put.Warnings);
    }
}
