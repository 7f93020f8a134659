using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>A debit note.</summary>
/// <param name="Number">Unique among the account's invoices, debit notes and claims.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Absent = by the account's terms.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
/// <param name="Amount">With VAT, above 0.</param>
/// <param name="TaxAmount">VAT within the amount; where the company splits VAT it is a part of its own from then on.</param>
/// <param name="Currency">The document's.</param>
/// <param name="FxRate">Units of account currency per unit of the document's; absent = the newest published.</param>
/// <param name="Invoice">The invoice it is about; for readers only.</param>
/// <param name="Reference">The customer's own reference.</param>
internal sealed record PostDebitNoteBody(
    DocumentNumber Number, DateOnly IssueDate, DateOnly? DueDate, DateOnly? PostedOn, decimal Amount, decimal? TaxAmount, Currency Currency, decimal? FxRate,
    DocumentNumber? Invoice, string? Reference);

/// <summary>What a claim is for.</summary>
internal enum ClaimType
{
    /// <summary>Interest for late payment.</summary>
    Interest,

    /// <summary>A fee, such as a reminder's or a bank's for a returned payment.</summary>
    Fee,
}

/// <summary>A claim that is billed to the customer.</summary>
/// <param name="Type">interest or fee.</param>
/// <param name="Number">Unique among the account's invoices, debit notes and claims.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Absent = by the account's terms.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
/// <param name="Amount">Above 0.</param>
/// <param name="Currency">The document's.</param>
/// <param name="FxRate">Units of account currency per unit of the document's; absent = the newest published.</param>
/// <param name="Invoice">The invoice that was late; for readers only: the claim survives it.</param>
/// <param name="Reference">The customer's own reference.</param>
internal sealed record PostClaimBody(
    ClaimType Type, DocumentNumber Number, DateOnly IssueDate, DateOnly? DueDate, DateOnly? PostedOn, decimal Amount, Currency Currency, decimal? FxRate,
    DocumentNumber? Invoice, string? Reference);

/// <summary>A debit note or claim as posted.</summary>
/// <param name="Type">debitNote, interest or fee.</param>
/// <param name="Number">Unique among the account's invoices, debit notes and claims.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">When it is due.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">With VAT.</param>
/// <param name="TaxAmount">VAT within it, as posted; null = not said.</param>
/// <param name="VatAmount">VAT that is settled for itself; null where VAT is not split.</param>
/// <param name="FxRate">Units of account currency per unit of the document's.</param>
/// <param name="Invoice">What it is about.</param>
/// <param name="Reference">The customer's own reference.</param>
internal sealed record DebitView(
    DebitKind Type, DocumentNumber Number, DateOnly IssueDate, DateOnly DueDate, DateOnly PostedOn, Currency Currency, decimal Amount, decimal? TaxAmount, decimal? VatAmount, decimal FxRate,
    DocumentNumber? Invoice, string? Reference)
{
    /// <summary>The view of a posting.</summary>
    public static DebitView Of(DebitPosted posted) => new(
        posted.Kind, posted.Number, posted.IssueDate, posted.DueDate, posted.PostedOn, posted.Currency, Amounts.Of(posted.Amount, posted.Currency),
        Amounts.Of(posted.TaxAmount, posted.Currency), posted.Vat == 0 ? null : Amounts.Of(posted.Vat, posted.Currency), posted.Rate, posted.Invoice, posted.Reference);
}

/// <summary><c>POST /accounts/{accountId}/debit-notes</c> and <c>…/claims</c>.</summary>
internal static class PostDebitEndpoints
{
    private static readonly AccountCall<PostDebitNoteBody> Note = new("debit-notes", ToCommand, RespondAsync) { Posts = true };
    private static readonly AccountCall<PostClaimBody> Claim = new("claims", ToCommand, RespondAsync) { Posts = true };

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapPost("debit-notes", (HttpContext http, IAccounts accounts) => Note.RunAsync(http, accounts))
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Records a debit note: owed and overdue like an invoice, and settled by its number like one")
            .HasIdempotencyKey()
            .HasClosedPeriods()
            .Takes(typeof(PostDebitNoteBody))
            .Answers(201, typeof(DebitView), "Posted.")
            .Answers(200, typeof(DebitView), "The same debit note was posted before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapPost("claims", (HttpContext http, IAccounts accounts) => Claim.RunAsync(http, accounts))
            .RequireRoles(Roles.Billing | Roles.Finance | Roles.Collector)
            .WithSummary("Bills a claim for interest or a fee")
            .WithDescription(
                "A claim is an item of its own: it is part of balance and exposure, not of what is overdue unless the policy counts it, is settled after what is due " +
                "(interest before fees), and can be waived by a write-off of kind waiver.")
            .HasIdempotencyKey()
            .HasClosedPeriods()
            .Takes(typeof(PostClaimBody))
            .Answers(201, typeof(DebitView), "Billed.")
            .Answers(200, typeof(DebitView), "The same claim was billed before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
    }

    /// <summary>The command of a debit note.</summary>
    public static PostDebit ToCommand(PostDebitNoteBody body, CallTarget target, RequestChecks checks)
    {
        var tax = checks.Amount("taxAmount", body.TaxAmount, body.Currency, orZero: true);
        if (body.TaxAmount > body.Amount)
        {
            checks.Refuse("taxAmount", "must not be above the amount");
        }

        return new PostDebit(
            DebitKind.DebitNote, checks.NotReserved("number", body.Number), checks.Date("issueDate", body.IssueDate), checks.Date("dueDate", body.DueDate),
            checks.Date("postedOn", body.PostedOn), checks.Amount("amount", body.Amount, body.Currency), checks.Rate("fxRate", body.FxRate), body.Invoice,
            checks.Line("reference", body.Reference, RequestChecks.MaxReference), tax?.Minor);
    }

    /// <summary>The command of a claim.</summary>
    public static PostDebit ToCommand(PostClaimBody body, CallTarget target, RequestChecks checks) => new(
        body.Type == ClaimType.Interest ? DebitKind.Interest : DebitKind.Fee, checks.NotReserved("number", body.Number), checks.Date("issueDate", body.IssueDate),
        checks.Date("dueDate", body.DueDate), checks.Date("postedOn", body.PostedOn), checks.Amount("amount", body.Amount, body.Currency),
        checks.Rate("fxRate", body.FxRate), body.Invoice, checks.Line("reference", body.Reference, RequestChecks.MaxReference));

    private static Task RespondAsync(HttpContext http, Answer answer) => answer is Answer.Done done
        ? Reply.Json(http, Answers.Created(done), DebitView.Of(Answers.Expect<DebitPosted>(done)))
        : throw Answers.Unexpected(answer);
}
