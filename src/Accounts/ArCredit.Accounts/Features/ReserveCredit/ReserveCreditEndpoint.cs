using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>A credit check that earmarks when approved.</summary>
/// <param name="ReservationId">The caller's own id; absent = one is made.</param>
/// <param name="Kind">What is earmarked.</param>
/// <param name="Amount">With VAT, above 0.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Paid">Paid on the spot; not earmarked.</param>
/// <param name="DeliveryDate">Of an order.</param>
/// <param name="Buyer">Who buys for the customer.</param>
/// <param name="Reference">The customer's own order reference.</param>
/// <param name="ExpiresInSeconds">1 to 31,536,000; absent = 15 minutes for pos, none for order and delivery.</param>
internal sealed record ReserveCreditBody(
    DocumentNumber? ReservationId, ReservationKind Kind, decimal Amount, Currency Currency, PaidBody? Paid, DateOnly? DeliveryDate, string? Buyer,
    string? Reference, int? ExpiresInSeconds);

/// <summary><c>POST /accounts/{accountId}/reservations</c>: the call a till waits for.</summary>
internal static class ReserveCreditEndpoint
{
    /// <summary>A year.</summary>
    public const int MaxExpirySeconds = 31_536_000;

    /// <summary>Its address below the account, and the scope of its idempotency keys.</summary>
    public const string Route = "reservations";

    private static readonly AccountCall<ReserveCreditBody> Call = new(Route, ToCommand, RespondAsync);

    public static void Map(IEndpointRouteBuilder account) => account.MapPost(Route, HandleAsync)
        .RequireRoles(Roles.Pos | Roles.Billing)
        .WithSummary("Decides and, when approved, earmarks credit until captured, released or lapsed")
        .HasIdempotencyKey()
        .Takes(typeof(ReserveCreditBody))
        .Answers(201, typeof(ReservationAnswer), "Approved: the credit is earmarked.")
        .Answers(200, typeof(ReservationAnswer), "Declined or referred: nothing is earmarked. Or approved before under the same reservationId: the reservation as it stands.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    /// <summary>What the body asks for; what is wrong with it goes to the checks.</summary>
    public static ReserveCredit ToCommand(ReserveCreditBody body, CallTarget target, RequestChecks checks)
    {
        if (body.ReservationId?.Value is [Account.OwnIdPrefix, ..])
        {
            checks.Refuse("reservationId", $"must not begin with '{Account.OwnIdPrefix}'");
        }

        if (body.DeliveryDate is not null && body.Kind != ReservationKind.Order)
        {
            checks.Refuse("deliveryDate", "is for kind order only");
        }

        return new ReserveCredit(
            body.ReservationId, body.Kind,
            new Purchase(
                checks.Amount("amount", body.Amount, body.Currency), PaidBody.Read(body.Paid, body.Currency, checks),
                checks.Line("buyer", body.Buyer, 64), checks.Line("reference", body.Reference, RequestChecks.MaxReference)),
            checks.Date("deliveryDate", body.DeliveryDate), checks.Number("expiresInSeconds", body.ExpiresInSeconds, 1, MaxExpirySeconds));
    }

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        if (answer is not Answer.Done done)
        {
            throw Answers.Unexpected(answer);
        }

        return Answers.Last<CreditReserved>(done) is { } reserved
            ? Reply.Json(http, Answers.Created(done), ReservationAnswer.Of(reserved.Reservation, reserved.Decision))
            : Reply.Json(http, 200, ReservationAnswer.Of(Answers.Expect<CreditRefused>(done)));
    }
}
