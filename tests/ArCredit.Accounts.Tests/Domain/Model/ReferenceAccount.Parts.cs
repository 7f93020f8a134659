using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>Which part of an item goes first where nobody names one.</summary>
internal enum VatWay
{
    /// <summary>Money: net, then VAT.</summary>
    NetFirst,

    /// <summary>What reduces the invoice itself: both, as it was posted.</summary>
    InProportion,
}

/// <summary>A line of what a credit settles, as both sides write it down; major units.</summary>
/// <param name="Invoice">The invoice.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="Amount">Of the credit.</param>
/// <param name="Forgiven">Beside it.</param>
/// <param name="Vat">Of both together.</param>
/// <param name="FxDifference">Company currency; null = none.</param>
internal readonly record struct SettledLine(string Invoice, int Instalment, decimal Amount, decimal Forgiven, decimal Vat, decimal? FxDifference);

/// <summary>Net and VAT parts, and what is gained or lost on rates.</summary>
internal sealed partial class ReferenceAccount
{
    /// <summary>How both sides write down what was settled.</summary>
    public static string Settled(IEnumerable<SettledLine> lines) => string.Join(' ', ["paid", .. lines.Select(each => string.Create(
        CultureInfo.InvariantCulture,
        $"{each.Invoice}/{each.Instalment}={each.Amount:0.000}{Some("+", each.Forgiven)}{Some("~", each.Vat)}{Some("fx", each.FxDifference ?? 0)}"))]);

    /// <summary>How both sides write down what a refund lost on rates when it left.</summary>
    public static string Filed(IEnumerable<decimal?> differences) => string.Join(' ', ["filed", .. differences.Select(each => each is null ? "-" : Some("fx", each.Value))]);

    /// <summary>How both sides write down what the end of a refund takes back of that.</summary>
    public static string Ended(decimal realised) => realised == 0 ? Done : $"ended{Some("fx", -realised)}";

    private static string Some(string mark, decimal amount) => amount == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{mark}{amount:0.000}");

    private ModelRate? CompanyRateOf(Currency of) => terms.Rate(of, ModelTerms.CompanyCurrency, Today);

    /// <summary>An amount at the one rate less the same amount at the other, rounded once; null = own currency, or a rate is not known.</summary>
    private static decimal? DifferenceOf(Currency of, decimal amount, ModelRate? at, ModelRate? posted)
    {
        if (of == ModelTerms.CompanyCurrency || at is not { } one || posted is not { } other)
        {
            return null;
        }

        var over = (one.Over * other.Under) - (other.Over * one.Under);
        return Math.Sign(over) * new ModelRate(Math.Abs(over), one.Under * other.Under).Of(amount, ModelTerms.CompanyCurrency.Decimals);
    }

    private static decimal? OpenOf(ModelItem item, ItemPart? part) => part switch
    {
        null => null,
        ItemPart.Net => item.OpenNet,
        _ => item.OpenVat,
    };

    /// <summary>How much of what a line takes is VAT, before it is taken.</summary>
    private static decimal VatOf(ModelAllocation line, VatWay way, ItemPart? part, bool isAllOfIt)
    {
        var (item, taken) = (line.Item, line.Taken);
        if (item.Vat == 0 || part == ItemPart.Net)
        {
            return 0;
        }

        if (part == ItemPart.Vat || (way == VatWay.NetFirst && isAllOfIt && taken == item.OpenVat && taken != item.OpenNet))
        {
            return taken;
        }

        var beyondNet = Math.Max(0, taken - item.OpenNet);
        return way == VatWay.NetFirst
            ? beyondNet
            : Math.Clamp(new ModelRate(item.Vat, item.Amount).Of(taken, line.Invoice.Currency.Decimals), beyondNet, Math.Min(taken, item.OpenVat));
    }

    /// <summary>The part of which, of all that the payer named, exactly the amount is open; null = none, or it is everything.</summary>
    private static ItemPart? PartOf(List<(ModelInvoice Invoice, ModelItem Item)> named, decimal amount)
    {
        var (net, vat) = (named.Sum(each => each.Item.OpenNet), named.Sum(each => each.Item.OpenVat));
        return vat == 0 || net + vat == amount ? null : net == amount ? ItemPart.Net : vat == amount ? ItemPart.Vat : null;
    }

    /// <summary>An item, or else an invoice, of which exactly the amount is open of a part; net is tried before VAT.</summary>
    private static IEnumerable<(ModelInvoice Invoice, ModelItem Item, decimal? Part)>? ByPart(
        List<(ModelInvoice Invoice, ModelItem Item)> trade, decimal amount, out ItemPart? part)
    {
        var split = trade.FindAll(each => each.Item.Vat > 0);
        foreach (var tried in new[] { ItemPart.Net, ItemPart.Vat })
        {
            part = tried;
            if (split.Find(each => OpenOf(each.Item, tried) == amount) is { Item: { } item } one)
            {
                return [(one.Invoice, item, amount)];
            }

            if (split.Find(each => each.Invoice.Items.Sum(of => OpenOf(of, tried)) == amount).Invoice is { } whole)
            {
                return whole.Items.OrderBy(each => each.Number).Select(each => (whole, each, OpenOf(each, tried))).ToList();
            }
        }

        part = null;
        return null;
    }

    /// <summary>As an invoice is posted: each instalment gets of the VAT what all up to it have in proportion, less what those before it got.</summary>
    private List<ModelItem> ItemsOf(InvoiceFacts facts, decimal amount, decimal retained, Currency of)
    {
        var parts = facts.Instalments.Count > 0
            ? facts.Instalments.Select(each => (each.DueDate, Amount: Money.ToDecimal(each.Amount, of))).ToList()
            : [(facts.DueDate ?? facts.IssueDate.AddDays(30), amount - retained)];
        if (retained > 0)
        {
            parts.Add((RetentionTerms.NoDueDate, retained));
        }

        var tax = terms.SplitVat ? Money.ToDecimal(facts.TaxAmount ?? 0, of) : 0;
        var items = new List<ModelItem>();
        foreach (var (due, part) in parts)
        {
            var upTo = items.Sum(item => item.Amount) + part;
            var vat = new ModelRate(tax, amount).Of(upTo, of.Decimals) - items.Sum(item => item.Vat);
            items.Add(new ModelItem(items.Count + 1, due, part) { Vat = vat, OpenVat = vat });
        }

        return items;
    }
}
