using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// The early-payment discount of an item: a percentage of its amount less what was credited of it, rounded half-even to the
/// minor unit. All discounts that stand on an item are together no more than that.
/// </summary>
internal static class EarlyPayment
{
    /// <summary>
    /// What money of this value date earns; 0 = nothing. Less than is open of the item: a discount is earned by paying, so that the
    /// discount which a late payer took is not given to whoever pays something else in time.
    /// </summary>
    public static long EarnedOn(OpenItem item, DateOnly valueDate)
    {
        if (!item.EarnsDiscount || item.Invoice.Traits?.Discount is not { } terms)
        {
            return 0;
        }

        var percent = 0m;
        foreach (var step in terms.Steps)
        {
            if (item.Invoice.IssueDate.AddDays(step.Days + terms.GraceDays) >= valueDate)
            {
                percent = Math.Max(percent, step.Percent);
            }
        }

        var earned = Math.Max(0, Of(item, terms, percent) - item.Discounted);
        return earned < item.Open ? earned : 0;
    }

    /// <summary>True when what is left open is a discount of one of the steps: taken, but not in time.</summary>
    public static bool IsDiscount(OpenItem item, long left) =>
        item.EarnsDiscount && item.Invoice.Traits?.Discount is { } terms && terms.Steps.Any(step => Of(item, terms, step.Percent) - item.Discounted == left);

    /// <summary>The most that an item's discounts may be together.</summary>
    public static long Most(OpenItem item) =>
        item.EarnsDiscount && item.Invoice.Traits?.Discount is { } terms ? terms.Steps.Max(step => Of(item, terms, step.Percent)) : 0;

    // Percentages have four decimals at most; the product is below 10^37, which an Int128 holds exactly.
    private static long Of(OpenItem item, DiscountTerms terms, decimal percent)
    {
        const int whole = 100 * 10_000;
        Int128 basis = Math.Max(0, item.Amount - item.Credited);
        var dividend = basis * (item.Invoice.Amount - terms.Tax) * (long)(percent * 10_000m);
        var divisor = (Int128)item.Invoice.Amount * whole;
        var (quotient, rest) = Int128.DivRem(dividend, divisor);
        return (long)(2 * rest > divisor || (2 * rest == divisor && !Int128.IsEvenInteger(quotient)) ? quotient + 1 : quotient);
    }
}
