using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>What shall be other than it is; at least one of both.</summary>
/// <param name="Amount">The document's new amount with VAT, in the reservation's currency.</param>
/// <param name="ExpiresInSeconds">From now, 1 to 31,536,000.</param>
internal sealed record ChangeReservationBody(decimal? Amount, int? ExpiresInSeconds);

/// <summary><c>PATCH /accounts/{accountId}/reservations/{reservationId}</c>.</summary>
internal static class ChangeReservationEndpoint
{
    private static readonly AccountCall<ChangeReservationBody> Call = new("reservation-changes", ToCommand, RespondAsync)
    {
        Keys = KeyUse.Optional,
        NumberName = "reservationId",
        NeedsCurrency = static body => body.Amount is not null,
    };

    public static void Map(IEndpointRouteBuilder account) => account.MapPatch("reservations/{reservationId}", HandleAsync)
        .RequireRoles(Roles.Pos | Roles.Billing)
        .WithSummary("Changes amount or expiry; checked again when that raises exposure or lasts longer")
        .Takes(typeof(ChangeReservationBody))
        .Answers(200, typeof(ReservationAnswer), "The reservation after the change; or declined or referred, and it stays as it was.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    private static Task HandleAsync(HttpContext http, IAccounts accounts) => Call.RunAsync(http, accounts);

    private static ChangeReservation ToCommand(ChangeReservationBody body, CallTarget target, RequestChecks checks)
    {
        if (body is { Amount: null, ExpiresInSeconds: null })
        {
            checks.Refuse(string.Empty, "must name amount or expiresInSeconds");
        }

        return new ChangeReservation(
            target.Number, checks.Amount("amount", body.Amount, target.Currency),
            checks.Number("expiresInSeconds", body.ExpiresInSeconds, 1, ReserveCreditEndpoint.MaxExpirySeconds));
    }

    // The refusal is looked for first: a change of another reservation, which time brought, may stand before it in the same append.
    private static Task RespondAsync(HttpContext http, Answer answer) => Reply.Json(
        http, 200,
        answer is Answer.Unchanged { Reservation: var same } ? ReservationAnswer.Of(same, null)
        : Answers.Last<CreditRefused>(answer) is { } refused ? ReservationAnswer.Of(refused)
        : Of(Answers.Expect<ReservationChanged>(answer)));

    private static ReservationAnswer Of(ReservationChanged changed) => ReservationAnswer.Of(changed.Reservation, changed.Decision);
}
