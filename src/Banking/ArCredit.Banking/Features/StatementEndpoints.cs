using ArCredit.Banking.Posting;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary><c>/bank/statements</c>.</summary>
internal static class StatementEndpoints
{
    private static readonly string[] Types = ["text/plain", "text/csv", "application/xml", "application/octet-stream"];

    private const string Select =
        """
        select s.id as Id, s.account_id as Account, s.format as Format, s.reference as Reference, s.sequence as Sequence, s.intraday as Intraday,
               a.currency as Currency, s.opening as Opening, s.opening_on as OpeningOn, s.closing as Closing, s.closing_on as ClosingOn,
               s.available as Available, s.available_on as AvailableOn, s.credits as Credits, s.credit_sum as CreditSum, s.debits as Debits,
               s.debit_sum as DebitSum, s.already_booked as AlreadyBooked, s.payments as Payments
          from bank_statement s
          join bank_account a on a.id = s.account_id
        """;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var statements = endpoints.MapGroup("/api/v1/bank/statements").WithTags("Bank");
        statements.MapPost(string.Empty, PostAsync)
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Takes a bank's file: camt.052, camt.053, camt.054, MT940, MT942, BAI2 or CSV by a mapping, told by its content")
            .WithDescription(
                "The body is the file as it is, at most 64 MiB. It is taken whole or not at all: a refusal names line, reason and, in XML, the element. "
                + "The same file again changes nothing and gives the first answer, so no Idempotency-Key is needed. An entry that another file brought "
                + "already is not booked again and is counted in alreadyBooked.")
            .WithMetadata(new AcceptsMetadata(Types, typeof(string)))
            .Answers(201, typeof(BankFileView), "What was booked.")
            .Answers(200, typeof(BankFileView), "The file was taken before: the first answer.")
            .Refuses(400, 413, 415, 422, 503);
        statements.MapGet(string.Empty, ListAsync)
            .RequireRoles(BankAccountEndpoints.Readers)
            .WithSummary("Statements as they were received")
            .HasQuery("account", typeof(string), "Of one own account.")
            .HasPaging()
            .Answers(200, typeof(ListPage<StatementView>), "Statements.")
            .Refuses(400, 503);
        statements.MapGet("{id}", GetAsync)
            .RequireRoles(BankAccountEndpoints.Readers)
            .WithSummary("A statement")
            .Answers(200, typeof(StatementView), "The statement.")
            .Refuses(400, 404, 503);
    }

    private static async Task PostAsync(HttpContext http, BankFileStore store, WorkBells bells)
    {
        if (new QueryReader(http).Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var type = http.Request.ContentType?.Split(';')[0].Trim();
        if (!Types.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            await new ProblemResult(415, "UNSUPPORTED_MEDIA_TYPE", $"The body must be one of {string.Join(", ", Types)}.").ExecuteAsync(http);
            return;
        }

        await using var body = await SpooledBody.ReadAsync(http);
        if (body is null)
        {
            await SpooledBody.TooLarge.ExecuteAsync(http);
            return;
        }

        var outcome = await store.TakeAsync(body.File, body.ContentHash, http.Caller().Id, http.RequestAborted);
        if (outcome.Refusal is null)
        {
            bells.Payments.Ring();
        }

        await (outcome.Refusal is { } refusal
            ? Refuse(refusal).ExecuteAsync(http)
            : Reply.Bytes(http, outcome.IsRepeated ? 200 : 201, "application/json", outcome.Answer));
    }

    private static ProblemResult Refuse(FileRefusal refusal)
    {
        var isMalformed = refusal.Code is StatementRefusedException.UnknownFormat or StatementRefusedException.Unreadable;
        return new ProblemResult(isMalformed ? 400 : 422, refusal.Code, "The file was not taken; nothing was changed.") { Detail = $"{refusal.Place}: {refusal.Reason}" }
            .With("line", refusal.Place.Line)
            .With("element", refusal.Place.Element);
    }

    private static async Task ListAsync(HttpContext http, IDatabase database)
    {
        var query = new QueryReader(http);
        var account = query.Text("account", BankAccountEndpoints.MaxId);
        var paging = query.Paging(cursorKeys: 1);
        var after = Guid.Empty;
        if (paging.After is [var key] && !Guid.TryParseExact(key, "D", out after))
        {
            query.Refuse("cursor", "is not a cursor of this list");
        }

        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await database.OpenReadAsync(http.RequestAborted);
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"{Select} where s.id > @after{(account is null ? string.Empty : " and s.account_id = @account")} order by s.id limit @limit",
            new { after, account, limit = paging.Limit + 1 }, cancellationToken: http.RequestAborted));
        var page = rows.AsList();
        var progress = await PaymentStore.ProgressAsync(session, [.. page.Select(row => row.Id)], http.RequestAborted);
        await Reply.Json(http, 200, paging.Page([.. page.Select(row => row.ToView(progress[row.Id]))], view => [view.Id.ToString("D")]));
    }

    private static async Task GetAsync(HttpContext http, string id, IDatabase database)
    {
        if (new QueryReader(http).Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        StatementView? view = null;
        if (Guid.TryParseExact(id, "D", out var statement))
        {
            await using var session = await database.OpenReadAsync(http.RequestAborted);
            var row = await session.Connection.QueryFirstOrDefaultAsync<Row>(
                new CommandDefinition($"{Select} where s.id = @statement", new { statement }, cancellationToken: http.RequestAborted));
            view = row?.ToView((await PaymentStore.ProgressAsync(session, [statement], http.RequestAborted))[statement]);
        }

        await (view is null
            ? Problems.NotFound("BANK_STATEMENT_NOT_FOUND", "There is no statement of this id.").ExecuteAsync(http)
            : Reply.Json(http, 200, view));
    }

    private sealed class Row
    {
        public Guid Id { get; init; }

        public string Account { get; init; } = string.Empty;

        public string Format { get; init; } = string.Empty;

        public string? Reference { get; init; }

        public string? Sequence { get; init; }

        public long Intraday { get; init; }

        public string Currency { get; init; } = string.Empty;

        public long? Opening { get; init; }

        public DateOnly? OpeningOn { get; init; }

        public long? Closing { get; init; }

        public DateOnly? ClosingOn { get; init; }

        public long? Available { get; init; }

        public DateOnly? AvailableOn { get; init; }

        public long Credits { get; init; }

        public long CreditSum { get; init; }

        public long Debits { get; init; }

        public long DebitSum { get; init; }

        public long AlreadyBooked { get; init; }

        public long Payments { get; init; }

        public StatementView ToView(IEnumerable<(PaymentState State, long Count)> progress)
        {
            var currency = Kernel.Currency.Parse(Currency);
            PaymentCounts Counts(Dictionary<PaymentState, long> counts)
            {
                var (posted, waiting, returned, aside) = (
                    counts.GetValueOrDefault(PaymentState.Posted), counts.GetValueOrDefault(PaymentState.Waiting), counts.GetValueOrDefault(PaymentState.Returned),
                    counts.GetValueOrDefault(PaymentState.SetAside));
                return new PaymentCounts(Payments, Payments - posted - waiting - returned - aside, posted, waiting, returned, aside);
            }

            BalanceView? Balance(long? amount, DateOnly? on) =>
                amount is { } minor && on is { } day ? new BalanceView(Money.ToDecimal(minor, currency), day) : null;
            return new StatementView(
                Id, Account, Format, Reference, Sequence, Intraday != 0, currency, Balance(Opening, OpeningOn), Balance(Closing, ClosingOn),
                Balance(Available, AvailableOn), new SumView(Credits, Money.ToDecimal(CreditSum, currency)), new SumView(Debits, Money.ToDecimal(DebitSum, currency)),
                AlreadyBooked, Counts(progress.ToDictionary(one => one.State, one => one.Count)));
        }
    }
}
