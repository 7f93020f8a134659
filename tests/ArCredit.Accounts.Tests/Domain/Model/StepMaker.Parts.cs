using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>What only some sequences have: VAT, retentions and interest.</summary>
internal sealed partial class StepMaker
{
    private readonly List<Money> exact = [];
    private readonly List<(string Number, int Retained)> held = [];
    private (string Number, int Retained) releasing = ("IN/99", 1);

    private AccountCommand OfParts() => random.Next(10) switch
    {
        < 4 => new ReleaseRetention(
            (releasing = Held()).Number.No(), Chance(0.5) ? DisputedPart() : null, Chance(0.15) ? Day() : null, Chance(0.2) ? Day() : null, new FreeText("accepted")),
        < 6 => Released((number, instalment) => new ReverseRelease(number, instalment, null)),
        < 7 => Released((number, instalment) => new PostPayment(
            $"P{payments.Count + 1}".No(), new Money(1, account), Day(), null, null, PaymentMethod.Transfer, null, [new AllocationRequest(number, instalment, 1)], null)),
        _ => new BillInterest(
            NewInvoice(account, 1).No(), Chance(0.3) ? Day() : null, Chance(0.3) ? AnyCurrency() : null, null, null, null, null, null),
    };

    private (string Number, int Retained) Held() => held.Count > 0 && Chance(0.97) ? held[random.Next(Math.Max(0, held.Count - 3), held.Count)] : (ExistingInvoice().Number, 1);

    /// <summary>What is mostly the first or second release, if there is one.</summary>
    private AccountCommand Released(Func<DocumentNumber, int, AccountCommand> of)
    {
        var (number, retained) = Chance(0.8) ? releasing : Held();
        var command = of(number.No(), retained + (Chance(0.7) ? 1 : 2));
        payments.AddRange(command is PostPayment payment ? [payment.PaymentId.Value] : []);
        return command;
    }

    private ItemPart? AnyPart() => withParts && Chance(0.6) ? Pick<ItemPart>() : null;

    private long? TaxOf(Money gross)
    {
        var tax = Chance(0.7) ? random.GetItems([gross.Minor / 6, gross.Minor * 18 / 118, gross.Minor / 2, gross.Minor, gross.Minor + 1, 0], 1)[0] : (long?)null;
        exact.AddRange(new[] { tax, gross.Minor - tax }.Where(each => each > 0).Select(each => gross with { Minor = each!.Value }));
        return tax;
    }

    /// <summary>VAT and a retention; the instalments are of what is not held back, mostly.</summary>
    private InvoiceFacts WithParts(InvoiceFacts facts, Money? amount)
    {
        if (!withParts)
        {
            return facts;
        }

        var gross = amount ?? Amount(account);
        var tax = TaxOf(gross);
        if (Chance(0.45))
        {
            var retention = Chance(0.6) && facts.Instalments.Count == 0
                ? new RetentionFacts(random.GetItems([5m, 10m, 12.5m, 33.3333m, 0.01m], 1)[0], null, null, Chance(0.5) ? random.Next(20) : null)
                : new RetentionFacts(null, Chance(0.95) ? Math.Max(1, gross.Minor / random.Next(2, 12)) : gross.Minor, null, Chance(0.5) ? random.Next(20) : null);
            var kept = retention.Amount ?? (long)decimal.Round(gross.Minor * retention.Percent!.Value / 100, MidpointRounding.ToEven);
            held.Add((facts.Number.Value, Math.Max(1, facts.Instalments.Count) + 1));
            var last = facts.Instalments.Count == 0 ? null : facts.Instalments[^1];
            facts = facts with
            {
                Retention = retention,
                Instalments = last is not null && last.Amount > kept && Chance(0.95) ? [.. facts.Instalments.SkipLast(1), last with { Amount = last.Amount - kept }] : facts.Instalments,
            };
            var beside = facts.Instalments.Count == 0 ? [gross.Minor - kept] : facts.Instalments.Select(each => each.Amount).ToArray();
            var percent = facts.Discount is { Count: > 0 } steps ? steps.Max(step => step.Percent) : 0;
            exact.AddRange(new[] { 0, percent }.Select(each => gross with { Minor = beside.Sum(part => part - (long)decimal.Round(part * each / 100, MidpointRounding.ToEven)) })
                .Where(each => each.Minor > 0));
        }

        return facts with { TaxAmount = tax };
    }
}
