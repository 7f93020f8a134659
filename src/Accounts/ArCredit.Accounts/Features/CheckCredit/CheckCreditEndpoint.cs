using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>May the customer buy?</summary>
/// <param name="Amount">With VAT, 0 or more.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Paid">Paid on the spot.</param>
/// <param name="Checkpoint">Where the document stands.</param>
/// <param name="Terms">Terms asked for; absent = the agreed ones.</param>
/// <param name="Buyer">Who buys for the customer.</param>
/// <param name="Reference">The customer's own order reference.</param>
internal sealed record CheckCreditBody(
    decimal Amount, Currency Currency, PaidBody? Paid, Checkpoint Checkpoint, PaymentTermsBody? Terms, string? Buyer, string? Reference);

/// <summary><c>POST /accounts/{accountId}/credit-checks</c>: a decision, nothing reserved.</summary>
internal static class CheckCreditEndpoint
{
    private static readonly AccountCall<CheckCreditBody> Call = new("credit-checks", ToCommand, RespondAsync) { Keys = KeyUse.None };

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("credit-checks", HandleAsync)
        .RequireRoles(Roles.Pos | Roles.Billing | Roles.Sales | Roles.CreditController | Roles.CreditManager)
        .WithSummary("Decides on an amount; nothing is reserved")
        .Takes(typeof(CheckCreditBody))
        .Answers(200, typeof(DecisionView), "The decision: approved, declined or referred.")
        .Refuses(400, 404, 413, 415, 422, 503);

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    private static CheckCredit ToCommand(CheckCreditBody body, CallTarget target, RequestChecks checks) => new(
        new Purchase(
            checks.Amount("amount", body.Amount, body.Currency, orZero: true), PaidBody.Read(body.Paid, body.Currency, checks),
            checks.Line("buyer", body.Buyer, 64), checks.Line("reference", body.Reference, RequestChecks.MaxReference),
            PaymentTermsBody.Read("terms", body.Terms, checks)),
        body.Checkpoint);

    private static Task RespondAsync(HttpContext http, Answer answer) => answer is Answer.Checked { Decision: var decision }
        ? Reply.Json(http, 200, DecisionView.Of(decision, recorded: false))
        : throw Answers.Unexpected(answer);
}
