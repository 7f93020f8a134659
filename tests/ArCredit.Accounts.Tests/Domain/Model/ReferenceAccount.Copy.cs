using System.Globalization;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>For trying an order of commands and going back.</summary>
internal sealed partial class ReferenceAccount
{
    /// <summary>Another account that stands exactly where this one does.</summary>
    public ReferenceAccount Copy()
    {
        var copy = new ReferenceAccount(currency, terms) { Limits = Limits, Now = Now, closed = closed, writeOffBlockLifted = writeOffBlockLifted };
        var items = new Dictionary<ModelItem, ModelItem>();
        foreach (var invoice in invoices)
        {
            copy.invoices.Add(invoice with { Items = invoice.Items.ConvertAll(item => items[item] = item.Copy()) });
        }

        var debts = new Dictionary<ModelDebt, ModelDebt>();
        ModelAllocation CopyOf(ModelAllocation line) => line with
        {
            Invoice = copy.invoices[invoices.IndexOf(line.Invoice)],
            Item = items[line.Item],
            Debt = line.Debt is null ? null : debts[line.Debt],
        };
        foreach (var writeOff in writeOffs)
        {
            copy.writeOffs.Add(writeOff with
            {
                Debts = writeOff.Debts.ConvertAll(debt => debts[debt] = new ModelDebt(debt.WriteOff, CopyOf(debt.Line)) { Recovered = debt.Recovered }),
            });
        }

        foreach (var credit in credits)
        {
            copy.credits.Add(credit with
            {
                Refunds = [],
                Settlements = credit.Settlements.ConvertAll(settlement => settlement with
                {
                    Lines = settlement.Lines.ConvertAll(CopyOf),
                }),
            });
        }

        foreach (var refund in refunds)
        {
            var parts = refund.Parts.ConvertAll(part => (copy.credits[credits.IndexOf(part.Credit)], part.Amount));
            var same = new ModelRefund(refund.Id, refund.By, parts) { Status = refund.Status, PayeeVersion = refund.PayeeVersion, File = refund.File };
            copy.refunds.Add(same);
            foreach (var (at, (credit, _)) in refund.Parts.Index().Where(part => part.Item.Credit.Refunds.Contains(refund)))
            {
                parts[at].Item1.Refunds.Add(same);
            }
        }

        copy.disputes.AddRange(disputes.Select(dispute => dispute with { Invoice = copy.invoices[invoices.IndexOf(dispute.Invoice)] }));
        copy.plans.AddRange(plans.Select(plan => plan with
        {
            Lines = plan.Lines.ConvertAll(line => line with { Invoice = copy.invoices[invoices.IndexOf(line.Invoice)], Item = items[line.Item] }),
        }));
        copy.metered.AddRange(metered);
        copy.billed.AddRange(billed);
        copy.usageNumbers.UnionWith(usageNumbers);
        copy.reservations.AddRange(reservations.Select(reservation => reservation with { }));
        foreach (var (name, allSales) in blocks)
        {
            copy.blocks.Add(name, allSales);
        }

        return copy;
    }

    /// <summary>Everything that tells two accounts apart.</summary>
    public string Digest() => string.Create(CultureInfo.InvariantCulture, $"{Now.UtcTicks} {closed} {writeOffBlockLifted} {Limits}") + string.Join(
        '\n',
        invoices.Select(invoice => string.Create(
                CultureInfo.InvariantCulture,
                $"{invoice.Number} {invoice.Rate} {invoice.Credited} {invoice.DisputeCredited} {string.Join(' ', invoice.Items.Select(item => $"{item.Open}/{item.Returned}/{item.Credited}/{item.Discounted}/{item.OpenVat}/{item.Billed.Values.Sum()}"))}"))
            .Concat(credits.Select(credit => string.Create(
                CultureInfo.InvariantCulture, $"{credit.Number} {credit.Rate} {credit.Reversed} {credit.Unapplied} {credit.Settlements.Count} {string.Join(' ', credit.Allocations.Select(each => each.Amount))}")))
            .Concat(reservations.Select(reservation => reservation.ToString()))
            .Concat(metered.Select(each => each.ToString())).Concat(billed.Select(each => each.ToString()))
            .Concat(writeOffs.Select(each => string.Create(
                CultureInfo.InvariantCulture, $"{each.Id} {each.Reversed} {string.Join(' ', each.Debts.Select(debt => $"{debt.Line.Taken} {debt.Recovered}"))}")))
            .Concat(plans.Select(plan => $"{plan.Id} {plan.IsGone} {plan.DecidedBy} {PlanText(plan.Status, plan.Asked, plan.Received, plan.BreaksOn, plan.HoldsUntil)}"))
            .Concat(refunds.Select(each => $"{each.Id} {each.Status} {each.PayeeVersion} {each.File}"))
            .Concat(disputes.Select(dispute => $"{dispute.Id} {dispute.IsOpen}")).Concat(blocks.Keys).Order(StringComparer.Ordinal));
}
