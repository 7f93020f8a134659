using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>Money received.</summary>
/// <param name="PaymentId">Unique within the account, and not the id of a direct debit, under which that is posted.</param>
/// <param name="Amount">Above 0.</param>
/// <param name="Currency">The payment's.</param>
/// <param name="ReceivedOn">Value date.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
/// <param name="FxRate">Units of account currency per unit of the payment's; absent = the newest published.</param>
/// <param name="Method">How it was paid.</param>
/// <param name="ClearsOn">Until this day has passed the money can come back and counts as exposure.</param>
/// <param name="Remittance">The payer's text; without allocations, the open invoices whose numbers are in it are paid first.</param>
/// <param name="Allocations">Absent = what the remittance names, then the policy's order; empty = unapplied.</param>
internal sealed record PostPaymentBody(
    DocumentNumber PaymentId, decimal Amount, Currency Currency, DateOnly ReceivedOn, DateOnly? PostedOn, decimal? FxRate, PaymentMethod Method,
    DateOnly? ClearsOn, string? Remittance, IReadOnlyList<AllocationBody>? Allocations);

/// <summary>What a payment shall pay.</summary>
/// <param name="Invoice">Its number.</param>
/// <param name="Instalment">From 1; absent = oldest first.</param>
/// <param name="Amount">Above 0, at most what is open, in the payment's currency.</param>
/// <param name="Part">net or vat, of an item whose VAT is split; absent = net, then VAT, or exactly the VAT.</param>
internal sealed record AllocationBody(DocumentNumber Invoice, int? Instalment, decimal Amount, ItemPart? Part);

/// <summary><c>POST /accounts/{accountId}/payments</c>.</summary>
internal static partial class PostPaymentEndpoint
{
    // Payments that are bound to an invoice when it is posted get this before the invoice's number.
    private const string BoundPrefix = "paid:";
    private const int MaxAllocations = 1000;

    private static readonly AccountCall<PostPaymentBody> Call = new("payments", ToCommand, RespondAsync) { Posts = true };

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("payments", HandleAsync)
        .RequireRoles(Roles.Billing | Roles.Finance)
        .WithSummary("Records money received")
        .HasIdempotencyKey()
        .HasClosedPeriods()
        .Takes(typeof(PostPaymentBody))
        .Answers(201, typeof(PaymentView), "Posted.")
        .Answers(200, typeof(PaymentView), "The same payment was posted before.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    /// <summary>The command of a body.</summary>
    public static PostPayment ToCommand(PostPaymentBody body, CallTarget target, RequestChecks checks)
    {
        checks.NotReserved("paymentId", body.PaymentId, BoundPrefix);

        // What the bank collects is posted under the collection's id: a payment that has it already would be taken for that one.
        if (body.PaymentId.Value is { } id && Collection().IsMatch(id))
        {
            checks.Refuse("paymentId", "must not be the id of a direct debit, whose payment has it");
        }

        return new PostPayment(
            checks.NotReserved("paymentId", body.PaymentId), checks.Amount("amount", body.Amount, body.Currency), checks.Date("receivedOn", body.ReceivedOn),
            checks.Date("postedOn", body.PostedOn), checks.Rate("fxRate", body.FxRate), body.Method, checks.Date("clearsOn", body.ClearsOn),
            ReadAllocations(body, checks), checks.FreeText("remittance", body.Remittance));
    }

    private static AllocationRequest[]? ReadAllocations(PostPaymentBody body, RequestChecks checks)
    {
        if (body.Allocations is null)
        {
            return null;
        }

        var given = checks.List("allocations", body.Allocations, MaxAllocations);
        var requests = new AllocationRequest[given.Count];
        for (var i = 0; i < requests.Length; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"allocations[{i}]");
            requests[i] = new AllocationRequest(
                given[i].Invoice, checks.Number($"{at}.instalment", given[i].Instalment, 1, int.MaxValue),
                checks.Amount($"{at}.amount", given[i].Amount, body.Currency).Minor, given[i].Part);
        }

        return requests;
    }

    [GeneratedRegex(@"^DD[0-9]{17}[0-9a-f]{8}-[0-9]{1,4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Collection();

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    private static Task RespondAsync(HttpContext http, Answer answer) => answer is Answer.Done done
        ? Reply.Json(http, Answers.Created(done), PaymentView.Of(Answers.Expect<PaymentReceived>(done)))
        : throw Answers.Unexpected(answer);
}
