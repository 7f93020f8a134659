using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Decisions;

/// <summary>A stored decision with all it stood on; amounts are in the account's currency.</summary>
/// <param name="DecisionId">Its id.</param>
/// <param name="AccountId">Whose it is.</param>
/// <param name="Decision">What it says.</param>
/// <param name="Reasons">Every rule that did not pass, in order of precedence.</param>
/// <param name="AccountCurrency">The currency of the amounts here, in the reasons and in the facts.</param>
/// <param name="Limit">Effective limit without tolerance; null = no ceiling, or not known for want of a rate (NO_RATE).</param>
/// <param name="LimitScope">Where the limit came from.</param>
/// <param name="ExposureAfter">Exposure with the document; null without a rate.</param>
/// <param name="Available">What was left after the answer; null as the limit is.</param>
/// <param name="PolicyVersion">The policies in force.</param>
/// <param name="By">Who asked, by id.</param>
/// <param name="Facts">The inputs.</param>
internal sealed record StoredDecisionView(
    string DecisionId, AccountId AccountId, DecisionOutcome Decision, IReadOnlyList<RuleReason> Reasons, Currency AccountCurrency, decimal? Limit,
    string LimitScope, decimal? ExposureAfter, decimal? Available, long PolicyVersion, string? By, FactsView Facts)
{
    /// <summary>The view of a stored decision.</summary>
    public static StoredDecisionView Of(StoredDecision stored)
    {
        var view = DecisionView.Of(stored.Decision);
        return new StoredDecisionView(
            view.DecisionId, stored.Account, view.Decision, view.Reasons, view.AccountCurrency, view.Limit, view.LimitScope, view.ExposureAfter,
            view.Available, view.PolicyVersion, stored.By, FactsView.Of(stored.Decision.Facts));
    }
}
