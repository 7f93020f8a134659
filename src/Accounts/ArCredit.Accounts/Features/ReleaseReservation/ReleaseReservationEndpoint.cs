using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>Nothing needs to be said.</summary>
internal sealed record ReleaseReservationBody;

/// <summary><c>POST /accounts/{accountId}/reservations/{reservationId}/release</c>.</summary>
internal static class ReleaseReservationEndpoint
{
    private static readonly AccountCall<ReleaseReservationBody> Call = new("releases", ToCommand, RespondAsync)
    {
        NumberName = "reservationId",
        NoBody = new ReleaseReservationBody(),
    };

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("reservations/{reservationId}/release", HandleAsync)
        .RequireRoles(Roles.Pos | Roles.Billing)
        .WithSummary("Gives the exposure back")
        .HasIdempotencyKey()
        .Answers(200, typeof(ReservationView), "Released, now or before.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    private static ReleaseReservation ToCommand(ReleaseReservationBody body, CallTarget target, RequestChecks checks) => new(target.Number);

    private static Task RespondAsync(HttpContext http, Answer answer) => Reply.Json(
        http, 200,
        ReservationView.Of(answer is Answer.Unchanged unchanged ? unchanged.Reservation : Answers.Expect<ReservationReleased>(answer).Reservation));
}
