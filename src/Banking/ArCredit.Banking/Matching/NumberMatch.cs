using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Banking.Matching;

/// <summary>Payments whose text names invoices.</summary>
internal static class NumberMatch
{
    private const decimal Exact = 0.97m;
    private const decimal OfStructured = 0.02m;
    private const decimal InPart = 0.85m;
    private const decimal TooMuch = 0.75m;
    private const decimal SomeOfThem = 0.65m;
    private const decimal WhenAgreed = 0.05m;
    private const decimal WhenOtherPays = 0.04m;
    private const decimal WhenWeak = 0.15m;
    private const decimal WhenOtherAgrees = 0.40m;
    private const decimal Certain = 0.99m;

    /// <summary>Null when no number of an open invoice is in the text.</summary>
    public static MatchResult? Of(ReceivedMoney payment, MatchCandidates candidates)
    {
        var covering = candidates.Named.Where(hit => !candidates.Named.Any(other => other.Number.Covers(hit.Number))).ToList();
        var (hits, isOfTwo) = AsWritten(covering);
        if (hits.Count == 0)
        {
            return null;
        }

        var customers = hits.GroupBy(hit => hit.Item.Account).Select(group => (IsStrong: group.Any(hit => !hit.Number.IsWeak), Hits: group.ToList())).ToList();
        if (customers.Exists(customer => customer.IsStrong))
        {
            customers.RemoveAll(customer => !customer.IsStrong);
        }

        var found = customers.ConvertAll(customer => Suggest(payment, candidates, customer.Hits));
        var agreed = found.FindAll(suggestion => suggestion.Evidence.Any(IsOfCustomer));

        // Two customers have an invoice of this number. Who pays tells them apart, the amount alone does not.
        var isAmbiguous = isOfTwo || (found.Count > 1 && agreed.Count != 1);
        if (found.Count > 1 && agreed.Count == 1)
        {
            found = found.ConvertAll(one => ReferenceEquals(one, agreed[0]) ? one : one with { Confidence = one.Confidence - WhenOtherAgrees });
        }

        return new MatchResult([.. found.OrderByDescending(suggestion => suggestion.Confidence).ThenBy(suggestion => suggestion.Account.Value, StringComparer.Ordinal)], isAmbiguous);
    }

    // RE-1/23 and RE-12/3 are one key: who writes one of them means that, and who writes neither names both of a customer's.
    private static (List<(NamedNumber Number, OpenInstalment Item)> Hits, bool IsOfTwo) AsWritten(List<(NamedNumber Number, OpenInstalment Item)> hits)
    {
        static bool IsWritten((NamedNumber Number, OpenInstalment Item) hit) => string.Equals(hit.Number.Literal, hit.Item.Number.Value, StringComparison.OrdinalIgnoreCase);
        var kept = new List<(NamedNumber Number, OpenInstalment Item)>();
        var isOfTwo = false;
        foreach (var ofKey in hits.GroupBy(hit => hit.Number.Key, StringComparer.Ordinal))
        {
            var written = ofKey.Where(IsWritten).ToList();
            kept.AddRange(written.Count > 0 ? written : ofKey);
            isOfTwo |= written.Count == 0 && ofKey.GroupBy(hit => hit.Item.Account).Any(ofAccount => ofAccount.Select(hit => hit.Item.Number).Distinct().Count() > 1);
        }

        return (kept, isOfTwo);
    }

    private static bool IsOfCustomer(Evidence evidence) => evidence is Evidence.Iban or Evidence.AccountNumber or Evidence.Name;

    private static Suggestion Suggest(ReceivedMoney payment, MatchCandidates candidates, List<(NamedNumber Number, OpenInstalment Item)> hits)
    {
        // A year beside a number is no number of its own, unless the amount says so.
        var all = Distinct(hits);
        var strong = Distinct(hits.Where(hit => !hit.Number.IsWeak));
        var items = strong.Count == 0 || (all.Sum(item => item.Open) == payment.Amount.Minor && strong.Sum(item => item.Open) != payment.Amount.Minor) ? all : strong;
        var isStructured = hits.Exists(hit => hit.Number.IsStructured);
        var evidence = new List<Evidence> { isStructured ? Evidence.StructuredReference : Evidence.InvoiceNumber };
        var (confidence, fit, allocations) = Fit(payment.Amount.Minor, items);
        if (fit is { } why)
        {
            evidence.Add(why);
        }

        confidence += isStructured ? OfStructured : 0;
        var account = items[0].Account;
        evidence.AddRange(CustomerEvidence.Of(payment, account, items[0].Name, candidates));
        confidence -= strong.Count == 0 ? WhenWeak : 0;
        if (evidence.Exists(IsOfCustomer))
        {
            confidence += WhenAgreed;
        }
        else
        {
            confidence -= candidates.Known.Any(known => known.By == FoundBy.Iban) ? WhenOtherPays : 0;
        }

        return new Suggestion(account, items[0].Name, Math.Min(Certain, confidence), evidence, allocations);
    }

    private static List<OpenInstalment> Distinct(IEnumerable<(NamedNumber Number, OpenInstalment Item)> hits) =>
        [.. hits.Select(hit => hit.Item).Distinct().OrderBy(item => item.DueDate).ThenBy(item => item.IssueDate)
            .ThenBy(item => item.Number.Value, StringComparer.Ordinal).ThenBy(item => item.Instalment)];

    private static (decimal Confidence, Evidence? Why, IReadOnlyList<SuggestedAllocation> Allocations) Fit(long amount, List<OpenInstalment> items)
    {
        var total = items.Sum(item => item.Open);
        var isOne = items.TrueForAll(item => item.Number == items[0].Number);
        var run = SetSearch.RunOf([.. items.Select(item => item.Open)], amount);
        if (run > 0 && (run == items.Count || isOne || run == items.Count(item => !item.IsRetained)))
        {
            return (Exact, Evidence.ExactAmount, Allocation.Whole(items.Take(run)));
        }

        if (ByPart.OfAll(items, amount) is { } part)
        {
            return (Exact - ByPart.Less, ByPart.EvidenceOf(part), ByPart.Whole(items, part));
        }

        if (amount > total)
        {
            return (TooMuch, Evidence.OverPayment, Allocation.Whole(items));
        }

        return run > 0
            ? (InPart, Evidence.OldestFirst, Allocation.Whole(items.Take(run)))
            : (isOne ? InPart : SomeOfThem, Evidence.PartPayment, Allocation.InOrder(items, amount));
    }
}

/// <summary>Makes what a payment would pay.</summary>
internal static class Allocation
{
    public static IReadOnlyList<SuggestedAllocation> Whole(IEnumerable<OpenInstalment> items) =>
        [.. items.Select(item => new SuggestedAllocation(item.Number, item.Instalment, item.Open))];

    public static IReadOnlyList<SuggestedAllocation> InOrder(IEnumerable<OpenInstalment> items, long amount)
    {
        var allocations = new List<SuggestedAllocation>();
        foreach (var item in items.TakeWhile(_ => amount > 0))
        {
            allocations.Add(new SuggestedAllocation(item.Number, item.Instalment, Math.Min(amount, item.Open)));
            amount -= Math.Min(amount, item.Open);
        }

        return allocations;
    }
}

/// <summary>What says who pays.</summary>
internal static class CustomerEvidence
{
    public static IEnumerable<Evidence> Of(ReceivedMoney payment, AccountId account, string? name, MatchCandidates candidates)
    {
        foreach (var by in candidates.Known.Where(known => known.Account == account && known.By != FoundBy.Name).Select(known => known.By).Distinct().Order())
        {
            yield return by == FoundBy.Iban ? Evidence.Iban : Evidence.AccountNumber;
        }

        if (PartyName.IsSame(payment.Text.Party, name))
        {
            yield return Evidence.Name;
        }
    }
}
