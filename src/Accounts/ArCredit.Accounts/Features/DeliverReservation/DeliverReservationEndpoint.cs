using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>What is delivered.</summary>
/// <param name="Amount">In the reservation's currency; absent = all that is still ordered.</param>
internal sealed record DeliverReservationBody(decimal? Amount);

/// <summary><c>POST /accounts/{accountId}/reservations/{reservationId}/deliveries</c>.</summary>
internal static class DeliverReservationEndpoint
{
    private static readonly AccountCall<DeliverReservationBody> Call = new("deliveries", ToCommand, RespondAsync)
    {
        NumberName = "reservationId",
        NoBody = new DeliverReservationBody(null),
        NeedsCurrency = static body => body.Amount is not null,
    };

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("reservations/{reservationId}/deliveries", HandleAsync)
        .RequireRoles(Roles.Pos | Roles.Billing)
        .WithSummary("Moves all or part of an order to deliveries, in one step")
        .HasIdempotencyKey()
        .Takes(typeof(DeliverReservationBody))
        .Answers(201, typeof(ReservationView), "Delivered.")
        .Answers(200, typeof(ReservationView), "All was delivered already.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    private static DeliverReservation ToCommand(DeliverReservationBody body, CallTarget target, RequestChecks checks) =>
        new(target.Number, checks.Amount("amount", body.Amount, target.Currency));

    private static Task RespondAsync(HttpContext http, Answer answer) => answer is Answer.Unchanged unchanged
        ? Reply.Json(http, 200, ReservationView.Of(unchanged.Reservation))
        : Reply.Json(http, 201, ReservationView.Of(Answers.Expect<ReservationDelivered>(answer).Reservation));
}
