using System.Globalization;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>Metered usage, rated.</summary>
/// <param name="UsageId">The meter's or the rating system's own id, unique within the account.</param>
/// <param name="Subscription">What is billed together: 1 to 64 letters, digits, '-', '_', '.' and ':'.</param>
/// <param name="UsedAt">When it was used, not after today; absent = now.</param>
/// <param name="Amount">
/// As it will be billed, with VAT; at most 10 decimals, because meters count in fractions of a cent. Negative takes back what was metered too
/// high on the same day.
/// </param>
/// <param name="Currency">The amount's.</param>
/// <param name="FxRate">Units of account currency per unit of the usage's; absent = the newest published on or before its day.</param>
/// <param name="Quantity">What was metered, for the record; at most 10 decimals.</param>
/// <param name="Unit">Of the quantity, such as kWh.</param>
/// <param name="Unbilled">True = it counts even if its day was billed already: that invoice does not have it.</param>
internal sealed record RecordUsageBody(
    DocumentNumber UsageId, string Subscription, DateTimeOffset? UsedAt, decimal Amount, Currency Currency, decimal? FxRate, decimal? Quantity, string? Unit,
    bool? Unbilled);

/// <summary>Usage that will not be billed.</summary>
/// <param name="ReleaseId">The caller's own id, unique within the account.</param>
/// <param name="Subscription">Its code.</param>
/// <param name="Through">The last day of it, today at most.</param>
/// <param name="Reason">Code: why.</param>
internal sealed record ReleaseUsageBody(DocumentNumber ReleaseId, string Subscription, DateOnly Through, string? Reason);

/// <summary>Usage that an invoice bills.</summary>
/// <param name="Subscription">Its code.</param>
/// <param name="Through">The last day of it, today at most. What is metered later of these days belongs to the invoice, too.</param>
internal sealed record BilledUsageBody(string Subscription, DateOnly Through)
{
    private const int Most = 100;

    /// <summary>Reads the usage that an invoice bills.</summary>
    public static IReadOnlyList<BilledUsage> Read(IReadOnlyList<BilledUsageBody>? billed, RequestChecks checks)
    {
        var list = checks.List("usage", billed, Most);
        if (list.DistinctBy(each => each.Subscription, StringComparer.Ordinal).Count() < list.Count)
        {
            checks.Refuse("usage", "must name a subscription once at most");
        }

        return list.Count == 0 ? [] : [.. list.Select((each, index) => Read(each, string.Create(CultureInfo.InvariantCulture, $"usage[{index}]."), checks))];
    }

    /// <summary>Reads one; <paramref name="at"/> is the path of its fields, with its dot.</summary>
    public static BilledUsage Read(BilledUsageBody body, string at, RequestChecks checks) =>
        new(checks.Code($"{at}subscription", body.Subscription)!, checks.Date($"{at}through", body.Through));
}

/// <summary>Usage as it was recorded.</summary>
/// <param name="UsageId">Its id.</param>
/// <param name="Subscription">What is billed together.</param>
/// <param name="UsedAt">When.</param>
/// <param name="UsedOn">The company's date of that.</param>
/// <param name="Amount">As sent.</param>
/// <param name="Currency">The amount's.</param>
/// <param name="FxRate">Units of account currency per unit of the usage's.</param>
/// <param name="Quantity">As sent.</param>
/// <param name="Unit">As sent.</param>
/// <param name="Counted">False when its day was billed or released already: it raises nothing.</param>
/// <param name="BilledThrough">Where it is not counted: the last day of what was billed or released.</param>
/// <param name="BilledBy">Where it is not counted: the invoice; null = it was released.</param>
/// <param name="AccountCurrency">Of the figures below.</param>
/// <param name="ExposureAfter">The account's exposure with it.</param>
/// <param name="Available">What is left of the limit, below 0 when it is exceeded; null = no ceiling, or not known for want of a rate.</param>
internal sealed record UsageView(
    DocumentNumber UsageId, string Subscription, DateTimeOffset UsedAt, DateOnly UsedOn, decimal Amount, Currency Currency, decimal FxRate, decimal? Quantity,
    string? Unit, bool Counted, DateOnly? BilledThrough, DocumentNumber? BilledBy, Currency AccountCurrency, decimal ExposureAfter, decimal? Available)
{
    /// <summary>The view of usage.</summary>
    public static UsageView Of(UsageState usage) => new(
        usage.Id, usage.Subscription, usage.UsedAt, usage.UsedOn, usage.Amount, usage.Currency, usage.Rate, usage.Quantity, usage.Unit, usage.Closed is null,
        usage.Closed?.Through, usage.Closed?.Invoice, usage.AccountCurrency, Amounts.Of(usage.ExposureAfter, usage.AccountCurrency),
        Amounts.Of(usage.Available, usage.AccountCurrency));
}

/// <summary>Usage that was given up.</summary>
/// <param name="ReleaseId">The caller's own id.</param>
/// <param name="Subscription">Its code.</param>
/// <param name="Through">The last day of it.</param>
/// <param name="Amount">By how much exposure fell, account currency.</param>
/// <param name="Currency">The account's.</param>
/// <param name="Reason">Code: why.</param>
internal sealed record UsageReleaseView(DocumentNumber ReleaseId, string Subscription, DateOnly Through, decimal Amount, Currency Currency, string? Reason);

/// <summary>Usage that an invoice billed.</summary>
/// <param name="Subscription">Its code.</param>
/// <param name="Through">The last day of it.</param>
/// <param name="Amount">By how much deliveries fell.</param>
/// <param name="Currency">The account's.</param>
internal sealed record BilledUsageView(string Subscription, DateOnly Through, decimal Amount, Currency Currency);

/// <summary>What is metered of a subscription and not billed.</summary>
/// <param name="Subscription">Its code.</param>
/// <param name="Amount">Exposure, in deliveries, account currency.</param>
/// <param name="Currency">The account's.</param>
/// <param name="From">Its first day; null = nothing is open.</param>
/// <param name="To">Its last day; null = nothing is open.</param>
/// <param name="BilledThrough">The last day that was billed or released; null = none yet.</param>
/// <param name="BilledBy">The invoice that did it; left out when it was released.</param>
internal sealed record OpenUsageView(
    string Subscription, decimal Amount, Currency Currency, DateOnly? From, DateOnly? To, DateOnly? BilledThrough,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DocumentNumber? BilledBy)
{
    /// <summary>The view of a subscription.</summary>
    public static OpenUsageView Of(OpenUsage usage, Currency currency) => new(
        usage.Subscription, Amounts.Of(usage.Amount, currency), currency, usage.From, usage.To, usage.Closed?.Through, usage.Closed?.Invoice);
}
