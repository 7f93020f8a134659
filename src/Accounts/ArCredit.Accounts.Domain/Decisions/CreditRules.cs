using System.Globalization;
using System.Numerics;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Decisions;

/// <summary>
/// The credit decision: every rule over one record of facts. Pure, so that a stored decision can be replayed and tried
/// under another policy.
/// </summary>
public static class CreditRules
{
    private delegate RuleReason? Rule(in Case given);

    // In order of precedence; reasons come out in this order.
    private static readonly Rule[] Rules =
    [
        AccountClosed, AccountBlocked, CurrencyNotAllowed, NoRate, BuyerNotAuthorised, ReferenceRequired, DocumentTooLarge,
        LimitExceeded, LimitExpired, OverdueDays, OverdueAmount, OverdueAndNearLimit,
        BrokenPromise,
    ];

    /// <summary>All codes decided now, in order of precedence.</summary>
    public static IReadOnlyList<string> Codes { get; } =
    [
        RuleCodes.AccountClosed, RuleCodes.AccountBlocked, RuleCodes.CurrencyNotAllowed, RuleCodes.NoRate, RuleCodes.BuyerNotAuthorised,
        RuleCodes.ReferenceRequired, RuleCodes.DocumentTooLarge, RuleCodes.LimitExceeded, RuleCodes.LimitExpired, RuleCodes.OverdueDays,
        RuleCodes.OverdueAmount, RuleCodes.OverdueAndNearLimit, RuleCodes.BrokenPromise,
    ];

    /// <summary>Decides. The worst action wins; worst = warn is approved with reasons.</summary>
    public static DecisionRecord Decide(string decisionId, DecisionFacts facts, EffectivePolicy policy, long policyVersion)
    {
        var limit = EffectiveLimit.Of(facts.Limits, policy, facts.Currency, facts.PolicyRate, facts.Today);
        var before = facts.Exposure.Total;
        var after = before - facts.Replaced + facts.Credit;
        var given = new Case(facts, policy, limit, before, after);
        List<RuleReason>? reasons = null;
        var worst = RuleAction.Off;
        foreach (var rule in Rules)
        {
            if (rule(given) is { Action: not RuleAction.Off } reason)
            {
                (reasons ??= []).Add(reason);
                worst = reason.Action > worst ? reason.Action : worst;
            }
        }

        var outcome = worst switch
        {
            RuleAction.Off or RuleAction.Warn => DecisionOutcome.Approved,
            RuleAction.Refer => DecisionOutcome.Referred,
            RuleAction.Decline => DecisionOutcome.Declined,
        };
        return new DecisionRecord(
            decisionId, outcome, reasons ?? (IReadOnlyList<RuleReason>)[], limit.Amount, limit.Scope, after,
            limit.Amount - facts.WrittenOff - (outcome == DecisionOutcome.Approved && facts.Earmarks ? after ?? before : before), policyVersion, facts);
    }

    private static RuleReason? AccountClosed(in Case given) =>
        given.Facts.Closed
            ? given.Fails(RuleCodes.AccountClosed, RuleScopes.Account, "The account is closed.")
            : null;

    private static RuleReason? AccountBlocked(in Case given)
    {
        var paidInFull = given.PaidInFull;
        var holding = given.Facts.Blocks.Where(block => block.AllSales || !paidInFull).Select(block => block.Name).ToArray();
        return holding.Length == 0
            ? null
            : given.Fails(RuleCodes.AccountBlocked, RuleScopes.Account, $"The account is blocked: {string.Join(", ", holding)}.");
    }

    private static RuleReason? CurrencyNotAllowed(in Case given) =>
        !given.PaidInFull && given.Policy.Currencies is { } rule && !rule.Value.Allowed.Contains(given.Facts.DocumentCurrency)
            ? given.Fails(
                RuleCodes.CurrencyNotAllowed, rule.Scope,
                $"{given.Facts.DocumentCurrency} is not among the allowed currencies ({string.Join(", ", rule.Value.Allowed)}).", rule.Value.Action)
            : null;

    private static RuleReason? NoRate(in Case given)
    {
        if (given.PaidInFull || (given.Facts.Rate is not null && !given.Limit.RateMissing && !given.ThresholdUnknown))
        {
            return null;
        }

        var from = given.Facts.Rate is null ? given.Facts.DocumentCurrency.Code : "the company's currency";
        var reason = given.Fails(
            RuleCodes.NoRate, RuleScopes.Shipped, $"No rate from {from} to {given.Facts.Currency} is published on or before {Day(given.Facts.Today)}.",
            RuleAction.Refer);

        // A policy may make this stricter; made softer it would approve an amount that nobody knows.
        return reason.Action < RuleAction.Refer ? reason with { Action = RuleAction.Refer } : reason;
    }

    private static RuleReason? BuyerNotAuthorised(in Case given)
    {
        var facts = given.Facts;

        if (given.PaidInFull || !facts.BuyersNamed)
        {
            return null;
        }

        if (facts.BuyerParts is { Count: > 1 } parts)
        {
            // One reason for each code: that of the first buyer who is not authorised.
            foreach (var part in parts)
            {
                if (part.Credit > 0 && NotAuthorised(given, part.Buyer, part.Credit, $"Buyer {part.BuyerId}") is { } reason)
                {
                    return reason;
                }
            }

            return null;
        }

        // An invoice is posted by the billing system, which has no buyer: the sale behind it was tested.
        if (facts.BuyerId is null)
        {
            return facts.Checkpoint == Checkpoint.Invoice
                ? null
                : given.Fails(RuleCodes.BuyerNotAuthorised, RuleScopes.Account, "No buyer is named.");
        }

        return facts.BuyerParts is [var own]
            ? own.Credit > 0 ? NotAuthorised(given, own.Buyer, own.Credit, "The buyer") : null
            : NotAuthorised(given, facts.Buyer, facts.WholeCredit, "The buyer");
    }

    private static RuleReason? NotAuthorised(in Case given, Buyer? known, long? credit, string who)
    {
        if (known is not { } buyer)
        {
            return given.Fails(RuleCodes.BuyerNotAuthorised, RuleScopes.Account, $"{who} is not on the account's list.");
        }

        if (buyer.ValidTo < given.Facts.Today)
        {
            return given.Fails(RuleCodes.BuyerNotAuthorised, RuleScopes.Buyer, $"{who} had authority until {Day(buyer.ValidTo.Value)}.");
        }

        return buyer.Limit is { } limit && credit > limit
            ? given.FailsOnAmount(
                RuleCodes.BuyerNotAuthorised, RuleScopes.Buyer,
                given.Facts.BuyerParts is null ? "The document is above the buyer's limit" : $"{who} has more of the document than their limit allows",
                credit.Value, limit)
            : null;
    }

    private static RuleReason? ReferenceRequired(in Case given) =>
        !given.PaidInFull && given.Facts.ReferenceRequired && string.IsNullOrWhiteSpace(given.Facts.Reference)
            ? given.Fails(RuleCodes.ReferenceRequired, RuleScopes.Account, "The account asks for a reference on every document.")
            : null;

    private static RuleReason? DocumentTooLarge(in Case given)
    {
        if (given.PaidInFull || given.Policy.MaxDocument is not { } rule
            || given.Facts.WholeCredit is not { } credit
            || given.InAccountCurrency(rule.Value.Amount) is not { } threshold || credit <= threshold)
        {
            return null;
        }

        return given.FailsOnAmount(
            RuleCodes.DocumentTooLarge, rule.Scope, "The document's credit part is above the largest allowed", credit, threshold, rule.Value.Action);
    }

    private static RuleReason? LimitExceeded(in Case given)
    {
        if (given.PaidInFull || given.Limit.Amount is not { } limit || given.After is not { } after)
        {
            return null;
        }

        // Compared as exact decimals: limit 10.30 with 5 % passes 10.81 and fails 10.82.
        var tolerance = given.Policy.TolerancePercent.Value;
        var ceiling = limit + (limit * tolerance / 100m);
#if PLANTED_BUGS
        ceiling -= Planted.Is("limit-met-is-exceeded") && after == ceiling ? 1 : 0;
#endif
        return after <= ceiling
            ? null
            : given.FailsOnAmount(
                RuleCodes.LimitExceeded, given.Limit.Scope,
                tolerance == 0 ? "Exposure would be above the limit" : $"Exposure would be above the limit with {Number(tolerance)} % tolerance",
                after, ceiling);
    }

    private static RuleReason? LimitExpired(in Case given)
    {
        var facts = given.Facts;
        if (given.PaidInFull || given.Limit.IsTemporary || facts.Limits.ExpiresOn is not { } last || facts.Today <= last)
        {
            return null;
        }

        var days = facts.Today.DayNumber - last.DayNumber;
        return given.Fails(
            RuleCodes.LimitExpired, RuleScopes.Account, $"The limit expired on {Day(last)}, {Days(days)} ago.", RuleAction.Decline, days, 0);
    }

    private static RuleReason? OverdueDays(in Case given)
    {
        if (given.PaidInFull || given.Policy.OverdueDays is not { } rule
            || given.InAccountCurrency(rule.Value.IgnoreBelow ?? 0) is not { } ignoreBelow)
        {
            return null;
        }

        var oldest = given.Overdue.Steps.FirstOrDefault(step => step.LargestItem >= ignoreBelow);
        if (oldest is null || given.Facts.Today.DayNumber - oldest.DueDate.DayNumber is var days && days <= rule.Value.Days)
        {
            return null;
        }

        return given.Fails(
            RuleCodes.OverdueDays, rule.Scope, $"The oldest overdue item is {Days(days)} overdue; up to {rule.Value.Days} {(rule.Value.Days == 1 ? "is" : "are")} allowed.",
            rule.Value.Action, days, rule.Value.Days);
    }

    private static RuleReason? OverdueAmount(in Case given)
    {
        if (given.PaidInFull || given.Policy.OverdueAmount is not { } rule
            || given.InAccountCurrency(rule.Value.Amount) is not { } amount || given.Overdue.Amount <= amount)
        {
            return null;
        }

        // A limit of 0 is over every share; without a ceiling there is no share to be over. A limit that is not known refers anyway.
        if (rule.Value.ShareOfLimit is not { } share)
        {
            return given.FailsOnAmount(
                RuleCodes.OverdueAmount, rule.Scope, "The overdue amount is above what is allowed", given.Overdue.Amount, amount, rule.Value.Action);
        }

        var ofLimit = given.Limit.Amount * share / 100m;
        if (ofLimit is not { } part || given.Overdue.Amount <= part)
        {
            return null;
        }

        // Both must be passed, so the larger one is what it was held against.
        var allowed = part > amount ? string.Empty : "what is allowed and above ";
        return given.FailsOnAmount(
            RuleCodes.OverdueAmount, rule.Scope, $"The overdue amount is above {allowed}{Number(share)} % of the limit", given.Overdue.Amount,
            Math.Max(amount, part), rule.Value.Action);
    }

    private static RuleReason? OverdueAndNearLimit(in Case given)
    {
        if (given.PaidInFull || given.Policy.NearLimit is not { } rule || given.Overdue.OldestDueDate is not { } oldest)
        {
            return null;
        }

        var days = given.Facts.Today.DayNumber - oldest.DayNumber;
        var utilization = given.Limit.Utilization(given.Before) * 100m;
        var near = utilization >= rule.Value.Utilization || (given.Limit.Amount == 0 && given.Before > 0);
        if (days < rule.Value.Days || !near)
        {
            return null;
        }

        var reached = utilization is null
            ? "has no limit to use"
            : $"has reached {Number(decimal.Round(utilization.Value, 2, MidpointRounding.ToEven))} % of the credit limit (from {Number(rule.Value.Utilization)} %)";
        return given.Fails(
            RuleCodes.OverdueAndNearLimit, rule.Scope, $"The customer is {Days(days)} overdue (from {rule.Value.Days}) and {reached}.",
            rule.Value.Action,
            utilization is null ? null : decimal.Round(utilization.Value / 100m, 6, MidpointRounding.ToEven), rule.Value.Utilization / 100m);
    }

    private static RuleReason? BrokenPromise(in Case given) =>
        !given.PaidInFull && given.Facts.BrokenPromises is > 0 and var broken && given.IsOn(RuleCodes.BrokenPromise, RuleAction.Off)
        ? given.Fails(
            RuleCodes.BrokenPromise, RuleScopes.Shipped,
            $"{broken} {(broken == 1 ? "promise" : "promises")} to pay what is still open {(broken == 1 ? "was" : "were")} not kept.", RuleAction.Off, broken, 0)
        : null;

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Days(int days) => days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days} days");

    private static string Number(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    private readonly record struct Case(DecisionFacts Facts, EffectivePolicy Policy, EffectiveLimit Limit, long Before, long? After)
    {
        /// <summary>
        /// Without what is disputed, in a payment plan, claimed or retained, unless the policy counts that; null facts = there is none of it.
        /// </summary>
        public OverdueFacts Overdue => WithMore ?? (Policy.Disputes.CountAsOverdue ? Facts.OverdueWithDisputed : null, Policy.Plans.CountAsOverdue ? Facts.OverdueWithPlanned : null) switch
        {
            (null, null) => Facts.Overdue,
            ({ } withDisputed, null) => withDisputed,
            (null, { } withPlanned) => withPlanned,
            _ => Facts.OverdueWithAll ?? Facts.Overdue,
        };

        // Of claims and retentions there is each combination of what there is: the one with all that the policy counts of it.
        private OverdueFacts? WithMore
        {
            get
            {
                if (Facts.OverdueWithMore is not { Count: > 0 } more)
                {
                    return null;
                }

                var counted = Policy.CountedAsOverdue;
                return more.Where(each => (Of(each) & ~counted) == Counted.None).MaxBy(each => BitOperations.PopCount((uint)Of(each)))?.Overdue;
            }
        }

        private static Counted Of(OverdueWith with) =>
            (with.Disputed ? Counted.Disputed : Counted.None) | (with.Planned ? Counted.Planned : Counted.None)
            | (with.Claims ? Counted.Claims : Counted.None) | (with.Retained ? Counted.Retained : Counted.None);

        /// <summary>No credit is asked for: only closed accounts and blocks of all sales stop it.</summary>
        public bool PaidInFull => Facts.Amount == Facts.Paid;

        /// <summary>A rule that would be tested names an amount that cannot be converted: it may not pass for that.</summary>
        public bool ThresholdUnknown => Facts.PolicyRate is null
            && ((Policy.MaxDocument is { Value: { Amount: not 0, Action: var document } } && IsOn(RuleCodes.DocumentTooLarge, document))
                || (Overdue.OldestDueDate is not null
                    && ((Policy.OverdueAmount is { Value: { Amount: not 0, Action: var amount } } && IsOn(RuleCodes.OverdueAmount, amount))
                        || (Policy.OverdueDays is { Value: { IgnoreBelow: not (null or 0), Action: var days } } && IsOn(RuleCodes.OverdueDays, days)))));

        public long? InAccountCurrency(decimal amount) =>
            amount == 0 ? 0 : EffectiveLimit.PolicyAmount(amount, Facts.Currency, Facts.PolicyRate);

        // The actions of a policy may switch a rule off, or on, whatever the rule's own field says.
        public bool IsOn(string code, RuleAction own) => Policy.ActionOf(code, new(own, RuleScopes.Shipped)).Value != RuleAction.Off;

        public RuleReason Fails(
            string code, string scope, string message, RuleAction action = RuleAction.Decline, decimal? actual = null, decimal? threshold = null)
        {
            var chosen = Policy.ActionOf(code, new(action, scope));
            return new RuleReason(code, chosen.Value, message, actual, threshold, scope);
        }

        public RuleReason FailsOnAmount(
            string code, string scope, string message, long actual, decimal threshold, RuleAction action = RuleAction.Decline)
        {
            var found = Money.ToDecimal(actual, Facts.Currency);

            // At the currency's scale, or exactly: 10.82 is above 10.815, not above "10.82".
            var held = (threshold / Facts.Currency.MinorPerMajor) + Money.ToDecimal(0, Facts.Currency);
            return Fails(code, scope, string.Create(CultureInfo.InvariantCulture, $"{message}: {found} against {held} {Facts.Currency}."), action, found, held);
        }
    }
}
