using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>A release of what is held back of an invoice.</summary>
/// <param name="Amount">In the invoice's currency; absent = all that is retained and not disputed.</param>
/// <param name="On">Date of the release, and its accounting date; absent = today.</param>
/// <param name="DueDate">From the release on; absent = by the retention's terms.</param>
/// <param name="Reason">For people: what was accepted, which warranty has ended.</param>
internal sealed record ReleaseRetentionBody(decimal? Amount, DateOnly? On, DateOnly? DueDate, string Reason);

/// <summary>Why a release is taken back.</summary>
/// <param name="Note">For people.</param>
internal sealed record ReverseReleaseBody(string? Note);

/// <summary>A release, or its reversal.</summary>
/// <param name="Invoice">The invoice.</param>
/// <param name="Instalment">The instalment that was released: an allocation may name it, and the reversal does.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="DueDate">Of that instalment.</param>
/// <param name="Currency">The invoice's.</param>
/// <param name="Amount">Of that instalment.</param>
internal sealed record ReleaseView(DocumentNumber Invoice, int Instalment, DateOnly PostedOn, DateOnly DueDate, Currency Currency, decimal Amount)
{
    /// <summary>The view of what was released or is retained again.</summary>
    public static ReleaseView Of(Allocation released, DateOnly postedOn, Currency currency) => new(
        released.Invoice, released.Instalment, postedOn, released.DueDate, currency, Amounts.Of(released.Amount, currency));
}

/// <summary><c>POST /accounts/{accountId}/invoices/{number}/retention/releases</c> and <c>…/releases/{instalment}/reversal</c>.</summary>
internal static class RetentionEndpoints
{
    private const Roles Deciding = Roles.Finance | Roles.CreditController | Roles.CreditManager;

    private static readonly AccountCall<ReleaseRetentionBody> Release = new("retention-releases", ToCommand, RespondAsync)
    {
        NumberName = "number",
        Posts = true,
    };

    private static readonly AccountCall<ReverseReleaseBody> Back = new("retention-release-reversals", ToCommand, RespondAsync)
    {
        NumberName = "number",
        OrdinalName = "instalment",
        Posts = true,
        NoBody = new ReverseReleaseBody(null),
    };

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapPost("invoices/{number}/retention/releases", (HttpContext http, IAccounts accounts) => Release.RunAsync(http, accounts))
            .RequireRoles(Deciding)
            .WithSummary("Releases what is held back of an invoice, or a part of it")
            .WithDescription(
                "What is released becomes an instalment of the invoice behind all others, with a due date: from then on it is due, overdue, " +
                "bears interest and is settled like any other. What is not released stays retained.")
            .HasIdempotencyKey()
            .HasClosedPeriods()
            .Takes(typeof(ReleaseRetentionBody))
            .Answers(201, typeof(ReleaseView), "Released.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapPost("invoices/{number}/retention/releases/{instalment}/reversal", (HttpContext http, IAccounts accounts) => Back.RunAsync(http, accounts))
            .RequireRoles(Deciding)
            .WithSummary("Takes a release back: it is retained again; refused while something is taken off it, or it is disputed, promised or planned")
            .HasIdempotencyKey()
            .HasClosedPeriods()
            .Takes(typeof(ReverseReleaseBody))
            .Answers(201, typeof(ReleaseView), "Taken back, as it was.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
    }

    private static ReleaseRetention ToCommand(ReleaseRetentionBody body, CallTarget target, RequestChecks checks)
    {
        checks.Amount("amount", body.Amount, null);
        return new ReleaseRetention(
            target.Number, body.Amount, checks.Date("on", body.On), checks.Date("dueDate", body.DueDate),
            new FreeText(checks.Note("reason", body.Reason) ?? string.Empty));
    }

    private static ReverseRelease ToCommand(ReverseReleaseBody body, CallTarget target, RequestChecks checks) =>
        new(target.Number, target.Ordinal, checks.FreeText("note", body.Note));

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        var status = answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer);
        if (Answers.Last<ReleaseReversed>(answer) is { } back)
        {
            return Reply.Json(http, status, ReleaseView.Of(back.Released, back.PostedOn, back.Currency));
        }

        var released = Answers.Expect<RetentionReleased>(answer);
        return Reply.Json(http, status, ReleaseView.Of(released.Released, released.PostedOn, released.Currency));
    }
}
