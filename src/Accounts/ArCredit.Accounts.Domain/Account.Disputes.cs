using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Disputes: raised, worked on, resolved.</summary>
public sealed partial class Account
{
    /// <summary>Open disputes that an account may have: each is part of every snapshot.</summary>
    public const int MostDisputes = 1000;

    /// <summary>A dispute that is open.</summary>
    public DisputeState? FindDispute(DocumentNumber id) => Exists ? items.Disputes?.Find(id) : null;

    private Verdict DecideRaise(RaiseDispute command, Standing stand, KnownDocument? known)
    {
        var number = new NumberKey(NumberKind.Dispute, command.Id.Value);
        if (items.Disputes?.Find(command.Id) is not null)
        {
            return new Verdict.Taken(number);
        }

        if (items.Find(command.Invoice) is not { } invoice)
        {
            return CreditedInvoice(command.Invoice, known, out _) switch
            {
                null => Exceeds("anything"),
                Verdict.Refuse { Detail: var detail } => new Verdict.Refuse(RefusalCode.NotFound, detail),
                var needs => needs,
            };
        }

        var left = long.MaxValue;
        if (command.Amount is { } asked)
        {
            if (InMinorUnits(asked, invoice.Currency, out left) is { } fault)
            {
                return fault;
            }
        }

        var lines = new List<DisputedLine>();
        foreach (var item in invoice.Items.Where(item => command.Instalment is null || item.Instalment == command.Instalment).OrderBy(item => item.DueDate))
        {
            if (Math.Min(left, item.Open - (items.Disputes?.Of(item) ?? 0)) is > 0 and var part)
            {
                lines.Add(new DisputedLine(item.Instalment, part));
                left -= part;
            }
        }

        if (lines.Count == 0 || (command.Amount is { } more && left > 0))
        {
            return Exceeds(command.Amount is { } amount ? $"{amount} {invoice.Currency}" : "anything");
        }

        return items.Disputes?.Count >= MostDisputes
            ? new Verdict.Refuse(RefusalCode.TooManyDisputes, $"The account has {MostDisputes} open disputes; resolve some first.")
            : new Verdict.Append(
                [new DisputeRaised(
                    new DisputeState(
                        command.Id, command.Invoice, invoice.Currency, invoice.Rate, command.Reason, lines, command.Owner, command.DueOn, stand.Today,
                        stand.Context.Now, CompanyRate: ReferenceEquals(stand.Company.Currency, Currency) ? null : invoice.CompanyRate),
                    command.Note?.Reference)],
                [number]);

        Verdict.Refuse Exceeds(string what) => new(
            RefusalCode.DisputeExceedsOpen,
            $"Of invoice {command.Invoice}{(command.Instalment is { } no ? $", instalment {no}" : string.Empty)}, less is open and not disputed than {what}.");
    }

    private Verdict DecideDisputeChange(ChangeDispute command) =>
        items.Disputes?.Find(command.Id) is not { } dispute
            ? NoDispute(command.Id)
            : new Verdict.Append(new DisputeChanged(
                dispute with { Owner = command.Owner ?? dispute.Owner, DueOn = command.DueOn ?? dispute.DueOn }, command.Note?.Reference));

    private Verdict DecideResolution(ResolveDispute command, Standing stand, KnownDocument? known)
    {
        if (items.Disputes?.Find(command.Id) is not { } dispute)
        {
            return NoDispute(command.Id);
        }

        var credited = command.Outcome == DisputeOutcome.Rejected ? 0 : dispute.Amount;
        if (command.Outcome == DisputeOutcome.Partly)
        {
            if (InMinorUnits(command.Amount ?? 0, dispute.Currency, out credited) is { } fault)
            {
                return fault;
            }

            if (credited >= dispute.Amount)
            {
                return new Verdict.Refuse(
                    RefusalCode.DisputeExceedsOpen,
                    $"A part is less than the {new Money(dispute.Amount, dispute.Currency)} that are disputed; the outcome creditNote credits all of it.");
            }
        }

        if (credited > 0 && !command.MayCredit)
        {
            return new Verdict.Refuse(
                RefusalCode.ApprovalRequired, "A credit note is for billing, finance or a credit manager to give; without their right a dispute is only rejected.");
        }

        // What disputes of the invoice have credited before counts: several small ones are as good as a large one.
        var before = items.DisputeCredits?.GetValueOrDefault(dispute.Invoice) ?? 0;
        if (credited > 0 && !command.MayApprove && NeedsApproval(before + new Money(credited, dispute.Currency).Convert(dispute.Rate, Currency).Minor, stand))
        {
            return new Verdict.Refuse(
                RefusalCode.ApprovalRequired, $"Crediting {new Money(credited, dispute.Currency)} {(before == 0 ? "is" : "with what disputes of the invoice have credited before is")} above what the policy lets this key decide.");
        }

        var resolved = new DisputeResolved(
            dispute with
            {
                Outcome = command.Outcome,
                Credited = credited,
                CreditNote = credited > 0 ? command.CreditNote : null,
                ResolvedOn = stand.Today,
                ResolvedAt = stand.Context.Now,
            },
            command.Note?.Reference);
        var number = new NumberKey(NumberKind.DisputeResolution, command.Id.Value);
        if (credited == 0)
        {
            return new Verdict.Append([resolved], [number]);
        }

        var note = new PostCreditNote(
            command.CreditNote!.Value, command.IssueDate ?? stand.Today, command.PostedOn, new Money(credited, dispute.Currency), dispute.Rate, dispute.Invoice)
        {
            NextOpenDay = command.NextOpenDay,
        };
        return DecideCreditNote(note, stand, known, dispute) switch
        {
            Verdict.Append append => new Verdict.Append([.. append.Events, resolved], [.. append.Numbers, number]),
            Verdict.Taken => new Verdict.Refuse(RefusalCode.NumberConflict, $"There is a credit note {note.Number} already."),
            var other => other,
        };
    }

    /// <summary>An amount that the policy's currency cannot be compared with needs it, too.</summary>
    private bool NeedsApproval(long amount, Standing stand)
    {
        if (stand.Policy.Disputes.ApproveAbove is not { } above)
        {
            return false;
        }

        var policyRate = stand.Context.Reference.FindRate(stand.Company.Currency, Currency, stand.Today)?.Rate;
        return !(amount <= Decisions.EffectiveLimit.PolicyAmount(above, Currency, policyRate));
    }

    /// <summary>What is disputed first, as far as it is open; then the invoice as any credit note reduces it.</summary>
    private static IEnumerable<Target> DisputedFirst(OpenInvoice invoice, IReadOnlyList<DisputedLine> disputed)
    {
        var order = invoice.Items.OrderBy(item => item.DueDate).ToList();
        long PartOf(OpenItem item) => Math.Min(item.Open, disputed.FirstOrDefault(line => line.Instalment == item.Instalment)?.Amount ?? 0);
        return order.Select(item => new Target(item, PartOf(item), Math.Min(item.Returned, PartOf(item))))
            .Concat(order.Select(item => new Target(item, item.Open - PartOf(item), Math.Max(0, item.Returned - PartOf(item)))));
    }

    /// <summary>The items in order with what is not disputed of them, then what is. A part of an item earns no discount.</summary>
    private IEnumerable<Target> DisputedLast(IEnumerable<OpenItem> inOrder)
    {
        if (items.Disputes is not { } disputes)
        {
            return Targets(inOrder);
        }

        return PartsOf(inOrder.Where(item => !item.IsRetained)).Concat(PartsOf(inOrder.Where(item => item.IsRetained)));

        IEnumerable<Target> PartsOf(IEnumerable<OpenItem> of) => of.Select(item => disputes.Of(item) is > 0 and var disputed
                ? new Target(item, item.Open - disputed, Math.Min(item.Returned, item.Open - disputed), IsPart: true)
                : new Target(item, item.Open, item.Returned))
            .Concat(of.Where(item => disputes.Of(item) > 0)
                .Select(item => new Target(item, disputes.Of(item), Math.Max(0, item.Returned - (item.Open - disputes.Of(item))), IsPart: true)));
    }

    private static Verdict.Refuse NoDispute(DocumentNumber id) => new(RefusalCode.NotFound, $"There is no open dispute {id}.");

    private static Verdict.Refuse? InMinorUnits(decimal amount, Currency currency, out long minor)
    {
        var fault = Money.TryFromAmount(amount, currency, out var money);
        minor = money.Minor;
        return fault switch
        {
            AmountFault.None => null,
            AmountFault.TooLarge => new Verdict.Refuse(RefusalCode.AmountTooLarge, $"{amount} is more than can be held."),
            AmountFault.TooManyDecimals => new Verdict.Refuse(
                RefusalCode.AmountDecimals, $"{amount} has more decimals than {currency} has ({currency.Decimals})."),
        };
    }
}
