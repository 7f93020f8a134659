using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary><c>GET /accounts/{accountId}/plans</c> and <c>…/plans/{planId}</c>.</summary>
internal static class PlanReads
{
    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapGet("plans", ListAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("The account's payment plans, by id")
            .HasQuery("status", typeof(PlanStatus), "requested, active, kept, broken, cancelled, rejected, withdrawn or expired; absent = all.")
            .HasPaging()
            .Answers(200, typeof(ListPage<PlanView>), "A page of plans.")
            .Refuses(400, 404, 503);
        account.MapGet("plans/{planId}", GetAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("One payment plan with what is paid and open of each instalment, and its notes")
            .Answers(200, typeof(PlanWithNotesView), "As it stands.")
            .Refuses(400, 404, 503);
    }

    private static Task ListAsync(HttpContext http, ProjectedReads reads) =>
        StateList.AnswerAsync<PlanStatus, PlanState, PlanView>(http, reads, "payment_plan", PlanView.Of, view => view.PlanId);

    private static async Task GetAsync(HttpContext http, ProjectedReads reads, IJournalReader journal)
    {
        await using var found = await StateList.FindOrAnswerAsync<PlanState>(http, reads, "payment_plan", "planId");
        if (found is null)
        {
            return;
        }

        var plan = found.State;
        Guid[] ids = [.. new[] { plan.Note, plan.DecisionNote }.OfType<TextRef>().Select(text => text.Id)];
        var texts = ids.Length == 0 ? null : await journal.ReadTextsAsync(found.Account.Value, ids, http.RequestAborted);
        await Reply.Json(http, 200, new PlanWithNotesView(PlanView.Of(plan), TextOf(plan.Note), TextOf(plan.DecisionNote)));

        string? TextOf(TextRef? text) => text is null ? null : texts?.GetValueOrDefault(text.Id)?.Body;
    }
}
