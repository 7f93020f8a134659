using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>A dispute of the reference model: what was disputed of which items, in major units.</summary>
internal sealed record ModelDispute(string Id, ModelInvoice Invoice, List<(int Instalment, decimal Amount)> Lines)
{
    public bool IsOpen { get; set; } = true;

    public decimal Amount => Lines.Sum(line => line.Amount);

    public decimal Of(ModelItem item) => Lines.Where(line => line.Instalment == item.Number).Sum(line => line.Amount);
}

/// <summary>Disputes.</summary>
internal sealed partial class ReferenceAccount
{
    private readonly List<ModelDispute> disputes = [];

    public decimal Disputed => Items.Sum(each => Worth(DisputedOf(each.Invoice, each.Item), each.Invoice));

    private decimal DisputedOf(ModelInvoice invoice, ModelItem item) =>
        Math.Min(item.Open, disputes.Where(dispute => dispute.IsOpen && dispute.Invoice == invoice).Sum(dispute => dispute.Of(item)));

    private string Raise(RaiseDispute command)
    {
        if (disputes.Exists(dispute => dispute.Id == command.Id.Value))
        {
            return Taken;
        }

        if (FindInvoice(command.Invoice) is not { } invoice)
        {
            return Refused(RefusalCode.NotFound);
        }

        if (invoice.Open > 0 && !IsWhole(command.Amount, invoice.Currency))
        {
            return Refused(RefusalCode.AmountDecimals);
        }

        var left = command.Amount ?? decimal.MaxValue;
        var lines = new List<(int, decimal)>();
        foreach (var item in invoice.Items.Where(item => command.Instalment is null || command.Instalment == item.Number).OrderBy(item => item.DueDate))
        {
            var part = Math.Min(left, item.Open - DisputedOf(invoice, item));
            if (part > 0)
            {
                lines.Add((item.Number, part));
                left -= part;
            }
        }

        if (lines.Count == 0 || (command.Amount is not null && left > 0))
        {
            return Refused(RefusalCode.DisputeExceedsOpen);
        }

        disputes.Add(new ModelDispute(command.Id.Value, invoice, lines));
        return Done;
    }

    private string Resolve(ResolveDispute command)
    {
        if (disputes.Find(dispute => dispute.Id == command.Id.Value) is not { IsOpen: true } dispute)
        {
            return disputes.Exists(dispute => dispute.Id == command.Id.Value) ? Taken : Refused(RefusalCode.NotFound);
        }

        var invoice = dispute.Invoice;
        var credited = command.Outcome switch
        {
            DisputeOutcome.Rejected => 0,
            DisputeOutcome.CreditNote => dispute.Amount,
            _ => command.Amount!.Value,
        };
        if (!IsWhole(credited, invoice.Currency))
        {
            return Refused(RefusalCode.AmountDecimals);
        }

        if (command.Outcome == DisputeOutcome.Partly && credited >= dispute.Amount)
        {
            return Refused(RefusalCode.DisputeExceedsOpen);
        }

        if (credited > 0 && (!command.MayCredit || (!command.MayApprove && invoice.DisputeCredited + Worth(credited, invoice) > Policy(ModelTerms.ApproveAbove))))
        {
            return Refused(RefusalCode.ApprovalRequired);
        }

        if (credited == 0)
        {
            dispute.IsOpen = false;
            return Done;
        }

        if (invoice.Credited + credited > invoice.Amount)
        {
            return Refused(RefusalCode.CreditExceedsInvoice);
        }

        dispute.IsOpen = false;
        var inOrder = invoice.Items.OrderBy(item => item.DueDate).ToList();
        var first = inOrder.Select(item => (invoice, item, (decimal?)Math.Min(item.Open, dispute.Of(item))));
        var rest = inOrder.Select(item => (invoice, item, (decimal?)(item.Open - Math.Min(item.Open, dispute.Of(item)))));
        var lines = SettleParts([.. first, .. rest], credited, way: VatWay.InProportion);
        lines.ForEach(line => line.Item.Credited += line.Amount);
        invoice.Credited += credited;
        invoice.DisputeCredited += Worth(credited, invoice);
        credits.Add(new ModelCredit(command.CreditNote!.Value.Value, false, invoice.Currency, invoice.Rate, credited, null, ModelCredit.First(lines))
        {
            IssueDate = command.IssueDate ?? Today,
            CompanyRate = invoice.CompanyRate,
            IsOfDispute = true,
        });
        return Settled(lines, credits[^1]);
    }

    /// <summary>Every item with what is not disputed of it, then the disputed parts; an item without a dispute is not a part.</summary>
    private IEnumerable<(ModelInvoice Invoice, ModelItem Item, decimal? Part)> DisputedLast(List<(ModelInvoice Invoice, ModelItem Item)> items) =>
        [.. DisputedLastOf(items.Where(each => !each.Invoice.IsRetained(each.Item))), .. DisputedLastOf(items.Where(each => each.Invoice.IsRetained(each.Item)))];

    private IEnumerable<(ModelInvoice Invoice, ModelItem Item, decimal? Part)> DisputedLastOf(IEnumerable<(ModelInvoice Invoice, ModelItem Item)> items)
    {
        var all = items.Select(each => (each.Invoice, each.Item, Disputed: DisputedOf(each.Invoice, each.Item))).ToList();
        return all.Select(each => (each.Invoice, each.Item, each.Disputed > 0 ? each.Item.Open - each.Disputed : (decimal?)null))
            .Concat(all.Where(each => each.Disputed > 0).Select(each => (each.Invoice, each.Item, (decimal?)each.Disputed)));
    }

    private static bool IsWhole(decimal? amount, Currency of) => amount is null || amount * of.MinorPerMajor % 1 == 0;
}
