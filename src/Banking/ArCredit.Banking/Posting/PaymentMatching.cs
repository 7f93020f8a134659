using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Matching;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.Posting;

/// <summary>Decides what becomes of a new payment: it is posted or it waits. Nothing is asked of a customer's account here.</summary>
internal sealed class PaymentMatching(CandidateSearch search, Matcher matcher, PaymentStore store)
{
    /// <summary>Who decided what no person did.</summary>
    public const string Caller = "system:bank-matching";

    public const string NoMatch = "NO_MATCH";
    private const string Ambiguous = "AMBIGUOUS";
    private const string LowConfidence = "LOW_CONFIDENCE";
    public const string Corrected = "CORRECTED";
    private const string NotSplit = "NOT_SPLIT";
    private const int MaxReturns = 10;
    private const decimal SameReference = 0.99m;
    private const decimal SamePayer = 0.70m;

    /// <summary>Everything that the payment may have to do with.</summary>
    public Task<MatchCandidates> FindAsync(StoredPayment payment, CancellationToken cancellation) =>
        search.FindAsync(payment.Company, payment.Received, cancellation);

    /// <summary>The payment with its suggestions, and decided where that is certain enough.</summary>
    public async Task<StoredPayment> DecideAsync(StoredPayment payment, MatchCandidates candidates, CancellationToken cancellation)
    {
        var result = matcher.Match(payment.Received, candidates);
        var suggestions = result.Suggestions.Select(suggestion => StoredSuggestion.Of(suggestion, payment.Money.Currency)).ToList();
        var waiting = payment with
        {
            State = PaymentState.Waiting,
            Suggestions = StoredSuggestion.Write(suggestions),
            Confidence = null,
            Evidence = null,
            DecidedBy = null,
        };
        if (suggestions.Count == 0)
        {
            return waiting with { Reason = NoMatch };
        }

        if (result.IsAmbiguous || payment.ByHand == 1)
        {
            return waiting with { Reason = payment.ByHand == 1 ? NotByItself(payment) : Ambiguous };
        }

        return suggestions[0].Confidence >= await store.PostFromAsync(payment.Company, cancellation)
            ? Decide(waiting, suggestions[0], Caller)
            : waiting with { Reason = LowConfidence };
    }

    /// <summary>The same for money that the bank took back: which payment was it?</summary>
    public async Task<StoredPayment> DecideReturnAsync(StoredPayment payment, CancellationToken cancellation)
    {
        var byReference = await store.ReceivedAsync(payment, byReference: true, MaxReturns, cancellation);
        var isSole = byReference.Count == 1 && !await store.HasSpentAsync(payment, cancellation);
        var found = byReference.Count > 0 ? byReference : await store.ReceivedAsync(payment, byReference: false, MaxReturns, cancellation);
        var confidence = byReference.Count > 0 ? SameReference : SamePayer;
        var suggestions = found.ConvertAll(received => new StoredSuggestion(
            received.Key.ToString(), received.Customer is { } customer ? AccountId.Parse(customer) : null, received.Party, confidence,
            byReference.Count > 0 ? [Evidence.BankReference, Evidence.ExactAmount] : [Evidence.Name, Evidence.ExactAmount], null, received.Key.ToString()));
        var waiting = payment with { State = PaymentState.Waiting, Suggestions = StoredSuggestion.Write(suggestions) };

        // Payers repeat references such as RENT: one whose others are returned already may be meant with any of them.
        return found.Count == 0 ? waiting with { Reason = NoMatch }
            : found.Count > 1 || (byReference.Count > 0 && !isSole) ? waiting with { Reason = Ambiguous }
            : payment.ByHand == 1 ? waiting with { Reason = NotByItself(payment) }
            : isSole && confidence >= await store.PostFromAsync(payment.Company, cancellation) ? Decide(waiting, suggestions[0], Caller)
            : waiting with { Reason = LowConfidence };
    }

    /// <summary>A payment whose decision a person took back: it is looked at again, and only people decide.</summary>
    public static StoredPayment Undone(StoredPayment payment) => payment.Undecided() with
    {
        State = PaymentState.New,

        // Whoever still carries the decision out that was undone must not take this for it.
        Attempt = payment.Attempt + 1,
        ByHand = 1,
        Suggestions = null,
    };

    // What no decision was taken of yet is by hand because it could not be split.
    private static string NotByItself(StoredPayment payment) => payment.Attempt == 0 ? NotSplit : Corrected;

    /// <summary>A payment that waits, with a decision that is to be carried out.</summary>
    public static StoredPayment Decide(StoredPayment payment, StoredSuggestion chosen, string by) => payment with
    {
        State = PaymentState.Posting,
        Attempt = payment.Attempt + 1,
        Customer = chosen.Account?.Value,
        PaymentId = payment.IsReturn == 1 ? null : payment.NextPaymentId,
        Reverses = chosen.Reverses,
        Confidence = (long)(chosen.Confidence * 100),
        Evidence = string.Join(',', chosen.Evidence.Select(EnumNames.Name)),
        Allocations = StoredAllocation.Write(chosen.Allocations),
        Reason = null,
        DecidedBy = by,
    };

    /// <summary>The command that posts a decided payment: always the same for the same decision.</summary>
    public static PostPayment CommandOf(StoredPayment payment) => new(
        DocumentNumber.Parse(payment.PaymentId!), payment.Money, payment.ValueOn, PostedOn: null, FxRate: null, PaymentMethod.Transfer, ClearsOn: null,
        StoredAllocation.Read(payment.Allocations)?.Select(one => new AllocationRequest(
            one.Invoice, one.Instalment, (long)(one.Amount * payment.Money.Currency.MinorPerMajor), one.Part)).ToList(),
        payment.Remittance is { Length: <= MaxRemittance } text ? new FreeText(text) : null)
    {
        NextOpenDay = true,
    };

    private const int MaxRemittance = 2000;
}
