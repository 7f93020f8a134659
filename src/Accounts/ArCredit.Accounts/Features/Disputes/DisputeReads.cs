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
        if (!RouteReader.TryAccount(http, out var account, out var problem)
            || !RouteReader.TryNumber(http, "disputeId", out var id, out problem)
            || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenSnapshotAsync(http.RequestAborted);
        var state = await session.Connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select state from dispute where account_id = @account and id = @id",
            new { account = account.Value, id = id.Value }, session.Transaction, cancellationToken: http.RequestAborted));
        if (state is null)
        {
            await (await ProjectedReads.FindCompanyAsync(session, account, http.RequestAborted) is null
                ? ProjectedReads.NoSuchAccount
                : Problems.NotFound("NOT_FOUND", "There is no such thing on the account.")).ExecuteAsync(http);
            return;
        }

        await Reply.Json(http, 200, new DisputeWithLogView(DisputeView.Of(StateList.Parse<DisputeState>(state)), await LogAsync(session, account, id, http.RequestAborted)));
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
