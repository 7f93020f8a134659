using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Accounts.Features;

/// <summary>Unapplied credit to be paid out.</summary>
/// <param name="RefundId">The caller's own id, unique within the account, at most 40 characters.</param>
/// <param name="Amount">Above 0.</param>
/// <param name="Currency">The credit's.</param>
/// <param name="Payment">The payment that it is taken of; absent, and no credit note either = the oldest cleared credits first, 10 at most.</param>
/// <param name="CreditNote">The credit note that it is taken of.</param>
/// <param name="Payee">Id of a payee account of the customer, confirmed or not.</param>
/// <param name="Reason">Code of 1 to 64 letters, digits, '-', '_', '.' and ':', such as overpayment.</param>
/// <param name="Note">For people.</param>
internal sealed record RequestRefundBody(
    DocumentNumber RefundId, decimal Amount, Currency Currency, DocumentNumber? Payment, DocumentNumber? CreditNote, string Payee, string Reason, string? Note);

/// <summary>Signs a refund.</summary>
/// <param name="PayeeVersion">The version of the payee account that the money may go to: the newest, confirmed.</param>
internal sealed record ApproveRefundBody(int PayeeVersion);

/// <summary>Takes a refund back before it is filed.</summary>
/// <param name="Reason">Code.</param>
/// <param name="Note">For people.</param>
internal sealed record CancelRefundBody(string? Reason, string? Note);

/// <summary><c>/accounts/{accountId}/refunds</c>.</summary>
internal static class RefundEndpoints
{
    private const Roles Askers = Roles.Billing | Roles.CreditController | Roles.CreditManager | Roles.Finance;
    private const Roles Approvers = Roles.CreditManager | Roles.Finance;

    private static readonly AccountCall<RequestRefundBody> Request = new("refunds", ToRequest, RespondAsync) { Prepare = RequirePayeeAsync };
    private static readonly AccountCall<ApproveRefundBody> Approve = new("refund-approvals", ToApproval, RespondAsync)
    {
        NumberName = "refundId",
        Prepare = RequireConfirmedAsync,
    };

    private static readonly AccountCall<CancelRefundBody> Cancel = new("refund-cancellations", ToCancellation, RespondAsync)
    {
        NumberName = "refundId",
        NoBody = new CancelRefundBody(null, null),
    };

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapPost("refunds", (HttpContext http, IAccounts accounts) => Request.RunAsync(http, accounts))
            .RequireRoles(Askers)
            .WithSummary("Asks for unapplied credit to be paid out; it is earmarked at once")
            .WithDescription(
                "What is earmarked settles nothing and makes nothing available any more. It stays on the ledger until the refund is in a file for the bank. " +
                "Money that has not cleared is not paid out.")
            .HasIdempotencyKey()
            .Takes(typeof(RequestRefundBody))
            .Answers(201, typeof(RefundView), "Requested.")
            .Answers(200, typeof(RefundView), "The same was requested before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapPost("refunds/{refundId}/approval", (HttpContext http, IAccounts accounts) => Approve.RunAsync(http, accounts))
            .RequireRoles(Approvers)
            .WithSummary("Approves a refund to one version of its payee account; never by who asked for it")
            .WithDescription("The approval is void once the payee account changes. The next payment file takes the refund when the payee's cool-down is over.")
            .HasIdempotencyKey()
            .Takes(typeof(ApproveRefundBody))
            .Answers(201, typeof(RefundView), "Approved.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapPost("refunds/{refundId}/cancellation", (HttpContext http, IAccounts accounts) => Cancel.RunAsync(http, accounts))
            .RequireRoles(Askers)
            .WithSummary("Takes a refund back before it is filed; its credit is given back exactly")
            .HasIdempotencyKey()
            .Takes(typeof(CancelRefundBody))
            .Answers(201, typeof(RefundView), "Cancelled.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapGet("refunds", (HttpContext http, ProjectedReads reads) =>
                StateList.AnswerAsync<RefundStatus, RefundState, RefundView>(http, reads, "refund", RefundView.Of, view => view.RefundId))
            .RequireRoles(Roles.Any)
            .WithSummary("The account's refunds, by id")
            .HasQuery("status", typeof(RefundStatus), "Absent = all.")
            .HasPaging()
            .Answers(200, typeof(ListPage<RefundView>), "A page of refunds.")
            .Refuses(400, 404, 503);
        account.MapGet("refunds/{refundId}", GetAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("One refund")
            .Answers(200, typeof(RefundView), "As it stands.")
            .Refuses(400, 404, 503);
    }

    private static RequestRefund ToRequest(RequestRefundBody body, CallTarget target, RequestChecks checks)
    {
        if (body.RefundId.Value?.Length > RefundState.MaxId)
        {
            checks.Refuse("refundId", $"must be at most {RefundState.MaxId} characters");
        }

        if (body is { Payment: not null, CreditNote: not null })
        {
            checks.Refuse("creditNote", "must not be there beside payment");
        }

        CreditKind? kind = body.Payment is not null ? CreditKind.Payment : body.CreditNote is not null ? CreditKind.CreditNote : null;
        return new RequestRefund(
            body.RefundId, checks.Amount("amount", body.Amount, body.Currency), kind, body.Payment ?? body.CreditNote,
            checks.Code("payee", body.Payee)!, checks.Code("reason", body.Reason)!, checks.FreeText("note", body.Note), target.Caller?.Id ?? string.Empty);
    }

    private static ApproveRefund ToApproval(ApproveRefundBody body, CallTarget target, RequestChecks checks) => new(
        target.Number, checks.Number("payeeVersion", body.PayeeVersion, 1, int.MaxValue) ?? 1, target.Caller?.Id ?? string.Empty);

    private static EndRefund ToCancellation(CancelRefundBody body, CallTarget target, RequestChecks checks) => new(
        target.Number, RefundStatus.Cancelled, checks.Code("reason", body.Reason), null, checks.FreeText("note", body.Note));

    // Kept for ever, so it may not hold what somebody could want erased.
    private static async Task<ProblemResult?> RequirePayeeAsync(HttpContext http, AccountId account, AccountCommand command)
    {
        var payee = ((RequestRefund)command).Payee;
        return await http.RequestServices.GetRequiredService<IPayees>().FindAsync(account, payee, http.RequestAborted) is null
            ? Problems.Unprocessable("PAYEE_UNKNOWN", "The account has no such payee account.", "payee", "is no payee account of the customer")
            : null;
    }

    private static async Task<ProblemResult?> RequireConfirmedAsync(HttpContext http, AccountId account, AccountCommand command)
    {
        var approval = (ApproveRefund)command;
        if (await http.RequestServices.GetRequiredService<IRefunds>().FindAsync(account, approval.Id, http.RequestAborted) is not { Status: RefundStatus.Requested } refund)
        {
            // The account says what it is.
            return null;
        }

        var payee = await http.RequestServices.GetRequiredService<IPayees>().FindAsync(account, refund.Payee, http.RequestAborted);
        return payee is null || payee.Version != approval.PayeeVersion
            ? Problems.Conflict("PAYEE_CHANGED", "The payee account has another version.", $"The newest version of payee {refund.Payee} is {payee?.Version ?? 0}.")
            : payee.IsConfirmed ? null
            : Problems.Unprocessable("PAYEE_NOT_CONFIRMED", "A second person has to confirm the payee account first.");
    }

    private static async Task GetAsync(HttpContext http, ProjectedReads reads)
    {
        await using var found = await StateList.FindOrAnswerAsync<RefundState>(http, reads, "refund", "refundId");
        if (found is not null)
        {
            await Reply.Json(http, 200, RefundView.Of(found.State));
        }
    }

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        var status = answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer);
        var refund = Answers.Last<RefundEnded>(answer)?.Refund ?? Answers.Last<RefundChanged>(answer)?.Refund ?? Answers.Expect<RefundRequested>(answer).Refund;
        return Reply.Json(http, status, RefundView.Of(refund));
    }
}
