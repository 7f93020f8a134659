using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary><c>GET /accounts/{accountId}/disputes</c> and <c>…/disputes/{disputeId}</c>.</summary>
internal static class DisputeReads
{
    private const int LogEntries = 1000;

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapGet("disputes", ListAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("The account's disputes, by id")
            .HasQuery("status", typeof(DisputeStatus), "open or resolved; absent = all.")
            .HasPaging()
            .Answers(200, typeof(ListPage<DisputeView>), "A page of disputes.")
            .Refuses(400, 404, 503);
        account.MapGet("disputes/{disputeId}", GetAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("One dispute with its log")
            .Answers(200, typeof(DisputeWithLogView), "As it stands.")
            .Refuses(400, 404, 503);
    }

    private static Task ListAsync(HttpContext http, ProjectedReads reads) =>
        StateList.AnswerAsync<DisputeStatus, DisputeState, DisputeView>(http, reads, "dispute", DisputeView.Of, view => view.DisputeId);

    private static async Task GetAsync(HttpContext http, ProjectedReads reads)
    {
        await using var found = await StateList.FindOrAnswerAsync<DisputeState>(http, reads, "dispute", "disputeId");
        if (found is not null)
        {
            await Reply.Json(http, 200, new DisputeWithLogView(
                DisputeView.Of(found.State), await LogAsync(found.Session, found.Account, found.Id, http.RequestAborted)));
        }
    }

    private static async Task<IReadOnlyList<DisputeLogView>> LogAsync(
        DbSession session, AccountId account, DocumentNumber id, CancellationToken cancellation)
    {
        var rows = await session.Connection.QueryAsync<LogRow>(new CommandDefinition(
            """
            select l.at as At, l.by_caller as By, l.kind as Kind, l.owner as Owner, l.due_on as DueOn, t.body as Note
              from dispute_log l
              left join erasable_text t on t.account_id = l.account_id and t.id = l.text_id
             where l.account_id = @account and l.dispute_id = @id
             order by l.version desc limit @LogEntries
            """,
            new { account = account.Value, id = id.Value, LogEntries }, session.Transaction, cancellationToken: cancellation));
        return [.. rows.Reverse().Select(row => new DisputeLogView(
            row.At, row.By, EnumNames.TryParse<DisputeEntry>(row.Kind, out var kind) ? kind : throw new InvariantException($"Unknown entry {row.Kind}."),
            row.Owner, row.DueOn, row.Note))];
    }

    private sealed class LogRow
    {
        public DateTimeOffset At { get; init; }

        public string? By { get; init; }

        public string Kind { get; init; } = string.Empty;

        public string? Owner { get; init; }

        public DateOnly? DueOn { get; init; }

        public string? Note { get; init; }
    }
}
