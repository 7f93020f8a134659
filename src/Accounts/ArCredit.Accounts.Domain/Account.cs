using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Domain.Reservations;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>
/// One customer of one company: everything that moves this customer's exposure. Pure: <c>Decide</c> says what happens,
/// <c>Apply</c> makes it so, and neither knows where the account lives. Not thread-safe; one turn at a time.
/// </summary>
public sealed partial class Account(AccountId id)
{
    private readonly SortedList<string, BlockView> blocks = new(StringComparer.Ordinal);
    private readonly UnclearedMoney uncleared = new();
    private OpenItemBook items = null!;
    private ReservationBook reservations = null!;
    private bool currencyFixed;

    /// <summary>The customer's number.</summary>
    public AccountId Id { get; } = id;

    /// <summary>Version of the newest applied event; 0 before the first.</summary>
    public long Version { get; private set; }

    /// <summary>Version of the master data; 0 = the account does not exist.</summary>
    public long MasterVersion { get; private set; }

    /// <summary>Set once the account exists.</summary>
    public MasterData Master { get; private set; } = null!;

    /// <summary>The account's own limits.</summary>
    public Limits Limits { get; private set; } = Limits.Inherited;

    /// <summary>Where names and contacts are kept.</summary>
    public TextRef Details { get; private set; } = null!;

    /// <summary>No sales at all.</summary>
    public bool Closed { get; private set; }

    /// <summary>False until the first PUT.</summary>
    public bool Exists => MasterVersion > 0;

    /// <summary>Open items less credits, account currency; set once the account exists.</summary>
    public long Balance => items.Balance;

    private Currency Currency => Master.Currency;

    /// <summary>By bucket, account currency. Money whose clearing day has passed is left out even before that is recorded.</summary>
    public Exposure ExposureOn(DateOnly today) => new(
        items.OpenInvoices, items.Returned, uncleared.SumOn(today), reservations.Orders, reservations.Deliveries + UsageExposure, reservations.Pos,
        -items.Unapplied);

    /// <summary>What the clock has brought: lapses, cleared money, broken promises. Decided and applied before any command.</summary>
    public IReadOnlyList<AccountEvent> DecideDue(DecisionContext context)
    {
        if (!Exists)
        {
            return [];
        }

        var lapsing = reservations.Expired(context.Now);
        var cleared = uncleared.Count > 0 && context.Reference.FindCompany(Master.Company) is { } company
            ? uncleared.ClearedBy(company.DateOf(context.Now))
            : [];
        var broken = DueAgreements(context);
        return lapsing.Count == 0 && cleared.Count == 0 && broken.Count == 0
            ? []
            : [.. lapsing.Select(Lapse), .. cleared.Select(payment => new MoneyCleared(payment.PaymentId, payment.ClearsOn)), .. broken];
    }

    /// <summary>Promises and plans of which a day has passed.</summary>
    private IReadOnlyList<AccountEvent> DueAgreements(DecisionContext context)
    {
        var (promise, plan) = (promises?.NextBreaksOn, items.Plans?.NextLapsesOn);
        if ((promise ?? plan) is null || context.Reference.FindCompany(Master.Company)?.DateOf(context.Now) is not { } today)
        {
            return [];
        }

        return promise < today || plan < today
            ? [.. promise < today ? DuePromises(today, context.Now) : [], .. plan < today ? DuePlans(today, context.Now) : []]
            : [];
    }

    /// <summary>
    /// An active reservation once its time is up. Time ends what is still to come; goods that are delivered stay owed until
    /// they are invoiced, so that a partly delivered order goes on as what was delivered of it, without an end. Its rest
    /// stays what it was: a capture may still take what has lapsed, as a fact.
    /// </summary>
    public static ReservationState PastExpiry(ReservationState state) => state.Delivered == 0
        ? AsLapsed(state)
        : state with
        {
            Amount = state.Amount - (state.Remaining - state.Delivered),
            Remaining = state.Delivered,
            ExpiresAt = null,
        };

    private static AccountEvent Lapse(ReservationState state) =>
#if PLANTED_BUGS
        Planted.Is("lapse-takes-delivered") ? new ReservationLapsed(state with { Status = ReservationStatus.Lapsed, Remaining = 0 }) :
#endif
        PastExpiry(state) is var past && past.Status == ReservationStatus.Lapsed ? new ReservationLapsed(past) : new ReservationChanged(past, null);

    /// <summary>
    /// Decides a command on the state as it is, after <see cref="DecideDue"/> has been applied. Changes nothing.
    /// <paramref name="known"/> answers an earlier <see cref="Verdict.Needs"/>.
    /// </summary>
    public Verdict Decide(AccountCommand command, DecisionContext context, KnownDocument? known = null)
    {
        if (command is PutAccount put)
        {
            return DecidePut(put, context);
        }

        if (!Exists)
        {
            return new Verdict.Refuse(RefusalCode.AccountNotFound, $"There is no account {Id}.");
        }

        if (context.Reference.FindCompany(Master.Company) is not { } company)
        {
            return new Verdict.Refuse(RefusalCode.CompanyUnknown, $"There is no company {Master.Company}.");
        }

        var stand = new Standing(context, company, context.Reference.PolicyFor(company.Id, Master.Segment), company.DateOf(context.Now));
        try
        {
            var verdict = DecideOn(command, stand, known);
            if (verdict is Verdict.Append append)
            {
                append = promises is null ? append : WithPromises(append, stand);
                return items.Plans is null ? append : WithPlans(append, stand);
            }

            return verdict;
        }
        catch (OverflowException)
        {
            // Amounts, rates and sums are bounded one by one; their product may still be beyond what can be held.
            return new Verdict.Refuse(RefusalCode.AmountTooLarge, "The amount is more than can be held in the account's currency.");
        }
    }

    private Verdict DecideOn(AccountCommand command, Standing stand, KnownDocument? known) =>
        command switch
        {
            SetBlock set => new Verdict.Append(new BlockSet(set.Name, set.AllSales, set.Reason.Reference)),
            RemoveBlock remove => blocks.ContainsKey(remove.Name)
                ? new Verdict.Append(new BlockRemoved(remove.Name))
                : new Verdict.Refuse(RefusalCode.NotFound, $"There is no block {remove.Name}."),
            CheckCredit check => PaidTooMuch(check.Purchase.Amount, check.Purchase.Paid)
                ?? (Verdict)new Verdict.Check(DecideOn(stand, stand.Context.CheckId, check.Checkpoint, check.Purchase, Claim.None)),
            ReserveCredit reserve => DecideReserve(reserve, stand),
            ChangeReservation change => DecideChange(change, stand, known),
            DeliverReservation deliver => DecideDeliver(deliver, known),
            ReleaseReservation release => DecideRelease(release, known),
            FindReservation find => TryFindReservation(find.ReservationId, known, out var found, out var missing) ? new Verdict.Unchanged(found) : missing,
            CaptureReservation capture => DecideCapture(capture, stand, known),
            PostInvoice invoice => DecidePosting(invoice, stand, known),
            PostCreditNote note => DecideCreditNote(note, stand, known),
            PostPayment payment => DecidePayment(payment, stand, known),
            ReversePayment reversal => DecideReversal(reversal, stand, known),
            PostDebit debit => DecideDebit(debit, stand),
            BillInterest bill => DecideInterest(bill, stand, known),
            WriteOff write => DecideWriteOff(write, stand, known),
            ReverseWriteOff back => DecideWriteOffReversal(back, stand, known),
            AllocateCredit allocate => DecideAllocation(allocate, stand, known),
            UndoAllocation undo => DecideUndo(undo, stand, known),
            RaiseDispute raise => DecideRaise(raise, stand, known),
            ChangeDispute change => DecideDisputeChange(change),
            ResolveDispute resolve => DecideResolution(resolve, stand, known),
            MakePromise make => DecidePromise(make, stand),
            CancelPromise cancel => DecideCancellation(cancel, stand),
            RequestPlan request => DecidePlanRequest(request, stand),
            DecidePlan decide => DecidePlanDecision(decide, stand),
            CancelPlan cancel => DecidePlanCancellation(cancel, stand),
            ReleaseRetention release => DecideRelease(release, stand, known),
            ReverseRelease back => DecideReleaseReversal(back, stand),
            LogContact contact => DecideContact(contact, stand),
            RecordUsage record => DecideUsage(record, stand),
            ReleaseUsage release => DecideUsageRelease(release, stand),
            RequestRefund request => DecideRefund(request, stand, known),
            ApproveRefund approve => DecideApproval(approve, known),
            VoidRefundApproval undo => DecideVoid(undo, known),
            FileRefund file => DecideFiling(file, stand, known),
            ReportRefund report => DecideReport(report, known),
            EndRefund end => DecideRefundEnd(end, stand, known),
            ReinstateRefund back => DecideReinstatement(back, stand, known),
            RunDue => new Verdict.Append([], []),
            _ => throw new InvariantException($"Unknown command {command.GetType().Name}."),
        };

    /// <summary>The account as it stands, for readers.</summary>
    public AccountView View(DecisionContext context)
    {
        var company = context.Reference.FindCompany(Master.Company) ?? throw new InvariantException($"No company {Master.Company}.");
        var today = company.DateOf(context.Now);
        var policyRate = context.Reference.FindRate(company.Currency, Currency, today)?.Rate;
        var policy = context.Reference.PolicyFor(company.Id, Master.Segment);
        var limit = EffectiveLimit.Of(Limits, policy, Currency, policyRate, today);
        var overdue = items.OverdueOn(today, 0, policy.CountedAsOverdue);
        var exposure = ExposureOn(today);
        return new AccountView(
            Id, Version, MasterVersion, Master, Limits, Details, Closed, [.. blocks.Values], items.Balance, exposure, limit.Amount, limit.Scope,
            limit.Utilization(exposure.Total), overdue, overdue.OldestDueDate is { } oldest ? today.DayNumber - oldest.DayNumber : 0)
        {
            LimitRateMissing = limit.RateMissing,
            WrittenOff = WrittenOffDebts,
            Disputed = items.Disputed,
            InPlans = items.PlannedOn(today),
            Earmarked = items.Earmarked,
            Retained = items.Retained,
            Usage = usage is null ? [] : [.. usage.Open],
        };
    }

    /// <summary>
    /// Drops closed documents whose closing is on disk. Called by the shell, which alone knows what is on disk, and never
    /// while it reads a document for a command: what was read must not grow old meanwhile.
    /// </summary>
    public void ForgetClosed(long committedVersion)
    {
        if (!Exists)
        {
            return;
        }

        reservations.ForgetClosed(committedVersion);
        items.ForgetCleared(committedVersion);
        reversedLately.RemoveWhere(committedVersion, static (version, committed) => version <= committed);
        writeOffsReversed?.RemoveWhere(committedVersion, static (version, committed) => version <= committed);
        creditsLately?.RemoveWhere(committedVersion, static (credit, committed) => credit.Version <= committed);
        retainedLately?.RemoveWhere(committedVersion, static (moved, committed) => moved.Version <= committed);
        refunds?.RemoveWhere(committedVersion, static (refund, committed) => !refund.State.IsOpen && refund.Version <= committed);
    }

    /// <summary>Open documents, active reservations and payments that may come back.</summary>
    public int DocumentCount => items.Count + reservations.ActiveCount + uncleared.Count;

    /// <summary>A reservation in memory; null = it never was, or was closed long ago.</summary>
    public ReservationState? FindReservation(DocumentNumber reservationId) => Exists ? reservations.Find(reservationId) : null;

    private DecisionRecord DecideOn(Standing stand, string decisionId, Checkpoint checkpoint, Purchase purchase, Claim claim) =>
        CreditRules.Decide(
            decisionId, FactsOf(stand, checkpoint, purchase, claim), stand.Policy, stand.Context.Reference.PolicyVersion);

    private DecisionFacts FactsOf(Standing stand, Checkpoint checkpoint, Purchase purchase, Claim claim)
    {
        // A document that stands keeps its rate: changing it must not revalue what was decided before.
        var rate = claim.AgreedRate is { } agreed
            ? new FxRate(purchase.Amount.Currency, Currency, stand.Today, agreed)
            : stand.Context.Reference.FindRate(purchase.Amount.Currency, Currency, stand.Today);
        var sameCurrency = ReferenceEquals(purchase.Amount.Currency, Currency);
        var policyRate = stand.Context.Reference.FindRate(stand.Company.Currency, Currency, stand.Today)?.Rate;
        var (isDisputed, isPlanned) = (items.Disputes is not null, items.HasPlans(stand.Today));
        var ignoreBelow = EffectiveLimit.PolicyAmount(stand.Policy.OverdueDays?.Value.IgnoreBelow ?? 0, Currency, policyRate ?? 0) ?? 0;
        return new DecisionFacts
        {
            At = stand.Context.Now,
            Today = stand.Today,
            Checkpoint = checkpoint,
            Company = stand.Company.Id,
            Segment = Master.Segment,
            Currency = Currency,
            DocumentCurrency = purchase.Amount.Currency,
            Amount = purchase.Amount.Minor,
            Paid = purchase.Paid?.Amount.Minor ?? 0,
            Rate = rate?.Rate,
            RateDate = sameCurrency || claim.AgreedRate is not null ? null : rate?.Date,
            Credit = rate is null ? null : purchase.CreditPart.Convert(rate.Rate, Currency).Minor,
            Replaced = claim.Replaced,
            DocumentCredit = claim.DocumentCredit,
            Earmarks = claim.Earmarks,
            PolicyRate = policyRate,
            Closed = Closed,
            Blocks = blocks.Count == 0 ? [] : [.. blocks.Values.Select(block => new BlockFacts(block.Name, block.AllSales))],
            Limits = Limits,
            Exposure = ExposureOn(stand.Today),
            Overdue = items.OverdueOn(stand.Today, ignoreBelow, Counted.None),
            OverdueWithDisputed = isDisputed ? items.OverdueOn(stand.Today, ignoreBelow, Counted.Disputed) : null,
            OverdueWithPlanned = isPlanned ? items.OverdueOn(stand.Today, ignoreBelow, Counted.Planned) : null,
            OverdueWithAll = isDisputed && isPlanned ? items.OverdueOn(stand.Today, ignoreBelow, Counted.Disputed | Counted.Planned) : null,
            OverdueWithMore = OverdueWithMore(stand.Today, ignoreBelow),
            BrokenPromises = (promises?.Owed ?? 0) + PlansOwed is > 0 and var broken ? broken : null,
            BuyersNamed = Master.Buyers.Count > 0,
            BuyerId = purchase.Buyer,
            Buyer = FindBuyer(purchase.Buyer),
            BuyerParts = claim.BuyerParts,
            ReferenceRequired = Master.ReferenceRequired,
            Reference = purchase.Reference,
            Terms = purchase.Terms,
            AgreedTerms = Master.PaymentTerms ?? stand.Policy.PaymentTerms,
            DeliveryDate = claim.DeliveryDate,
            WrittenOff = UnavailableDebt,
        };
    }

    /// <summary>Every way in which a policy may count claims and retentions that are past their days; null = there are none.</summary>
    private List<OverdueWith>? OverdueWithMore(DateOnly today, long ignoreBelow)
    {
        var more = (items.HasDueClaims(today) ? Counted.Claims : Counted.None) | (items.HasDueRetentions(today) ? Counted.Retained : Counted.None);
        if (more == Counted.None)
        {
            return null;
        }

        var known = more | (items.Disputes is null ? Counted.None : Counted.Disputed) | (items.HasPlans(today) ? Counted.Planned : Counted.None);
        return
        [
            .. from counted in Enumerable.Range(1, 15).Select(each => (Counted)each)
               where (counted & ~known) == Counted.None && (counted & more) != Counted.None
               select new OverdueWith(
                   counted.HasFlag(Counted.Disputed), counted.HasFlag(Counted.Planned), counted.HasFlag(Counted.Claims),
                   counted.HasFlag(Counted.Retained), items.OverdueOn(today, ignoreBelow, counted)),
        ];
    }

    private Buyer? FindBuyer(string? id) => id is null ? null : Master.Buyers.FirstOrDefault(buyer => buyer.Id == id);

    private string DecisionIdAt(int eventIndex) => DecisionIds.ForEvent(Id, Version + 1 + eventIndex);

    /// <summary>What a document asks of the account besides its amount.</summary>
    /// <param name="Earmarks">False for a question only.</param>
    /// <param name="Replaced">Exposure it already has, account currency.</param>
    /// <param name="AgreedRate">The rate it stands at.</param>
    /// <param name="DocumentCredit">Credit part of the whole document where less is asked for now, account currency.</param>
    /// <param name="DeliveryDate">Of an order.</param>
    /// <param name="BuyerParts">Of an invoice that captures reservations of buyers.</param>
    private readonly record struct Claim(
        bool Earmarks, long Replaced = 0, decimal? AgreedRate = null, long? DocumentCredit = null, DateOnly? DeliveryDate = null,
        IReadOnlyList<BuyerPart>? BuyerParts = null)
    {
        public static readonly Claim None = new(false);

        public static readonly Claim New = new(true);
    }

    /// <summary>What every decision of one command stands on.</summary>
    private readonly record struct Standing(DecisionContext Context, Company Company, EffectivePolicy Policy, DateOnly Today);
}
