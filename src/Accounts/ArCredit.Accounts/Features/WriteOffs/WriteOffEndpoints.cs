using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>What is given up.</summary>
/// <param name="WriteOffId">Unique within the account.</param>
/// <param name="Kind">
/// badDebt sets the block "write-off" and stays visible; smallDifference has to be within the policy's tolerance; waiver lets a
/// claim for interest or a fee go.
/// </param>
/// <param name="Invoice">The number of the invoice, debit note or claim.</param>
/// <param name="Instalment">From 1; absent = oldest first.</param>
/// <param name="Amount">In the document's currency; absent = all that is open.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
/// <param name="Reason">For people.</param>
internal sealed record WriteOffBody(
    DocumentNumber WriteOffId, WriteOffKind Kind, DocumentNumber Invoice, int? Instalment, decimal? Amount, DateOnly? PostedOn, string Reason);

/// <summary>When and why a write-off is taken back.</summary>
/// <param name="On">Accounting date; absent = today.</param>
/// <param name="Note">For people.</param>
internal sealed record ReverseWriteOffBody(DateOnly? On, string? Note);

/// <summary>A write-off, or its reversal.</summary>
/// <param name="WriteOffId">Its id.</param>
/// <param name="Kind">Why it was given up.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">All of it.</param>
/// <param name="Lines">By instalment.</param>
internal sealed record WriteOffView(
    DocumentNumber WriteOffId, WriteOffKind Kind, DateOnly PostedOn, Currency Currency, decimal Amount, IReadOnlyList<WriteOffLineView> Lines)
{
    /// <summary>The view of a write-off made or taken back.</summary>
    public static WriteOffView Of(DocumentNumber id, WriteOffKind kind, DateOnly postedOn, Currency currency, IReadOnlyList<Allocation> lines) => new(
        id, kind, postedOn, currency, Amounts.Of(lines.Sum(line => line.Taken), currency),
        [.. lines.Select(line => new WriteOffLineView(line.Invoice, line.Instalment, Amounts.Of(line.Taken, currency)))]);
}

/// <summary>What was given up of an instalment.</summary>
internal sealed record WriteOffLineView(DocumentNumber Invoice, int Instalment, decimal Amount);

/// <summary><c>POST /accounts/{accountId}/write-offs</c> and <c>…/write-offs/{writeOffId}/reversal</c>.</summary>
internal static class WriteOffEndpoints
{
    private static readonly AccountCall<WriteOffBody> Write = new("write-offs", ToCommand, RespondAsync) { Posts = true };

    private static readonly AccountCall<ReverseWriteOffBody> Back = new("write-off-reversals", ToCommand, RespondAsync)
    {
        NumberName = "writeOffId",
        Posts = true,
        NoBody = new ReverseWriteOffBody(null, null),
    };

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapPost("write-offs", (HttpContext http, IAccounts accounts) => Write.RunAsync(http, accounts))
            .RequireRoles(Roles.Finance | Roles.CreditManager)
            .WithSummary("Gives up what is open of an invoice, debit note or claim, or a part of it")
            .WithDescription(
                "Bad debt leaves balance and exposure, sets the block \"write-off\" and makes nothing available while that stands. Money " +
                "that comes in for it later, named or after everything else is paid, is a recovery: it reinstates that much and pays it. " +
                "The block goes when nothing is written off any more.")
            .HasIdempotencyKey()
            .HasClosedPeriods()
            .Takes(typeof(WriteOffBody))
            .Answers(201, typeof(WriteOffView), "Written off.")
            .Answers(200, typeof(WriteOffView), "The same was written off before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapPost("write-offs/{writeOffId}/reversal", (HttpContext http, IAccounts accounts) => Back.RunAsync(http, accounts))
            .RequireRoles(Roles.Finance | Roles.CreditManager)
            .WithSummary("Takes a write-off back: what it gave up is open again; refused once money has been received for it")
            .HasIdempotencyKey()
            .HasClosedPeriods()
            .Takes(typeof(ReverseWriteOffBody))
            .Answers(201, typeof(WriteOffView), "Taken back.")
            .Answers(200, typeof(WriteOffView), "It was taken back before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
    }

    private static WriteOff ToCommand(WriteOffBody body, CallTarget target, RequestChecks checks)
    {
        checks.Amount("amount", body.Amount, null);
        return new WriteOff(
            body.WriteOffId, body.Kind, body.Invoice, checks.Number("instalment", body.Instalment, 1, int.MaxValue),
            body.Amount, checks.Date("postedOn", body.PostedOn),
            new FreeText(checks.Note("reason", body.Reason) ?? string.Empty));
    }

    private static ReverseWriteOff ToCommand(ReverseWriteOffBody body, CallTarget target, RequestChecks checks) =>
        new(target.Number, checks.Date("on", body.On), checks.FreeText("note", body.Note));

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        var status = answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer);
        if (Answers.Last<WriteOffReversed>(answer) is { } back)
        {
            return Reply.Json(http, status, WriteOffView.Of(back.Id, back.Kind, back.PostedOn, back.Currency, back.Lines));
        }

        var given = Answers.Expect<WrittenOff>(answer);
        return Reply.Json(http, status, WriteOffView.Of(given.Id, given.Kind, given.PostedOn, given.Currency, given.Lines));
    }
}
