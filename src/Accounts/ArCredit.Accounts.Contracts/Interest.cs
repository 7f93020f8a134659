using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>What a rate of interest is per. Stored: only ever add.</summary>
public enum InterestUnit
{
    /// <summary>Per year of 365 days, actual days counted.</summary>
    Year365,

    /// <summary>Per year of 360 days, actual days counted.</summary>
    Year360,

    /// <summary>Per day.</summary>
    Day,
}

/// <summary>Some days of an item at one rate.</summary>
/// <param name="Invoice">The invoice or debit note.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
/// <param name="Principal">Minor units of the item's currency; below 0 = interest that was billed on so much too much is given back.</param>
/// <param name="Percent">The rate.</param>
/// <param name="Unit">What it is per.</param>
public sealed record InterestSlice(
    DocumentNumber Invoice, int Instalment, DateOnly From, DateOnly To, long Principal, decimal Percent, InterestUnit Unit)
{
    /// <summary>At least 1.</summary>
    [JsonIgnore]
    public int Days => To.DayNumber - From.DayNumber + 1;
}

/// <summary>What a claim for interest bills; its amount is the sum of the slices, rounded once.</summary>
/// <param name="Through">The last day.</param>
/// <param name="Slices">By item, then by day.</param>
/// <param name="More">There was more than one claim holds: the next bills the rest.</param>
public sealed record InterestStatement(DateOnly Through, IReadOnlyList<InterestSlice> Slices, bool More = false);

/// <summary>Bills the interest that has accrued on invoices and debit notes of one currency as a claim.</summary>
/// <param name="Number">Unique among invoices, debit notes and claims.</param>
/// <param name="Through">The last day that is billed; null = today.</param>
/// <param name="Currency">Of the items; null = the account's.</param>
/// <param name="IssueDate">Document date; null = today.</param>
/// <param name="DueDate">Null = by the account's terms.</param>
/// <param name="PostedOn">Accounting date; null = today.</param>
/// <param name="FxRate">Units of account currency per unit of the claim's; null = the newest rate.</param>
/// <param name="Reference">The customer's own reference.</param>
public sealed record BillInterest(
    DocumentNumber Number, DateOnly? Through, Currency? Currency, DateOnly? IssueDate, DateOnly? DueDate, DateOnly? PostedOn, decimal? FxRate,
    string? Reference) : AccountCommand;
