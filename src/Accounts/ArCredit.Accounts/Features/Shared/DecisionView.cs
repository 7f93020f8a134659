using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>A decision as callers see it; amounts are in the account's currency.</summary>
/// <param name="DecisionId">Finds it again.</param>
/// <param name="Decision">What it says.</param>
/// <param name="Reasons">Every rule that did not pass, in order of precedence.</param>
/// <param name="AccountCurrency">The currency of the amounts here and in the reasons.</param>
/// <param name="Limit">Effective limit without tolerance; null = no ceiling, or not known for want of a rate (NO_RATE).</param>
/// <param name="LimitScope">Where the limit comes from.</param>
/// <param name="ExposureAfter">Exposure with the document; null without a rate.</param>
/// <param name="Available">What is left after the answer; null as the limit is.</param>
/// <param name="PolicyVersion">The policies in force.</param>
/// <param name="Recorded">False on a credit check, whose record follows later and may be lost in a crash; left out elsewhere.</param>
internal sealed record DecisionView(
    string DecisionId, DecisionOutcome Decision, IReadOnlyList<RuleReason> Reasons, Currency AccountCurrency, decimal? Limit, string LimitScope,
    decimal? ExposureAfter, decimal? Available, long PolicyVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Recorded)
{
    /// <summary>The view of a stored decision.</summary>
    public static DecisionView Of(DecisionRecord decision, bool? recorded = null)
    {
        var currency = decision.Facts.Currency;
        return new DecisionView(
            decision.Id, decision.Outcome, decision.Reasons, currency, Amounts.Of(decision.Limit, currency), decision.LimitScope,
            Amounts.Of(decision.ExposureAfter, currency), Amounts.Of(decision.Available, currency), decision.PolicyVersion, recorded);
    }
}

/// <summary>Minor units as callers see them.</summary>
internal static class Amounts
{
    /// <summary>At the currency's scale.</summary>
    public static decimal Of(long minor, Currency currency) => Money.ToDecimal(minor, currency);

    /// <summary>The same; null stays null.</summary>
    public static decimal? Of(long? minor, Currency currency) => minor is { } known ? Money.ToDecimal(known, currency) : null;
}
