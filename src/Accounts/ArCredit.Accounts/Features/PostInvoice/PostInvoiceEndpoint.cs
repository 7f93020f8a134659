using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>An invoice as the ERP posted it.</summary>
/// <param name="Number">Unique within the account.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Absent = by the account's terms.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
/// <param name="Amount">With VAT, above 0.</param>
/// <param name="TaxAmount">VAT within the amount.</param>
/// <param name="Currency">The document's.</param>
/// <param name="FxRate">Units of account currency per unit of the invoice's; absent = the newest published.</param>
/// <param name="Instalments">Absent = one of the whole amount.</param>
/// <param name="Captures">Reservations it shrinks.</param>
/// <param name="Department">Dimension for reports.</param>
/// <param name="Reference">The customer's own order reference.</param>
/// <param name="Enforce">True makes posting a checkpoint: not passing posts nothing.</param>
/// <param name="Paid">Paid on the spot and bound to this invoice.</param>
/// <param name="Discount">Early-payment steps; absent = by the account's terms, empty = none.</param>
/// <param name="Retention">What the customer holds back until it is released; instalments sum up to the rest. It earns no discount.</param>
/// <param name="Usage">Metered usage that it bills, which is no exposure of its own any more; at most 100.</param>
internal sealed record PostInvoiceBody(
    DocumentNumber Number, DateOnly IssueDate, DateOnly? DueDate, DateOnly? PostedOn, decimal Amount, decimal? TaxAmount, Currency Currency,
    decimal? FxRate, IReadOnlyList<InstalmentBody>? Instalments, IReadOnlyList<CaptureBody>? Captures, string? Department, string? Reference,
    bool? Enforce, PaidBody? Paid, IReadOnlyList<DiscountStep>? Discount, RetentionBody? Retention = null,
    IReadOnlyList<BilledUsageBody>? Usage = null);

/// <summary>A reservation that an invoice shrinks.</summary>
/// <param name="ReservationId">Its id.</param>
/// <param name="Amount">Absent = as much as rest and invoice allow.</param>
/// <param name="Final">True releases what is left of it.</param>
internal sealed record CaptureBody(DocumentNumber ReservationId, decimal? Amount, bool? Final);

/// <summary><c>POST /accounts/{accountId}/invoices</c>.</summary>
internal static class PostInvoiceEndpoint
{
    private const int MaxCaptures = 100;

    private static readonly AccountCall<PostInvoiceBody> Call = new("invoices", ToCommand, RespondAsync) { Posts = true };

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("invoices", HandleAsync)
        .RequireRoles(Roles.Billing | Roles.Finance)
        .WithSummary("Records an invoice, whatever the limit says unless enforce is set")
        .HasIdempotencyKey()
        .HasClosedPeriods()
        .Takes(typeof(PostInvoiceBody))
        .Answers(201, typeof(InvoiceView), "Posted.")
        .Answers(200, typeof(InvoiceView), "The same invoice was posted before.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    /// <summary>The command of a body.</summary>
    public static PostInvoice ToCommand(PostInvoiceBody body, CallTarget target, RequestChecks checks)
    {
        var captures = checks.List("captures", body.Captures, MaxCaptures);
        var requests = captures.Count == 0 ? [] : new CaptureRequest[captures.Count];
        for (var i = 0; i < requests.Length; i++)
        {
            var amount = checks.Amount(string.Create(CultureInfo.InvariantCulture, $"captures[{i}].amount"), captures[i].Amount, body.Currency);
            requests[i] = new CaptureRequest(captures[i].ReservationId, amount?.Minor, captures[i].Final ?? false);
        }

        return new PostInvoice(
            checks.Amount("amount", body.Amount, body.Currency),
            InvoiceChecks.Read(
                string.Empty, new InvoiceFields(
                    body.Number, body.IssueDate, body.DueDate, body.PostedOn, body.Amount, body.TaxAmount, body.FxRate, body.Instalments,
                    body.Department, body.Reference, body.Discount, body.Retention),
                body.Currency, checks),
            requests, PaidBody.Read(body.Paid, body.Currency, checks), body.Enforce ?? false)
        {
            Usage = BilledUsageBody.Read(body.Usage, checks),
        };
    }

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        if (answer is not Answer.Done done)
        {
            throw Answers.Unexpected(answer);
        }

        if (Answers.Last<CreditRefused>(done) is { } refused)
        {
            return Refuse(refused.Decision).ExecuteAsync(http);
        }

        var posted = Answers.Expect<InvoicePosted>(done);
        var payment = Answers.Last<PaymentReceived>(done);
        return Reply.Json(http, Answers.Created(done), InvoiceView.Of(posted, payment) with
        {
            Usage = posted.Usage is { } usage
                ? [.. usage.Select(each => new BilledUsageView(each.Subscription, each.Through, Amounts.Of(each.Amount, each.Currency), each.Currency))]
                : null,
            Payment = payment is null ? null : PaymentView.Of(payment),
            Reservations = posted.Captures.Count == 0 ? null : [.. posted.Captures.Select(capture => ReservationView.Of(capture.Reservation))],
            Decision = posted.Decision is { } decision ? DecisionView.Of(decision) : null,
        });
    }

    private static ProblemResult Refuse(DecisionRecord decision) =>
        (decision.Outcome == DecisionOutcome.Referred
            ? Problems.Unprocessable("CREDIT_REFERRED", "A person must decide on this credit; nothing was posted.")
            : Problems.Unprocessable("CREDIT_DECLINED", "The credit was declined; nothing was posted."))
        .With("decision", DecisionView.Of(decision));
}
