using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>A contact with the customer.</summary>
/// <param name="ContactId">The caller's own id, unique within the account.</param>
/// <param name="Channel">call, email, sms, letter, visit or note.</param>
/// <param name="Direction">outgoing (absent) or incoming.</param>
/// <param name="At">When it happened, not after now; absent = now.</param>
/// <param name="Outcome">Code of 1 to 64 letters, digits, '-', '_', '.' and ':', such as no-answer or promised.</param>
/// <param name="Invoices">What it was about, at most 100.</param>
/// <param name="Note">What was said. It may be erased later.</param>
internal sealed record LogContactBody(
    DocumentNumber ContactId, ContactChannel Channel, ContactDirection? Direction, DateTimeOffset? At, string? Outcome,
    IReadOnlyList<DocumentNumber>? Invoices, string? Note);

/// <summary>A contact as it was written down; the timeline shows it with its note.</summary>
internal sealed record ContactView(
    DocumentNumber ContactId, ContactChannel Channel, ContactDirection Direction, DateTimeOffset At, string? Outcome, IReadOnlyList<DocumentNumber> Invoices)
{
    /// <summary>The view of a contact.</summary>
    public static ContactView Of(ContactState contact) =>
        new(contact.Id, contact.Channel, contact.Direction, contact.HappenedAt, contact.Outcome, contact.Invoices);
}

/// <summary><c>POST /accounts/{accountId}/contacts</c>.</summary>
internal static class LogContactEndpoint
{
    /// <summary>Who writes contacts down.</summary>
    public const Roles Writers = Roles.Collector | Roles.CreditController | Roles.CreditManager | Roles.Billing | Roles.Finance | Roles.Sales;

    private const int MaxInvoices = 100;

    private static readonly AccountCall<LogContactBody> Log = new("contacts", ToCommand, RespondAsync);

    public static void Map(IEndpointRouteBuilder account) => account.MapPost("contacts", (HttpContext http, IAccounts accounts) => Log.RunAsync(http, accounts))
        .RequireRoles(Writers)
        .WithSummary("Writes down a contact with the customer; the timeline lists it")
        .HasIdempotencyKey()
        .Takes(typeof(LogContactBody))
        .Answers(201, typeof(ContactView), "Written down.")
        .Answers(200, typeof(ContactView), "The same contact was written down before.")
        .Refuses(400, 404, 409, 413, 415, 422, 503);

    /// <summary>The command of a body.</summary>
    public static LogContact ToCommand(LogContactBody body, CallTarget target, RequestChecks checks) => new(
        body.ContactId, body.Channel, body.Direction ?? ContactDirection.Outgoing, body.At, checks.Code("outcome", body.Outcome),
        checks.List("invoices", body.Invoices, MaxInvoices), checks.FreeText("note", body.Note));

    private static Task RespondAsync(HttpContext http, Answer answer) => Reply.Json(
        http, answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer), ContactView.Of(Answers.Expect<ContactLogged>(answer).Contact));
}
