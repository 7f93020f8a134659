using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Banking.Posting;

/// <summary>What a payment paid when it was taken back, as it is asked for again where it was not the one that the bank took back.</summary>
internal static class TakenBack
{
    // As many lines as the account settles at a time; what is more stays unapplied.
    private const int MostLines = 1000;

    /// <summary>
    /// From what the account did: whatever stood then, by whomever it was allocated, and what the customer owes since for refunds of the payment.
    /// </summary>
    public static IReadOnlyList<StoredAllocation> Of(IReadOnlyList<AccountEvent> happened, Currency currency)
    {
        var items = happened.OfType<PaymentReversed>().Single().Allocations.SelectMany(PartsOf)
            .Concat(happened.OfType<DebitPosted>().Select(owed => (owed.Number, Instalment: (int?)null, Part: (ItemPart?)null, owed.Amount)));
        return [.. items.GroupBy(one => (one.Number, one.Instalment, one.Part))
            .Select(item => new StoredAllocation(item.Key.Number, item.Key.Instalment, Money.ToDecimal(item.Sum(one => one.Amount), currency), item.Key.Part))
            .Take(MostLines)];
    }

    // A part that is named earns no discount: what was cleared with one is asked for as a whole, which comes to the same.
    private static IEnumerable<(DocumentNumber Number, int? Instalment, ItemPart? Part, long Amount)> PartsOf(Allocation line)
    {
        if (line.InstalmentVat == 0 || line.Taken != line.Amount)
        {
            return [(line.Invoice, line.Instalment, null, line.Amount)];
        }

        return new (DocumentNumber, int?, ItemPart?, long Amount)[]
        {
            (line.Invoice, line.Instalment, ItemPart.Net, line.Amount - line.Vat), (line.Invoice, line.Instalment, ItemPart.Vat, line.Vat),
        }.Where(part => part.Amount > 0);
    }
}
