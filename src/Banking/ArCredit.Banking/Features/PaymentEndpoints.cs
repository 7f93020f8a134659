using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.Matching;
using ArCredit.Banking.Posting;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>A payment of a booking, and what became of it.</summary>
/// <param name="Id">The booking's id; of a booking that sums several up, behind it the detail from 1.</param>
/// <param name="Amount">Negative where the bank took money back.</param>
/// <param name="State">
/// new (not looked at yet), waiting (for a person), posting, posted, undoing (being corrected), returned (taken back by the bank),
/// setAside (no customer's payment, or one that belongs to our own direct debits).
/// </param>
/// <param name="Account">The customer it is posted to.</param>
/// <param name="PaymentId">Its id on that account.</param>
/// <param name="Reverses">Of money that the bank took back: the payment it takes back; of a returned one: what took it back.</param>
/// <param name="Confidence">Of the match, 0 to 1; null while it waits.</param>
/// <param name="Evidence">What the match stands on.</param>
/// <param name="Allocations">What it was told to pay, or of a returned one what it paid when the bank took it back; null = by the account's own order.</param>
/// <param name="Suggestions">While it waits: what it may be, the best first.</param>
/// <param name="Reason">
/// Why it waits: NO_MATCH, AMBIGUOUS, LOW_CONFIDENCE, CORRECTED (a person took it back, so only a person posts it), NOT_SPLIT (a booking
/// that sums several payments up, and their amounts are not known), REFUND_RETURN_UNCLEAR (it may be a refund that came back),
/// DIRECT_DEBIT_UNCLEAR (it names a collection, and is not what is expected of it), INTERNAL_ERROR (in the log), or the code with which the account
/// refused it. Of one that is set aside: why, in the words of who did it.
/// </param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="Refund">Of our own money that came back: the EndToEndId of the refund that it was paid out with.</param>
/// <param name="Charges">How much less than that came in: what banks kept of it; null = it is no refund's.</param>
internal sealed record BankPaymentView(
    string Id, decimal Amount, PaymentState State, AccountId? Account, string? PaymentId, string? Reverses, decimal? Confidence, IReadOnlyList<Evidence> Evidence,
    IReadOnlyList<StoredAllocation>? Allocations, IReadOnlyList<StoredSuggestion> Suggestions, string? Reason, string? DecidedBy,
    string? Refund, decimal? Charges)
{
    public static BankPaymentView Of(StoredPayment payment) => new(
        payment.Key.ToString(), Money.ToDecimal(payment.Amount, Currency.Parse(payment.Currency)), payment.State,
        payment.Customer is { } customer ? AccountId.Parse(customer) : null, payment.PaymentId, payment.Reverses, payment.Confidence / 100m,
        [.. (payment.Evidence?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? []).Select(name => Enum.Parse<Evidence>(name, ignoreCase: true))],
        StoredAllocation.Shown(StoredAllocation.Read(payment.Allocations), payment.Money.Currency),
        payment.State != PaymentState.Waiting ? [] : [.. payment.AllSuggestions.Select(one =>
            one with { Allocations = StoredAllocation.Shown(one.Allocations, payment.Money.Currency) })],
        payment.Reason, payment.DecidedBy, payment.Refund, payment.Charges is { } charges ? Money.ToDecimal(charges, payment.Money.Currency) : null);
}

/// <summary>Takes a suggestion.</summary>
/// <param name="Suggestion">Its id.</param>
internal sealed record ConfirmPaymentBody(string Suggestion);

/// <summary>Posts a payment to a customer, or says which payment the bank took back.</summary>
/// <param name="Account">The customer; absent for money that the bank took back.</param>
/// <param name="Allocations">What it pays; absent = by the account's own order, empty = unapplied.</param>
/// <param name="Reverses">For money that the bank took back: the id of the payment here that it takes back, as a whole.</param>
/// <param name="AcceptDifference">True confirms that the bank took back another amount than that payment's, or that less than the refund came back, for instance with a charge on it.</param>
/// <param name="Refund">For our own money that came back: the EndToEndId of the refund, which is returned as a whole.</param>
internal sealed record MatchPaymentBody(AccountId? Account, IReadOnlyList<StoredAllocation>? Allocations, string? Reverses, bool? AcceptDifference, string? Refund);

/// <summary>Takes a match back.</summary>
/// <param name="PaymentId">The payment on the customer's account that was wrong; absent for money that the bank took back.</param>
/// <param name="Reverses">For money that the bank took back: the id of the payment here that it did not take back.</param>
/// <param name="Refund">For our own money that came back: the EndToEndId of the refund that it was not.</param>
internal sealed record UnmatchPaymentBody(DocumentNumber? PaymentId, string? Reverses, string? Refund);

/// <summary>Says that a payment is no customer's.</summary>
/// <param name="Reason">For people, for instance "interest of the bank"; 1 to 200 characters.</param>
internal sealed record SetAsideBody(string Reason);

/// <summary>Takes up again what was set aside; it has no fields.</summary>
internal sealed record TakeUpBody;

/// <summary>Decisions on what <c>/bank/transactions</c> shows.</summary>
internal static class PaymentEndpoints
{
    private const int MaxAllocations = 1000;
    private const int MaxId = 100;
    private const int MaxReason = 200;

    private const string Repeatable = " The same call again changes nothing and gives the payment as it stands, so no Idempotency-Key is needed.";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var payments = endpoints.MapGroup("/api/v1/bank/transactions/{id}").WithTags("Bank");
        payments.MapPost("confirmation", ConfirmAsync)
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Takes one of the suggestions of a payment that waits")
            .WithDescription("The payer's bank account is remembered as the customer's." + Repeatable)
            .Takes(typeof(ConfirmPaymentBody))
            .Answers(200, typeof(BankPaymentView), "The payment.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        payments.MapPost("match", MatchAsync)
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Posts a payment that waits to a customer, or says which payment the bank took back, or which refund came back")
            .WithDescription("The payer's bank account is remembered as the customer's." + Repeatable)
            .Takes(typeof(MatchPaymentBody))
            .Answers(200, typeof(BankPaymentView), "The payment.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        payments.MapPost("unmatch", UnmatchAsync)
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Takes a wrong match back: the account stands as before, and the payment waits")
            .WithDescription(
                "The payer's bank account is forgotten as the customer's. Of money that the bank took back: the payment that it did not take back is posted anew, "
                + "under another id, to what it paid when it was taken back as far as that is open. Of a refund that did not come back: it stands as before, unless its credit was used." + Repeatable)
            .Takes(typeof(UnmatchPaymentBody))
            .Answers(200, typeof(BankPaymentView), "The payment.")
            .Refuses(400, 404, 409, 413, 415, 503);
        payments.MapPost("set-aside", SetAsideAsync)
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Says that a payment that waits is no customer's: interest of the bank, a transfer between own accounts")
            .WithDescription("It leaves the worklist, is posted nowhere, and is not looked at again." + Repeatable)
            .Takes(typeof(SetAsideBody))
            .Answers(200, typeof(BankPaymentView), "The payment.")
            .Refuses(400, 404, 409, 413, 415, 503);
        payments.MapPost("set-aside/reversal", TakeUpAsync)
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary("Takes up again a payment that was set aside: it is looked at afresh and waits for a person")
            .WithDescription("The body is an empty object." + Repeatable)
            .Takes(typeof(TakeUpBody))
            .Answers(200, typeof(BankPaymentView), "The payment.")
            .Refuses(400, 404, 409, 413, 415, 503);
    }

    private static Task ConfirmAsync(HttpContext http, string id, PaymentDecisions decisions) => DecideAsync<ConfirmPaymentBody>(
        http, id,
        (body, errors) =>
        {
            if (!Text.IsIdentifier(body.Suggestion, MaxId))
            {
                errors.Add("suggestion", "must be the id of a suggestion");
            }
        },
        (key, body) => decisions.ConfirmAsync(key, body.Suggestion, http.Caller().Id, http.RequestAborted));

    private static Task MatchAsync(HttpContext http, string id, PaymentDecisions decisions, PaymentStore store) => DecideAsync<MatchPaymentBody>(
        http, id, Check,
        async (key, body) => await store.FindAsync(key, http.RequestAborted) is { } payment && Misfit(payment, body) is { } problem
            ? problem
            : body.Refund is { } refund ? await decisions.MatchRefundAsync(key, CollectionBookings.AsWritten(refund), body.AcceptDifference == true, http.Caller().Id, http.RequestAborted)
            : body.Account is { } account
                ? await decisions.MatchAsync(key, account, body.Allocations, http.Caller().Id, http.RequestAborted)
                : await decisions.MatchReturnAsync(key, PaymentKey.TryParse(body.Reverses!, out var taken) ? taken : default, body.AcceptDifference == true, http.Caller().Id, http.RequestAborted));

    private static Task UnmatchAsync(HttpContext http, string id, PaymentDecisions decisions) => DecideAsync<UnmatchPaymentBody>(
        http, id,
        (body, errors) =>
        {
            if (new object?[] { body.PaymentId, body.Reverses, body.Refund }.Count(one => one is not null) != 1)
            {
                errors.Add("paymentId", "is needed, or reverses for money that the bank took back, or refund for our own that came back");
            }
        },
        (key, body) => body.Refund is { } refund ? decisions.UndoRefundAsync(key, CollectionBookings.AsWritten(refund), http.Caller().Id, http.RequestAborted)
            : body.PaymentId is { } paymentId
            ? decisions.UndoAsync(key, paymentId, http.Caller().Id, http.RequestAborted)
            : decisions.UndoReturnAsync(key, PaymentKey.TryParse(body.Reverses!, out var reversed) ? reversed : default, http.Caller().Id, http.RequestAborted));

    private static Task SetAsideAsync(HttpContext http, string id, PaymentDecisions decisions) => DecideAsync<SetAsideBody>(
        http, id,
        (body, errors) =>
        {
            if (body.Reason is not null && (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > MaxReason || body.Reason.Any(char.IsControl)))
            {
                errors.Add("reason", $"must be a line of 1 to {MaxReason} characters");
            }
        },
        (key, body) => decisions.SetAsideAsync(key, body.Reason.Trim(), http.Caller().Id, http.RequestAborted));

    private static Task TakeUpAsync(HttpContext http, string id, PaymentDecisions decisions) =>
        DecideAsync<TakeUpBody>(http, id, (_, _) => { }, (key, _) => decisions.TakeUpAsync(key, http.RequestAborted));

    private static void Check(MatchPaymentBody body, FieldErrors errors)
    {
        if (new object?[] { body.Account, body.Reverses, body.Refund }.Count(one => one is not null) != 1)
        {
            errors.Add("account", "is needed, or reverses for money that the bank took back, or refund for our own that came back");
        }

        if (body.Account is null && body.Allocations is not null)
        {
            errors.Add("allocations", "are of a payment, not of one that is taken back");
        }

        if (body.Allocations?.Count > MaxAllocations)
        {
            errors.Add("allocations", $"must have at most {MaxAllocations} entries");
        }

        foreach (var (index, allocation) in (body.Allocations ?? []).Take(MaxAllocations).Index())
        {
            if (allocation?.Amount <= 0)
            {
                errors.Add($"allocations[{index}].amount", "must be above 0");
            }

            if (allocation?.Instalment < 1)
            {
                errors.Add($"allocations[{index}].instalment", "must be at least 1");
            }
        }
    }

    // Whether a number is an amount depends on the currency, which only the payment knows.
    private static ProblemResult? Misfit(StoredPayment payment, MatchPaymentBody body)
    {
        var errors = new FieldErrors();
        foreach (var (index, allocation) in (body.Allocations ?? []).Index())
        {
            if (Money.TryFromAmount(allocation.Amount, Currency.Parse(payment.Currency), out _) != AmountFault.None)
            {
                errors.Add($"allocations[{index}].amount", $"is no amount of {payment.Currency}");
            }
        }

        return errors.Any ? errors.ToProblem() : null;
    }

    private static async Task DecideAsync<TBody>(
        HttpContext http, string id, Action<TBody, FieldErrors> check, Func<PaymentKey, TBody, Task<DecisionOutcome>> decide)
        where TBody : class
    {
        if (!RouteReader.TryText(http, nameof(id), MaxId, out id, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<TBody>(http);
        var errors = body.Errors ?? new FieldErrors();
        if ((body.Problem is null ? body.Value : body.Remains) is { } read)
        {
            check(read, errors);
        }

        if (errors.Any || body.Problem is not null)
        {
            await (errors.Any ? errors.ToProblem() : body.Problem!).ExecuteAsync(http);
            return;
        }

        // What is no id of a payment is one that is not there.
        var key = PaymentKey.TryParse(id, out var parsed) ? parsed : default;
        var outcome = await decide(key, body.Value);
        if (ReferenceEquals(outcome.Problem, PaymentDecisions.Changed))
        {
            // Behind a correction the matching looks for suggestions: what it writes down meanwhile is no reason to ask a person again.
            outcome = await decide(key, body.Value);
        }

        await (outcome.Problem?.ExecuteAsync(http) ?? Reply.Json(http, 200, BankPaymentView.Of(outcome.Payment!)));
    }
}
