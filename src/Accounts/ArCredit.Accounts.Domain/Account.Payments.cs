using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Payments and their reversal.</summary>
public sealed partial class Account
{
    private readonly SmallMap<DocumentNumber, long> reversedLately = new();

    private Verdict DecidePayment(PostPayment command, Standing stand, KnownDocument? known)
    {
        if (items.FindCredit(NumberKind.Payment, command.PaymentId) is not null || uncleared.Contains(command.PaymentId))
        {
            return new Verdict.Taken(new NumberKey(NumberKind.Payment, command.PaymentId.Value));
        }

        var postedOn = command.PostedOn ?? (stand.Context.History ? command.ReceivedOn : stand.Today);
        if (InOpenPeriod(command, stand, ref postedOn) is { } closed)
        {
            return closed;
        }

        if (PostedRate(command.Amount, command.FxRate, postedOn, stand, out var rate) is { } unheld)
        {
            return unheld;
        }

        var companyRate = CompanyRate(command.Amount.Currency, rate, postedOn, stand);
        var means = MeansOf(command.ReceivedOn, postedOn, command.Amount.Currency, companyRate, stand);
        List<Allocation> allocations;
        if (command.Allocations is null)
        {
            allocations = AllocateByPolicy(command.Amount, command.Remittance?.Body, means);
        }
        else if (AllocateAsAsked(command.Amount, command.Allocations, means, known, out allocations) is { } refusal)
        {
            return refusal;
        }

        var received = new PaymentReceived(
            command.PaymentId, command.ReceivedOn, postedOn, command.Amount.Currency, command.Amount.Minor, rate, command.Method,
            command.ClearsOn >= stand.Today ? command.ClearsOn : null, allocations,
            command.Amount.Minor - allocations.Sum(allocation => allocation.Amount), command.Remittance?.Reference, stand.Context.History, companyRate);
        return new Verdict.Append(
            WithBlock(received, allocations, -1), [new NumberKey(NumberKind.Payment, command.PaymentId.Value)]);
    }

    private Verdict DecideReversal(ReversePayment command, Standing stand, KnownDocument? known)
    {
        var taken = new Verdict.Taken(new NumberKey(NumberKind.Reversal, command.PaymentId.Value));
        if (reversedLately.ContainsKey(command.PaymentId))
        {
            return taken;
        }

        if (FindCredit(CreditKind.Payment, command.PaymentId, known, out var payment, out var reversed) is { } missing)
        {
            return missing;
        }

        if (reversed)
        {
            return taken;
        }

        var on = command.On ?? Later(stand.Today, payment.LastPostedOn);
        if (InOpenPeriod(command, stand, ref on) is { } closed)
        {
            return closed;
        }

        if (on < payment.LastPostedOn)
        {
            return new Verdict.Refuse(
                RefusalCode.ReversalBeforePayment,
                $"The payment, or what it settles, was posted on {payment.LastPostedOn:yyyy-MM-dd}; it cannot be taken back before.");
        }

        if (WithoutRefunds(payment, on, stand, known, out var repaid) is { } unread)
        {
            return unread;
        }

        if (ToReopen([.. payment.Lines], CreditKind.Payment, new DocumentRequest(NumberKind.Payment, command.PaymentId), known, out var lines) is { } unknown)
        {
            return unknown;
        }

        var back = new PaymentReversed(
            command.PaymentId, command.Reason, payment.Date, on, payment.Currency, payment.Amount, payment.Rate, lines,
            repaid.Unapplied, command.Note?.Reference, payment.FxDifference);
        return new Verdict.Append(
            [.. repaid.Changed, .. WithBlock(back, back.Allocations, 1), .. repaid.Owed],
            [taken.Number, .. repaid.Owed.Select(owed => new NumberKey(NumberKind.Invoice, owed.Number.Value))]);
    }
}
