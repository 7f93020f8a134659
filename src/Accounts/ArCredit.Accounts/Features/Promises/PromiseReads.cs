using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary><c>GET /accounts/{accountId}/promises</c>.</summary>
internal static class PromiseReads
{
    public static void Map(IEndpointRouteBuilder account) => account.MapGet("promises", ListAsync)
        .RequireRoles(Roles.Any)
        .WithSummary("The account's promises to pay, by id")
        .HasQuery("status", typeof(PromiseStatus), "open, kept, partlyKept, broken or cancelled; absent = all.")
        .HasPaging()
        .Answers(200, typeof(ListPage<PromiseView>), "A page of promises.")
        .Refuses(400, 404, 503);

    private static async Task ListAsync(HttpContext http, ProjectedReads reads)
    {
        var query = new QueryReader(http);
        var status = query.OneOf<PromiseStatus>("status");
        var paging = query.Paging(1);
        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenAsync(http.RequestAborted);
        if (await ProjectedReads.FindCompanyAsync(session, account, http.RequestAborted) is null)
        {
            await ProjectedReads.NoSuchAccount.ExecuteAsync(http);
            return;
        }

        var states = await session.Connection.QueryAsync<string>(new CommandDefinition(
            $"""
            select state from promise
             where account_id = @account and id > @after {(status is null ? string.Empty : "and status = @status")}
             order by id limit @limit
            """,
            new
            {
                account = account.Value,
                after = paging.After?[0] ?? string.Empty,
                status = status is { } wanted ? EnumNames.Name(wanted) : null,
                limit = paging.Limit + 1,
            },
            cancellationToken: http.RequestAborted));
        await Reply.Json(http, 200, paging.Page(
            [.. states.Select(state => PromiseView.Of(
                JsonSerializer.Deserialize<PromiseState>(state, EventCodec.Options) ?? throw new InvariantException("A promise is null.")))],
            view => [view.PromiseId.Value]));
    }
}
