using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Accounts.Features;

/// <summary>Why a payment is taken back.</summary>
/// <param name="Reason">bounced re-opens what it paid as returned; mistake as if it had never been.</param>
/// <param name="On">Accounting date; absent = today.</param>
/// <param name="Note">For people.</param>
internal sealed record ReversePaymentBody(ReversalReason Reason, DateOnly? On, string? Note);

/// <summary><c>POST /accounts/{accountId}/payments/{paymentId}/reversal</c>.</summary>
internal static class ReversePaymentEndpoint
{
    private static readonly AccountCall<ReversePaymentBody> Call = new("reversals", ToCommand, RespondAsync) { NumberName = "paymentId", Posts = true, Prepare = RefuseOfBankAsync };

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("payments/{paymentId}/reversal", HandleAsync)
        .RequireRoles(Roles.Billing | Roles.Finance)
        .WithSummary("Takes a payment back; what it paid is open again")
        .WithDescription("One that a statement brought is taken back there: unmatch of its booking, or the bank's own reversal in a later statement.")
        .HasIdempotencyKey()
        .HasClosedPeriods()
        .Takes(typeof(ReversePaymentBody))
        .Answers(201, typeof(ReversalView), "Reversed.")
        .Answers(200, typeof(ReversalView), "The same reversal was made before.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    private static ReversePayment ToCommand(ReversePaymentBody body, CallTarget target, RequestChecks checks) =>
        new(target.Number, body.Reason, checks.Date("on", body.On), checks.FreeText("note", body.Note));

    // Behind the back of the statement's booking its money would be in no ledger and on no worklist; a bounce, too, is a booking of the bank.
    private static async Task<ProblemResult?> RefuseOfBankAsync(HttpContext http, AccountId account, AccountCommand command) =>
        await http.RequestServices.GetRequiredService<IBankPayments>().FindAsync(account, ((ReversePayment)command).PaymentId, http.RequestAborted) is { } booking
            ? Problems.Conflict(
                "BANK_PAYMENT", "The payment came with a bank's statement, and is taken back there.",
                $"POST /api/v1/bank/transactions/{booking}/unmatch takes it back; what the bank took back comes with its statement.")
            : null;

    private static Task RespondAsync(HttpContext http, Answer answer) => answer is Answer.Done done
        ? Reply.Json(http, Answers.Created(done), ReversalView.Of(Answers.Expect<PaymentReversed>(done)))
        : throw Answers.Unexpected(answer);
}
