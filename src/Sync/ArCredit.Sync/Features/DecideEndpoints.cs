using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Posting;
using ArCredit.Sync.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Sync.Features;

/// <summary>Whose an e-invoice is.</summary>
/// <param name="AccountId">An account of the document's company.</param>
internal sealed record EInvoiceAccountBody(AccountId AccountId);

/// <summary>What the buyer said of an e-invoice.</summary>
/// <param name="Status">accepted or rejected.</param>
/// <param name="Reason">In the buyer's words, at most 2,000 characters.</param>
internal sealed record EInvoiceStatusBody(BuyerStatus Status, string? Reason);

/// <summary>What happens to a posting whose accounting date is in a closed period.</summary>
internal enum ClosedPeriodChoice
{
    /// <summary>The document waits with PERIOD_CLOSED.</summary>
    Refuse,

    /// <summary>It goes to the first open day.</summary>
    NextOpenDay,
}

/// <summary><c>/einvoices/{id}/account</c>, <c>posting</c> and <c>status</c>: what people decide of e-invoices. Each says what it means, so that again changes nothing.</summary>
internal static class DecideEndpoints
{
    private const int MaxReason = 2000;

    private static readonly ProblemResult Changed = Problems.Conflict("EINVOICE_CHANGED", "Somebody decided at the same time. Read it and decide again.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var invoice = endpoints.MapGroup("/api/v1/einvoices/{id}").WithTags("E-invoices");
        invoice.MapPost("account", AccountAsync)
            .RequireRoles(EInvoiceEndpoints.Writers)
            .WithSummary("Names the account of an e-invoice that waits, posts it, and remembers for the next one whose these ids are")
            .WithDescription("It needs no Idempotency-Key: the same account again changes nothing.")
            .Takes(typeof(EInvoiceAccountBody))
            .Answers(200, typeof(EInvoiceView), "As it stands then.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        invoice.MapPost("posting", PostingAsync)
            .RequireRoles(EInvoiceEndpoints.Writers)
            .WithSummary("Tries again to post an e-invoice that waits or is in conflict, also one that corrects another")
            .WithDescription("It needs no Idempotency-Key: what is posted is posted once.")
            .HasQuery("ifPeriodClosed", typeof(ClosedPeriodChoice), "In a closed period it waits (default), or with nextOpenDay is posted on the first open day after it.")
            .Answers(200, typeof(EInvoiceView), "As it stands then.")
            .Refuses(400, 404, 409, 503);
        invoice.MapPost("status", StatusAsync)
            .RequireRoles(EInvoiceEndpoints.Writers)
            .WithSummary("Says whether the buyer has accepted or rejected an e-invoice; a rejected invoice is disputed")
            .WithDescription(
                "A rejection raises a dispute of everything open of the invoice with reason EINVOICE_REJECTED; a later acceptance ends it while it is open. It needs no Idempotency-Key: "
                + "the same status again changes nothing.")
            .Takes(typeof(EInvoiceStatusBody))
            .Answers(200, typeof(EInvoiceView), "As it stands then.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
    }

    private static async Task AccountAsync(
        HttpContext http, string id, EInvoiceStore store, EInvoicePosting posting, EInvoiceIntake intake, IOpenItems items, Platform.Journal.IFeed feed, TimeProvider time)
    {
        var body = await Body.ReadAsync<EInvoiceAccountBody>(http);
        if ((body.Problem ?? new QueryReader(http).Problem()) is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await EInvoiceEndpoints.FindAsync(http, id, store) is not { } invoice)
        {
            return;
        }

        var account = body.Value.AccountId;
        await feed.CatchUpAsync(http.RequestAborted);
        if ((await items.AccountsAsync(invoice.Company, [account.Value], http.RequestAborted)).Count == 0)
        {
            await Problems.Unprocessable("ACCOUNT_UNKNOWN", $"Company {invoice.Company}, whose document this is, has no such account.").ExecuteAsync(http);
            return;
        }

        if (invoice.Status is EInvoiceStatus.Posted or EInvoiceStatus.NothingDue or EInvoiceStatus.Posting && invoice.Account != account)
        {
            await Problems.Conflict("EINVOICE_POSTED", invoice.Account is { } other ? $"The e-invoice is of account {other}." : "Nothing of the e-invoice is to be posted.").ExecuteAsync(http);
            return;
        }

        if (invoice.Status is EInvoiceStatus.Waiting or EInvoiceStatus.Conflict or EInvoiceStatus.Received)
        {
            var by = http.Caller().Id;
            var now = invoice with { Status = EInvoiceStatus.Received, Account = account, Plan = new(), Reason = null, Detail = null, Findings = EInvoiceFindings.None, DecidedBy = by };
            var saved = await posting.SaveAsync(
                invoice, now, session => LearnedBuyers.LearnAsync(session, invoice.Company, invoice.PartyKey, account.Value, by, time.GetUtcNow()), http.RequestAborted);
            if (saved is null)
            {
                await Changed.ExecuteAsync(http);
                return;
            }

            invoice = await intake.CarryOnAsync(saved, isConfirmed: false, http.RequestAborted);
        }

        await Reply.Json(http, 200, EInvoiceView.Of(invoice));
    }

    private static async Task PostingAsync(HttpContext http, string id, EInvoiceStore store, EInvoicePosting posting, EInvoiceIntake intake)
    {
        var query = new QueryReader(http);
        var nextOpenDay = query.OneOf<ClosedPeriodChoice>("ifPeriodClosed") == ClosedPeriodChoice.NextOpenDay;
        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await EInvoiceEndpoints.FindAsync(http, id, store) is not { } invoice)
        {
            return;
        }

        var isConfirmed = invoice.Reason == PostingDecision.Correction;
        if (invoice.Status is EInvoiceStatus.Waiting or EInvoiceStatus.Conflict)
        {
            var now = invoice with
            {
                Status = EInvoiceStatus.Received,
                Plan = new PostingPlan(NextOpenDay: nextOpenDay),
                Reason = null,
                Detail = null,
                Findings = EInvoiceFindings.None,
                DecidedBy = http.Caller().Id,
            };
            if (await posting.SaveAsync(invoice, now, null, http.RequestAborted) is not { } saved)
            {
                await Changed.ExecuteAsync(http);
                return;
            }

            invoice = saved;
        }

        await Reply.Json(http, 200, EInvoiceView.Of(await intake.CarryOnAsync(invoice, isConfirmed, http.RequestAborted)));
    }

    private static async Task StatusAsync(HttpContext http, string id, EInvoiceStore store, BuyerAnswers answers)
    {
        var body = await Body.ReadAsync<EInvoiceStatusBody>(http);
        if ((body.Problem ?? new QueryReader(http).Problem()) is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (body.Value.Reason is { } reason && (reason.Length is 0 or > MaxReason || !Text.IsPlain(reason.ReplaceLineEndings(" "))))
        {
            var errors = new FieldErrors();
            errors.Add("reason", $"must be 1 to {MaxReason} characters without control characters other than line ends");
            await errors.ToProblem().ExecuteAsync(http);
            return;
        }

        if (await EInvoiceEndpoints.FindAsync(http, id, store) is not { } invoice)
        {
            return;
        }

        var (now, refused) = await answers.SetAsync(invoice, body.Value.Status, body.Value.Reason, http.Caller().Id, http.RequestAborted);
        await (refused?.ExecuteAsync(http) ?? Reply.Json(http, 200, EInvoiceView.Of(now)));
    }
}
