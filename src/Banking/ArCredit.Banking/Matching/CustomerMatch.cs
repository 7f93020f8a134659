using ArCredit.Accounts.Contracts;

namespace ArCredit.Banking.Matching;

/// <summary>Payments of customers that are known by their bank account, their number or their name: which of their items is meant?</summary>
internal sealed class CustomerMatch(SetSearch sets)
{
    private const decimal ByIban = 0.95m;
    private const decimal ByAccountNumber = 0.93m;
    private const decimal ByName = 0.85m;
    private const decimal WhenAgreed = 0.02m;
    private const decimal ForRun = 0.03m;
    private const decimal ForSet = 0.05m;
    private const decimal WhenShared = 0.05m;
    private const decimal OneOfSeveral = 0.60m;
    private const decimal CustomerOnly = 0.55m;
    private const int MaxOfOneAmount = 5;

    /// <summary>Null when no customer is known.</summary>
    public MatchResult? Of(ReceivedMoney payment, MatchCandidates candidates)
    {
        var customers = candidates.Known.GroupBy(known => known.Account).Select(group => group.OrderBy(known => known.By).ToList()).ToList();
        if (customers.Count == 0)
        {
            return null;
        }

        var begun = sets.Begin();
        var fits = customers.ConvertAll(customer => Fit(payment, candidates, customer, begun));
        var fitting = fits.FindAll(fit => fit.Fits);
        var suggestions = fits.SelectMany(fit => fit.Suggestions);

        // Several customers share a bank account or a name: only what fits one of them alone is told apart.
        if (customers.Count > 1 && fitting.Count == 1)
        {
            suggestions = suggestions.Select(one => one with { Confidence = one.Confidence - WhenShared });
        }

        var isAmbiguous = fitting.Count != 1 ? customers.Count > 1 || fits[0].IsAmbiguous : fitting[0].IsAmbiguous;
        return new MatchResult(
            [.. suggestions.OrderByDescending(suggestion => suggestion.Confidence).ThenBy(suggestion => suggestion.Account.Value, StringComparer.Ordinal)], isAmbiguous);
    }

    private CustomerFit Fit(ReceivedMoney payment, MatchCandidates candidates, List<KnownCustomer> traces, long begun)
    {
        var customer = traces[0];
        var evidence = CustomerEvidence.Of(payment, customer.Account, customer.Name, candidates).ToList();
        var confidence = (customer.By switch { FoundBy.Iban => ByIban, FoundBy.AccountNumber => ByAccountNumber, FoundBy.Name => ByName })
            + (evidence.Count > 1 ? WhenAgreed : 0);
        Suggestion Make(decimal sure, Evidence? why, IReadOnlyList<SuggestedAllocation>? allocations) =>
            new(customer.Account, customer.Name, sure, why is { } reason ? [.. evidence, reason] : evidence, allocations);

        var amount = payment.Amount.Minor;

        // What is retained is not owed yet: it is paid with the rest of its invoice, or when there is nothing else.
        var items = customer.Items.Any(item => !item.IsRetained) ? [.. customer.Items.Where(item => !item.IsRetained)] : customer.Items;
        var exact = items.Where(item => item.Open == amount).Select(item => new[] { item }).Concat(Invoices(customer.Items, amount)).ToList();
        if (exact.Count > 0)
        {
            return new CustomerFit(
                [.. exact.Take(MaxOfOneAmount).Select(one => Make(exact.Count == 1 ? confidence : OneOfSeveral, Evidence.ExactAmount, Allocation.Whole(one)))],
                Fits: true, IsAmbiguous: exact.Count > 1);
        }

        if (ByPart.Find(items, amount) is { Count: > 0 } parts)
        {
            return new CustomerFit(
                [.. parts.Take(MaxOfOneAmount).Select(one => Make(
                    parts.Count == 1 ? confidence - ByPart.Less : OneOfSeveral, ByPart.EvidenceOf(one.Part), ByPart.Whole(one.Items, one.Part)))],
                Fits: true, IsAmbiguous: parts.Count > 1);
        }

        if (SetSearch.RunOf([.. customer.Items.Select(item => item.Open)], amount) is var run and > 0)
        {
            return new CustomerFit([Make(confidence - ForRun, Evidence.OldestFirst, Allocation.Whole(customer.Items.Take(run)))], Fits: true, IsAmbiguous: false);
        }

        var set = sets.Find([.. items.Select(item => item.Open)], amount, begun);
        IReadOnlyList<SuggestedAllocation> ofSet = Allocation.Whole(set.Items.Select(index => items[index]));
        return set.Outcome switch
        {
            SetOutcome.One => new CustomerFit([Make(confidence - ForSet, Evidence.InvoiceSet, ofSet)], Fits: true, IsAmbiguous: false),
            SetOutcome.None => new CustomerFit([Make(CustomerOnly, null, null)], Fits: false, IsAmbiguous: false),
            SetOutcome.Several or SetOutcome.CutShort => new CustomerFit(
                [.. ofSet.Count > 0 ? [Make(OneOfSeveral, Evidence.InvoiceSet, ofSet)] : Array.Empty<Suggestion>(), Make(CustomerOnly, null, null)],
                Fits: ofSet.Count > 0, IsAmbiguous: true),
        };
    }

    // Whole invoices, gross or gross less what is retained of them.
    private static IEnumerable<OpenInstalment[]> Invoices(IReadOnlyList<OpenInstalment> items, long amount) => items.GroupBy(item => item.Number)
        .SelectMany(invoice => invoice.Any(item => item.IsRetained)
            ? new[] { invoice.ToArray(), [.. invoice.Where(item => !item.IsRetained)] }
            : [invoice.ToArray()])
        .Where(invoice => invoice.Length > 1 && invoice.Sum(item => item.Open) == amount);

    private sealed record CustomerFit(IReadOnlyList<Suggestion> Suggestions, bool Fits, bool IsAmbiguous);
}
