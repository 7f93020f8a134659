using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>What a customer has used of a subscription and was not invoiced for when it was used: metered, then billed.</summary>
/// <param name="Id">The meter's or the rating system's own id, unique within the account.</param>
/// <param name="Subscription">Code of what is billed together: a contract, a connection, a device.</param>
/// <param name="UsedAt">Business instant.</param>
/// <param name="UsedOn">The company's date of that.</param>
/// <param name="Currency">The amount's.</param>
/// <param name="Amount">Major units as it will be billed, with VAT, not rounded: at most 10 decimals; negative takes back what was metered too high.</param>
/// <param name="Rate">Units of account currency per unit of <paramref name="Currency"/>.</param>
/// <param name="Quantity">What was metered; null = not said.</param>
/// <param name="Unit">Code of the quantity's unit.</param>
/// <param name="Closed">The invoice or release that its day belongs to already, so that it raises nothing; null = it is exposure.</param>
/// <param name="AccountCurrency">Of the figures that follow.</param>
/// <param name="ExposureAfter">Of the account.</param>
/// <param name="Available">What is left of the limit then, below 0 when it is exceeded; null = no ceiling, or not known for want of a rate.</param>
public sealed record UsageState(
    DocumentNumber Id, string Subscription, DateTimeOffset UsedAt, DateOnly UsedOn, Currency Currency, decimal Amount, decimal Rate, decimal? Quantity,
    string? Unit, UsageClosing? Closed, Currency AccountCurrency, long ExposureAfter, long? Available);

/// <summary>What ended a subscription's usage through a day.</summary>
/// <param name="Through">The last day of it.</param>
/// <param name="Invoice">The invoice that billed it; null = it was released.</param>
public sealed record UsageClosing(DateOnly Through, DocumentNumber? Invoice);

/// <summary>Metered usage that is not invoiced yet, of one subscription.</summary>
/// <param name="Subscription">Its code.</param>
/// <param name="Amount">Exposure, account currency, at least 0.</param>
/// <param name="From">First day of it; null = nothing is open.</param>
/// <param name="To">Last day of it; null = nothing is open.</param>
/// <param name="Closed">What ended the usage before; null = nothing yet.</param>
public sealed record OpenUsage(string Subscription, long Amount, DateOnly? From, DateOnly? To, UsageClosing? Closed);

/// <summary>What an invoice bills of a subscription's usage: everything through a day, that which is metered later too.</summary>
/// <param name="Subscription">Its code.</param>
/// <param name="Through">Company date, today at most.</param>
public sealed record BilledUsage(string Subscription, DateOnly Through);

/// <summary>What an invoice or a release took out of exposure.</summary>
/// <param name="Subscription">Its code.</param>
/// <param name="Through">The last day of it.</param>
/// <param name="Amount">At least 0.</param>
/// <param name="Currency">The account's.</param>
public sealed record UsageClosed(string Subscription, DateOnly Through, long Amount, Currency Currency);

/// <summary>Records metered usage: a fact, whatever the limit says. It is exposure (deliveries) until an invoice bills it or it is released.</summary>
/// <param name="Id">The meter's or the rating system's own id, unique within the account.</param>
/// <param name="Subscription">Code of what is billed together.</param>
/// <param name="UsedAt">Null = now; not after the company's today.</param>
/// <param name="Currency">The amount's.</param>
/// <param name="Amount">Major units, at most 10 decimals.</param>
/// <param name="FxRate">Units of account currency per unit of the usage's; null = the newest published.</param>
/// <param name="Quantity">What was metered.</param>
/// <param name="Unit">Code of its unit.</param>
/// <param name="Unbilled">True = it is exposure even if its day was billed already: that invoice does not have it.</param>
public sealed record RecordUsage(
    DocumentNumber Id, string Subscription, DateTimeOffset? UsedAt, Currency Currency, decimal Amount, decimal? FxRate, decimal? Quantity, string? Unit,
    bool Unbilled) : AccountCommand;

/// <summary>Gives up what was metered of a subscription through a day: it will not be billed.</summary>
/// <param name="Id">The caller's own id, unique within the account.</param>
/// <param name="Usage">Which.</param>
/// <param name="Reason">Code: why.</param>
public sealed record ReleaseUsage(DocumentNumber Id, BilledUsage Usage, string? Reason) : AccountCommand;

/// <summary>Usage was metered.</summary>
public sealed record UsageRecorded(UsageState Usage) : AccountEvent;

/// <summary>Usage was given up.</summary>
/// <param name="Id">The caller's own id.</param>
/// <param name="Closed">What it took out of exposure.</param>
/// <param name="Reason">Code: why.</param>
public sealed record UsageReleased(DocumentNumber Id, UsageClosed Closed, string? Reason) : AccountEvent;
