using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Interest;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>Days of an item on the same principal at the same rate.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
/// <param name="Days">How many.</param>
/// <param name="Principal">What bears interest; below 0 = billed before on so much that was not owed, and given back.</param>
/// <param name="Percent">The rate.</param>
/// <param name="Unit">What it is per.</param>
internal sealed record InterestSliceView(DateOnly From, DateOnly To, int Days, decimal Principal, decimal Percent, InterestUnit Unit)
{
    /// <summary>The view of a slice.</summary>
    public static InterestSliceView Of(InterestSlice slice, Currency currency) =>
        new(slice.From, slice.To, slice.Days, Amounts.Of(slice.Principal, currency), slice.Percent, slice.Unit);
}

/// <summary>The interest of an instalment of an invoice, or of a debit note.</summary>
/// <param name="Invoice">Its number.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="Amount">Rounded to be shown; only the sum over all items is rounded to be billed.</param>
/// <param name="Slices">By day.</param>
internal sealed record InterestItemView(DocumentNumber Invoice, int Instalment, decimal Amount, IReadOnlyList<InterestSliceView> Slices)
{
    /// <summary>The items of slices, in their order.</summary>
    public static IReadOnlyList<InterestItemView> Of(IReadOnlyList<InterestSlice> slices, Currency currency) =>
        [.. slices.GroupBy(slice => (slice.Invoice, slice.Instalment)).Select(item => new InterestItemView(
            item.Key.Invoice, item.Key.Instalment, Amounts.Of(InterestSum.Of(item).Rounded, currency),
            [.. item.Select(slice => InterestSliceView.Of(slice, currency))]))];
}

/// <summary>A claim for interest that accrued here.</summary>
/// <param name="Number">Its number, one of the account's invoice numbers.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">When it is due.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">Of the items and the claim.</param>
/// <param name="Amount">The exact sum over all slices, rounded half-even once.</param>
/// <param name="FxRate">Units of account currency per unit of the claim's.</param>
/// <param name="Reference">The customer's own reference.</param>
/// <param name="Through">The last day that is billed.</param>
/// <param name="More">True when more has accrued than one claim holds: the next bills the rest.</param>
/// <param name="Items">What it is for.</param>
internal sealed record InterestClaimView(
    DocumentNumber Number, DateOnly IssueDate, DateOnly DueDate, DateOnly PostedOn, Currency Currency, decimal Amount, decimal FxRate, string? Reference,
    DateOnly Through, bool More, IReadOnlyList<InterestItemView> Items)
{
    /// <summary>The view of a claim that has a statement.</summary>
    public static InterestClaimView Of(DebitPosted posted, InterestStatement billed) => new(
        posted.Number, posted.IssueDate, posted.DueDate, posted.PostedOn, posted.Currency, Amounts.Of(posted.Amount, posted.Currency), posted.Rate,
        posted.Reference, billed.Through, billed.More, InterestItemView.Of(billed.Slices, posted.Currency));
}

/// <summary>An item with the interest on it that is not billed.</summary>
/// <param name="Type">invoice or debitNote.</param>
/// <param name="Invoice">Its number.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="DueDate">Interest runs from the day after.</param>
/// <param name="Currency">Its currency.</param>
/// <param name="Amount">Rounded to be shown; below 0 = billed too much before.</param>
/// <param name="Slices">By day.</param>
internal sealed record AccruedItemView(
    DebitKind Type, DocumentNumber Invoice, int Instalment, DateOnly DueDate, Currency Currency, decimal Amount, IReadOnlyList<InterestSliceView> Slices);

/// <summary>A page of accrued interest.</summary>
/// <param name="Through">The last day that is counted.</param>
/// <param name="Items">By due date, number, instalment.</param>
/// <param name="NextCursor">Null on the last page.</param>
/// <param name="Totals">What a claim would bill, by currency; null on later pages.</param>
internal sealed record AccruedPage(DateOnly Through, IReadOnlyList<AccruedItemView> Items, string? NextCursor, IReadOnlyList<CurrencyTotal>? Totals);
