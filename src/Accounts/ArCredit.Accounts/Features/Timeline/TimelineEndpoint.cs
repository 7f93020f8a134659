using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Reference;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary><c>GET /accounts/{accountId}/timeline</c>.</summary>
internal static class TimelineEndpoint
{
    public static void Map(IEndpointRouteBuilder account) => AsKnown.Document(account.MapGet("timeline", ListAsync))
        .RequireRoles(Roles.Any & ~Roles.Pos)
        .WithSummary("Everything that happened to the account, newest first: documents, decisions, agreements, contacts, changes")
        .WithDescription(
            "In the order recorded, read from the journal itself, and between its events what happened outside it: payee accounts, mandates with their amendments and lapses, " +
            "collections in files, learned bank accounts of payers. Money that a statement brought is a payment, and its correction a reversal. Bank accounts are masked. " +
            "A credit check that reserves nothing is not in it; it is shown by its decision's id. A page " +
            "may hold less than its limit, or nothing, and still have a nextCursor: a search goes through 5,000 entries a call.")
        .HasQuery("kind", typeof(TimelineKind), "document, decision, agreement, contact, change or usage; absent = all.")
        .HasQuery("number", typeof(string), "A document, reservation, dispute, promise, contact, mandate, payee account or collection, or an invoice or mandate they are about.")
        .HasQuery("from", typeof(DateOnly), "First day of recording, in the company's zone.")
        .HasQuery("to", typeof(DateOnly), "Last day of recording.")
        .HasPaging()
        .Answers(200, typeof(ListPage<TimelineEntry>), "A page of the timeline.")
        .Refuses(400, 404, 503);

    private static async Task ListAsync(HttpContext http, ProjectedReads reads, TimelineReader timeline, IReference reference)
    {
        var query = new QueryReader(http);
        var filter = new TimelineFilter(
            query.OneOf<TimelineKind>("kind"), query.Date("from"), query.Date("to"), query.Text("number"), AsKnown.Read(query));
        var paging = query.Paging(TimelineReader.CursorKeys);
        if (!TimelineReader.Accepts(paging))
        {
            query.Refuse("cursor", "is not a cursor of this list");
        }

        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenSnapshotAsync(http.RequestAborted);
        if (await ProjectedReads.FindCompanyAsync(session, account, reference, http.RequestAborted) is not { } company)
        {
            await ProjectedReads.NoSuchAccount.ExecuteAsync(http);
            return;
        }

        await Reply.Json(http, 200, await timeline.ReadAsync(session, account, company, filter, paging, http.RequestAborted));
    }
}
