using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>Allocations of what is unapplied, and taking them back.</summary>
internal sealed partial class ReferenceAccount
{
    private ModelCredit? FindCredit(CreditKind kind, DocumentNumber number) =>
        credits.Find(credit => credit.IsPayment == (kind == CreditKind.Payment) && credit.Number == number.Value);

    private string Allocate(AllocateCredit command)
    {
        switch (FindCredit(command.Kind, command.Number))
        {
            case null:
                return Refused(RefusalCode.NotFound);
            case { Reversed: true }:
                return Refused(RefusalCode.PaymentReversed);
            case { Unapplied: 0 }:
                return Refused(RefusalCode.AllocationExceedsPayment);
            case var credit:
                if (command.Allocations?.Any(each => each.Amount * credit.Currency.MinorPerMajor % 1 != 0) == true)
                {
                    return Refused(RefusalCode.AmountDecimals);
                }

                var requests = command.Allocations?.Select(each => new AllocationRequest(each.Invoice, each.Instalment, Minor(each.Amount!.Value, credit.Currency), each.Part)).ToList();
                var valueDate = credit.IsPayment ? credit.ValueDate : null;
                var unapplied = new Money(Minor(credit.Unapplied, credit.Currency), credit.Currency);
                var way = credit.IsPayment ? VatWay.NetFirst : VatWay.InProportion;
                List<ModelAllocation> lines = [];
                if (requests is null)
                {
                    lines = ByPolicy(string.Empty, credit.Currency, credit.Unapplied, valueDate, way);
                }
                else if (Copy().SettleAsAsked(unapplied, requests, valueDate, [], way) is { } refusal)
                {
                    return Refused(refusal);
                }
                else
                {
                    SettleAsAsked(unapplied, requests, valueDate, lines, way);
                }

                if (command.Kind == CreditKind.CreditNote)
                {
                    lines.ForEach(line => line.Item.Credited += line.Amount);
                }

                if (lines.Count == 0)
                {
                    return Refused(RefusalCode.AllocationExceedsOpen);
                }

                KeepBlock(lines, back: false);
                credit.Settlements.Add(new ModelSettlement(credit.Settlements.Count + 1, lines));
                return Settled(lines, credit);
        }
    }

    private string Undo(UndoAllocation command)
    {
        if (FindCredit(command.Kind, command.Number) is not { } credit)
        {
            return Refused(RefusalCode.NotFound);
        }

        var settlement = credit.Settlements.Find(each => each.No == command.No);
        if (settlement is { Undone: true })
        {
            return Taken;
        }

        if (credit.Reversed || settlement is null)
        {
            return Refused(credit.Reversed ? RefusalCode.PaymentReversed : RefusalCode.NotFound);
        }

        settlement.Undone = true;
        settlement.Lines.ForEach(line => Reopen(line, !credit.IsPayment, bounced: false));
        KeepBlock(settlement.Lines, back: true);

        return Done;
    }
}
