using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;

namespace ArCredit.Banking.Posting;

/// <summary>What became of a person's decision: the payment as it stands, or why not.</summary>
internal sealed record DecisionOutcome(StoredPayment? Payment, ProblemResult? Problem)
{
    public static implicit operator DecisionOutcome(ProblemResult problem) => new(null, problem);

    public static implicit operator DecisionOutcome(StoredPayment payment) => new(payment, null);
}

/// <summary>
/// What people decide of payments. Each names what it means, so that sending it again changes nothing: the suggestion, the customer
/// and what is paid, or the payment that is taken back.
/// </summary>
internal sealed class PaymentDecisions(PaymentStore store, AccountPosting posting, MoneyOut.RefundReturns refunds, IOpenItems items, IFeed feed, WorkBells bells)
{
    private const int MaxOpen = 20_000;

    public static readonly ProblemResult Changed = Problems.Conflict("PAYMENT_CHANGED", "Somebody decided at the same time. Read the payment and decide again.");

    /// <summary>Takes one of the suggestions.</summary>
    public async Task<DecisionOutcome> ConfirmAsync(PaymentKey key, string suggestion, string by, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } payment)
        {
            return NotFound;
        }

        var chosen = payment.AllSuggestions.FirstOrDefault(one => one.Id == suggestion);
        // What it would take back may be gone: its statement's transactions have taken its place.
        var isGone = PaymentKey.TryParse(chosen?.Reverses ?? string.Empty, out var reversed) && await store.FindAsync(reversed, cancellation) is null;
        return chosen is null || isGone
            ? Problems.Conflict("SUGGESTION_UNKNOWN", "The payment has no such suggestion any more. Read it and decide again.")
            : chosen.Refund is not null ? await refunds.MatchAsync(payment, chosen, by, cancellation)
            : await DecideAsync(payment, chosen, by, cancellation);
    }

    /// <summary>Posts to a customer that no suggestion names.</summary>
    public async Task<DecisionOutcome> MatchAsync(
        PaymentKey key, AccountId customer, IReadOnlyList<StoredAllocation>? allocations, string by, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } payment)
        {
            return NotFound;
        }

        if (payment.IsReturn == 1)
        {
            return Problems.Unprocessable("RETURN_NOT_MATCHED", "Money that the bank took back is confirmed against the payment it takes back.");
        }

        await feed.CatchUpAsync(cancellation);
        var found = await items.AccountsAsync(payment.Company, [customer.Value], cancellation);
        return found.Count == 0
            ? Problems.Unprocessable("ACCOUNT_UNKNOWN", $"Company {payment.Company}, whose bank account this is, has no such account.")
            : await DecideAsync(payment, new StoredSuggestion(string.Empty, customer, found[0].Name, 1m, [], allocations, null), by, cancellation);
    }

    /// <summary>Says which refund it is that came back, where no suggestion does.</summary>
    public async Task<DecisionOutcome> MatchRefundAsync(PaymentKey key, string endToEndId, bool acceptsDifference, string by, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } payment)
        {
            return NotFound;
        }

        if (payment.IsReturn == 1 || await refunds.NamedAsync(payment, endToEndId, cancellation) is not { } named)
        {
            return Problems.Unprocessable(MoneyOut.RefundReturns.Unknown, "No such refund was paid out of this bank account.");
        }

        return named.Refund!.Charges > 0 && !acceptsDifference && payment.Refund != named.Id
            ? Problems.Unprocessable(
                MoneyOut.RefundReturns.Differs, $"{payment.Money} came in, and the refund is over {named.Refund.Amount}. It is returned as a whole; acceptDifference confirms that.")
            : await refunds.MatchAsync(payment, named, by, cancellation);
    }

    /// <summary>Says that what came in was no return of this refund: the refund stands as before, and the payment waits for a person.</summary>
    public async Task<DecisionOutcome> UndoRefundAsync(PaymentKey key, string endToEndId, string by, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } payment)
        {
            return NotFound;
        }

        if (payment.Refund != endToEndId || payment.State is not (PaymentState.Posted or PaymentState.Undoing))
        {
            return payment is { ByHand: 1, Refund: null } ? payment : Problems.Conflict("PAYMENT_CHANGED", "The bank payment is no return of this refund.");
        }

        var undoing = payment with { State = PaymentState.Undoing, DecidedBy = by, Reason = null };
        if (payment.State == PaymentState.Posted && !(await store.SaveAsync([(payment, undoing)], cancellation))[0])
        {
            return Changed;
        }

        var now = await CarryOutAsync(undoing, cancellation);
        return now.State == PaymentState.Posted
            ? Problems.Conflict(now.Reason ?? "REFUND_STATE", "The account refused to take it back that the refund was returned.")
            : now;
    }

    /// <summary>Says which payment the bank took back, where no suggestion does.</summary>
    public async Task<DecisionOutcome> MatchReturnAsync(PaymentKey key, PaymentKey received, bool acceptsDifference, string by, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } payment)
        {
            return NotFound;
        }

        return payment.IsReturn == 0
            ? Problems.Unprocessable("PAYMENT_NOT_A_RETURN", "Money that came in is matched with an account.")
            : await store.FindAsync(received, cancellation) is not { IsReturn: 0 } original || original.AccountId != payment.AccountId
            ? Problems.Unprocessable("PAYMENT_UNKNOWN", "There is no such payment on this bank account.")
            : original.Amount != -payment.Amount && !acceptsDifference
            ? Problems.Unprocessable(
                "RETURN_AMOUNT_DIFFERS", $"The bank took back {payment.Money}, and the payment is over {original.Money}. It is taken back as a whole; acceptDifference confirms that.")
            : await DecideAsync(payment, new StoredSuggestion(string.Empty, null, original.Party, 1m, [], null, received.ToString()), by, cancellation);
    }

    /// <summary>Says that a payment that waits is no customer's, and why; it leaves the worklist.</summary>
    public async Task<DecisionOutcome> SetAsideAsync(PaymentKey key, string reason, string by, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } payment)
        {
            return NotFound;
        }

        if (payment.State == PaymentState.SetAside && payment.Reason == reason)
        {
            return payment;
        }

        if (payment.State != PaymentState.SetAside && !payment.IsForPeople)
        {
            return NotWaiting(payment);
        }

        var aside = payment with { State = PaymentState.SetAside, Reason = reason, DecidedBy = by };
        return (await store.SaveAsync([(payment, aside)], cancellation))[0] ? aside : Changed;
    }

    /// <summary>Takes that back: the payment is looked at afresh, and nothing but a person posts it.</summary>
    public async Task<DecisionOutcome> TakeUpAsync(PaymentKey key, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } payment)
        {
            return NotFound;
        }

        if (payment.State != PaymentState.SetAside)
        {
            return payment is { ByHand: 1, State: PaymentState.New or PaymentState.Waiting }
                ? payment
                : Problems.Conflict("PAYMENT_NOT_SET_ASIDE", $"The payment is {EnumNames.Name(payment.State)}.");
        }

        var anew = PaymentMatching.Undone(payment);
        if (!(await store.SaveAsync([(payment, anew)], cancellation))[0])
        {
            return Changed;
        }

        bells.Payments.Ring();
        return anew;
    }

    /// <summary>Takes a posted payment back, which opens again what it paid; it waits then, and nothing but a person posts it.</summary>
    public async Task<DecisionOutcome> UndoAsync(PaymentKey key, DocumentNumber paymentId, string by, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } payment)
        {
            return NotFound;
        }

        if (payment.IsReturn == 1)
        {
            return Problems.Conflict("RETURN_NAMED_BY_REVERSES", "Name the payment that the return took back, as reverses.");
        }

        if (payment.Refund is not null)
        {
            return Problems.Conflict("RETURN_NAMED_BY_REFUND", "Name the refund that came back, as refund.");
        }

        if (payment.PaymentId != paymentId.Value)
        {
            // It was taken back before, and may have been posted under another id since.
            return payment.ByHand == 1 && PaymentIdsBefore(payment).Contains(paymentId.Value)
                ? payment
                : Problems.Conflict("PAYMENT_CHANGED", "The bank payment is not posted as this payment.");
        }

        if (payment.State is not (PaymentState.Posted or PaymentState.Undoing))
        {
            return Problems.Conflict("PAYMENT_NOT_POSTED", $"The payment is {EnumNames.Name(payment.State)}.");
        }

        var undoing = payment with { State = PaymentState.Undoing, DecidedBy = by, Reason = null };
        if (payment.State == PaymentState.Posted && !(await store.SaveAsync([(payment, undoing)], cancellation))[0])
        {
            return Changed;
        }

        var now = await CarryOutAsync(undoing, cancellation);
        return now.State == PaymentState.Posted
            ? Problems.Conflict(now.Reason ?? "PAYMENT_REVERSED", "The account refused to take the payment back.")
            : now;
    }

    /// <summary>
    /// Says that a return did not take this payment back: the payment is posted anew under another id, to what it paid when it was taken back
    /// as far as that is open, and the return waits for a person.
    /// </summary>
    public async Task<DecisionOutcome> UndoReturnAsync(PaymentKey key, PaymentKey reversed, string by, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } taken)
        {
            return NotFound;
        }

        if (taken.IsReturn == 0 || await store.FindAsync(reversed, cancellation) is not { IsReturn: 0 } received)
        {
            return Problems.Conflict("PAYMENT_CHANGED", "The bank payment took no such payment back.");
        }

        if (taken.State != PaymentState.Posted || taken.Reverses != reversed.ToString())
        {
            return taken.ByHand == 1 && taken.Reverses is null
                ? taken
                : Problems.Conflict("PAYMENT_CHANGED", $"The bank payment is {EnumNames.Name(taken.State)} and took no such payment back.");
        }

        // Without a customer it was not posted when the bank took it back.
        var anew = received with { State = PaymentState.New, Reverses = null, DecidedBy = null };
        if (received.Customer is not null)
        {
            anew = PostedAnew(received, by) with { Reverses = null };
        }

        var waiting = PaymentMatching.Undone(taken);
        if (!await store.SaveAllAsync([(received, anew), (taken, waiting)], cancellation))
        {
            return Changed;
        }

        if (await CarryOutAsync(anew, cancellation) is { State: PaymentState.Waiting } refused && anew.Customer is not null)
        {
            // What it paid has been paid otherwise since.
            var left = PostedAnew(anew with { Attempt = refused.Attempt, Allocations = await StillOpenAsync(anew, cancellation) }, by);
            if ((await store.SaveAsync([(refused, left)], cancellation))[0])
            {
                await CarryOutAsync(left, cancellation);
            }
        }

        return waiting;
    }

    private static StoredPayment PostedAnew(StoredPayment payment, string by) =>
        payment with { State = PaymentState.Posting, Attempt = payment.Attempt + 1, PaymentId = payment.NextPaymentId, DecidedBy = by };

    private static ProblemResult NotFound => Problems.NotFound("BANK_PAYMENT_NOT_FOUND", "There is no such payment. A booking that sums several up has one per detail: its id, '-' and 1, 2, …");

    private static IEnumerable<string> PaymentIdsBefore(StoredPayment payment)
    {
        for (var attempt = 0; attempt < payment.Attempt; attempt++)
        {
            yield return (payment with { Attempt = attempt }).NextPaymentId;
        }
    }

    // What it paid may have been paid otherwise since; the rest stays unapplied.
    private async Task<string?> StillOpenAsync(StoredPayment received, CancellationToken cancellation)
    {
        if (StoredAllocation.Read(received.Allocations) is not { } former)
        {
            return null;
        }

        await feed.CatchUpAsync(cancellation);
        var currency = received.Money.Currency;
        var found = await items.ByNumberAsync(
            received.Company, currency, [.. former.Select(one => SearchKey.Of(one.Invoice.Value)).Distinct(StringComparer.Ordinal)], MaxOpen, cancellation);
        var left = found.Where(item => item.Account.Value == received.Customer).ToDictionary(item => (item.Number, item.Instalment), item => item.Open);
        var parts = found.ToLookup(item => (item.Number, item.Instalment));
        var kept = new List<StoredAllocation>();
        foreach (var one in former)
        {
            var (wanted, paid) = ((long)(one.Amount * currency.MinorPerMajor), 0L);
            foreach (var item in left.Keys.Where(item => item.Number == one.Invoice && (one.Instalment ?? item.Instalment) == item.Instalment).ToList())
            {
                var most = one.Part is { } named ? Math.Min(left[item], parts[item].Where(each => each.Account.Value == received.Customer).Sum(each => each.OpenOf(named))) : left[item];
                var part = Math.Min(wanted - paid, most);
                left[item] -= part;
                paid += part;
            }

            if (paid > 0)
            {
                kept.Add(one with { Amount = Money.ToDecimal(paid, currency) });
            }
        }

        return StoredAllocation.Write(kept);
    }

    /// <summary>Why nothing can be decided of a payment, and what comes first.</summary>
    public static ProblemResult NotWaiting(StoredPayment payment) => Problems.Conflict("PAYMENT_NOT_WAITING", payment.State switch
    {
        PaymentState.SetAside => "The payment is set aside: take that back first (set-aside/reversal).",
        PaymentState.New => "The payment is being matched: try again.",
        PaymentState.Posting => "The payment is being posted: try again.",
        PaymentState.Undoing => "The payment is being taken back: try again.",
        PaymentState.Returned => "The bank took the payment back.",
        var other => $"The payment is {EnumNames.Name(other)}: take that back first (unmatch).",
    });

    private async Task<DecisionOutcome> DecideAsync(StoredPayment payment, StoredSuggestion chosen, string by, CancellationToken cancellation)
    {
        if (payment.State is PaymentState.Posting or PaymentState.Posted && IsSame(payment, chosen))
        {
            return payment.State == PaymentState.Posted ? payment : await CarryOutAsync(payment, cancellation);
        }

        if (!payment.IsForPeople)
        {
            return NotWaiting(payment);
        }

        var decided = PaymentMatching.Decide(payment, chosen, by);
        if (!(await store.SaveAsync([(payment, decided)], cancellation))[0])
        {
            return Changed;
        }

        var now = await CarryOutAsync(decided, cancellation);
        return now is { State: PaymentState.Waiting, Reason: { } reason }
            ? Problems.Unprocessable(reason, "The account refused the payment; it waits as before.")
            : now;
    }

    private static bool IsSame(StoredPayment payment, StoredSuggestion chosen) => payment.IsReturn == 1
        ? payment.Reverses == chosen.Reverses
        : payment.Customer == chosen.Account?.Value && payment.Allocations == StoredAllocation.Write(chosen.Allocations);

    private async Task<StoredPayment> CarryOutAsync(StoredPayment payment, CancellationToken cancellation)
    {
        try
        {
            return await posting.RunAsync(payment, bulk: false, cancellation);
        }
        catch (Exception late) when (late is OutcomeUnknownException or AccountBusyException or AccountUnavailableException)
        {
            // The decision is stored; the worker goes on with it, and the same call again shows how it ended.
            throw new ServiceUnavailableException("OUTCOME_UNKNOWN", TimeSpan.FromSeconds(5), cause: late);
        }
        finally
        {
            bells.Payments.Ring();
        }
    }
}
