using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Payment plans: requested, decided by somebody else, kept by what arrives, broken by the clock.</summary>
public sealed partial class Account
{
    /// <summary>Plans that an account may have waiting or active, each part of every snapshot.</summary>
    public const int MostPlans = 20;

    /// <summary>Instalments of a plan.</summary>
    public const int MostPlanInstalments = 120;

    /// <summary>A plan that waits or is active, or one of the last that were kept, broken or expired.</summary>
    public PlanState? FindPlan(DocumentNumber id) => Exists ? items.Plans?.Find(id)?.State : null;

    private Verdict DecidePlanRequest(RequestPlan command, Standing stand)
    {
        var number = new NumberKey(NumberKind.Plan, command.Id.Value);
        if (items.Plans?.Find(command.Id) is not null)
        {
            return new Verdict.Taken(number);
        }

        if (ItemsOf(command, stand, out var planned) is { } refusal)
        {
            return refusal;
        }

        var currency = planned[0].Invoice.Currency;
        var total = new Money(planned.Sum(item => item.Open), currency);
        var rule = stand.Policy.Plans;
        var grace = command.GraceDays ?? rule.GraceDays;
        if (InstalmentsOf(command, total, out var dated) is { } fault)
        {
            return fault;
        }

        if (dated[0].On < stand.Today)
        {
            return new Verdict.Refuse(RefusalCode.PlanInPast, $"{dated[0].On:yyyy-MM-dd} has passed.");
        }

        if (planned.Count > MostLines || items.Plans?.Open.Count() >= MostPlans)
        {
            return new Verdict.Refuse(RefusalCode.TooManyPlans, $"An account has at most {MostPlans} open plans, a plan at most {MostLines} items.");
        }

        var tolerance = EffectiveLimit.PolicyAmount(
            rule.Tolerance, currency, stand.Context.Reference.FindRate(stand.Company.Currency, currency, stand.Today)?.Rate) ?? 0;
        var plan = new PlanState(
            command.Id, currency, [.. planned.Select(item => new PlanLine(item.Invoice.Number, item.Instalment, item.Open))],
            dated.ConvertAll(each => new PlanInstalment(each.On, each.Amount, stand.Company.AfterBusinessDays(each.On, grace))), tolerance, grace,
            stand.Today, stand.Context.Now, command.By, Reference: command.Reference, Note: command.Note?.Reference);
        if (!NeedsApproval(total, grace, stand))
        {
            plan = plan with { Status = PlanStatus.Active, DecidedOn = stand.Today, DecidedAt = stand.Context.Now };
        }

        return new Verdict.Append([new PlanRequested(Judged(new Plan(plan, []), stand))], [number]);
    }

    /// <summary>What shall be in the plan, or why it cannot be: of one currency, open, and in no other open plan.</summary>
    private Verdict.Refuse? ItemsOf(RequestPlan command, Standing stand, out List<OpenItem> planned)
    {
        planned = command.Items is null ? [.. Plannable(command.Currency ?? Currency, stand)] : [];
        var seen = new HashSet<OpenItem>();
        foreach (var asked in command.Items ?? [])
        {
            var found = items.Find(asked.Invoice)?.Items.Where(item => asked.Instalment is null || item.Instalment == asked.Instalment).ToList() ?? [];
            if (found.Count == 0)
            {
                return new Verdict.Refuse(
                    RefusalCode.NothingToPlan, $"Nothing is open of invoice {asked.Invoice}{(asked.Instalment is { } no ? $", instalment {no}" : string.Empty)}.");
            }

            if (found.TrueForAll(item => item.IsRetained))
            {
                return NotReleased(asked.Invoice);
            }

            planned.AddRange(found.Where(item => !item.IsRetained && seen.Add(item)));
        }

        if (planned.Count == 0)
        {
            return new Verdict.Refuse(RefusalCode.NothingToPlan, $"Nothing in {command.Currency ?? Currency} is overdue that is in no plan yet.");
        }

        var currency = command.Currency ?? planned[0].Invoice.Currency;
        if (planned.Find(item => !ReferenceEquals(item.Invoice.Currency, currency)) is { } other)
        {
            return Mismatch(currency, other.Invoice.Currency, $"invoice {other.Invoice.Number}");
        }

        foreach (var item in planned)
        {
            if (items.Plans?.OpenOf(item.Invoice.Number, item.Instalment) is { } twice)
            {
                return new Verdict.Refuse(
                    RefusalCode.PlanOverlaps, $"Invoice {item.Invoice.Number}, instalment {item.Instalment}, is in plan {twice.State.Id}, which is open.");
            }
        }

        return null;
    }

    /// <summary>Everything overdue as the rules count it, but nothing retained, nothing that is wholly disputed, and what is in no open plan yet.</summary>
    private IEnumerable<OpenItem> Plannable(Currency currency, Standing stand) =>
        from item in DueInOrder(currency, stand)
        where item.DueDate < stand.Today && items.Plans?.OpenOf(item.Invoice.Number, item.Instalment) is null
            && (stand.Policy.Disputes.CountAsOverdue || item.Open > (items.Disputes?.Of(item) ?? 0))
        select item;

    /// <summary>All items, with claims where those count as overdue.</summary>
    private IEnumerable<OpenItem> DueInOrder(Currency currency, Standing stand)
    {
        var trade = items.BookOf(currency)?.InOrder ?? [];
        return stand.Policy.Claims.CountAsOverdue ? trade.Concat(items.ClaimsOf(currency)).OrderBy(item => item, DueBook.InSettlementOrder) : trade;
    }

    /// <summary>The instalments by date; what a schedule cannot divide evenly is on its last.</summary>
    private static Verdict.Refuse? InstalmentsOf(RequestPlan command, Money total, out List<(DateOnly On, long Amount)> dated)
    {
        dated = [];
        if (command.Schedule is { } schedule)
        {
            var each = total.Minor / schedule.Count;
            for (var i = 0; i < schedule.Count; i++)
            {
                var on = schedule.Every == PlanInterval.Week ? schedule.First.AddDays(7 * i) : schedule.First.AddMonths(i);
                dated.Add((on, i == schedule.Count - 1 ? total.Minor - (each * i) : each));
            }

            return each > 0 ? null : new Verdict.Refuse(RefusalCode.InstalmentsMismatch, $"{total} cannot be divided into {schedule.Count} instalments.");
        }

        foreach (var payment in (command.Payments ?? []).OrderBy(payment => payment.On))
        {
            if (InMinorUnits(payment.Amount, total.Currency, out var minor) is { } fault)
            {
                return fault;
            }

            dated.Add((payment.On, minor));
        }

        var sum = total with { Minor = dated.Sum(each => each.Amount) };
        return sum == total ? null : new Verdict.Refuse(
            RefusalCode.InstalmentsMismatch, $"The instalments come to {sum}, what is open of the items to {total}.");
    }

    /// <summary>
    /// Unless all plans that nobody approved stay within the policy's amount; more grace than the policy's needs it, and so does an
    /// amount that the policy's currency cannot be compared with.
    /// </summary>
    private bool NeedsApproval(Money total, int grace, Standing stand)
    {
        var rule = stand.Policy.Plans;
        if (rule.WithoutApprovalUpTo is not { } most || grace > rule.GraceDays)
        {
            return true;
        }

        long? sum = 0;
        var unapproved = items.Plans?.Open.Select(plan => plan.State).Where(plan => plan.WasActive && plan.DecidedBy is null)
            .Select(plan => new Money(plan.Amount, plan.Currency)) ?? [];
        foreach (var amount in unapproved.Append(total))
        {
            var rate = stand.Context.Reference.FindRate(amount.Currency, Currency, stand.Today)?.Rate;
            sum += rate is null ? null : amount.Convert(rate.Value, Currency).Minor;
        }

        var policyRate = stand.Context.Reference.FindRate(stand.Company.Currency, Currency, stand.Today)?.Rate;
        return !(sum <= EffectiveLimit.PolicyAmount(most, Currency, policyRate));
    }

    private Verdict DecidePlanDecision(DecidePlan command, Standing stand)
    {
        var number = new NumberKey(NumberKind.PlanDecision, command.Id.Value);
        if (items.Plans?.Find(command.Id) is not { } plan)
        {
            return new Verdict.Refuse(RefusalCode.NotFound, $"There is no plan {command.Id} that waits for approval.");
        }

        if (plan.State.Status == PlanStatus.Expired)
        {
            return Expired(plan.State);
        }

        if (plan.State.WasActive)
        {
            return plan.State.DecidedBy is not null
                ? new Verdict.Taken(number)
                : new Verdict.Refuse(RefusalCode.PlanDecided, $"Plan {command.Id} needs no approval: it has been in force since {plan.State.DecidedOn:yyyy-MM-dd}.");
        }

        if (command.Decision == PlanDecision.Approve && command.By == plan.State.RequestedBy)
        {
            return new Verdict.Refuse(RefusalCode.OwnRequest, $"Plan {command.Id} was requested with this key; somebody else approves it.");
        }

        var decided = plan.State with
        {
            Status = command.Decision switch
            {
                PlanDecision.Approve => PlanStatus.Active,
                PlanDecision.Reject => PlanStatus.Rejected,
                PlanDecision.Withdraw => PlanStatus.Withdrawn,
            },
            DecidedOn = stand.Today,
            DecidedAt = stand.Context.Now,
            DecidedBy = command.By,
            DecisionNote = command.Note?.Reference,
        };
        decided = decided.WasActive
            ? Judged(plan.With(decided), stand)
            : decided with { EndedOn = stand.Today, EndedAt = stand.Context.Now };
        return new Verdict.Append([new PlanDecided(decided)], [number]);
    }

    private static Verdict.Refuse Expired(PlanState plan) => new(
        RefusalCode.PlanExpired,
        $"Plan {plan.Id} ended on {plan.EndedOn:yyyy-MM-dd}: nobody had decided it when the date of its first instalment, {plan.Instalments[0].On:yyyy-MM-dd}, had passed.");

    private Verdict DecidePlanCancellation(CancelPlan command, Standing stand)
    {
        if (items.Plans?.Find(command.Id)?.State is not { } plan)
        {
            return new Verdict.Refuse(RefusalCode.NotFound, $"There is no plan {command.Id} that could be cancelled.");
        }

        if (plan.Status == PlanStatus.Expired)
        {
            return Expired(plan);
        }

        if (plan.Status == PlanStatus.Requested)
        {
            return new Verdict.Refuse(RefusalCode.PlanNotActive, $"Plan {command.Id} waits for approval; withdraw it instead.");
        }

        if (plan.Status == PlanStatus.Kept)
        {
            return new Verdict.Refuse(RefusalCode.PlanEnded, $"Plan {command.Id} was kept.");
        }

        // As with promises: the rule on what was not kept may stop this customer's sales.
        if (plan.Status == PlanStatus.Broken && !command.MayLift)
        {
            return new Verdict.Refuse(RefusalCode.ApprovalRequired, $"Plan {command.Id} was broken; only credit control lifts it.");
        }

        return new Verdict.Append(
            [new PlanChanged(plan with
            {
                Status = PlanStatus.Cancelled,
                BreaksOn = null,
                EndedOn = stand.Today,
                EndedAt = stand.Context.Now,
                Lifted = plan.Status == PlanStatus.Broken ? PlanStatus.Broken : null,
            })],
            [new NumberKey(NumberKind.PlanCancellation, command.Id.Value)]);
    }

    /// <summary>What the append does to plans, in the same append.</summary>
    private Verdict.Append WithPlans(Verdict.Append append, Standing stand)
    {
        var plans = items.Plans!;
        var moved = new Dictionary<DocumentNumber, Plan>();
        var after = new PlanChanges();
        var moves = new Dictionary<DocumentNumber, List<PlanMove>>();
        var isPaid = false;
        var asksAgain = false;
        foreach (var happened in append.Events)
        {
            if (PlanMovement.Of(happened) is { } movement)
            {
                plans.Move(movement, moved, (plan, move) => PutTogether(moves, plan, move));
                after.Add(movement);
                isPaid |= movement is { Takes: true, By: PlanTaker.Payment };
                asksAgain |= movement is { Takes: false, By: not PlanTaker.Payment };
            }
            else if (happened is DisputeRaised { Dispute: var raised })
            {
                plans.Touch(raised.Invoice, raised.Lines, moved);
                after.Add(raised, 1);
            }
            else if (happened is DisputeResolved { Dispute: var resolved })
            {
                plans.Touch(resolved.Invoice, resolved.Lines, moved);
                after.Add(resolved, -1);
                asksAgain = true;
            }
        }

        var changes = new List<AccountEvent>(0);
        foreach (var plan in moved.Values.OrderBy(each => each.State.Id.Value, StringComparer.Ordinal))
        {
            var state = plan.On(
                stand.Today, stand.Context.Now, DisputedIn(plan, after), asksAgain ? stand.Company.AfterBusinessDays(stand.Today, plan.State.GraceDays) : null);
            var becomes = !ReferenceEquals(state, plan.State) && MayBecome(state, plan.State, isPaid);
            var told = moves.GetValueOrDefault(plan.State.Id)?.FindAll(move => move.Amount != 0);

            // What was taken is told of a plan that stays as it is, too: it may go on one day.
            if (becomes || told is { Count: > 0 })
            {
                changes.Add(new PlanChanged(becomes ? state : plan.State, told is { Count: > 0 } ? told : null));
            }
        }

        return changes.Count == 0 ? append : append with { Events = [.. append.Events, .. changes] };
    }

    private static void PutTogether(Dictionary<DocumentNumber, List<PlanMove>> all, DocumentNumber plan, PlanMove move)
    {
        if (!all.TryGetValue(plan, out var moves))
        {
            all.Add(plan, moves = new List<PlanMove>(1));
        }

        var at = moves.FindIndex(each => (each.Invoice, each.Instalment, each.PostedOn) == (move.Invoice, move.Instalment, move.PostedOn));
        if (at < 0)
        {
            moves.Add(move);
        }
        else
        {
            moves[at] = move with { Amount = moves[at].Amount + move.Amount };
        }
    }

    /// <summary>
    /// A plan that has ended stays as it is when an item of it is in another by now; and what was broken is kept after all only
    /// by money that had come in time, not by asking for less.
    /// </summary>
    private bool MayBecome(PlanState state, PlanState before, bool isPaid) =>
        before.IsOpen || ((before.Status == state.Status || before.Status != PlanStatus.Broken || isPaid)
            && !before.Lines.Any(line => items.Plans!.OpenOf(line.Invoice, line.Instalment) is not null));

    /// <summary>Active plans of which an instalment's last day has passed, and those that nobody decided before their first one's date had.</summary>
    private List<AccountEvent> DuePlans(DateOnly today, DateTimeOffset now) =>
        [.. from plan in items.Plans!.All
            where plan.State.LapsesOn < today
            let state = plan.On(today, now, DisputedIn(plan, PlanChanges.None), null)
            where !ReferenceEquals(state, plan.State)
            select new PlanChanged(state)];

    private PlanState Judged(Plan plan, Standing stand) => plan.On(stand.Today, stand.Context.Now, DisputedIn(plan, PlanChanges.None), null);

    /// <summary>What is disputed of what is left of a plan's items; of an item that is more open than that, the rest is disputed first.</summary>
    private long DisputedIn(Plan plan, PlanChanges after)
    {
        if (items.Disputes is null && !after.HasDisputes)
        {
            return 0;
        }

        long sum = 0;
        foreach (var line in plan.State.Lines)
        {
            var left = plan.Left(line.Invoice, line.Instalment);
            var open = (items.Find(line.Invoice)?.Find(line.Instalment)?.Open ?? 0) + after.OpenOf(line);
            var disputed = Math.Min(open, (items.Disputes?.PartsOf(line.Invoice, line.Instalment) ?? 0) + after.DisputedOf(line));
            sum += Math.Clamp(disputed - (open - left), 0, left);
        }

        return sum;
    }

    private int PlansOwed => items.Plans?.OwedOf(line => items.Find(line.Invoice)?.Find(line.Instalment) is not null) ?? 0;

    /// <summary>What an append that is not applied yet does to items.</summary>
    private sealed class PlanChanges
    {
        public static readonly PlanChanges None = new();

        private readonly Dictionary<(DocumentNumber Invoice, int Instalment), long> open = [];
        private readonly Dictionary<(DocumentNumber Invoice, int Instalment), long> disputed = [];

        public bool HasDisputes => disputed.Count > 0;

        public void Add(PlanMovement movement)
        {
            foreach (var line in movement.Lines.Where(line => line.WriteOff is null))
            {
                var key = (line.Invoice, line.Instalment);
                open[key] = open.GetValueOrDefault(key) + (movement.Takes ? -line.Taken : line.Taken);
            }
        }

        public void Add(DisputeState dispute, int sign)
        {
            foreach (var line in dispute.Lines)
            {
                var key = (dispute.Invoice, line.Instalment);
                disputed[key] = disputed.GetValueOrDefault(key) + (sign * line.Amount);
            }
        }

        public long OpenOf(PlanLine line) => open.GetValueOrDefault((line.Invoice, line.Instalment));

        public long DisputedOf(PlanLine line) => disputed.GetValueOrDefault((line.Invoice, line.Instalment));
    }
}
