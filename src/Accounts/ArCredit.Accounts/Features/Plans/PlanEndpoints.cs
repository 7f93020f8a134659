using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>An invoice that shall be in the plan.</summary>
/// <param name="Number">Of the invoice, debit note or claim.</param>
/// <param name="Instalment">From 1; absent = all that are open.</param>
internal sealed record PlannedInvoiceBody(DocumentNumber Number, int? Instalment);

/// <summary>An instalment of the plan.</summary>
/// <param name="On">When it is due.</param>
/// <param name="Amount">Above 0, in the invoices' currency.</param>
internal sealed record PlanInstalmentBody(DateOnly On, decimal Amount);

/// <summary>Instalments of one size, rounded down to the minor unit; what is left over is on the last.</summary>
/// <param name="Count">1 to 120.</param>
/// <param name="Every">week, or month: the day of the first one, or a shorter month's last.</param>
/// <param name="First">When the first is due.</param>
internal sealed record PlanScheduleBody(int Count, PlanInterval Every, DateOnly First);

/// <summary>A payment plan; instalments or schedule, not both.</summary>
/// <param name="PlanId">The caller's own id, unique within the account.</param>
/// <param name="Invoices">Absent = everything overdue in the currency that is not wholly disputed and in no open plan; claims are not overdue.</param>
/// <param name="Currency">Absent = the invoices', or the account's.</param>
/// <param name="Instalments">At most 120 on different days; they sum up to what is open of the items.</param>
/// <param name="Schedule">Instalments of one size.</param>
/// <param name="GraceDays">Business days after an instalment's date that are still in time, 0 to 30; absent = the policy's.</param>
/// <param name="Reference">Of the agreement, up to 128 characters.</param>
/// <param name="Note">For people.</param>
internal sealed record RequestPlanBody(
    DocumentNumber PlanId, IReadOnlyList<PlannedInvoiceBody>? Invoices, Currency? Currency, IReadOnlyList<PlanInstalmentBody>? Instalments,
    PlanScheduleBody? Schedule, int? GraceDays, string? Reference, string? Note);

/// <summary>What may be said with a decision on a plan.</summary>
/// <param name="Note">For people.</param>
internal sealed record PlanDecisionBody(string? Note);

/// <summary>Nothing is said with a cancellation.</summary>
internal sealed record CancelPlanBody;

/// <summary><c>POST /accounts/{accountId}/plans</c> and what becomes of a plan.</summary>
internal static class PlanEndpoints
{
    private const Roles Workers = Roles.Collector | Roles.CreditController | Roles.CreditManager | Roles.Finance;
    private const Roles Approvers = Roles.CreditManager | Roles.Finance;
    private const Roles Cancelling = Approvers | Roles.CreditController;
    private const Roles Lifters = Roles.CreditController | Roles.CreditManager;

    private static readonly AccountCall<RequestPlanBody> Request = new("plans", ToRequest, (http, answer) => RespondAsync<PlanRequested>(http, answer, each => each.Plan));
    private static readonly AccountCall<PlanDecisionBody> Approve = Decide("plan-approvals", PlanDecision.Approve);
    private static readonly AccountCall<PlanDecisionBody> Reject = Decide("plan-rejections", PlanDecision.Reject);
    private static readonly AccountCall<PlanDecisionBody> Withdraw = Decide("plan-withdrawals", PlanDecision.Withdraw);

    private static readonly AccountCall<CancelPlanBody> Cancel = new("plan-cancellations", ToCancel, (http, answer) => RespondAsync<PlanChanged>(http, answer, each => each.Plan))
    {
        NumberName = "planId",
        NoBody = new CancelPlanBody(),
    };

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapPost("plans", (HttpContext http, IAccounts accounts) => Request.RunAsync(http, accounts))
            .RequireRoles(Workers)
            .WithSummary("Asks for a payment plan")
            .WithDescription(
                "It reschedules all that is open of its items and needs approval, unless the policy's plans.withoutApprovalUpTo says otherwise. While it is " +
                "active its items are not overdue, unless the policy counts them; their due dates stay. What payments take off its items counts for the " +
                "instalments by date; credit notes, write-offs and what is disputed make it ask for less, of the last instalments first. Once the last day " +
                "of an instalment has passed and too little had arrived by value date, it is broken. An item is in one open plan at a time.")
            .HasIdempotencyKey()
            .Takes(typeof(RequestPlanBody))
            .Answers(201, typeof(PlanView), "Requested, or active where no approval is needed.")
            .Answers(200, typeof(PlanView), "The same plan was requested before; as it stands.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        MapDecision(
            account, "approval", Approve, Approvers, "Approves a requested plan",
            "Not with the key that asked for it (403 OWN_REQUEST), nor once the date of its first instalment has passed (409 PLAN_EXPIRED): request it anew then.", "Approved.");
        MapDecision(account, "rejection", Reject, Approvers, "Rejects a requested plan", "Its items may be in another plan then.", "Rejected.");
        MapDecision(account, "withdrawal", Withdraw, Workers, "Takes a requested plan back before it is decided", "Its items may be in another plan then.", "Withdrawn.");
        account.MapPost("plans/{planId}/cancellation", (HttpContext http, IAccounts accounts) => Cancel.RunAsync(http, accounts))
            .RequireRoles(Cancelling)
            .WithSummary("Ends an active plan, or lifts a broken one")
            .WithDescription(
                "What is open is overdue at once by its own due dates. One that was broken needs the role credit-controller or credit-manager " +
                "(403 APPROVAL_REQUIRED), stays marked as that and counts no longer as a broken promise; one that was kept cannot be cancelled.")
            .HasIdempotencyKey()
            .Takes(typeof(CancelPlanBody))
            .Answers(201, typeof(PlanView), "Cancelled.")
            .Answers(200, typeof(PlanView), "It was cancelled before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
    }

    private static void MapDecision(
        IEndpointRouteBuilder account, string name, AccountCall<PlanDecisionBody> call, Roles roles, string summary, string description, string done) =>
        account.MapPost("plans/{planId}/" + name, (HttpContext http, IAccounts accounts) => call.RunAsync(http, accounts))
            .RequireRoles(roles)
            .WithSummary(summary)
            .WithDescription(description)
            .HasIdempotencyKey()
            .Takes(typeof(PlanDecisionBody))
            .Answers(201, typeof(PlanView), done)
            .Answers(200, typeof(PlanView), "It was so before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);

    private static RequestPlan ToRequest(RequestPlanBody body, CallTarget target, RequestChecks checks)
    {
        var invoices = checks.List("invoices", body.Invoices, Domain.Account.MostLines);
        if (body.Invoices is { Count: 0 })
        {
            checks.Refuse("invoices", "must name at least one invoice, or be left out for everything overdue");
        }

        var items = new List<PlanItem>(invoices.Count);
        for (var i = 0; i < invoices.Count; i++)
        {
            items.Add(new PlanItem(invoices[i].Number, checks.Number(At("invoices", i, "instalment"), invoices[i].Instalment, 1, int.MaxValue)));
        }

        if (body.Instalments is null == body.Schedule is null)
        {
            checks.Refuse("instalments", "must be there, or schedule, and not both");
        }

        return new RequestPlan(
            body.PlanId, body.Invoices is null ? null : items, body.Currency, body.Instalments is null ? null : PaymentsOf(body.Instalments, checks),
            ScheduleOf(body.Schedule, checks), checks.Number("graceDays", body.GraceDays, 0, 30), checks.Line("reference", body.Reference, RequestChecks.MaxReference),
            checks.FreeText("note", body.Note), target.Caller?.Id ?? string.Empty);
    }

    private static List<PlanPayment> PaymentsOf(IReadOnlyList<PlanInstalmentBody> body, RequestChecks checks)
    {
        var instalments = checks.List("instalments", body, Domain.Account.MostPlanInstalments);
        if (body.Count == 0)
        {
            checks.Refuse("instalments", "must have at least one");
        }

        var days = new HashSet<DateOnly>();
        var payments = new List<PlanPayment>(instalments.Count);
        for (var i = 0; i < instalments.Count; i++)
        {
            checks.Amount(At("instalments", i, "amount"), instalments[i].Amount, null);
            payments.Add(new PlanPayment(checks.Date(At("instalments", i, "on"), instalments[i].On), instalments[i].Amount));
            if (!days.Add(instalments[i].On))
            {
                checks.Refuse(At("instalments", i, "on"), "must not be the day of another instalment");
            }
        }

        return payments;
    }

    private static PlanSchedule? ScheduleOf(PlanScheduleBody? body, RequestChecks checks)
    {
        if (body is null)
        {
            return null;
        }

        checks.Number("schedule.count", body.Count, 1, Domain.Account.MostPlanInstalments);
        return new PlanSchedule(body.Count, body.Every, checks.Date("schedule.first", body.First));
    }

    private static AccountCall<PlanDecisionBody> Decide(string route, PlanDecision decision) => new(
        route,
        (body, target, checks) => new DecidePlan(target.Number, decision, checks.FreeText("note", body.Note), target.Caller?.Id ?? string.Empty),
        (http, answer) => RespondAsync<PlanDecided>(http, answer, each => each.Plan))
    {
        NumberName = "planId",
        NoBody = new PlanDecisionBody(null),
    };

    private static CancelPlan ToCancel(CancelPlanBody body, CallTarget target, RequestChecks checks) =>
        new(target.Number, target.Caller?.Has(Lifters) == true);

    private static Task RespondAsync<T>(HttpContext http, Answer answer, Func<T, PlanState> planOf)
        where T : AccountEvent
    {
        var status = answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer);
        return Reply.Json(http, status, PlanView.Of(planOf(Answers.Expect<T>(answer))));
    }

    private static string At(string list, int index, string field) => string.Create(CultureInfo.InvariantCulture, $"{list}[{index}].{field}");
}
