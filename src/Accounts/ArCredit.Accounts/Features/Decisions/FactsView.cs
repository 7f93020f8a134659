using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Decisions;

/// <summary>
/// The inputs of a decision as callers see them. Amounts are in the account's currency unless said otherwise; null = unknown
/// when the decision was made.
/// </summary>
/// <param name="At">Business instant.</param>
/// <param name="Today">Its date in the company's zone.</param>
/// <param name="Checkpoint">Where the document stood.</param>
/// <param name="Company">The company.</param>
/// <param name="Segment">The segment, if any.</param>
/// <param name="DocumentCurrency">The document's currency.</param>
/// <param name="Amount">The document's amount, its currency.</param>
/// <param name="Paid">Paid on the spot, the document's currency.</param>
/// <param name="Rate">Units of account currency per unit of the document's.</param>
/// <param name="RateDate">The day that rate is of.</param>
/// <param name="Credit">Amount less paid.</param>
/// <param name="Replaced">Exposure that the document already had.</param>
/// <param name="DocumentCredit">Credit part of the whole document, where less than that was asked for; null = <paramref name="Credit"/>.</param>
/// <param name="Earmarks">False for a question only, which took nothing from what was available.</param>
/// <param name="PolicyRate">Units of account currency per unit of the company's.</param>
/// <param name="Closed">The account was closed.</param>
/// <param name="Blocks">All blocks.</param>
/// <param name="Limits">The account's own limits.</param>
/// <param name="Exposure">Before the document.</param>
/// <param name="Overdue">On that day.</param>
/// <param name="BuyersNamed">The account names who may buy.</param>
/// <param name="BuyerId">Who bought.</param>
/// <param name="Buyer">As the account knew them.</param>
/// <param name="BuyerParts">Of an invoice that captures reservations of buyers: what each has of it.</param>
/// <param name="ReferenceRequired">The account asks for a reference.</param>
/// <param name="Reference">The customer's own order reference.</param>
/// <param name="GroupLimit">Group limit.</param>
/// <param name="GroupExposure">Group exposure.</param>
/// <param name="DunningLevel">Highest level on open lines.</param>
/// <param name="BrokenPromises">Broken promises and payment plans.</param>
/// <param name="DaysBeyondTerms">Average days beyond terms.</param>
/// <param name="RiskClass">Risk class.</param>
/// <param name="Terms">Terms the document asked for.</param>
/// <param name="Velocity">Approved less released in the sliding window.</param>
/// <param name="LargestDocument">Largest of the last documents.</param>
/// <param name="AgreedTerms">The account's own terms, else its policy's.</param>
/// <param name="DeliveryDate">Of an order.</param>
/// <param name="OverdueWithDisputed">The same with what was disputed; null = nothing was.</param>
/// <param name="OverdueWithPlanned">The same with what was in a payment plan; null = nothing was.</param>
/// <param name="OverdueWithAll">The same with both; null = nothing was disputed, or nothing in a plan.</param>
/// <param name="OverdueWithMore">The same with claims or retentions past their days, each with all that a policy may count beside them; null = there were none.</param>
/// <param name="WrittenOff">Bad debt that made nothing available.</param>
internal sealed record FactsView(
    DateTimeOffset At, DateOnly Today, Checkpoint Checkpoint, string Company, string? Segment, Currency DocumentCurrency, decimal Amount, decimal Paid,
    decimal? Rate, DateOnly? RateDate, decimal? Credit, decimal Replaced, decimal? DocumentCredit, bool Earmarks,
    decimal? PolicyRate, bool Closed, IReadOnlyList<BlockFacts> Blocks, FactsLimits Limits,
    ExposureShown Exposure, FactsOverdue Overdue, bool BuyersNamed, string? BuyerId, FactsBuyer? Buyer, IReadOnlyList<FactsBuyerPart>? BuyerParts,
    bool ReferenceRequired, string? Reference, decimal? GroupLimit, decimal? GroupExposure, int? DunningLevel, int? BrokenPromises, decimal? DaysBeyondTerms,
    string? RiskClass, PaymentTerms? Terms, decimal? Velocity, decimal? LargestDocument, PaymentTerms? AgreedTerms, DateOnly? DeliveryDate,
    FactsOverdue? OverdueWithDisputed, FactsOverdue? OverdueWithPlanned, FactsOverdue? OverdueWithAll,
    IReadOnlyList<FactsOverdueWith>? OverdueWithMore, decimal WrittenOff)
{
    /// <summary>The view of stored facts.</summary>
    public static FactsView Of(DecisionFacts facts)
    {
        var currency = facts.Currency;
        return new FactsView(
            facts.At, facts.Today, facts.Checkpoint, facts.Company, facts.Segment, facts.DocumentCurrency,
            Amounts.Of(facts.Amount, facts.DocumentCurrency), Amounts.Of(facts.Paid, facts.DocumentCurrency), facts.Rate, facts.RateDate,
            Amounts.Of(facts.Credit, currency), Amounts.Of(facts.Replaced, currency), Amounts.Of(facts.DocumentCredit, currency),
            facts.Earmarks, facts.PolicyRate, facts.Closed, facts.Blocks, FactsLimits.Of(facts.Limits, currency), ExposureShown.Of(facts.Exposure, currency),
            FactsOverdue.Of(facts.Overdue, currency), facts.BuyersNamed, facts.BuyerId, FactsBuyer.Of(facts.Buyer, currency),
            facts.BuyerParts is { } parts ? [.. parts.Select(part => FactsBuyerPart.Of(part, currency))] : null,
            facts.ReferenceRequired, facts.Reference, Amounts.Of(facts.GroupLimit, currency), Amounts.Of(facts.GroupExposure, currency),
            facts.DunningLevel, facts.BrokenPromises, facts.DaysBeyondTerms, facts.RiskClass, facts.Terms, Amounts.Of(facts.Velocity, currency),
            Amounts.Of(facts.LargestDocument, currency), facts.AgreedTerms, facts.DeliveryDate,
            facts.OverdueWithDisputed is { } disputed ? FactsOverdue.Of(disputed, currency) : null,
            facts.OverdueWithPlanned is { } planned ? FactsOverdue.Of(planned, currency) : null,
            facts.OverdueWithAll is { } all ? FactsOverdue.Of(all, currency) : null,
            facts.OverdueWithMore is { } more ? [.. more.Select(each => FactsOverdueWith.Of(each, currency))] : null, Amounts.Of(facts.WrittenOff, currency));
    }
}

/// <summary>The account's own limits.</summary>
internal sealed record FactsLimits(decimal? CreditLimit, bool Unlimited, FactsTemporaryLimit? TemporaryLimit, DateOnly? LimitExpiresOn)
{
    public static FactsLimits Of(Limits limits, Currency currency) => new(
        Amounts.Of(limits.CreditLimit, currency), limits.Unlimited,
        limits.Temporary is { } temporary ? new FactsTemporaryLimit(Amounts.Of(temporary.Amount, currency), temporary.From, temporary.To) : null,
        limits.ExpiresOn);
}

/// <summary>A limit for some days, both inside.</summary>
internal sealed record FactsTemporaryLimit(decimal Amount, DateOnly From, DateOnly To);

/// <summary>What was overdue after unapplied credits.</summary>
/// <param name="Amount">The sum.</param>
/// <param name="OldestDueDate">Null when nothing was overdue.</param>
/// <param name="Steps">The oldest due date at which an item at least this large was overdue.</param>
internal sealed record FactsOverdue(decimal Amount, DateOnly? OldestDueDate, IReadOnlyList<FactsOverdueStep> Steps)
{
    public static FactsOverdue Of(OverdueFacts overdue, Currency currency) => new(
        Amounts.Of(overdue.Amount, currency), overdue.OldestDueDate,
        [.. overdue.Steps.Select(step => new FactsOverdueStep(step.DueDate, Amounts.Of(step.LargestItem, currency)))]);
}

/// <summary>What was overdue with what is usually left out.</summary>
/// <param name="Disputed">What was disputed counts.</param>
/// <param name="Planned">What was in a payment plan counts.</param>
/// <param name="Claims">Claims count.</param>
/// <param name="Retained">Retentions count whose expected day had passed.</param>
/// <param name="Overdue">All of that.</param>
internal sealed record FactsOverdueWith(bool Disputed, bool Planned, bool Claims, bool Retained, FactsOverdue Overdue)
{
    public static FactsOverdueWith Of(OverdueWith with, Currency currency) =>
        new(with.Disputed, with.Planned, with.Claims, with.Retained, FactsOverdue.Of(with.Overdue, currency));
}

/// <summary>A step of the overdue stair.</summary>
internal sealed record FactsOverdueStep(DateOnly DueDate, decimal LargestItem);

/// <summary>A buyer as the account knew them.</summary>
internal sealed record FactsBuyer(string Id, decimal? Limit, DateOnly? ValidTo)
{
    public static FactsBuyer? Of(Buyer? buyer, Currency currency) =>
        buyer is null ? null : new FactsBuyer(buyer.Id, Amounts.Of(buyer.Limit, currency), buyer.ValidTo);
}

/// <summary>What one buyer has of an invoice; the buyer is null when the account did not know them.</summary>
internal sealed record FactsBuyerPart(string BuyerId, FactsBuyer? Buyer, decimal Credit)
{
    public static FactsBuyerPart Of(BuyerPart part, Currency currency) =>
        new(part.BuyerId, FactsBuyer.Of(part.Buyer, currency), Amounts.Of(part.Credit, currency));
}
