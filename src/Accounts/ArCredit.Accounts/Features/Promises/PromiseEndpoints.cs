using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>An invoice that is promised.</summary>
/// <param name="Number">Of the invoice, debit note or claim.</param>
/// <param name="Instalment">From 1; absent = all that are open.</param>
internal sealed record PromisedInvoiceBody(DocumentNumber Number, int? Instalment);

/// <summary>A payment that is promised.</summary>
/// <param name="On">The day.</param>
/// <param name="Amount">Above 0, in the invoices' currency.</param>
internal sealed record PromisedPaymentBody(DateOnly On, decimal Amount);

/// <summary>A promise to pay.</summary>
/// <param name="PromiseId">The caller's own id, unique within the account.</param>
/// <param name="Invoices">Absent = everything overdue in the account's currency that is neither disputed nor promised; claims are not overdue.</param>
/// <param name="Payments">At least one.</param>
/// <param name="Note">For people.</param>
internal sealed record MakePromiseBody(
    DocumentNumber PromiseId, IReadOnlyList<PromisedInvoiceBody>? Invoices, IReadOnlyList<PromisedPaymentBody> Payments, string? Note);

/// <summary>Nothing is said with a cancellation.</summary>
internal sealed record CancelPromiseBody;

/// <summary>An item that is promised, with what was open of it.</summary>
internal sealed record PromisedLineView(DocumentNumber Invoice, int Instalment, decimal Amount);

/// <summary>A payment that was promised; up to the last day it is in time.</summary>
internal sealed record PromisedPaymentView(DateOnly On, decimal Amount, DateOnly LastOn);

/// <summary>A promise.</summary>
/// <param name="PromiseId">Unique within the account.</param>
/// <param name="Status">open, kept, partlyKept, broken or cancelled.</param>
/// <param name="Currency">Of its invoices and payments.</param>
/// <param name="Lines">What is promised.</param>
/// <param name="Payments">By day.</param>
/// <param name="Received">What has arrived for it.</param>
/// <param name="BreaksOn">The last day of the next payment; null unless it is open.</param>
/// <param name="MadeOn">Company's date.</param>
/// <param name="EndedOn">Null while it is open.</param>
/// <param name="Lifted">broken or partlyKept, when it was cancelled after that.</param>
internal sealed record PromiseView(
    DocumentNumber PromiseId, PromiseStatus Status, Currency Currency, IReadOnlyList<PromisedLineView> Lines, IReadOnlyList<PromisedPaymentView> Payments,
    decimal Received, DateOnly? BreaksOn, DateOnly MadeOn, DateOnly? EndedOn,
    PromiseStatus? Lifted)
{
    /// <summary>The view of a promise as it stands.</summary>
    public static PromiseView Of(PromiseState promise) => new(
        promise.Id, promise.Status, promise.Currency,
        [.. promise.Lines.Select(line => new PromisedLineView(line.Invoice, line.Instalment, Amounts.Of(line.Amount, promise.Currency)))],
        [.. promise.Payments.Select(payment => new PromisedPaymentView(payment.On, Amounts.Of(payment.Amount, promise.Currency), payment.LastOn))],
        Amounts.Of(promise.Received, promise.Currency), promise.BreaksOn, promise.MadeOn, promise.EndedOn, promise.Lifted);
}

/// <summary><c>POST /accounts/{accountId}/promises</c> and <c>…/promises/{promiseId}/cancellation</c>.</summary>
internal static class PromiseEndpoints
{
    private const int MaxPayments = 100;
    private const Roles Workers = Roles.Collector | Roles.CreditController | Roles.CreditManager | Roles.Finance;

    private const Roles Lifters = Roles.CreditController | Roles.CreditManager;

    private static readonly AccountCall<MakePromiseBody> Make = new("promises", ToMake, RespondAsync);
    private static readonly AccountCall<CancelPromiseBody> Cancel = new("promise-cancellations", ToCancel, RespondAsync)
    {
        NumberName = "promiseId",
        NoBody = new CancelPromiseBody(),
    };

    public static void Map(IEndpointRouteBuilder account)
    {
        account.MapPost("promises", (HttpContext http, IAccounts accounts) => Make.RunAsync(http, accounts))
            .RequireRoles(Workers)
            .WithSummary("Records a promise to pay")
            .WithDescription(
                "Kept when money with a value date up to a promised day and the policy's grace reaches what was promised by then, less the " +
                "policy's tolerance: what settles the promised items with its discounts and differences, and what is unapplied, each unit for one " +
                "promise. Never more than is left of the items after credit notes and waivers. Once a day has passed it is broken, or partlyKept " +
                "if a part has arrived. An item is in one open promise at a time.")
            .HasIdempotencyKey()
            .Takes(typeof(MakePromiseBody))
            .Answers(201, typeof(PromiseView), "Recorded.")
            .Answers(200, typeof(PromiseView), "The same promise was recorded before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        account.MapPost("promises/{promiseId}/cancellation", (HttpContext http, IAccounts accounts) => Cancel.RunAsync(http, accounts))
            .RequireRoles(Workers)
            .WithSummary("Takes a promise back")
            .WithDescription(
                "One that was broken or partly kept needs the role credit-controller or credit-manager (403 APPROVAL_REQUIRED) and stays marked as that; " +
                "one that was kept cannot be taken back.")
            .HasIdempotencyKey()
            .Takes(typeof(CancelPromiseBody))
            .Answers(201, typeof(PromiseView), "Cancelled.")
            .Answers(200, typeof(PromiseView), "It was cancelled before.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
    }

    private static MakePromise ToMake(MakePromiseBody body, CallTarget target, RequestChecks checks)
    {
        var invoices = checks.List("invoices", body.Invoices, Domain.Account.MostLines);
        if (body.Invoices is { Count: 0 })
        {
            checks.Refuse("invoices", "must name at least one invoice, or be left out for everything overdue");
        }

        var payments = checks.List("payments", body.Payments, MaxPayments);
        if (payments.Count == 0)
        {
            checks.Refuse("payments", "must have at least one");
        }

        var promised = new List<PromisePayment>(payments.Count);
        for (var i = 0; i < payments.Count; i++)
        {
            checks.Amount(At("payments", i, "amount"), payments[i].Amount, null);
            promised.Add(new PromisePayment(checks.Date(At("payments", i, "on"), payments[i].On), payments[i].Amount));
        }

        var items = new List<PromiseItem>(invoices.Count);
        for (var i = 0; i < invoices.Count; i++)
        {
            items.Add(new PromiseItem(invoices[i].Number, checks.Number(At("invoices", i, "instalment"), invoices[i].Instalment, 1, int.MaxValue)));
        }

        return new MakePromise(body.PromiseId, body.Invoices is null ? null : items, promised, checks.FreeText("note", body.Note));

        static string At(string list, int index, string field) => string.Create(CultureInfo.InvariantCulture, $"{list}[{index}].{field}");
    }

    private static CancelPromise ToCancel(CancelPromiseBody body, CallTarget target, RequestChecks checks) =>
        new(target.Number, target.Caller?.Has(Lifters) == true);

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        var status = answer is Answer.Done done ? Answers.Created(done) : throw Answers.Unexpected(answer);
        return Reply.Json(
            http, status, PromiseView.Of(Answers.Last<PromiseMade>(answer)?.Promise ?? Answers.Expect<PromiseChanged>(answer).Promise));
    }
}
