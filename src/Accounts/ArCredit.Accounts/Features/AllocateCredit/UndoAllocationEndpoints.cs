using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>When and why an allocation is taken back.</summary>
/// <param name="On">Accounting date; absent = today.</param>
/// <param name="Note">For people.</param>
internal sealed record UndoAllocationBody(DateOnly? On, string? Note);

/// <summary><c>POST /accounts/{accountId}/payments/{paymentId}/allocations/{allocation}/reversal</c>, and the same of credit notes.</summary>
internal static class UndoAllocationEndpoints
{
    public static void Map(IEndpointRouteBuilder account)
    {
        Map(account, CreditKind.Payment, "payments/{paymentId}/allocations/{allocation}/reversal", "paymentId", "payment-allocation-reversals");
        Map(account, CreditKind.CreditNote, "credit-notes/{number}/allocations/{allocation}/reversal", "number", "credit-note-allocation-reversals");
    }

    private static void Map(IEndpointRouteBuilder account, CreditKind kind, string pattern, string numberName, string route)
    {
        var call = new AccountCall<UndoAllocationBody>(route, (body, target, checks) => ToCommand(kind, body, target, checks), RespondAsync)
        {
            NumberName = numberName,
            Posts = true,
            OrdinalName = "allocation",
            NoBody = new UndoAllocationBody(null, null),
        };
        account.MapPost(pattern, (HttpContext http, IAccounts accounts) => call.RunAsync(http, accounts))
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Takes an allocation back: what it settled is open again, the credit unapplied")
            .WithDescription(
                "Allocations of a credit are counted from 1; what the document was posted with is the first. What a bounced payment had " +
                "re-opened before is returned again, to the minor unit.")
            .HasIdempotencyKey()
            .HasClosedPeriods()
            .Takes(typeof(UndoAllocationBody))
            .Answers(201, typeof(CreditAllocationView), "Taken back.")
            .Answers(200, typeof(CreditAllocationView), "The same was taken back before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
    }

    private static UndoAllocation ToCommand(CreditKind kind, UndoAllocationBody body, CallTarget target, RequestChecks checks)
    {
        return new UndoAllocation(kind, target.Number, target.Ordinal, checks.Date("on", body.On), checks.FreeText("note", body.Note));
    }

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        var undone = Answers.Expect<AllocationUndone>(answer);
        return Reply.Json(
            http, answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer),
            CreditAllocationView.Of(undone.Credit, undone.No, undone.PostedOn, undone.Allocations));
    }
}
