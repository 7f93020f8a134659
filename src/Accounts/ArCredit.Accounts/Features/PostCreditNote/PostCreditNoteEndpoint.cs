using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>A credit note as the ERP posted it.</summary>
/// <param name="Number">Unique within the account.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
/// <param name="Amount">With VAT, above 0.</param>
/// <param name="Currency">The document's.</param>
/// <param name="FxRate">Units of account currency per unit of the note's; absent = the newest published.</param>
/// <param name="Invoice">The invoice it reduces, oldest instalment first; absent = unapplied.</param>
internal sealed record PostCreditNoteBody(
    DocumentNumber Number, DateOnly IssueDate, DateOnly? PostedOn, decimal Amount, Currency Currency, decimal? FxRate, DocumentNumber? Invoice);

/// <summary><c>POST /accounts/{accountId}/credit-notes</c>.</summary>
internal static class PostCreditNoteEndpoint
{
    private static readonly AccountCall<PostCreditNoteBody> Call = new("credit-notes", ToCommand, RespondAsync) { Posts = true };

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("credit-notes", HandleAsync)
        .RequireRoles(Roles.Billing | Roles.Finance)
        .WithSummary("Records a credit note, also on a blocked or closed account")
        .HasIdempotencyKey()
        .HasClosedPeriods()
        .Takes(typeof(PostCreditNoteBody))
        .Answers(201, typeof(CreditNoteView), "Posted.")
        .Answers(200, typeof(CreditNoteView), "The same credit note was posted before.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    /// <summary>The command of a body.</summary>
    public static PostCreditNote ToCommand(PostCreditNoteBody body, CallTarget target, RequestChecks checks) => new(
        body.Number, checks.Date("issueDate", body.IssueDate), checks.Date("postedOn", body.PostedOn),
        checks.Amount("amount", body.Amount, body.Currency), checks.Rate("fxRate", body.FxRate), body.Invoice);

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    private static Task RespondAsync(HttpContext http, Answer answer) => answer is Answer.Done done
        ? Reply.Json(http, Answers.Created(done), CreditNoteView.Of(Answers.Expect<CreditNotePosted>(done)))
        : throw Answers.Unexpected(answer);
}
