using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>What was in a plan when it was asked for, major units.</summary>
internal sealed record ModelPlanLine(ModelInvoice Invoice, ModelItem Item, decimal Amount);

/// <summary>A payment plan of the reference model.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Currency">Of its lines.</param>
/// <param name="Lines">What it reschedules.</param>
/// <param name="Instalments">By date.</param>
/// <param name="RequestedBy">Who asked for it.</param>
/// <param name="Grace">Business days.</param>
/// <param name="Tolerance">So much less is kept.</param>
/// <param name="Before">Everything that had settled something when it was asked for: none of that counts.</param>
internal sealed record ModelPlan(
    string Id, Currency Currency, List<ModelPlanLine> Lines, List<(DateOnly On, decimal Amount, DateOnly LastOn)> Instalments, string RequestedBy,
    int Grace, decimal Tolerance, HashSet<string> Before)
{
    public PlanStatus Status { get; set; }

    public string? DecidedBy { get; set; }

    /// <summary>Never in force, or cancelled: the account speaks of it no more.</summary>
    public bool IsGone { get; set; }

    public decimal Asked { get; set; }

    public decimal Received { get; set; }

    public DateOnly? BreaksOn { get; set; }

    public DateOnly? HoldsUntil { get; set; }

    public decimal Amount => Lines.Sum(line => line.Amount);

    public bool IsOpen => Status is PlanStatus.Requested or PlanStatus.Active;
}

/// <summary>Payment plans.</summary>
internal sealed partial class ReferenceAccount
{
    private readonly List<ModelPlan> plans = [];

    /// <summary>All that were ever asked for, by id, with what the account says of each; null = it says nothing any more.</summary>
    public IEnumerable<(string Id, Currency Currency, string? Text)> Plans => plans.Select(plan => (
        plan.Id, plan.Currency, plan.IsGone ? null : PlanText(plan.Status, plan.Asked, plan.Received, plan.BreaksOn, plan.HoldsUntil)));

    public decimal InPlans => ActivePlans.SelectMany(plan => plan.Lines, (plan, line) => Worth(LeftOf(plan, line), line.Invoice)).Sum();

    public static string PlanText(PlanStatus status, decimal asked, decimal received, DateOnly? breaksOn, DateOnly? holdsUntil) => string.Create(
        CultureInfo.InvariantCulture, $"{status} asked {asked:0.000} received {received:0.000} breaks {breaksOn:yyyy-MM-dd} holds {holdsUntil:yyyy-MM-dd}");

    private IEnumerable<ModelPlan> ActivePlans => plans.Where(plan => plan.Status == PlanStatus.Active);

    /// <summary>Broken ones of which something is open.</summary>
    private int BrokenPlans => plans.Count(plan => plan is { Status: PlanStatus.Broken, IsGone: false } && plan.Lines.Exists(line => line.Item.Open > 0));

    /// <summary>Everything that stands and takes from items, with the value date of money.</summary>
    private IEnumerable<(string Key, ModelAllocation Line, DateOnly? ValueDate)> Takings =>
        (from credit in credits
         where !credit.Reversed
         from settlement in credit.Settlements
         where !settlement.Undone
         from line in settlement.Lines
         where line.Debt is null
         select (KeyOf(credit, settlement), line, credit.IsPayment ? credit.ValueDate : null))
        .Concat(writeOffs.Where(each => !each.Reversed).SelectMany(each => each.Debts, (each, debt) => ($"write-off {each.Id}", debt.Line, (DateOnly?)null)));

    private static string KeyOf(ModelCredit credit, ModelSettlement settlement) => $"{(credit.IsPayment ? "payment" : "note")} {credit.Number} {settlement.No}";

    private IEnumerable<(decimal Amount, DateOnly? ValueDate)> TakenFrom(ModelPlan plan, ModelPlanLine line) => Takings
        .Where(taking => taking.Line.Item == line.Item && !plan.Before.Contains(taking.Key)).Select(taking => (taking.Line.Taken, taking.ValueDate));

    private decimal LeftOf(ModelPlan plan, ModelPlanLine line) => Math.Max(0, line.Amount - TakenFrom(plan, line).Sum(taken => taken.Amount));

    /// <summary>A line less what was credited or given up of it.</summary>
    private decimal PayableOf(ModelPlan plan, ModelPlanLine line) =>
        Math.Max(0, line.Amount - TakenFrom(plan, line).Where(taken => taken.ValueDate is null).Sum(taken => taken.Amount));

    private decimal PaidUntil(ModelPlan plan, DateOnly day) => plan.Lines.Sum(line =>
        Math.Min(PayableOf(plan, line), TakenFrom(plan, line).Where(taken => taken.ValueDate <= day).Sum(taken => taken.Amount)));

    private decimal PlannedOf(ModelItem item) =>
        ActivePlans.SelectMany(plan => plan.Lines.Where(line => line.Item == item), LeftOf).Sum();

    /// <summary>What is disputed of what a plan still asks for: where more of the item is open than that, the rest is disputed first.</summary>
    private decimal DisputedIn(ModelPlan plan) => plan.Lines.Sum(line =>
    {
        var left = LeftOf(plan, line);
        return Math.Clamp(DisputedOf(line.Invoice, line.Item) - (line.Item.Open - left), 0, left);
    });

    private static DateOnly AfterBusinessDays(DateOnly day, int count)
    {
        bool IsBusinessDay(DateOnly each) => each.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && each != ModelTerms.Holiday;
        return count == 0 ? day : Enumerable.Range(1, 100).Select(day.AddDays).Where(IsBusinessDay).ElementAt(count - 1);
    }

    /// <summary>Where a plan stands today.</summary>
    private void Judge(ModelPlan plan, bool asksAgain = false, bool isPaid = false)
    {
        var asked = plan.Lines.Sum(line => PayableOf(plan, line)) - DisputedIn(plan);
        var holds = asksAgain && asked > plan.Asked && plan.Status != PlanStatus.Requested ? AfterBusinessDays(Today, plan.Grace) : plan.HoldsUntil;
        (PlanStatus Status, DateOnly? BreaksOn) judged = (PlanStatus.Kept, null);
        for (var i = plan.Instalments.Count - 1; i >= 0; i--)
        {
            var lastOn = holds > plan.Instalments[i].LastOn ? holds.Value : plan.Instalments[i].LastOn;
            if (PaidUntil(plan, lastOn) < Math.Min(asked, plan.Instalments.Take(i + 1).Sum(each => each.Amount)) - plan.Tolerance)
            {
                judged = lastOn >= Today ? (PlanStatus.Active, lastOn) : (PlanStatus.Broken, null);
            }
        }

        if (plan.Status == PlanStatus.Requested)
        {
            judged = (PlanStatus.Requested, null);
        }
        else if (!plan.IsOpen && ((plan.Status == PlanStatus.Broken && judged.Status != PlanStatus.Broken && !isPaid) || plan.Lines.Exists(line => IsInOpenPlan(line.Item))))
        {
            return;
        }

        (plan.Asked, plan.Received, plan.HoldsUntil, plan.Status, plan.BreaksOn) =
            (asked, PaidUntil(plan, DateOnly.MaxValue), holds, judged.Status, judged.BreaksOn);
    }

    /// <summary>Runs a command; plans of which an item is more or less open after it, or more or less disputed, are judged anew.</summary>
    private string WithPlans(AccountCommand command, Func<string> run)
    {
        List<string> Seen() => plans.ConvertAll(plan => string.Join(' ', plan.Lines.Select(line => string.Create(
            CultureInfo.InvariantCulture,
            $"{line.Item.Open} {string.Join(',', disputes.Where(each => each.IsOpen && each.Invoice == line.Invoice && each.Of(line.Item) > 0).Select(each => each.Id))}"))));
        var before = Seen();
        var outcome = run();
        var after = Seen();
        var isPaid = command is PostPayment or AllocateCredit { Kind: CreditKind.Payment };
        var asksAgain = command is ReverseWriteOff or UndoAllocation { Kind: CreditKind.CreditNote } or ResolveDispute;
        foreach (var at in Enumerable.Range(0, before.Count).Where(at => before[at] != after[at] && !plans[at].IsGone && plans[at].Status != PlanStatus.Expired).OrderBy(at => plans[at].Id, StringComparer.Ordinal))
        {
            Judge(plans[at], asksAgain, isPaid);
        }

        return outcome;
    }

    private void BreakPlans()
    {
        foreach (var plan in ActivePlans.Where(plan => plan.BreaksOn < Today).ToList())
        {
            Judge(plan);
        }

        foreach (var plan in plans.Where(plan => plan.Status == PlanStatus.Requested && plan.Instalments[0].On < Today))
        {
            Judge(plan);
            plan.Status = PlanStatus.Expired;
        }
    }

    private bool IsInOpenPlan(ModelItem item) => plans.Exists(plan => plan.IsOpen && plan.Lines.Exists(line => line.Item == item));

    private string RequestPlan(RequestPlan command)
    {
        if (plans.Exists(plan => plan.Id == command.Id.Value))
        {
            return Taken;
        }

        var chosen = new List<(ModelInvoice Invoice, ModelItem Item)>();
        if (command.Items is null)
        {
            chosen = [.. ItemsIn(command.Currency ?? currency).Where(each => each.Item.DueDate < Today && (terms.ClaimsAreOverdue || !each.Invoice.IsClaim) && !IsInOpenPlan(each.Item)
                && (terms.DisputedIsOverdue || DisputedOf(each.Invoice, each.Item) < each.Item.Open))];
        }

        foreach (var asked in command.Items ?? [])
        {
            var found = Items.Where(each => each.Invoice.Number == asked.Invoice.Value && (asked.Instalment is null || asked.Instalment == each.Item.Number)).ToList();
            if (found.Count == 0)
            {
                return Refused(RefusalCode.NothingToPlan);
            }

            if (found.TrueForAll(each => each.Invoice.IsRetained(each.Item)))
            {
                return Refused(RefusalCode.NotReleased);
            }

            chosen.AddRange(found.Where(each => !each.Invoice.IsRetained(each.Item) && !chosen.Contains(each)));
        }

        if (chosen.Count == 0)
        {
            return Refused(RefusalCode.NothingToPlan);
        }

        var of = command.Currency ?? chosen[0].Invoice.Currency;
        if (chosen.Exists(each => each.Invoice.Currency != of))
        {
            return Refused(RefusalCode.CurrencyMismatch);
        }

        if (chosen.Exists(each => IsInOpenPlan(each.Item)))
        {
            return Refused(RefusalCode.PlanOverlaps);
        }

        return RequestPlan(command, new ModelPlan(
            command.Id.Value, of, chosen.ConvertAll(each => new ModelPlanLine(each.Invoice, each.Item, each.Item.Open)), [], command.By,
            command.GraceDays ?? ModelTerms.PlanGraceDays,
            terms.Rate(ModelTerms.CompanyCurrency, of, Today) is { } rate ? rate.Of(ModelTerms.PlanTolerance, of.Decimals) : 0,
            [.. Takings.Select(taking => taking.Key)]));
    }

    private string RequestPlan(RequestPlan command, ModelPlan plan)
    {
        var dated = command.Payments?.Select(each => (each.On, each.Amount)).OrderBy(each => each.On).ToList() ?? [];
        if (dated.Exists(each => !IsWhole(each.Amount, plan.Currency)))
        {
            return Refused(RefusalCode.AmountDecimals);
        }

        if (command.Schedule is { } schedule)
        {
            // As cake is cut: each gets what is whole, the last what is left.
            var left = plan.Amount;
            var part = Math.Floor(plan.Amount * plan.Currency.MinorPerMajor / schedule.Count) / plan.Currency.MinorPerMajor;
            for (var i = 1; i <= schedule.Count; i++)
            {
                var on = schedule.Every == PlanInterval.Month ? schedule.First.AddMonths(i - 1) : schedule.First.AddDays(7 * (i - 1));
                dated.Add((on, i == schedule.Count ? left : part));
                left -= part;
            }

            if (part == 0)
            {
                return Refused(RefusalCode.InstalmentsMismatch);
            }
        }

        if (dated.Sum(each => each.Amount) != plan.Amount)
        {
            return Refused(RefusalCode.InstalmentsMismatch);
        }

        if (dated[0].On < Today)
        {
            return Refused(RefusalCode.PlanInPast);
        }

        plan.Instalments.AddRange(dated.Select(each => (each.On, each.Amount, AfterBusinessDays(each.On, plan.Grace))));
        decimal? InAccount(ModelPlan each) => RateOf(each.Currency) is { } rate ? In(each.Amount, each.Currency, rate) : null;
        var unapproved = ActivePlans.Where(each => each.DecidedBy is null).Append(plan).Select(InAccount).ToList();
        if (terms.PlansWithoutApproval && plan.Grace <= ModelTerms.PlanGraceDays && !unapproved.Contains(null) && unapproved.Sum() <= Policy(ModelTerms.PlanApproveAbove))
        {
            plan.Status = PlanStatus.Active;
        }

        plans.Add(plan);
        Judge(plan);
        return Done;
    }

    private string DecidePlan(DecidePlan command)
    {
        switch (plans.Find(plan => plan.Id == command.Id.Value))
        {
            case null:
                return Refused(RefusalCode.NotFound);
            case { Status: PlanStatus.Expired }:
                return Refused(RefusalCode.PlanExpired);
            case { Status: not PlanStatus.Requested, DecidedBy: null, IsGone: true }:
                return Refused(RefusalCode.NotFound);
            case { Status: not PlanStatus.Requested, DecidedBy: null }:
                return Refused(RefusalCode.PlanDecided);
            case { Status: not PlanStatus.Requested }:
                return Taken;
            case var plan when command.Decision != PlanDecision.Approve:
                plan.Status = command.Decision == PlanDecision.Reject ? PlanStatus.Rejected : PlanStatus.Withdrawn;
                (plan.DecidedBy, plan.IsGone) = (command.By, true);
                return Done;
            case var plan when plan.RequestedBy == command.By:
                return Refused(RefusalCode.OwnRequest);
            case var plan:
                plan.Status = PlanStatus.Active;
                Judge(plan);
                plan.DecidedBy = command.By;
                return Done;
        }
    }

    private string CancelPlan(CancelPlan command)
    {
        switch (plans.Find(plan => plan.Id == command.Id.Value))
        {
            case { Status: PlanStatus.Cancelled }:
                return Taken;
            case null or { IsGone: true }:
                return Refused(RefusalCode.NotFound);
            case { Status: PlanStatus.Expired }:
                return Refused(RefusalCode.PlanExpired);
            case { Status: PlanStatus.Requested }:
                return Refused(RefusalCode.PlanNotActive);
            case { Status: PlanStatus.Kept }:
                return Refused(RefusalCode.PlanEnded);
            case { Status: PlanStatus.Broken } when !command.MayLift:
                return Refused(RefusalCode.ApprovalRequired);
            case var plan:
                (plan.Status, plan.BreaksOn, plan.IsGone) = (PlanStatus.Cancelled, null, true);
                return Done;
        }
    }
}
