using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>Which interest is billed.</summary>
/// <param name="Number">Unique among the account's invoices, debit notes and claims.</param>
/// <param name="Through">The last day that is billed; absent = today.</param>
/// <param name="Currency">Of the items; absent = the account's.</param>
/// <param name="IssueDate">Document date; absent = today.</param>
/// <param name="DueDate">Absent = by the account's terms.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
/// <param name="FxRate">Units of account currency per unit of the claim's; absent = the newest published.</param>
/// <param name="Reference">The customer's own reference.</param>
internal sealed record BillInterestBody(
    DocumentNumber Number, DateOnly? Through, Currency? Currency, DateOnly? IssueDate, DateOnly? DueDate, DateOnly? PostedOn, decimal? FxRate, string? Reference);

/// <summary><c>POST /accounts/{accountId}/interest-claims</c>.</summary>
internal static class BillInterestEndpoints
{
    private static readonly AccountCall<BillInterestBody> Call = new("interest-claims", ToCommand, RespondAsync) { Posts = true };

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("interest-claims", (HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts))
        .RequireRoles(Roles.Billing | Roles.Finance | Roles.Collector)
        .WithSummary("Bills the interest that has accrued on late invoices and debit notes of a currency up to a day, as one claim")
        .WithDescription(
            "What is billed never accrues again. Days that were billed keep their rate; when money with an earlier value date comes to light, or a " +
            "payment is taken back, the next claim gives back or bills the difference on its own lines. The claim stays when the principal is paid, " +
            "and can be waived by a write-off of kind waiver.")
        .HasIdempotencyKey()
        .HasClosedPeriods()
        .Takes(typeof(BillInterestBody))
        .Answers(201, typeof(InterestClaimView), "Billed.")
        .Answers(200, typeof(InterestClaimView), "The same claim was billed before.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    private static BillInterest ToCommand(BillInterestBody body, CallTarget target, RequestChecks checks) => new(
        checks.NotReserved("number", body.Number), checks.Date("through", body.Through), body.Currency, checks.Date("issueDate", body.IssueDate), checks.Date("dueDate", body.DueDate),
        checks.Date("postedOn", body.PostedOn), checks.Rate("fxRate", body.FxRate), checks.Line("reference", body.Reference, RequestChecks.MaxReference));

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        var status = answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer);
        var posted = Answers.Expect<DebitPosted>(answer);
        return Reply.Json(http, status, InterestClaimView.Of(posted, posted.Interest ?? throw new InvariantException("Interest was billed without a statement.")));
    }
}
