using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>Refunds of unapplied credit.</summary>
internal sealed partial class ReferenceAccount
{
    private readonly List<ModelRefund> refunds = [];

    private string Refund(RequestRefund command)
    {
        if (refunds.Exists(each => each.Id == command.Id.Value))
        {
            return Taken;
        }

        var amount = command.Amount.Amount;
        List<ModelCredit> sources;
        if (command.Number is { } number)
        {
            if (FindCredit(command.Kind!.Value, number) is not { } credit)
            {
                return Refused(RefusalCode.NotFound);
            }

            if (credit.Reversed)
            {
                return Refused(RefusalCode.PaymentReversed);
            }

            if (credit.Unapplied + credit.Earmarked == 0)
            {
                return Refused(RefusalCode.RefundExceedsUnapplied);
            }

            if (credit.Currency != command.Amount.Currency)
            {
                return Refused(RefusalCode.CurrencyMismatch);
            }

            if (IsUncleared(credit))
            {
                return Refused(RefusalCode.RefundNotCleared);
            }

            sources = [credit];
        }
        else
        {
            sources = [.. credits.Where(credit => credit.Unapplied > 0 && credit.Currency == command.Amount.Currency && !IsUncleared(credit))
                .OrderBy(credit => credit.ValueDate ?? credit.IssueDate).ThenBy(credit => credit.IsPayment).ThenBy(credit => credit.Number, StringComparer.Ordinal)];
        }

        if (sources.Sum(credit => credit.Unapplied) < amount)
        {
            return Refused(RefusalCode.RefundExceedsUnapplied);
        }

        var refund = new ModelRefund(command.Id.Value, command.By, []);
        foreach (var credit in sources.Where(_ => amount > 0).ToList())
        {
            var part = Math.Min(amount, credit.Unapplied);
            if (part > 0)
            {
                refund.Parts.Add((credit, part));
                amount -= part;
            }
        }

        refunds.Add(refund);
        refund.Parts.ForEach(part => part.Credit.Refunds.Add(refund));
        return Done;
    }

    private bool IsUncleared(ModelCredit credit) => credit.IsPayment && credit.ClearsOn >= Today;

    private string Approve(ApproveRefund command) => WithRefund(command.Id, RefundStatus.Approved, refund =>
    {
        if (refund.Status != RefundStatus.Requested)
        {
            return null;
        }

        if (refund.By == command.By)
        {
            return Refused(RefusalCode.OwnRequest);
        }

        (refund.Status, refund.PayeeVersion) = (RefundStatus.Approved, command.PayeeVersion);
        return Done;
    });

    private string Void(VoidRefundApproval command) => WithRefund(command.Id, RefundStatus.Requested, refund =>
    {
        if (refund.Status != RefundStatus.Approved)
        {
            return null;
        }

        (refund.Status, refund.PayeeVersion) = (RefundStatus.Requested, 0);
        return Done;
    });

    private string File(FileRefund command) => WithRefund(command.Id, RefundStatus.Filed, refund =>
    {
        if (refund.Status != RefundStatus.Approved)
        {
            return Refused(refund.File == command.File ? RefusalCode.RefundUnchanged : RefusalCode.RefundState);
        }

        if (refund.PayeeVersion != command.PayeeVersion)
        {
            return Refused(RefusalCode.PayeeChanged);
        }

        (refund.Status, refund.File) = (RefundStatus.Filed, command.File);
        refund.Realised.AddRange(refund.Parts.Select(part => DifferenceOf(part.Credit.Currency, part.Amount, part.Credit.CompanyRate, CompanyRateOf(part.Credit.Currency))));
        return Filed(refund.Realised);
    });

    private string Report(ReportRefund command)
    {
        var wanted = command.Settled ? RefundStatus.Settled : RefundStatus.Sent;
        return WithRefund(command.Id, wanted, refund =>
        {
            if (refund.Status != RefundStatus.Filed && !(refund.Status == RefundStatus.Sent && command.Settled))
            {
                return null;
            }

            refund.Status = wanted;
            return Done;
        });
    }

    private string End(EndRefund command) => WithRefund(command.Id, command.Outcome, refund =>
    {
        var hasLeft = refund.Status is RefundStatus.Filed or RefundStatus.Sent;
        var may = command.Outcome switch
        {
            RefundStatus.Cancelled => refund.IsPending,
            RefundStatus.Rejected => hasLeft,
            _ => hasLeft || refund.Status == RefundStatus.Settled,
        };
        if (!may)
        {
            return null;
        }

        refund.Status = command.Outcome;
        foreach (var (at, (credit, amount)) in refund.Parts.Index())
        {
            credit.Refunds.Remove(refund);
            if (credit.Reversed)
            {
                var owed = invoices.Find(invoice => invoice.Number == OwedNumber(refund, at))!;
                credits.Add(new ModelCredit(
                    OwedNumber(refund, at), true, credit.Currency, credit.Rate, amount, null,
                    ModelCredit.First(Settle(owed.Items.Where(item => item.Open > 0).Select(item => (owed, item)), amount, maybeShort: false)), Today)
                {
                    CompanyRate = credit.CompanyRate,
                });
            }
        }

        // What it realised when it left is given back, whether its payments still stand or not.
        return Ended(refund.Realised.Sum() ?? 0);
    });

    /// <summary>What is not filed yet is cancelled; what has left is owed.</summary>
    private void ReverseRefunds(ModelCredit payment)
    {
        foreach (var refund in payment.Refunds.ToList())
        {
            if (refund.IsPending)
            {
                refund.Status = RefundStatus.Cancelled;
                refund.Parts.ForEach(part => part.Credit.Refunds.Remove(refund));
                continue;
            }

            var at = refund.Parts.FindIndex(part => part.Credit == payment);
            var amount = refund.Parts[at].Amount;
            invoices.Add(new ModelInvoice(OwedNumber(refund, at), payment.Currency, payment.Rate, Today, amount, [new ModelItem(1, Today, amount)], [])
            {
                Kind = DebitKind.DebitNote,
                CompanyRate = payment.CompanyRate,
            });
        }
    }

    private static string OwedNumber(ModelRefund refund, int at) => $"REFUND-{refund.Id}-{at + 1}";

    private string WithRefund(DocumentNumber id, RefundStatus wanted, Func<ModelRefund, string?> act) =>
        refunds.Find(each => each.Id == id.Value) is not { } refund ? Refused(RefusalCode.NotFound)
        : act(refund) ?? Refused(refund.Status == wanted ? RefusalCode.RefundUnchanged : RefusalCode.RefundState);
}
