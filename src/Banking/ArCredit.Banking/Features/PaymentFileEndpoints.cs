using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary><c>/bank/payment-files</c>, <c>/bank/status-reports</c> and <c>/bank/accounts/{id}/outgoing</c>.</summary>
internal static class PaymentFileEndpoints
{
    private const int MaxHolder = 70;
    private const int MaxMessageId = 35;
    private const Roles Payers = Roles.Finance;
    private const Roles Readers = Roles.Finance | Roles.CreditManager | Roles.Auditor;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        MapOutgoing(endpoints.MapGroup("/api/v1/bank/accounts/{id}/outgoing").WithTags("Money out"));
        var files = endpoints.MapGroup("/api/v1/bank/payment-files").WithTags("Money out");
        files.MapPost(string.Empty, MakeAsync)
            .RequireRoles(Payers)
            .WithSummary("Makes a file of all approved refunds of a company in a currency, 1,000 at most")
            .WithDescription(
                "Each refund leaves its ledger with the file, and is in one file only. With Banking:Outbox the file is put there at once, else it is downloaded. " +
                "Refunds whose payee's cool-down is not over, or whose payee has changed, stay out and are named in leftOut.")
            .HasIdempotencyKey()
            .Takes(typeof(PaymentFileBody))
            .Answers(201, typeof(PaymentFileWithPaymentsView), "Made.")
            .Refuses(400, 404, 413, 415, 422, 503);
        files.MapGet(string.Empty, ListAsync)
            .RequireRoles(Readers)
            .WithSummary("Files for banks, the oldest first")
            .HasPaging()
            .Answers(200, typeof(ListPage<PaymentFileView>), "A page of files.")
            .Refuses(400, 503);
        files.MapGet("{messageId}", GetAsync)
            .RequireRoles(Readers)
            .WithSummary("A file with its payments or collections")
            .Answers(200, typeof(PaymentFileWithPaymentsView), "As it stands.")
            .Refuses(400, 404, 503);
        files.MapGet("{messageId}/content", DownloadAsync)
            .RequireRoles(Payers)
            .WithSummary("The file itself: the same bytes every time")
            .Answers(200, "The file, application/xml.")
            .Refuses(400, 404, 409, 503);
        files.MapPost("{messageId}/sending", (HttpContext http, PaymentFileStore store, CollectionStore debits, PaymentFileRun run, CollectionFiles collections, TimeProvider technical) =>
                MoveAsync(http, store, debits, run, collections, FileState.Sent, technical.GetUtcNow(), LineState.Sent, null))
            .RequireRoles(Payers)
            .WithSummary("Says that a file that was downloaded has gone to the bank")
            .WithDescription("The same call again changes nothing, so no Idempotency-Key is needed.")
            .Answers(200, typeof(PaymentFileWithPaymentsView), "As it stands.")
            .Refuses(400, 404, 409, 503);
        files.MapPost("{messageId}/withdrawal", (HttpContext http, PaymentFileStore store, CollectionStore debits, PaymentFileRun run, CollectionFiles collections) =>
                MoveAsync(http, store, debits, run, collections, FileState.Withdrawn, null, LineState.Rejected, "WITHDRAWN"))
            .RequireRoles(Payers)
            .WithSummary("Takes a file back that has not gone to the bank: its refunds are rejected, their credit is given back")
            .WithDescription("The same call again changes nothing, so no Idempotency-Key is needed.")
            .Answers(200, typeof(PaymentFileWithPaymentsView), "As it stands.")
            .Refuses(400, 404, 409, 503);
        endpoints.MapGet("/api/v1/bank/refunds", RefundsAsync).WithTags("Money out")
            .RequireRoles(Readers)
            .WithSummary("Refunds of all customers of a company that stand so, by account and id")
            .HasQuery("status", typeof(RefundStatus), "Absent = requested.")
            .HasQuery("company", typeof(string), "Absent = main.")
            .HasQuery("currency", typeof(string), "Absent = the company's.")
            .HasPaging()
            .Answers(200, typeof(ListPage<RefundOfAccountView>), "A page of refunds.")
            .Refuses(400, 404, 503);
    }

    private static void MapOutgoing(RouteGroupBuilder outgoing)
    {
        outgoing.MapPut(string.Empty, PutOutgoingAsync)
            .RequireRoles(Roles.Finance)
            .WithSummary("Says how an own bank account is paid from")
            .Takes(typeof(OutgoingBody))
            .Answers(200, typeof(OutgoingBody), "As it is now.")
            .Refuses(400, 404, 413, 415, 422, 503);
        outgoing.MapGet(string.Empty, GetOutgoingAsync)
            .RequireRoles(Readers)
            .WithSummary("How an own bank account is paid from")
            .Answers(200, typeof(OutgoingBody), "As it is.")
            .Refuses(400, 404, 503);
    }

    private static async Task MakeAsync(
        HttpContext http, BankAccountStore accounts, PaymentFileMaker maker, PaymentFileStore store, CollectionStore debits, PaymentFileRun run)
    {
        if (!IdempotencyKey.TryRead(http, out var key, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        static void Judge(PaymentFileBody body, FieldErrors errors) => OwnBankAccount.Check(body.BankAccount, errors);

        if (await MoneyOutBody.ReadAsync<PaymentFileBody>(http, Judge) is not { } body)
        {
            return;
        }

        if (await OwnBankAccount.FindOrAnswerAsync(http, accounts, body.BankAccount) is not { } own)
        {
            return;
        }

        var made = await AccountsAway.OrUnavailableAsync(maker.MakeAsync(own, body.ExecutionDate, http.Caller().Id, key, http.RequestAborted));
        if (made.MessageId is not { } messageId)
        {
            await Refusal(made).ExecuteAsync(http);
            return;
        }

        await AdvanceAsync(run, messageId, http.RequestAborted);
        if (made.IsRepeated)
        {
            IdempotencyKey.MarkReplayed(http);
        }

        await AnswerAsync(http, 201, messageId, store, debits, made.Left);
    }

    // What cannot go on now is stored: the worker does so as soon as the accounts answer.
    public static async Task AdvanceAsync(PaymentFileRun run, string messageId, CancellationToken cancellation)
    {
        try
        {
            await run.AdvanceAsync(messageId, cancellation);
        }
        catch (Exception outage) when (AccountsAway.Is(outage) || outage is IOException or UnauthorizedAccessException)
        {
            run.LogLeft(messageId, outage);
        }
    }

    private static ProblemResult Refusal(MadeFile made) => made.Refusal switch
    {
        PaymentFileMaker.NotSetUp => Problems.Unprocessable(
            PaymentFileMaker.NotSetUp, "The own bank account needs an IBAN, and what PUT /bank/accounts/{id}/outgoing says.", "bankAccount", "is not set up for payments"),
        PaymentFileMaker.InPast => Problems.Unprocessable(PaymentFileMaker.InPast, "The execution date has passed.", "executionDate", "must not be before today"),
        PaymentFileMaker.KeyReused => Problems.Unprocessable(PaymentFileMaker.KeyReused, "The Idempotency-Key was used with another request."),
        _ => Problems.Unprocessable(PaymentFileMaker.NothingToPay, "Nothing is approved that could be paid now.").With("leftOut", made.Left),
    };

    private static async Task ListAsync(HttpContext http, PaymentFileStore store)
    {
        var query = new QueryReader(http);
        var paging = query.Paging(cursorKeys: 1);
        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var read = await store.ListAsync(paging.After?[0] ?? string.Empty, paging.Limit + 1, http.RequestAborted);
        await Reply.Json(http, 200, paging.Page([.. read.Select(PaymentFileView.Of)], view => [view.MessageId]));
    }

    private static async Task GetAsync(HttpContext http, PaymentFileStore store, CollectionStore debits)
    {
        if (!RouteReader.TryText(http, "messageId", MaxMessageId, out var messageId, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await AnswerAsync(http, 200, messageId, store, debits, []);
    }

    private static async Task AnswerAsync(
        HttpContext http, int status, string messageId, PaymentFileStore store, CollectionStore debits, IReadOnlyList<LeftOut> left) =>
        await (await store.FindAsync(messageId, http.RequestAborted) is { } file
            ? Reply.Json(http, status, PaymentFileWithPaymentsView.Of(
                file, await store.LinesMadeOfAsync(messageId, http.RequestAborted),
                await debits.WhereAsync("c.message_id = @messageId", new { messageId }, http.RequestAborted), left))
            : NoFile.ExecuteAsync(http));

    private static async Task DownloadAsync(HttpContext http, PaymentFileStore store)
    {
        if (!RouteReader.TryText(http, "messageId", MaxMessageId, out var messageId, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await store.FindAsync(messageId, http.RequestAborted) is not { } file)
        {
            await NoFile.ExecuteAsync(http);
            return;
        }

        if (file.State == PaymentFileStore.Name(FileState.Withdrawn) || await store.ContentAsync(messageId, http.RequestAborted) is not { } content)
        {
            await Problems.Conflict("PAYMENT_FILE_STATE", "The file has no content that may go to a bank.", $"It is {file.State}.").ExecuteAsync(http);
            return;
        }

        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{file.FileName}\"";
        http.Response.Headers.ETag = $"\"{file.ContentHash}\"";
        await Reply.Bytes(http, 200, "application/xml", content);
    }

    private static async Task MoveAsync(
        HttpContext http, PaymentFileStore store, CollectionStore debits, PaymentFileRun run, CollectionFiles collections, FileState to, DateTimeOffset? sentAt, LineState wanted, string? reason)
    {
        if (!RouteReader.TryText(http, "messageId", MaxMessageId, out var messageId, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (to == FileState.Sent && await store.FindAsync(messageId, http.RequestAborted) is { Format: DirectDebitFile.Format } late
            && late.State == PaymentFileStore.Name(FileState.Ready) && await collections.IsTooLateAsync(late, http.RequestAborted))
        {
            await Problems.Conflict(
                "COLLECTION_DATE_MISSED",
                "The bank would not collect on the day that was announced. Withdraw the file and announce anew; one that the bank has is marked by its report or its booking.")
                .ExecuteAsync(http);
            return;
        }

        var moved = await store.MoveAsync(messageId, FileState.Ready, to, http.RequestAborted, sentAt: sentAt, wanted: wanted, reason: reason, by: http.Caller().Id);
        if (!moved && await store.FindAsync(messageId, http.RequestAborted) is { } file && file.State != PaymentFileStore.Name(to))
        {
            await Problems.Conflict("PAYMENT_FILE_STATE", "The file stands where this cannot be done.", $"It is {file.State}.").ExecuteAsync(http);
            return;
        }

        await AdvanceAsync(run, messageId, http.RequestAborted);
        await AnswerAsync(http, 200, messageId, store, debits, []);
    }

    private static async Task RefundsAsync(HttpContext http, IRefunds refunds, ICompanyRates companies)
    {
        var query = new QueryReader(http);
        var status = query.OneOf<RefundStatus>("status") ?? RefundStatus.Requested;
        var company = query.Text("company", BankAccountEndpoints.MaxId) ?? BankAccountEndpoints.DefaultCompany;
        var code = query.Text("currency", 3);
        var paging = query.Paging(cursorKeys: 2);
        Currency? currency = null;
        if (code is not null && !Currency.TryParse(code, out currency))
        {
            query.Refuse("currency", "must be an ISO 4217 code");
        }

        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await companies.CurrencyOfAsync(company, http.RequestAborted) is not { } own)
        {
            await Problems.NotFound("COMPANY_NOT_FOUND", "There is no such company.").ExecuteAsync(http);
            return;
        }

        var after = paging.After is { } keys ? (keys[0], keys[1]) : (string.Empty, string.Empty);
        var found = await refunds.StandingAsync(company, status, currency ?? own, after, paging.Limit + 1, http.RequestAborted);
        await Reply.Json(http, 200, paging.Page(
            [.. found.Select(each => new RefundOfAccountView(
                each.Account, each.Refund.Id, Money.ToDecimal(each.Refund.Amount, each.Refund.Currency), each.Refund.Currency, each.Refund.Status,
                each.Refund.RequestedBy, each.Refund.Warnings ?? []))],
            view => [view.Account.Value, view.RefundId.Value]));
    }

    private static async Task PutOutgoingAsync(HttpContext http, BankAccountStore accounts, OutgoingStore store)
    {
        if (await OwnBankAccount.OfRouteAsync(http, accounts) is not { } own)
        {
            return;
        }

        if (await MoneyOutBody.ReadAsync<OutgoingBody>(http, Check) is not { } put)
        {
            return;
        }

        if (own.Iban is null)
        {
            await Problems.Unprocessable("IBAN_MISSING", "Only an account with an IBAN is paid from.").ExecuteAsync(http);
            return;
        }

        await store.PutAsync(
            new Outgoing { BankAccount = own.Id, Holder = put.Holder, Bic = put.Bic?.ToUpperInvariant(), CreditTransfers = put.CreditTransfers ?? CreditTransferFile.Formats[0] },
            http.RequestAborted);
        await AnswerOutgoingAsync(http, own.Id, store);
    }

    private static void Check(OutgoingBody body, FieldErrors errors)
    {
        HolderFields.Check(body.Holder, MaxHolder, body.Bic, errors);

        if (body.CreditTransfers is not null && !CreditTransferFile.Formats.Contains(body.CreditTransfers, StringComparer.Ordinal))
        {
            errors.Add("creditTransfers", $"must be one of: {string.Join(", ", CreditTransferFile.Formats)}");
        }
    }

    private static async Task GetOutgoingAsync(HttpContext http, BankAccountStore accounts, OutgoingStore store)
    {
        if (await OwnBankAccount.OfRouteAsync(http, accounts) is { } own)
        {
            await AnswerOutgoingAsync(http, own.Id, store);
        }
    }

    private static async Task AnswerOutgoingAsync(HttpContext http, string id, OutgoingStore store) =>
        await (await store.FindAsync(id, http.RequestAborted) is { } found
            ? Reply.Json(http, 200, new OutgoingBody(found.Holder, found.Bic, found.CreditTransfers))
            : Problems.NotFound("OUTGOING_NOT_SET_UP", "Nothing is said of how the account is paid from.").ExecuteAsync(http));

    private static ProblemResult NoFile => Problems.NotFound("PAYMENT_FILE_NOT_FOUND", "There is no payment file of this id.");
}
