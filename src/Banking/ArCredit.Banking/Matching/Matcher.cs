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
        var result = NumberMatch.Of(payment, candidates) ?? customers.Of(payment, candidates) ?? ByAmount(payment.Amount.Minor, candidates);
        return new MatchResult(
            [.. result.Suggestions.DistinctBy(suggestion => suggestion.Id).Take(MaxSuggestions)], result.IsAmbiguous || (candidates.IsCut && result.Suggestions.Count > 0));
    }

    private static MatchResult ByAmount(long amount, MatchCandidates candidates)
    {
        var items = candidates.SameAmount;
        var sure = items.Count == 1 ? AmountAlone : OneOfSeveral;
        return new MatchResult([.. items.Select(item => ByPart.OfItem(item, amount) is { } part
            ? new Suggestion(item.Account, item.Name, sure, [ByPart.EvidenceOf(part)], ByPart.Whole([item], part))
            : new Suggestion(item.Account, item.Name, sure, [Evidence.ExactAmount], Allocation.Whole([item])))], items.Count > 1);
    }
}
