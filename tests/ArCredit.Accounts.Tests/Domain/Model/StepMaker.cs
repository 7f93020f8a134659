using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>
/// Random steps from a seed. Numbers come from small sets and are mostly ones that were used before; amounts are small and
/// often round, so that limits, exact matches and rests are met again and again.
/// </summary>
internal sealed partial class StepMaker(Random random, Currency account, bool withRefunds = false, bool withParts = false, bool withUsage = false)
{
    private static readonly Currency[] Foreign = [.. new[] { "USD", "USD", "GBP", "EUR", ModelTerms.NotAllowed }.Select(Currency.Parse)];

    private readonly List<(string Id, Currency Of)> reservations = [];
    private readonly List<(string Number, Currency Of, int Instalments)> invoices = [];
    private readonly List<string> payments = [];
    private readonly List<string> creditNotes = [];
    private readonly List<string> writeOffs = [];
    private readonly List<string> disputes = [];
    private readonly List<string> plans = [];
    private readonly List<string> refunds = [];
    private int resolutions;
    private int refundSteps;

    public IEnumerable<Step> Make(int count)
    {
        for (var i = 0; i < count; i++)
        {
            // A refund goes on mostly as refunds do, or nearly none would ever be paid.
            yield return refundSteps > 0 && Chance(0.6) ? new Step.Ask(ChangeRefund()) : Next();
        }
    }

    private Step Next() => withUsage && Chance(0.15) ? new Step.Ask(Usage()) : withParts && Chance(0.2) ? new Step.Ask(OfParts()) : random.Next(withRefunds ? 120 : 112) switch
    {
        < 14 => new Step.Ask(Reserve()),
        < 19 => new Step.Ask(new CheckCredit(Purchase(AnyCurrency()), Pick<Checkpoint>())),
        < 25 => new Step.Ask(Change()),
        < 29 => new Step.Ask(Deliver()),
        < 33 => new Step.Ask(new ReleaseReservation(Reservation().Id.No())),
        < 42 => new Step.Ask(Capture()),
        < 51 => new Step.Ask(Invoice()),
        < 52 => new Step.Ask(Bill()),
        < 55 => new Step.Ask(Chance(0.65) ? WriteOff() : TakeBack()),
        < 59 => new Step.Ask(CreditNote()),
        < 67 => new Step.Ask(Pay()),
        < 71 => new Step.Ask(Allocate()),
        < 74 => new Step.Ask(Undo()),
        < 77 => new Step.Ask(Reverse()),
        < 79 => new Step.Ask(Put()),
        < 80 => new Step.Ask(Block()),
        < 83 => new Step.Ask(Raise()),
        < 86 => new Step.Ask(Resolve()),
        < 91 => new Step.Wait(Chance(0.5) ? TimeSpan.FromSeconds(random.Next(1, 5) * 300) : TimeSpan.FromHours(random.Next(1, 120))),
        < 92 => new Step.Sweep(),
        < 96 => new Step.Forget(),
        < 100 => new Step.Sleep(AllPages: Chance(0.3)),
        < 104 => new Step.Ask(Plan()),
        < 108 => new Step.Ask(new DecidePlan(AnyPlan().No(), Chance(0.75) ? PlanDecision.Approve : Pick<PlanDecision>(), null, Chance(0.8) ? "manager" : "collector")),
        < 112 => new Step.Ask(new CancelPlan(AnyPlan().No(), Chance(0.5))),
        _ => new Step.Ask(Chance(0.5) ? Refund() : ChangeRefund()),
    };

    /// <summary>Mostly of what is overdue and by schedule, because nobody can guess what is open.</summary>
    private RequestPlan Plan()
    {
        plans.Add(Chance(0.9) ? $"L{plans.Count + 1}" : AnyPlan());
        var items = Chance(0.4) ? null : Enumerable.Range(0, random.Next(1, 4)).Select(_ => ExistingInvoice())
            .Select(each => new PlanItem(each.Number.No(), Chance(0.2) ? random.Next(1, each.Instalments + 1) : null)).ToList();
        var first = ModelTerms.FirstDay.AddDays(Chance(0.5) ? random.Next(0, 2) : random.Next(0, 9));
        var schedule = Chance(0.8) ? new PlanSchedule(random.Next(1, 5), Pick<PlanInterval>(), first) : null;
        return new RequestPlan(
            plans[^1].No(), items, Chance(0.2) ? AnyCurrency() : null,
            schedule is null ? [new PlanPayment(first, Amount(account).Amount), new PlanPayment(first.AddDays(3), DisputedPart() ?? 5)] : null, schedule,
            Chance(0.6) ? random.Next(3) : null, null, null, "collector");
    }

    private string AnyPlan() => plans.Count > 0 && Chance(0.97) ? plans[random.Next(plans.Count)] : "L99";

    private ReserveCredit Reserve()
    {
        var of = AnyCurrency();
        var id = Chance(0.9) ? $"R{reservations.Count + 1}" : Reservation().Id;
        reservations.Add((id, of));
        return new ReserveCredit(id.No(), Pick<ReservationKind>(), Purchase(of), null, Chance(0.3) ? Seconds() : null);
    }

    private Purchase Purchase(Currency of)
    {
        var amount = Amount(of);
        return new Purchase(amount, Chance(0.25) ? Paid(amount) : null, null, null);
    }

    private ChangeReservation Change()
    {
        var (id, of) = Reservation();
        return new ChangeReservation(id.No(), Chance(0.8) ? Amount(of) : null, Chance(0.4) ? Seconds() : null);
    }

    private DeliverReservation Deliver()
    {
        var (id, of) = Reservation();
        return new DeliverReservation(id.No(), Chance(0.55) ? Amount(of) : null);
    }

    private CaptureReservation Capture()
    {
        var (id, of) = Reservation();
        var amount = Chance(0.6) ? Amount(of) : (Money?)null;
        return new CaptureReservation(id.No(), amount, Chance(0.2), Chance(0.2) ? Paid(amount ?? Amount(of)) : null, WithParts(Facts(NewInvoice(of, 1)), amount));
    }

    private PostInvoice Invoice()
    {
        var of = AnyCurrency();
        var amount = Amount(of);
        var parts = Chance(0.3) ? Instalments(amount) : [];
        var captures = Enumerable.Range(0, Chance(0.3) ? random.Next(1, 3) : 0)
            .Select(_ => new CaptureRequest(Reservation().Id.No(), Chance(0.5) ? Amount(of).Minor : null, Chance(0.2)));
        return new PostInvoice(
            amount, WithParts(Facts(NewInvoice(of, Math.Max(1, parts.Length))) with { Instalments = parts }, amount), [.. captures],
            Chance(0.2) ? Paid(amount) : null, Chance(0.2))
        {
            Usage = withUsage && Chance(0.25) ? [.. Subscriptions.Where(_ => Chance(0.5)).Select(each => new BilledUsage(each, Day()))] : [],
        };
    }

    private PostDebit Bill()
    {
        var of = AnyCurrency();
        var kind = (DebitKind)random.Next(1, 4);
        var bill = new PostDebit(kind, NewInvoice(of, 1).No(), Day(), Chance(0.8) ? Day() : null, null, Amount(of), null, null, null);
        return kind == DebitKind.DebitNote && withParts ? bill with { TaxAmount = TaxOf(bill.Amount) } : bill;
    }

    private WriteOff WriteOff()
    {
        var (number, of, instalments) = ExistingInvoice();
        writeOffs.Add(Chance(0.9) ? $"W{writeOffs.Count + 1}" : "W1");
        var kind = random.GetItems([WriteOffKind.BadDebt, WriteOffKind.BadDebt, WriteOffKind.SmallDifference, WriteOffKind.Waiver], 1)[0];
        var amount = kind == WriteOffKind.SmallDifference ? random.Next(1, 5) : Amount(of).Amount;
        return new WriteOff(
            writeOffs[^1].No(), kind, number.No(), Chance(0.2) ? random.Next(1, instalments + 1) : null, Chance(0.7) ? null : amount, null,
            new FreeText("because"));
    }

    private ReverseWriteOff TakeBack() => new(
        (writeOffs.Count > 0 && Chance(0.95) ? writeOffs[random.Next(writeOffs.Count)] : "W99").No(), null, null);

    private PostCreditNote CreditNote()
    {
        var (number, of, _) = ExistingInvoice();
        creditNotes.Add($"C{random.Next(40)}");
        return new PostCreditNote(
            creditNotes[^1].No(), Day(), null, Amount(Chance(0.95) ? of : AnyCurrency()), null, Chance(0.75) ? number.No() : null);
    }

    private PostPayment Pay()
    {
        var id = Chance(0.9) ? $"P{payments.Count + 1}" : Payment();
        payments.Add(id);
        var (_, of, _) = ExistingInvoice();
        if (exact.Count > 0 && Chance(0.5))
        {
            // Exactly what is open of something, if nothing was paid of it yet.
            return new PostPayment(
                id.No(), exact[random.Next(exact.Count)], Day(), null, null, PaymentMethod.Transfer, null, null, Chance(0.3) ? new FreeText(Remittance()) : null);
        }

        var amount = Amount(Chance(0.9) ? of : AnyCurrency());
        amount = Chance(0.3) ? amount with { Minor = Math.Max(1, amount.Minor - (amount.Minor * random.Next(1, 11) / 100)) } : amount;
        IReadOnlyList<AllocationRequest>? allocations = random.Next(10) switch
        {
            < 5 => null,
            < 7 => [],
            _ => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Allocation(of))],
        };
        return new PostPayment(
            id.No(), amount, Day(), null, null, Chance(0.7) ? PaymentMethod.Transfer : PaymentMethod.DirectDebit, Chance(0.3) ? Day() : null, allocations,
            Chance(0.4) ? new FreeText(Remittance()) : null);
    }

    /// <summary>Numbers among words, in the ways payers write them.</summary>
    private string Remittance() => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
    {
        var (one, other) = (ExistingInvoice().Number, ExistingInvoice().Number);
        return random.Next(9) switch
        {
            0 => "invoice",
            1 => one.ToLowerInvariant(),
            2 => $"#{one}.",
            3 => $"({one}),",
            4 => $"{one}/{other}",
            5 => $"Re:\"{one}\";{other}",
            6 => $"{one}\n{other}",
            7 => $"{one}x",
            _ => one,
        };
    }));

    private AllocationRequest Allocation(Currency of)
    {
        var (number, _, instalments) = ExistingInvoice();
        return new AllocationRequest(number.No(), Chance(0.4) ? random.Next(1, instalments + 1) : null, Amount(of).Minor, AnyPart());
    }

    private AllocateCredit Allocate()
    {
        var (kind, number) = Credit();
        var (_, of, _) = ExistingInvoice();
        IReadOnlyList<SettlementRequest>? asked = Chance(0.6)
            ? null
            : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Allocation(of)).Select(each => new SettlementRequest(
                each.Invoice, each.Instalment, Chance(0.5) ? Money.ToDecimal(each.Amount, account) : random.Next(1, 20), each.Part))];
        return new AllocateCredit(kind, number, asked, null);
    }

    private UndoAllocation Undo()
    {
        var (kind, number) = Credit();
        return new UndoAllocation(kind, number, Chance(0.85) ? 1 : random.Next(1, 4), null, null);
    }

    private RequestRefund Refund()
    {
        var named = Chance(0.7);
        refundSteps = 5;
        var (kind, number) = Credit();
        refunds.Add(Chance(0.8) || refunds.Count == 0 ? $"F{refunds.Count + 1}" : refunds[random.Next(refunds.Count)]);
        var (_, of, _) = ExistingInvoice();
        return new RequestRefund(
            refunds[^1].No(), Chance(0.6) ? new Money(random.Next(1, 2000), of) : Amount(of), named ? kind : null, named ? number : null, "bank", "overpaid", null,
            Chance(0.8) ? "ayla" : "murad");
    }

    private AccountCommand ChangeRefund()
    {
        var id = (refunds.Count > 0 && Chance(0.97) ? refunds[Math.Max(0, refunds.Count - random.Next(1, 3))] : "F99").No();
        var next = refundSteps == 0 || Chance(0.3) ? random.Next(12) : (5 - refundSteps) switch { 0 => 0, 1 => 4, 2 => 7, _ => 10 };
        refundSteps = Math.Max(0, refundSteps - 1);
        return next switch
        {
            < 4 => new ApproveRefund(id, Chance(0.9) ? 1 : 2, "murad"),
            < 7 => new FileRefund(id, 1, Chance(0.9) ? "M1" : "M2", id.Value),
            < 8 => new ReportRefund(id, Chance(0.5)),
            < 10 => new VoidRefundApproval(id, "PAYEE_CHANGED"),
            _ => new EndRefund(id, random.GetItems([RefundStatus.Cancelled, RefundStatus.Rejected, RefundStatus.Returned], 1)[0], "AC04", null, null),
        };
    }

    private RaiseDispute Raise()
    {
        var (number, _, instalments) = ExistingInvoice();
        disputes.Add(Chance(0.85) ? $"D{disputes.Count + 1}" : Dispute());
        return new RaiseDispute(
            disputes[^1].No(), number.No(), Chance(0.3) ? random.Next(1, instalments + 1) : null, "price", DisputedPart(), null, null, null);
    }

    private ResolveDispute Resolve()
    {
        var outcome = Pick<DisputeOutcome>();
        return new ResolveDispute(
            Dispute().No(), outcome, outcome == DisputeOutcome.Partly ? DisputedPart() ?? 1 : null,
            outcome == DisputeOutcome.Rejected ? null : $"DC{++resolutions}".No(), null, null, null, Chance(0.4), resolutions % 10 != 9);
    }

    /// <summary>Once in a while with more decimals than some currencies have.</summary>
    private decimal? DisputedPart() => Chance(0.4) ? null : random.Next(1, 60) / (Chance(0.9) ? 1m : 1000m);

    private string Dispute() => disputes.Count > 0 && Chance(0.97) ? disputes[random.Next(disputes.Count)] : "D99";

    private (CreditKind Kind, DocumentNumber Number) Credit() => creditNotes.Count > 0 && Chance(0.25)
        ? (CreditKind.CreditNote, creditNotes[random.Next(creditNotes.Count)].No())
        : (CreditKind.Payment, (Chance(0.9) ? Payment() : $"paid:{ExistingInvoice().Number}").No());

    private ReversePayment Reverse() => new(
        (Chance(0.8) ? Payment() : $"paid:{ExistingInvoice().Number}").No(), Pick<ReversalReason>(), null, null);

    private PutAccount Put()
    {
        var limits = LimitChanges.None;
        var from = ModelTerms.FirstDay.AddDays(random.Next(-2, 6));
        limits = random.Next(6) switch
        {
            0 => limits with { CreditLimit = new(true, Chance(0.7) ? Amount(account).Minor * 3 : null) },
            1 => limits with { Unlimited = new(true, Chance(0.5)) },
            2 => limits with { Temporary = new(true, Chance(0.8) ? new TemporaryLimit(Amount(account).Minor * 4, from, from.AddDays(random.Next(4))) : null) },
            3 => limits with { ExpiresOn = new(true, Chance(0.6) ? from : null) },
            _ => limits,
        };
        return new PutAccount(Master(account), limits, Chance(0.2) ? Chance(0.3) : null, new FreeText("{}"), true, null);
    }

    public static MasterData Master(Currency account) => new(account, AccountStory.Company, null, null, null, false, null, false, []);

    private AccountCommand Block()
    {
        var name = random.GetItems(["late", "late", "fraud", "fraud", "write-off"], 1)[0];
        return Chance(0.35) ? new SetBlock(name, name == "fraud", new FreeText("because")) : new RemoveBlock(name);
    }

    private Currency AnyCurrency() => Chance(0.7) ? account : Foreign[random.Next(Foreign.Length)];

    private (string Id, Currency Of) Reservation() =>
        reservations.Count > 0 && Chance(0.97) ? reservations[random.Next(reservations.Count)] : ("R99", account);

    private (string Number, Currency Of, int Instalments) ExistingInvoice() =>
        invoices.Count > 0 && Chance(0.97) ? invoices[random.Next(invoices.Count)] : ("IN/99", account, 1);

    private string Payment() => payments.Count > 0 && Chance(0.97) ? payments[random.Next(payments.Count)] : "P99";

    private string NewInvoice(Currency of, int instalments)
    {
        // Every third has the number before it as a part.
        var next = invoices.Count + 1;
        var made = (next % 3) switch { 0 => $"IN/{next}", 1 => $"INV{next}", _ => $"INV{next - 1}/{next}" };
        var number = Chance(0.93) ? made : ExistingInvoice().Number;
        invoices.Add((number, of, instalments));
        return number;
    }

    private InvoiceFacts Facts(string number) => new(number.No(), Day(), Chance(0.8) ? Day() : null, null, null, null, [], null, null, Chance(0.4) ? Discount() : null);

    /// <summary>Of the small rates that people give, so that amounts come out even and uneven.</summary>
    private DiscountStep[] Discount() =>
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => new DiscountStep(random.GetItems([2m, 3m, 2.5m, 10m], 1)[0], random.Next(25)))];

    private Instalment[] Instalments(Money amount)
    {
        var count = random.Next(2, 4);
        var parts = Enumerable.Repeat(amount.Minor / count, count).ToArray();
        parts[^1] += (amount.Minor % count) + (Chance(0.03) ? 1 : 0);
        return parts.Contains(0) ? [] : [.. parts.Select(part => new Instalment(Day(), part))];
    }

    private DateOnly Day() => ModelTerms.FirstDay.AddDays(random.Next(-10, 30));

    /// <summary>1 to 200 units of account size; half of them whole.</summary>
    private Money Amount(Currency of)
    {
        var unit = of.Code == "JPY" ? 100L : of.MinorPerMajor;
        return new Money(Chance(0.5) ? random.Next(1, 21) * 10 * unit : random.NextInt64(1, 200 * unit), of);
    }

    private Payment Paid(Money amount)
    {
        var paid = random.Next(12) switch
        {
            0 => amount.Minor + 1,
            < 6 => amount.Minor,
            _ => random.NextInt64(0, amount.Minor + 1),
        };
        return new Payment(amount with { Minor = paid }, PaymentMethod.Cash);
    }

    /// <summary>Like waits, often a multiple of five minutes: the very instant of a lapse is met.</summary>
    private int Seconds() => Chance(0.7) ? random.Next(1, 12) * 300 : random.Next(1, 90_000);

    private bool Chance(double share) => random.NextDouble() < share;

    private T Pick<T>()
        where T : struct, Enum => random.GetItems(Enum.GetValues<T>(), 1)[0];
}
