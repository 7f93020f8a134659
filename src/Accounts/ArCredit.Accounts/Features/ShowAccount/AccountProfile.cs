using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>Where an account stands.</summary>
internal enum AccountStatus
{
    /// <summary>Sells on credit as far as its limit goes.</summary>
    Active,

    /// <summary>A block stops new credit.</summary>
    Blocked,

    /// <summary>No sales at all.</summary>
    Closed,
}

/// <summary>A stop on new credit; the reason is null once erased.</summary>
internal sealed record BlockShown(string Name, string? Reason, bool AllSales);

/// <summary>By bucket, account currency; unapplied credits are negative.</summary>
internal sealed record ExposureShown(
    decimal OpenInvoices, decimal ReturnedPayments, decimal Uncleared, decimal Orders, decimal Deliveries, decimal Reservations,
    decimal UnappliedCredits, decimal Total)
{
    /// <summary>At the account currency's scale.</summary>
    public static ExposureShown Of(Exposure exposure, Currency currency) => new(
        Amounts.Of(exposure.OpenInvoices, currency), Amounts.Of(exposure.ReturnedPayments, currency), Amounts.Of(exposure.Uncleared, currency),
        Amounts.Of(exposure.Orders, currency), Amounts.Of(exposure.Deliveries, currency), Amounts.Of(exposure.Reservations, currency),
        Amounts.Of(exposure.UnappliedCredits, currency), Amounts.Of(exposure.Total, currency));
}

/// <summary>What is overdue after unapplied credits are set against the oldest due items.</summary>
internal sealed record OverdueShown(decimal Amount, int Days);

/// <summary>The live profile: master data, and where the account stands as of the last acknowledged change.</summary>
/// <param name="Balance">Open items less credits, account currency.</param>
/// <param name="WrittenOff">Bad debt written off and not recovered; it makes nothing available while its block stands.</param>
/// <param name="Disputed">What is disputed of open items: a part of exposure, not of overdue unless the policy counts it.</param>
/// <param name="InPlans">What active payment plans still ask for: a part of exposure, not of overdue unless the policy counts it.</param>
/// <param name="Earmarked">Credit that is earmarked for refunds: still in the balance, no longer in exposure.</param>
/// <param name="Retained">What the customer holds back of invoices and was not released: a part of exposure, never of overdue.</param>
/// <param name="CreditLimit">The account's own; null = inherited, or unlimited.</param>
/// <param name="EffectiveLimit">What holds today; null = no ceiling, or not known (limitRateMissing).</param>
/// <param name="LimitScope">Where that comes from.</param>
/// <param name="LimitRateMissing">
/// The limit is inherited in a currency for which no rate is published: it is not known, and sales on credit are referred with
/// NO_RATE until one is.
/// </param>
/// <param name="Available">Effective limit less exposure; null as the effective limit is.</param>
/// <param name="Utilization">Exposure ÷ effective limit, 1 = used up; null without a ceiling, for a limit of 0 and for one that is not known.</param>
/// <param name="Risk">Risk class; null until scored.</param>
/// <param name="DunningLevel">Highest level sent on open lines; null until dunning runs.</param>
/// <param name="Version">Of the master data; the ETag.</param>
/// <param name="Warnings">What was accepted but looks wrong; in the answer to a PUT only.</param>
/// <param name="EndpointIds">Electronic addresses; the first is where e-invoices go.</param>
/// <param name="Address">Where the customer is.</param>
internal sealed record AccountProfile(
    AccountId AccountId, string? Name, Currency Currency, string Company, string? Segment, string? Region, string? Department, string? Industry,
    string? Country, AccountId? ParentId, MoneyBody? GroupLimit, bool ExemptFromGroup, string? Collector, string? Language, string? TimeZone,
    string? TaxId, PaymentTermsBody? PaymentTerms, string? InvoicingCycle, decimal? InterestRate, decimal? CreditLimit, bool Unlimited,
    TemporaryLimitBody? TemporaryLimit, DateOnly? LimitExpiresOn, bool ReferenceRequired, IReadOnlyList<BuyerBody> Buyers,
    IReadOnlyList<Contact> Contacts, IReadOnlyDictionary<string, string> ExternalIds, decimal Balance, decimal WrittenOff, decimal Disputed, decimal InPlans, decimal Earmarked, decimal Retained, ExposureShown Exposure,
    decimal? EffectiveLimit, string LimitScope, bool LimitRateMissing, decimal? Available, decimal? Utilization, OverdueShown Overdue, AccountStatus Status,
    IReadOnlyList<BlockShown> Blocks, string? Risk, int? DunningLevel, long Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings,
    IReadOnlyList<PartyId> EndpointIds, PostalAddress? Address);
