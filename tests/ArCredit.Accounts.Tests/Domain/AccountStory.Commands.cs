using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Kernel;
using Shouldly;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>Commands in short.</summary>
internal sealed partial class AccountStory
{
    public Money Amount(decimal amount, string? of = null) => amount.In(of ?? currency.Code);

    public DecisionRecord Check(
        decimal amount, decimal paid = 0, string? of = null, Checkpoint checkpoint = Checkpoint.Pos, string? buyer = null, string? reference = null) =>
        Ask(new CheckCredit(PurchaseOf(amount, paid, of, buyer, reference), checkpoint)).ShouldBeOfType<Verdict.Check>().Decision;

    public DecisionRecord Reserve(
        string id, decimal amount, decimal paid = 0, string? of = null, ReservationKind kind = ReservationKind.Order, int? expiresInSeconds = null,
        string? buyer = null, string? reference = null) =>
        Ask(new ReserveCredit(id.No(), kind, PurchaseOf(amount, paid, of, buyer, reference), null, expiresInSeconds)).ShouldDecide();

    public Verdict Change(string id, decimal? amount = null, int? expiresInSeconds = null, string? of = null) =>
        Ask(new ChangeReservation(id.No(), amount is { } to ? Amount(to, of) : null, expiresInSeconds));

    public Verdict Deliver(string id, decimal? amount = null) =>
        Ask(new DeliverReservation(id.No(), amount is { } part ? Amount(part) : null));

    public Verdict Release(string id) => Ask(new ReleaseReservation(id.No()));

    /// <summary>No instant = now.</summary>
    public Verdict Use(string id, decimal amount, string? at = null, string subscription = "grid", string? of = null, bool unbilled = false) => Ask(new RecordUsage(
        id.No(), subscription, at is null ? null : DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), Currency.Parse(of ?? currency.Code), amount, null, null, null,
        unbilled));

    public Verdict Capture(string id, string invoice, decimal? amount = null, bool final = false, decimal? paid = null, string? of = null) =>
        Ask(new CaptureReservation(
            id.No(), amount is { } part ? Amount(part, of) : null, final, paid is { } now ? Amount(now, of).By() : null, FactsOf(invoice, null, null)));

    public Verdict Invoice(
        string number, decimal amount, string? due = null, string? of = null, string? issued = null, decimal? paid = null, decimal? rate = null,
        bool enforce = false, bool history = false, (string Due, decimal Amount)[]? instalments = null, CaptureRequest[]? captures = null, decimal? tax = null,
        RetentionFacts? retention = null, DiscountStep[]? discount = null, (string Subscription, string Through)[]? usage = null) =>
        Ask(
            new PostInvoice(
                Amount(amount, of),
                FactsOf(number, due, issued) with
                {
                    FxRate = rate,
                    Retention = retention,
                    Discount = discount,
                    TaxAmount = tax is { } vat ? Amount(vat, of).Minor : null,
                    Instalments = [.. (instalments ?? []).Select(each => new Instalment(each.Due.Day(), Amount(each.Amount, of).Minor))],
                },
                captures ?? [], paid is { } now ? Amount(now, of).By() : null, enforce)
            {
                Usage = [.. (usage ?? []).Select(each => new BilledUsage(each.Subscription, each.Through.Day()))],
            },
            history);

    public Verdict CreditNote(string number, decimal amount, string? invoice = null, string? of = null, bool history = false, decimal? rate = null) =>
        Ask(new PostCreditNote(number.No(), Today, null, Amount(amount, of), rate, invoice?.No()), history);

    /// <summary>No <paramref name="allocations"/> = policy order.</summary>
    public Verdict Pay(
        string id, decimal amount, string? of = null, string? clearsOn = null, (string Invoice, int? Instalment, decimal Amount)[]? allocations = null,
        decimal? rate = null, bool history = false, string? remittance = null, string? received = null) =>
        Ask(
            new PostPayment(
                id.No(), Amount(amount, of), received?.Day() ?? Today, null, rate, PaymentMethod.Transfer, clearsOn?.Day(),
                allocations is null
                    ? null
                    : [.. allocations.Select(each => new AllocationRequest(each.Invoice.No(), each.Instalment, Amount(each.Amount, of).Minor))],
                remittance is null ? null : new FreeText(remittance)),
            history);

    /// <summary>No <paramref name="allocations"/> = policy order; no amount = as much as goes.</summary>
    public Verdict Allocate(string credit, CreditKind kind = CreditKind.Payment, string? on = null, params (string Invoice, int? Instalment, decimal? Amount)[] allocations) =>
        Ask(new AllocateCredit(
            kind, credit.No(),
            allocations.Length == 0 ? null : [.. allocations.Select(each => new SettlementRequest(each.Invoice.No(), each.Instalment, each.Amount))],
            on?.Day()));

    public Verdict Bill(string number, decimal amount, DebitKind kind = DebitKind.Fee, string? due = null, string? of = null, decimal? tax = null) =>
        Ask(new PostDebit(kind, number.No(), Today, due?.Day(), null, Amount(amount, of), null, null, null, tax is { } vat ? Amount(vat, of).Minor : null));

    /// <summary>No day = today.</summary>
    public Verdict BillInterest(string number, string? through = null, string? of = null) =>
        Ask(new BillInterest(number.No(), through?.Day(), of is null ? null : Currency.Parse(of), null, null, null, null, null));

    public Verdict WriteOff(string id, string invoice, decimal? amount = null, WriteOffKind kind = WriteOffKind.BadDebt, int? instalment = null) =>
        Ask(new WriteOff(id.No(), kind, invoice.No(), instalment, amount, null, new FreeText("insolvent")));

    public Verdict TakeBack(string writeOff) => Ask(new ReverseWriteOff(writeOff.No(), null, null));

    /// <summary>No amount = all that is retained; no due date = by its terms.</summary>
    public Verdict ReleaseRetention(string invoice, decimal? amount = null, string? on = null, string? due = null) =>
        Ask(new ReleaseRetention(invoice.No(), amount, on?.Day(), due?.Day(), new FreeText("accepted")));

    public Verdict ReverseRelease(string invoice, int instalment) => Ask(new ReverseRelease(invoice.No(), instalment, null));

    public Verdict Undo(string credit, int allocation = 1, CreditKind kind = CreditKind.Payment, string? on = null) =>
        Ask(new UndoAllocation(kind, credit.No(), allocation, on?.Day(), null));

    /// <summary>No amount = all that is open and not disputed.</summary>
    public Verdict Dispute(string id, string invoice, decimal? amount = null, int? instalment = null) =>
        Ask(new RaiseDispute(id.No(), invoice.No(), instalment, "price", amount, null, null, new FreeText("too dear")));

    /// <summary>Of an invoice, or of everything overdue.</summary>
    public Verdict Promise(string id, string? invoice, params (string On, decimal Amount)[] payments) =>
        Ask(new MakePromise(
            id.No(), invoice is null ? null : [new PromiseItem(invoice.No(), null)],
            [.. payments.Select(each => new PromisePayment(each.On.Day(), each.Amount))], null));

    /// <summary>Of an invoice, or of everything overdue, in instalments.</summary>
    public Verdict Plan(string id, string? invoice, params (string On, decimal Amount)[] instalments) => Ask(new RequestPlan(
        id.No(), invoice is null ? null : [new PlanItem(invoice.No(), null)], null, [.. instalments.Select(each => new PlanPayment(each.On.Day(), each.Amount))],
        null, null, null, null, "collector"));

    public Verdict Decide(string plan, PlanDecision decision = PlanDecision.Approve, string by = "manager") =>
        Ask(new DecidePlan(plan.No(), decision, null, by));

    /// <summary>No credit note = rejected; no amount = all that is disputed.</summary>
    public Verdict Resolve(string id, string? creditNote = null, decimal? amount = null, bool mayApprove = true, bool mayCredit = true) =>
        Ask(new ResolveDispute(
            id.No(), creditNote is null ? DisputeOutcome.Rejected : amount is null ? DisputeOutcome.CreditNote : DisputeOutcome.Partly, amount,
            creditNote?.No(), null, null, null, mayApprove, mayCredit));

    /// <summary>No source = the oldest first.</summary>
    public Verdict Refund(string id, decimal amount, string? source = null, CreditKind kind = CreditKind.Payment, string? of = null) =>
        Ask(new RequestRefund(id.No(), Amount(amount, of), source is null ? null : kind, source?.No(), "bank", "overpaid", new FreeText("twice"), "ayla"));

    public Verdict Approve(string refund, string by = "murad", int payeeVersion = 1) => Ask(new ApproveRefund(refund.No(), payeeVersion, by));

    public Verdict File(string refund, string file = "F", int payeeVersion = 1) => Ask(new FileRefund(refund.No(), payeeVersion, file, $"{file}-{refund}"));

    public Verdict Report(string refund, bool settled = true) => Ask(new ReportRefund(refund.No(), settled));

    public Verdict Reinstate(string refund, bool settled = true) => Ask(new ReinstateRefund(refund.No(), settled));

    public Verdict End(string refund, RefundStatus outcome, string? code = null, string? on = null) => Ask(new EndRefund(refund.No(), outcome, code, on?.Day(), null));

    public Verdict Reverse(string payment, ReversalReason reason) => Ask(new ReversePayment(payment.No(), reason, null, null));

    public void Block(string name = "credit", bool allSales = false) =>
        Ask(new SetBlock(name, allSales, new FreeText("because"))).ShouldAppend<BlockSet>();

    public Verdict Put(LimitChanges? limits = null, bool? closed = null, MasterData? master = null, bool mayChangeLimits = true, long? ifVersion = null) =>
        Ask(new PutAccount(master ?? Account.Master, limits ?? LimitChanges.None, closed, new FreeText("{}"), mayChangeLimits, ifVersion));

    public ReservationState Reservation(string id) => Account.FindReservation(id.No()).ShouldNotBeNull();

    private Purchase PurchaseOf(decimal amount, decimal paid, string? of, string? buyer, string? reference) =>
        new(Amount(amount, of), paid == 0 ? null : Amount(paid, of).By(), buyer, reference);

    private InvoiceFacts FactsOf(string number, string? due, string? issued) =>
        new(number.No(), issued?.Day() ?? Today, due?.Day(), null, null, null, [], null, null);
}
