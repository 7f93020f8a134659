using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Platform.Http;
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

    private static Task ListAsync(HttpContext http, ProjectedReads reads) =>
        StateList.AnswerAsync<PromiseStatus, PromiseState, PromiseView>(http, reads, "promise", PromiseView.Of, view => view.PromiseId);
}
