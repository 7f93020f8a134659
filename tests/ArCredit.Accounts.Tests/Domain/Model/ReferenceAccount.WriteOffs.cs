using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>Debit notes, claims, and what is given up and comes back.</summary>
internal sealed partial class ReferenceAccount
{
    private const string WriteOffBlock = "write-off";

    public decimal WrittenOff => Debts.Sum(debt => Worth(debt.Left, debt.Line.Invoice));

    private IEnumerable<ModelDebt> Debts => writeOffs.Where(each => !each.Reversed && each.Kind == WriteOffKind.BadDebt).SelectMany(each => each.Debts);

    private IEnumerable<ModelAllocation> WrittenOffLines => writeOffs.Where(each => !each.Reversed).SelectMany(each => each.Debts).Select(debt => debt.Line);

    private string Bill(PostDebit command)
    {
        if (FindInvoice(command.Number) is not null)
        {
            return Taken;
        }

        if (command.TaxAmount > command.Amount.Minor)
        {
            return Refused(RefusalCode.TaxExceedsAmount);
        }

        if (RateOf(command.Amount.Currency) is not { } rate)
        {
            return Refused(RefusalCode.NoRate);
        }

        var amount = command.Amount.Amount;
        var vat = terms.SplitVat && command.Kind == DebitKind.DebitNote ? Money.ToDecimal(command.TaxAmount ?? 0, command.Amount.Currency) : 0;
        invoices.Add(new ModelInvoice(
            command.Number.Value, command.Amount.Currency, rate, command.IssueDate, amount,
            [new ModelItem(1, command.DueDate ?? command.IssueDate.AddDays(30), amount) { Vat = vat, OpenVat = vat }], [])
        {
            Kind = command.Kind,
            CompanyRate = CompanyRateOf(command.Amount.Currency),
        });
        return Done;
    }

    private string WriteOff(WriteOff command)
    {
        if (writeOffs.Exists(each => each.Id == command.Id.Value))
        {
            return Taken;
        }

        if (FindInvoice(command.Invoice) is not { } invoice)
        {
            return Refused(RefusalCode.InvoiceUnknown);
        }

        if (invoice.Open > 0 && command.Kind == WriteOffKind.Waiver && !invoice.IsClaim)
        {
            return Refused(RefusalCode.NotAClaim);
        }

        if (invoice.Open > 0 && command.Amount * invoice.Currency.MinorPerMajor % 1 is not (null or 0))
        {
            return Refused(RefusalCode.AmountDecimals);
        }

        var items = Asked(new AllocationRequest(command.Invoice, command.Instalment, 0)).ToList();
        var open = items.Sum(each => each.Item.Open);
        var amount = command.Amount ?? open;
        if (amount == 0 || amount > open)
        {
            return Refused(RefusalCode.WriteOffExceedsOpen);
        }

        var used = credits.Where(credit => !credit.Reversed).SelectMany(credit => credit.Allocations).Concat(WrittenOffLines)
            .Sum(line => Worth(line.Difference, line.Invoice));
        var isSmall = command.Kind == WriteOffKind.SmallDifference;
        if (isSmall && Worth(amount, invoice) > Math.Min(Policy(ModelTerms.SmallPerItem), Policy(ModelTerms.SmallPerYear) - used))
        {
            return Refused(RefusalCode.DifferenceTooLarge);
        }

        var lines = Settle(items, amount, way: VatWay.InProportion)
            .ConvertAll(line => isSmall ? line with { Amount = 0, Forgiven = line.Amount, Difference = line.Amount } : line);
        writeOffs.Add(new ModelWriteOff(command.Id.Value, command.Kind, lines.ConvertAll(line => new ModelDebt(command.Id.Value, line)), Today));
        if (command.Kind == WriteOffKind.BadDebt)
        {
            if (blocks.TryAdd(WriteOffBlock, false))
            {
                writeOffBlockLifted = false;
            }
        }

        return Done;
    }

    private string TakeBack(ReverseWriteOff command)
    {
        switch (writeOffs.Find(each => each.Id == command.Id.Value))
        {
            case null:
                return Refused(RefusalCode.NotFound);
            case { Reversed: true }:
                return Taken;
            case { Kind: WriteOffKind.BadDebt } debt when debt.Debts.Exists(each => each.Recovered > 0):
                return Refused(RefusalCode.WriteOffRecovered);
            case var writeOff:
                (writeOff.Reversed, writeOff.ReversedOn) = (true, Today);
                writeOff.Debts.ForEach(debt => Reopen(debt.Line, isCreditNote: false, bounced: false));
                if (writeOff.Kind == WriteOffKind.BadDebt && Debts.All(debt => debt.Left == 0))
                {
                    blocks.Remove(WriteOffBlock);
                }

                return Done;
        }
    }

    /// <summary>What is left of the money goes to bad debt, as it had been due.</summary>
    private decimal Recover(Currency of, ModelInvoice? invoice, int? instalment, decimal amount, List<ModelAllocation> lines)
    {
        var open = Debts.Where(debt => debt.Left > 0 && debt.Line.Invoice.Currency == of && (invoice is null || debt.Line.Invoice == invoice)
            && (instalment is null || debt.Line.Item.Number == instalment));
        foreach (var debt in open.OrderBy(each => each.Line.Item.DueDate).ThenBy(each => each.Line.Invoice.IssueDate)
            .ThenBy(each => each.Line.Invoice.Number, StringComparer.Ordinal).ThenBy(each => each.Line.Item.Number)
            .ThenBy(each => each.WriteOff, StringComparer.Ordinal).ToList())
        {
            var part = Math.Min(amount, debt.Left);
            if (part > 0)
            {
                lines.Add(new ModelAllocation(debt.Line.Invoice, debt.Line.Item, part, 0) { Debt = debt });
                debt.Recovered += part;
                amount -= part;
            }
        }

        return amount;
    }

    /// <summary>The block goes when nothing is written off any more, and comes when it is again.</summary>
    private void KeepBlock(List<ModelAllocation> lines, bool back, bool bounced = false)
    {
        if (!lines.Exists(line => line.Debt is not null))
        {
            return;
        }

        if (back)
        {
            if (bounced || !writeOffBlockLifted)
            {
                blocks.TryAdd(WriteOffBlock, false);
                writeOffBlockLifted = false;
            }
        }
        else if (Debts.All(debt => debt.Left == 0))
        {
            blocks.Remove(WriteOffBlock);
        }
    }
}
