using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>What customers hold back of invoices, its release, and taking that back.</summary>
internal sealed partial class ReferenceAccount
{
    public decimal Retained => Items.Where(each => each.Invoice.IsRetained(each.Item)).Sum(each => Worth(each.Item.Open, each.Invoice));

    public static string Released(int instalment, DateOnly due) => string.Create(CultureInfo.InvariantCulture, $"released {instalment} due {due:yyyy-MM-dd}");

    private static decimal RetainedOf(InvoiceFacts facts, decimal amount, Currency of) => facts.Retention switch
    {
        null => 0,
        { Amount: { } asked } => Money.ToDecimal(asked, of),
        var share => decimal.Round(amount * share.Percent!.Value / 100, of.Decimals, MidpointRounding.ToEven),
    };

    private ModelInvoice InvoiceOf(InvoiceFacts facts, decimal amount, Currency of, ModelRate rate, decimal retained)
    {
        var instalments = ItemsOf(facts, amount, retained, of);
        return new ModelInvoice(facts.Number.Value, of, rate, facts.IssueDate, amount, instalments, facts.Discount ?? [])
        {
            CompanyRate = CompanyRateOf(of),
            Retained = retained == 0 ? 0 : instalments.Count,
            HeldOn = facts.PostedOn ?? Today,
            ReleaseDays = facts.Retention?.DueDays,
        };
    }

    /// <summary>An invoice of which exactly the amount is open beside what is retained, with its discounts or without.</summary>
    private static IEnumerable<(ModelInvoice Invoice, ModelItem Item, decimal? Part)>? WithoutRetained(
        List<(ModelInvoice Invoice, ModelItem Item)> trade, decimal amount, DateOnly? on)
    {
        var holding = trade.Select(each => each.Invoice).Distinct().Where(invoice => invoice.Items.Exists(item => item.Open > 0 && invoice.IsRetained(item))).ToList();
        decimal Beside(ModelInvoice invoice) => invoice.Items.Where(item => !invoice.IsRetained(item)).Sum(item => item.Open);
        decimal Earned(ModelInvoice invoice) => invoice.Items.Sum(item => invoice.EarnedOn(item, on));
        var found = holding.Find(invoice => Beside(invoice) == amount) ?? holding.Find(invoice => Earned(invoice) > 0 && Beside(invoice) - Earned(invoice) == amount);
        return found?.Items.Where(item => !found.IsRetained(item)).OrderBy(item => item.Number).Select(item => (found, item, (decimal?)null)).ToList();
    }

    private string Release(ReleaseRetention command)
    {
        if (FindInvoice(command.Invoice) is not { } invoice)
        {
            return Refused(RefusalCode.NotFound);
        }

        var retained = invoice.Items.Find(item => item.Open > 0 && invoice.IsRetained(item));
        if (retained is null)
        {
            return Refused(RefusalCode.ReleaseExceedsRetained);
        }

        if (!IsWhole(command.Amount, invoice.Currency))
        {
            return Refused(RefusalCode.AmountDecimals);
        }

        var most = retained.Open - DisputedOf(invoice, retained);
        var amount = command.Amount ?? most;
        if (amount == 0 || amount > most)
        {
            return Refused(RefusalCode.ReleaseExceedsRetained);
        }

        var on = command.On ?? Today;
        var due = command.DueDate ?? on.AddDays(invoice.ReleaseDays ?? 30);
        if (on > Today || on < invoice.IssueDate || (command.On is not null && on < invoice.HeldOn) || due < on)
        {
            return Refused(RefusalCode.ReleaseDate);
        }

        var line = SettleParts([(invoice, retained, null)], amount, maybeShort: false, way: VatWay.InProportion, movedOn: on)[0];
        var number = invoice.Items.Max(item => item.Number) + 1;
        invoice.Items.Add(new ModelItem(number, due, amount) { Returned = line.OfReturned, Vat = line.Vat, OpenVat = line.Vat });
        return Released(number, due);
    }

    private string TakeBack(ReverseRelease command)
    {
        var invoice = FindInvoice(command.Invoice);
        var item = invoice?.Items.Find(each => each.Number == command.Instalment && each.Number > invoice.Retained && each.Open > 0);
        if (invoice is null || invoice.Retained == 0 || item is null)
        {
            return Refused(RefusalCode.NotFound);
        }

        if (item.Open < item.Amount || DisputedOf(invoice, item) > 0 || IsInOpenPlan(item))
        {
            return Refused(RefusalCode.ReleaseUsed);
        }

        var retained = invoice.Items.Find(invoice.IsRetained)!;
        invoice.Moved(retained, Today);
        (retained.Open, retained.Returned, retained.OpenVat) = (retained.Open + item.Open, retained.Returned + item.Returned, retained.OpenVat + item.OpenVat);
        (item.Open, item.Returned, item.OpenVat, item.IsGone) = (0, 0, 0, true);
        return Done;
    }
}
