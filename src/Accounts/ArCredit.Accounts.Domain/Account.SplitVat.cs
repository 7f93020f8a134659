using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Items of companies that split VAT: a net and a VAT part, each with what is open of it.</summary>
public sealed partial class Account
{
    /// <summary>Shares the VAT of an invoice out to its instalments, so that it sums up: each gets what the shares up to it leave.</summary>
    private static Instalment[] WithVat(IReadOnlyList<Instalment> instalments, long amount, long tax)
    {
        var shared = new Instalment[instalments.Count];
        long upTo = 0, given = 0;
        for (var i = 0; i < shared.Length; i++)
        {
            upTo += instalments[i].Amount;
            var share = Share(tax, upTo, amount) - given;
            given += share;
            shared[i] = instalments[i] with { Vat = share };
            Require.That(share >= 0 && share <= instalments[i].Amount);
        }

        Require.That(given == tax);
        return shared;
    }

    /// <summary>A part of the whole's VAT, half-even to the minor unit.</summary>
    private static long Share(long vat, long part, long whole)
    {
        var (quotient, rest) = Int128.DivRem((Int128)vat * part, whole);
        return (long)(2 * rest > whole || (2 * rest == whole && !Int128.IsEvenInteger(quotient)) ? quotient + 1 : quotient);
    }

    /// <summary>
    /// How much of what money takes of an item is VAT: net goes first, unless all of the money is exactly the VAT. As many times as
    /// net and VAT are the same it is net.
    /// </summary>
    private static long VatOf(long taken, long net, long vat, bool isAllOfIt) =>
        isAllOfIt && taken == vat && taken != net ? vat : Math.Max(0, taken - net);

    private static VatOrder OrderOf(CreditKind kind) => kind == CreditKind.CreditNote ? VatOrder.InProportion : VatOrder.NetFirst;

    /// <summary>An item, or the items of one invoice, whose net or VAT is exactly the amount; null when there are none.</summary>
    private static IEnumerable<Target>? ByPart(IEnumerable<OpenItem> trade, long amount, out ItemPart? part)
    {
        foreach (var tried in new[] { ItemPart.Net, ItemPart.Vat })
        {
            if (trade.FirstOrDefault(item => item is SplitItem && item.OpenOf(tried) == amount) is { } exact)
            {
                part = tried;
                return Targets([exact], tried);
            }

            if (trade.FirstOrDefault(item => item is SplitItem && item.Invoice.Items.Length > 1 && item.Invoice.Items.Sum(each => each.OpenOf(tried)) == amount) is { } one)
            {
                part = tried;
                return Targets(one.Invoice.Items, tried);
            }
        }

        part = null;
        return null;
    }

    /// <summary>The part of which, of all these items together, exactly the amount is open; null = none, or it is all that is open.</summary>
    private static ItemPart? PartOf(IEnumerable<OpenItem> named, long amount)
    {
        long net = 0, vat = 0;
        foreach (var item in named)
        {
            net += item.OpenOf(ItemPart.Net);
            vat += item.OpenOf(ItemPart.Vat);
        }

        return vat == 0 || net + vat == amount ? null : net == amount ? ItemPart.Net : vat == amount ? ItemPart.Vat : null;
    }

    private static IEnumerable<Target> Targets(IEnumerable<OpenItem> items, ItemPart part) =>
        items.Select(item => new Target(item, item.OpenOf(part), Math.Min(item.Returned, item.OpenOf(part)), IsPart: true));

    /// <summary>What a request names, as far as it is still open within its command.</summary>
    private static List<Target> TargetsOf(AllocationRequest request, OpenInvoice invoice, Dictionary<OpenItem, Target> left, VatParts parts) =>
        [.. invoice.Items.Where(item => request.Instalment is null || item.Instalment == request.Instalment).OrderBy(item => item.DueDate)
            .Select(item => left.GetValueOrDefault(item, new Target(item, item.Open, item.Returned)))
            .Select(target => request.Part is { } part ? target with { Open = parts.LeftOf(target.Item, part), IsPart = true } : target)];

    private static Verdict.Refuse TaxExceeds(long tax, Money amount) =>
        new(RefusalCode.TaxExceedsAmount, $"VAT of {amount with { Minor = tax }} is above the amount of {amount}.");

    private static Verdict.Refuse NotSplit(AllocationRequest request) =>
        new(RefusalCode.ItemNotSplit, $"Invoice {request.Invoice} has no net and VAT parts of its own.");

    /// <summary>What goes off the parts first.</summary>
    private enum VatOrder
    {
        /// <summary>Money.</summary>
        NetFirst,

        /// <summary>Credit notes, write-offs: as the invoice was.</summary>
        InProportion,
    }

    /// <summary>The parts of items within one command, as its lines take from them.</summary>
    private sealed class VatParts(OpenItemBook book)
    {
        private Dictionary<OpenItem, (long Net, long Vat)>? left;

        public long LeftOf(OpenItem item, ItemPart part) =>
            left is not null && left.TryGetValue(item, out var known) ? (part == ItemPart.Net ? known.Net : known.Vat) : item.OpenOf(part);

        /// <summary>Says of lines from here on how much of them is VAT, and takes it off.</summary>
        /// <param name="lines">Of one command.</param>
        /// <param name="first">The first that is new.</param>
        /// <param name="order">Where no part is named.</param>
        /// <param name="part">All of it is of this part.</param>
        public void Take(List<Allocation> lines, int first, VatOrder order, ItemPart? part = null)
        {
            for (var i = first; i < lines.Count; i++)
            {
                var line = lines[i];
                if (line.InstalmentVat == 0 || line.WriteOff is not null)
                {
                    continue;
                }

                var item = book.Find(line.Invoice)!.Find(line.Instalment)!;
                var (net, vat) = (LeftOf(item, ItemPart.Net), LeftOf(item, ItemPart.Vat));
                var taken = part switch
                {
                    ItemPart.Net => 0,
                    ItemPart.Vat => line.Taken,
                    null when order == VatOrder.InProportion => Math.Clamp(
                        Share(line.InstalmentVat, line.Taken, line.InstalmentAmount), Math.Max(0, line.Taken - net), Math.Min(line.Taken, vat)),
                    null => VatOf(line.Taken, net, vat, isAllOfIt: first == lines.Count - 1),
                };
                Require.That(taken <= vat && line.Taken - taken <= net);
                (left ??= [])[item] = (net - (line.Taken - taken), vat - taken);
                lines[i] = line with { Vat = taken };
            }
        }
    }
}
