using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Features;

/// <summary>
/// An account's master data as a whole: absent fields are cleared, but absent limit fields (creditLimit, unlimited,
/// temporaryLimit, limitExpiresOn) and an absent status keep their value, and null clears them.
/// </summary>
/// <param name="Name">The customer's.</param>
/// <param name="Currency">Of the account; fixed once a document exists. With another one the amounts of limits are named anew, or null.</param>
/// <param name="Company">Who sells; main when absent. Fixed.</param>
/// <param name="Segment">Names the policy between company and account.</param>
/// <param name="Region">Dimension.</param>
/// <param name="Department">Dimension.</param>
/// <param name="Industry">Dimension.</param>
/// <param name="Country">ISO 3166, two capitals.</param>
/// <param name="ParentId">The group's head.</param>
/// <param name="GroupLimit">Of a group's head.</param>
/// <param name="ExemptFromGroup">Leaves the group.</param>
/// <param name="Collector">Who follows up.</param>
/// <param name="Language">BCP 47, e.g. az or de-AT.</param>
/// <param name="TimeZone">IANA id.</param>
/// <param name="TaxId">Tax number.</param>
/// <param name="PaymentTerms">Absent = by policy.</param>
/// <param name="InvoicingCycle">E.g. monthly.</param>
/// <param name="InterestRate">Per cent a year, 0 to 1000.</param>
/// <param name="CreditLimit">0 or more; 0 = no credit, null = inherited.</param>
/// <param name="Unlimited">True = no ceiling of its own.</param>
/// <param name="TemporaryLimit">Wins inside its days.</param>
/// <param name="LimitExpiresOn">Last day the limit is good for.</param>
/// <param name="ReferenceRequired">Every document must carry a reference.</param>
/// <param name="Buyers">Who may buy; absent or empty = anyone.</param>
/// <param name="Contacts">People at the customer.</param>
/// <param name="ExternalIds">The customer's number in other systems.</param>
/// <param name="Status">active or closed.</param>
/// <param name="EndpointIds">Electronic addresses and other ids of the customer, by which documents name it; the first is where e-invoices go.</param>
/// <param name="Address">Where the customer is.</param>
internal sealed record PutAccountBody(
    string? Name, Currency Currency, string? Company, string? Segment, string? Region, string? Department, string? Industry, string? Country,
    AccountId? ParentId, MoneyBody? GroupLimit, bool? ExemptFromGroup, string? Collector, string? Language, string? TimeZone, string? TaxId,
    PaymentTermsBody? PaymentTerms, string? InvoicingCycle, decimal? InterestRate, Given<decimal?> CreditLimit, Given<bool?> Unlimited,
    Given<TemporaryLimitBody?> TemporaryLimit, Given<DateOnly?> LimitExpiresOn, bool? ReferenceRequired, IReadOnlyList<BuyerBody>? Buyers,
    IReadOnlyList<Contact>? Contacts, IReadOnlyDictionary<string, string>? ExternalIds, PutStatus? Status,
    IReadOnlyList<PartyId>? EndpointIds = null, PostalAddress? Address = null);

/// <summary>An amount with its currency.</summary>
internal sealed record MoneyBody(decimal Amount, Currency Currency);

/// <summary>A limit for some days, both inside, in the company's zone; the account's currency.</summary>
internal sealed record TemporaryLimitBody(decimal Amount, DateOnly From, DateOnly To);

/// <summary>A person who may buy for the customer.</summary>
/// <param name="Id">As tills send it.</param>
/// <param name="Name">Theirs.</param>
/// <param name="Limit">Largest credit part of one document, account currency; absent = none.</param>
/// <param name="ValidTo">Last valid day.</param>
internal sealed record BuyerBody(string Id, string? Name, decimal? Limit, DateOnly? ValidTo);

/// <summary>What a PUT may set; blocked comes from blocks.</summary>
internal enum PutStatus
{
    /// <summary>Sells.</summary>
    Active,

    /// <summary>No sales at all.</summary>
    Closed,
}
