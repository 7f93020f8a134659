using ArCredit.Accounts.Contracts;

namespace ArCredit.Banking.Matching;

/// <summary>
/// Items whose VAT is settled for itself: payers transfer net and VAT one by one, VAT to an account of the tax office. Tried after
/// the gross amount, net before VAT.
/// </summary>
internal static class ByPart
{
    /// <summary>So much less sure than the same of the gross amount.</summary>
    public const decimal Less = 0.02m;

    private static readonly ItemPart[] InOrder = [ItemPart.Net, ItemPart.Vat];

    /// <summary>What says so.</summary>
    public static Evidence EvidenceOf(ItemPart part) => part switch
    {
        ItemPart.Net => Evidence.NetAmount,
        ItemPart.Vat => Evidence.VatAmount,
    };

    /// <summary>The part of which exactly the amount is open; null = it is all that is open, or neither.</summary>
    public static ItemPart? OfItem(OpenInstalment item, long amount) => OfAll([item], amount);

    /// <summary>The same of several items together.</summary>
    public static ItemPart? OfAll(IReadOnlyList<OpenInstalment> items, long amount) =>
        items.Sum(item => item.Open) == amount || items.All(item => item.Vat == 0)
            ? null
            : InOrder.Where(part => items.Sum(item => item.OpenOf(part)) == amount).Select(part => (ItemPart?)part).FirstOrDefault();

    /// <summary>Every item and every invoice of which exactly the amount is open of a part: of net where there are such, else of VAT.</summary>
    public static IReadOnlyList<(OpenInstalment[] Items, ItemPart Part)> Find(IReadOnlyList<OpenInstalment> items, long amount)
    {
        var split = items.Where(item => item.Vat > 0).ToList();
        foreach (var part in split.Count == 0 ? [] : InOrder)
        {
            var found = split.Where(item => item.OpenOf(part) == amount).Select(item => new[] { item })
                .Concat(split.GroupBy(item => item.Number).Where(invoice => invoice.Count() > 1 && invoice.Sum(item => item.OpenOf(part)) == amount)
                    .Select(invoice => invoice.ToArray()))
                .Select(each => (each, part)).ToList();
            if (found.Count > 0)
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>All that is open of a part of them.</summary>
    public static IReadOnlyList<SuggestedAllocation> Whole(IEnumerable<OpenInstalment> items, ItemPart part) =>
        [.. items.Where(item => item.OpenOf(part) > 0).Select(item => new SuggestedAllocation(item.Number, item.Instalment, item.OpenOf(part), part))];
}
