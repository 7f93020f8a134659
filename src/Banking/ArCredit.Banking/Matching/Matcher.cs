namespace ArCredit.Banking.Matching;

/// <summary>
/// Decides what a payment is. Stages in their order: numbers of invoices, the payer's bank account or customer number, the exact
/// amount and the set that sums up there, then the name, then the amount alone. The first stage that finds something ends the search.
/// </summary>
internal sealed class Matcher(SetSearch sets)
{
    /// <summary>Most suggestions of a payment.</summary>
    public const int MaxSuggestions = 10;

    private const decimal AmountAlone = 0.60m;
    private const decimal OneOfSeveral = 0.40m;

    private readonly CustomerMatch customers = new(sets);

    /// <summary>The result holds at most <see cref="MaxSuggestions"/>, the best first.</summary>
    public MatchResult Match(ReceivedMoney payment, MatchCandidates candidates)
    {
        var result = NumberMatch.Of(payment, candidates) ?? customers.Of(payment, candidates) ?? ByAmount(candidates);
        return new MatchResult(
            [.. result.Suggestions.DistinctBy(suggestion => suggestion.Id).Take(MaxSuggestions)], result.IsAmbiguous || (candidates.IsCut && result.Suggestions.Count > 0));
    }

    private static MatchResult ByAmount(MatchCandidates candidates)
    {
        var items = candidates.SameAmount;
        return new MatchResult(
            [.. items.Select(item => new Suggestion(
                item.Account, item.Name, items.Count == 1 ? AmountAlone : OneOfSeveral, [Evidence.ExactAmount], Allocation.Whole([item])))],
            items.Count > 1);
    }
}
