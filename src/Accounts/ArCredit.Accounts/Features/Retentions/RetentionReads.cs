using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>What is held back of an invoice and not released.</summary>
/// <param name="AccountId">The customer.</param>
/// <param name="Invoice">The invoice.</param>
/// <param name="Instalment">Its number within the invoice.</param>
/// <param name="IssueDate">The invoice's.</param>
/// <param name="ExpectedReleaseOn">Null = not known.</param>
/// <param name="DueDays">From the release to the due date; null = by the account's terms.</param>
/// <param name="Currency">The invoice's.</param>
/// <param name="Amount">Held back when the invoice was posted.</param>
/// <param name="OpenAmount">Not released and not settled.</param>
internal sealed record RetentionView(
    string AccountId, string Invoice, int Instalment, DateOnly IssueDate, DateOnly? ExpectedReleaseOn, int? DueDays, Currency Currency, decimal Amount,
    decimal OpenAmount);

/// <summary><c>GET /accounts/{accountId}/retentions</c> and <c>GET /retentions</c>.</summary>
internal static class RetentionReads
{
    private const string Columns =
        """
        r.account_id as AccountId, r.number as Number, r.instalment as Instalment, r.issue_date as IssueDate, r.expected_on as ExpectedOn,
        r.due_days as DueDays, r.currency as Currency, r.amount as Amount
        """;

    public static void Map(IEndpointRouteBuilder account) =>
        AsKnown.Document(account.MapGet("retentions", ListOfAccountAsync))
            .RequireRoles(Roles.Any)
            .WithSummary("What the customer holds back of invoices, by the day its release is expected")
            .HasPaging()
            .Answers(200, typeof(ListPage<RetentionView>), "A page of retentions of which something is open.")
            .Refuses(400, 404, 503);

    public static void MapAll(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/retentions", ListAsync)
        .RequireRoles(Roles.Any)
        .WithTags("Receivables")
        .WithSummary("What customers hold back of invoices, by the day its release is expected")
        .HasQuery("company", typeof(string), "Exact.")
        .HasQuery("expectedTo", typeof(DateOnly), "Expected to be released on or before this day; absent = all, also those of which that is not known.")
        .HasPaging()
        .Answers(200, typeof(ListPage<RetentionView>), "A page of retentions of which something is open.")
        .Refuses(400, 503);

    private static async Task ListOfAccountAsync(HttpContext http, ProjectedReads reads)
    {
        var query = new QueryReader(http);
        var asKnown = AsKnown.Read(query);
        var paging = PagingOf(query);
        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenSnapshotAsync(http.RequestAborted);
        if (await ProjectedReads.FindCompanyAsync(session, account, http.RequestAborted) is null)
        {
            await ProjectedReads.NoSuchAccount.ExecuteAsync(http);
            return;
        }

        var parameters = Parameters(paging);
        var where = asKnown.Where(parameters, account);
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select {Columns}, e.open_amount as OpenAmount
              from (select number, instalment, cast(sum(amount) as bigint) as open_amount
                      from ledger_entry
                     where {where} and due_date = @never and item_type = 'invoice'
                     group by number, instalment) e
              join retention r on r.account_id = @account and r.number = e.number and r.instalment = e.instalment
             where e.open_amount <> 0 and (r.expected_on, r.account_id, r.number) > (@afterOn, @afterAccount, @afterNumber)
             order by r.expected_on, r.account_id, r.number
             limit @limit
            """,
            parameters, session.Transaction, cancellationToken: http.RequestAborted));
        await AnswerAsync(http, paging, rows);
    }

    private static async Task ListAsync(HttpContext http, ProjectedReads reads)
    {
        var query = new QueryReader(http);
        var (company, to, paging) = (query.Text("company"), query.Date("expectedTo"), PagingOf(query));
        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenAsync(http.RequestAborted);
        var parameters = Parameters(paging);
        parameters.Add("company", company);
        parameters.Add("to", to ?? RetentionTerms.NoDueDate);
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select {Columns}, o.open_amount as OpenAmount
              from retention r
              join open_item o on o.account_id = r.account_id and o.due_date = @never and o.issue_date = r.issue_date and o.number = r.number
                              and o.item_type = 'invoice' and o.instalment = r.instalment
              join account_view v on v.account_id = r.account_id
             where r.expected_on <= @to and (r.expected_on, r.account_id, r.number) > (@afterOn, @afterAccount, @afterNumber)
               {(company is null ? string.Empty : "and v.company = @company")}
             order by r.expected_on, r.account_id, r.number
             limit @limit
            """,
            parameters, session.Transaction, cancellationToken: http.RequestAborted));
        await AnswerAsync(http, paging, rows);
    }

    private static Paging PagingOf(QueryReader query)
    {
        var paging = query.Paging(3);
        if (paging.After is { } after && !CursorDay.TryParse(after[0], out _))
        {
            query.Refuse("cursor", "is not a cursor of this list");
        }

        return paging;
    }

    private static DynamicParameters Parameters(Paging paging)
    {
        var parameters = new DynamicParameters();
        parameters.Add("never", RetentionTerms.NoDueDate);
        parameters.Add("limit", paging.Limit + 1);
        parameters.Add("afterOn", paging.After is { } after && CursorDay.TryParse(after[0], out var day) ? day : DateOnly.MinValue);
        parameters.Add("afterAccount", paging.After?[1] ?? string.Empty);
        parameters.Add("afterNumber", paging.After?[2] ?? string.Empty);
        return parameters;
    }

    private static Task AnswerAsync(HttpContext http, Paging paging, IEnumerable<Row> rows)
    {
        var page = paging.Page(rows.AsList(), row => [CursorDay.Text(row.ExpectedOn), row.AccountId, row.Number]);
        return Reply.Json(http, 200, new ListPage<RetentionView>([.. page.Items.Select(row => row.ToView())], page.NextCursor));
    }

    private sealed class Row
    {
        public string AccountId { get; init; } = string.Empty;

        public string Number { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public DateOnly IssueDate { get; init; }

        public DateOnly ExpectedOn { get; init; }

        public long? DueDays { get; init; }

        public string Currency { get; init; } = string.Empty;

        public long Amount { get; init; }

        public long OpenAmount { get; init; }

        public RetentionView ToView()
        {
            var currency = Kernel.Currency.Parse(Currency);
            return new RetentionView(
                AccountId, Number, (int)Instalment, IssueDate, ExpectedOn == RetentionTerms.NoDueDate ? null : ExpectedOn, (int?)DueDays, currency,
                Amounts.Of(Amount, currency), Amounts.Of(OpenAmount, currency));
        }
    }
}
