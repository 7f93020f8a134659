using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ArCredit.Bench.Rivals;

/// <summary>Arms (a) and (a′): a minimal API over PostgreSQL; only how they reserve differs.</summary>
internal static class ReservationApi
{
    private const int MinorUnits = 100;

    public static async Task<WebApplication> BuildAsync(string url, string connectionString, Func<NpgsqlDataSource, IReservations> reservations)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(url).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, RivalJson.Default));
        var database = NpgsqlDataSource.Create(connectionString);
        builder.Services.AddSingleton(database);
        builder.Services.AddSingleton(reservations(database));

        var app = builder.Build();
        var keys = await ApiKeys.ReadAsync(database);
        app.Use((http, next) =>
        {
            if (keys.Allows(http.Request))
            {
                return next(http);
            }

            http.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        app.MapPost("/api/v1/accounts/{accountId}/reservations", ReserveAsync);
        return app;
    }

    private static async Task<IResult> ReserveAsync(
        string accountId, ReserveBody body, [FromHeader(Name = "Idempotency-Key")] string? key, IReservations reservations, CancellationToken cancellation)
    {
        if (Complaint(body, key) is { } complaint)
        {
            return Refuse(400, "MALFORMED", complaint);
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).UtcDateTime;
        var wanted = new Wanted(
            accountId, key!, Fingerprint(body), Guid.CreateVersion7(), body.Kind, (long)(body.Amount * MinorUnits), body.Currency, body.Reference, now,
            body.ExpiresInSeconds is { } seconds ? now.AddSeconds(seconds) : null);
        var decided = await reservations.ReserveAsync(wanted, cancellation);
        return decided.Verdict switch
        {
            Verdict.Approved => TypedResults.Json(Approved(wanted, decided), RivalJson.Default.ReserveAnswer, statusCode: 201),
            Verdict.Declined => TypedResults.Json(Declined(wanted, decided), RivalJson.Default.ReserveAnswer, statusCode: 200),
            Verdict.UnknownAccount => Refuse(404, "ACCOUNT_NOT_FOUND", "There is no such account."),
            Verdict.WrongCurrency => Refuse(422, "CURRENCY", "The account has another currency."),
            _ => Refuse(422, "KEY_REUSED", "The key was used with another body."),
        };
    }

    private static string? Complaint(ReserveBody body, string? key) =>
        key is not { Length: > 0 and <= 255 } ? "Idempotency-Key must be given"
        : body.Kind is not ("pos" or "order" or "delivery") ? "kind must be pos, order or delivery"
        : body.Amount <= 0 || body.Amount > 10_000_000_000_000m || decimal.Round(body.Amount, 2) != body.Amount ? "amount must be above 0 with at most two decimals"
        : body.Currency is not { Length: 3 } ? "currency must be a code"
        : body.ExpiresInSeconds is < 1 or > 31_536_000 ? "expiresInSeconds must be at most a year"
        : null;

    private static IResult Refuse(int status, string code, string detail) =>
        TypedResults.Json(new Problem(status, code, detail), RivalJson.Default.Problem, "application/problem+json", status);

    private static byte[] Fingerprint(ReserveBody body) => SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{body.Kind}|{body.Amount}|{body.Currency}|{body.Reference}|{body.ExpiresInSeconds}")));

    private static ReserveAnswer Approved(Wanted wanted, Decided decided) => new(
        decided.Id.ToString(), "approved", "active", [], wanted.Currency, Amount(decided.ExposureAfter), Amount(decided.Limit), "account",
        Amount(decided.Limit - decided.ExposureAfter), decided.ExpiresAt, decided.Id.ToString(), 0, wanted.Currency, Amount(wanted.Amount), 0m, wanted.Kind,
        Amount(wanted.Amount), 0m, 0m, decided.CreatedAt, null, null, wanted.Reference);

    private static ReserveAnswer Declined(Wanted wanted, Decided decided)
    {
        var (after, limit) = (Amount(decided.ExposureAfter), Amount(decided.Limit));
        var message = string.Create(CultureInfo.InvariantCulture, $"Exposure would be above the limit: {after} against {limit} {wanted.Currency}.");
        return new ReserveAnswer(
            null, "declined", null, [new Reason("LIMIT_EXCEEDED", "decline", message, after, limit, "account")], wanted.Currency, after, limit, "account",
            Amount(decided.Limit - decided.ExposureAfter + wanted.Amount), null, decided.Id.ToString(), 0, wanted.Currency, Amount(wanted.Amount), 0m,
            wanted.Kind, null, null, null, null, null, null, wanted.Reference);
    }

    private static decimal Amount(long minor) => (decimal)minor / MinorUnits;
}
