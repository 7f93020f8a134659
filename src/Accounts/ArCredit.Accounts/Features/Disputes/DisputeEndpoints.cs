using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>A dispute of an invoice.</summary>
/// <param name="DisputeId">The caller's own id, unique within the account.</param>
/// <param name="Reason">Code of 1 to 64 letters, digits, '-', '_', '.' and ':', such as price, quantity or damaged.</param>
/// <param name="Amount">A part of the invoice, its currency; absent = all that is open and not disputed.</param>
/// <param name="Instalment">From 1; absent = oldest first.</param>
/// <param name="Owner">Who works on it, by id: a code like the reason.</param>
/// <param name="DueOn">When it shall be resolved.</param>
/// <param name="Note">First entry of its log.</param>
internal sealed record RaiseDisputeBody(
    DocumentNumber DisputeId, string Reason, decimal? Amount, int? Instalment, string? Owner, DateOnly? DueOn, string? Note);

/// <summary>An entry for a dispute's log; at least one of the three.</summary>
/// <param name="Owner">Absent = as before.</param>
/// <param name="DueOn">Absent = as before.</param>
/// <param name="Note">For people.</param>
internal sealed record DisputeLogBody(string? Owner, DateOnly? DueOn, string? Note);

/// <summary>The credit note that resolves a dispute.</summary>
/// <param name="Number">Unique within the account.</param>
/// <param name="IssueDate">Absent = today.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
internal sealed record DisputeCreditNoteBody(DocumentNumber Number, DateOnly? IssueDate, DateOnly? PostedOn);

/// <summary>How a dispute ends.</summary>
/// <param name="Outcome">creditNote: all of it is credited; rejected: nothing; partly: amount is credited, the rest is owed.</param>
/// <param name="Amount">With outcome partly only.</param>
/// <param name="CreditNote">Unless rejected.</param>
/// <param name="Note">Last entry of its log.</param>
internal sealed record ResolveDisputeBody(DisputeOutcome Outcome, decimal? Amount, DisputeCreditNoteBody? CreditNote, string? Note);

/// <summary><c>POST /accounts/{accountId}/invoices/{number}/disputes</c>, <c>…/disputes/{disputeId}/log</c> and <c>…/resolution</c>.</summary>
internal static class DisputeEndpoints
{
    private const Roles Workers = Roles.Collector | Roles.CreditController | Roles.CreditManager | Roles.Billing | Roles.Finance;
    private const Roles Approvers = Roles.CreditManager | Roles.Finance;
    private const Roles Crediting = Approvers | Roles.Billing;

    private static readonly AccountCall<RaiseDisputeBody> Raise = new("disputes", ToRaise, RespondAsync) { NumberName = "number" };
    private static readonly AccountCall<DisputeLogBody> Log = new("dispute-log", ToChange, RespondAsync) { NumberName = "disputeId" };
    private static readonly AccountCall<ResolveDisputeBody> Resolve = new("dispute-resolutions", ToResolve, RespondAsync) { NumberName = "disputeId", Posts = true };

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapPost("invoices/{number}/disputes", (HttpContext http, IAccounts accounts) => Raise.RunAsync(http, accounts))
            .RequireRoles(Workers)
            .WithSummary("Disputes what is open of an invoice, debit note or claim, or a part of it")
            .WithDescription(
                "What is disputed stays in balance and exposure, is not overdue unless the policy counts it, and is paid last by the policy's " +
                "order. What pays the item makes the disputed part smaller; taking that back makes it as it was.")
            .HasIdempotencyKey()
            .Takes(typeof(RaiseDisputeBody))
            .Answers(201, typeof(DisputeView), "Raised.")
            .Answers(200, typeof(DisputeView), "The same dispute was raised before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapPost("disputes/{disputeId}/log", (HttpContext http, IAccounts accounts) => Log.RunAsync(http, accounts))
            .RequireRoles(Workers)
            .WithSummary("Writes into the log of an open dispute: a note, another owner, another due date")
            .HasIdempotencyKey()
            .Takes(typeof(DisputeLogBody))
            .Answers(201, typeof(DisputeView), "Written.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapPost("disputes/{disputeId}/resolution", (HttpContext http, IAccounts accounts) => Resolve.RunAsync(http, accounts))
            .RequireRoles(Workers)
            .WithSummary("Ends a dispute; what is credited is credited in the same step")
            .WithDescription(
                "The credit note reduces what was disputed first, then the invoice as any credit note does. Crediting needs the role billing, finance or " +
                "credit-manager, and above the policy's disputes.approveAbove, with what disputes of the invoice have credited before, credit-manager or " +
                "finance (403 APPROVAL_REQUIRED).")
            .HasIdempotencyKey()
            .HasClosedPeriods()
            .Takes(typeof(ResolveDisputeBody))
            .Answers(201, typeof(DisputeView), "Resolved.")
            .Answers(200, typeof(DisputeView), "It was resolved so before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
    }

    private static RaiseDispute ToRaise(RaiseDisputeBody body, CallTarget target, RequestChecks checks)
    {
        checks.Amount("amount", body.Amount, null);
        return new RaiseDispute(
            body.DisputeId, target.Number, checks.Number("instalment", body.Instalment, 1, int.MaxValue), checks.Code("reason", body.Reason)!,
            body.Amount, checks.Code("owner", body.Owner), checks.Date("dueOn", body.DueOn),
            checks.FreeText("note", body.Note));
    }

    private static ChangeDispute ToChange(DisputeLogBody body, CallTarget target, RequestChecks checks)
    {
        if (body is { Owner: null, DueOn: null, Note: null })
        {
            checks.Refuse("note", "must be there, or owner or dueOn");
        }

        return new ChangeDispute(
            target.Number, checks.Code("owner", body.Owner), checks.Date("dueOn", body.DueOn),
            checks.FreeText("note", body.Note));
    }

    private static ResolveDispute ToResolve(ResolveDisputeBody body, CallTarget target, RequestChecks checks)
    {
        if (body.Amount is null == (body.Outcome == DisputeOutcome.Partly))
        {
            checks.Refuse("amount", "must be there with outcome partly, and with no other");
        }

        if (body.CreditNote is null != (body.Outcome == DisputeOutcome.Rejected))
        {
            checks.Refuse("creditNote", "must be there unless the outcome is rejected, and not with that");
        }

        checks.Amount("amount", body.Amount, null);
        return new ResolveDispute(
            target.Number, body.Outcome, body.Amount, body.CreditNote?.Number, checks.Date("creditNote.issueDate", body.CreditNote?.IssueDate),
            checks.Date("creditNote.postedOn", body.CreditNote?.PostedOn), checks.FreeText("note", body.Note),
            target.Caller?.Has(Approvers) == true, target.Caller?.Has(Crediting) == true);
    }

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        var status = answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer);
        var dispute = Answers.Last<DisputeResolved>(answer)?.Dispute ?? Answers.Last<DisputeChanged>(answer)?.Dispute
            ?? Answers.Expect<DisputeRaised>(answer).Dispute;
        return Reply.Json(http, status, DisputeView.Of(dispute));
    }
}
