using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>What is invoiced; amounts are in the reservation's currency.</summary>
/// <param name="Amount">With VAT; absent = the rest.</param>
/// <param name="Final">True releases what is left.</param>
/// <param name="Paid">Paid on the spot; absent = what was paid at the reservation and is not used up.</param>
/// <param name="Invoice">The invoice; its amount is the capture's.</param>
internal sealed record CaptureReservationBody(decimal? Amount, bool? Final, PaidBody? Paid, CapturedInvoiceBody Invoice);

/// <summary>An invoice without its amount.</summary>
/// <param name="Number">Unique within the account.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Absent = by the account's terms.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
/// <param name="TaxAmount">VAT within the amount.</param>
/// <param name="FxRate">Units of account currency per unit of the invoice's; absent = the newest published.</param>
/// <param name="Instalments">Absent = one of the whole amount.</param>
/// <param name="Department">Dimension for reports.</param>
/// <param name="Reference">The customer's own order reference.</param>
/// <param name="Retention">What the customer holds back until it is released; instalments sum up to the rest.</param>
internal sealed record CapturedInvoiceBody(
    DocumentNumber Number, DateOnly IssueDate, DateOnly? DueDate, DateOnly? PostedOn, decimal? TaxAmount, decimal? FxRate,
    IReadOnlyList<InstalmentBody>? Instalments, string? Department, string? Reference, RetentionBody? Retention = null);

/// <summary>The answer: what was posted and the reservation after it.</summary>
internal sealed record CaptureAnswer(
    InvoiceView Invoice, ReservationView Reservation, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PaymentView? Payment);

/// <summary><c>POST /accounts/{accountId}/reservations/{reservationId}/captures</c>.</summary>
internal static class CaptureReservationEndpoint
{
    private static readonly AccountCall<CaptureReservationBody> Call = new("captures", ToCommand, RespondAsync)
    {
        NumberName = "reservationId",
        Posts = true,
        NeedsCurrency = static body =>
            body.Amount is not null || body.Paid is not null || body.Invoice.TaxAmount is not null || body.Invoice.Instalments is { Count: > 0 }
            || body.Invoice.Retention?.Amount is not null,
    };

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("reservations/{reservationId}/captures", HandleAsync)
        .RequireRoles(Roles.Pos | Roles.Billing)
        .WithSummary("Turns all or part of a reservation into an invoice")
        .HasIdempotencyKey()
        .HasClosedPeriods()
        .Takes(typeof(CaptureReservationBody))
        .Answers(201, typeof(CaptureAnswer), "Invoiced.")
        .Answers(200, typeof(CaptureAnswer), "The same invoice was posted by this capture before.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    private static CaptureReservation ToCommand(CaptureReservationBody body, CallTarget target, RequestChecks checks)
    {
        // What remains of a bad body may be without its invoice.
        var fields = body.Invoice is { } invoice
            ? new InvoiceFields(
                invoice.Number, invoice.IssueDate, invoice.DueDate, invoice.PostedOn, body.Amount, invoice.TaxAmount, invoice.FxRate,
                invoice.Instalments, invoice.Department, invoice.Reference, null, invoice.Retention)
            : default;
        return new CaptureReservation(
            target.Number, checks.Amount("amount", body.Amount, target.Currency), body.Final ?? false,
            PaidBody.Read(body.Paid, target.Currency, checks), InvoiceChecks.Read("invoice.", fields, target.Currency, checks));
    }

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        if (answer is not Answer.Done done)
        {
            throw Answers.Unexpected(answer);
        }

        var posted = Answers.Expect<InvoicePosted>(done);
        var payment = Answers.Last<PaymentReceived>(done);
        return Reply.Json(
            http, Answers.Created(done),
            new CaptureAnswer(
                InvoiceView.Of(posted, payment), ReservationView.Of(posted.Captures[0].Reservation), payment is null ? null : PaymentView.Of(payment)));
    }
}
