using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary><c>GET /accounts/{accountId}</c>.</summary>
internal static class ShowAccountEndpoint
{
    public static void Map(IEndpointRouteBuilder account) => account.MapGet(string.Empty, HandleAsync)
        .RequireRoles(Roles.Any)
        .WithSummary("The live profile: master data, exposure, limits, overdue, blocks")
        .Answers(200, typeof(AccountProfile), "At least as new as every answer given before.")
        .Refuses(400, 404, 503);

    private static async Task HandleAsync(HttpContext http, AccountProfiles profiles)
    {
        var query = new QueryReader(http);
        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        try
        {
            await profiles.RespondAsync(http, account, 200, null);
        }
        catch (Exception outage) when (AccountOutage.Is(outage))
        {
            await AccountOutage.ToProblem(outage).ExecuteAsync(http);
        }
    }
}
