using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>An item of a plan, with what was open of it when the plan was requested.</summary>
internal sealed record PlanLineView(DocumentNumber Invoice, int Instalment, decimal Amount);

/// <summary>An instalment of a plan.</summary>
/// <param name="On">When it is due.</param>
/// <param name="Amount">As agreed.</param>
/// <param name="Asked">The amount less what was credited, given up or is disputed: the last instalments ask for that much less.</param>
/// <param name="Paid">Of what was asked, by date.</param>
/// <param name="Open">Asked less paid.</param>
/// <param name="LastOn">The last day in time.</param>
internal sealed record PlanInstalmentView(DateOnly On, decimal Amount, decimal Asked, decimal Paid, decimal Open, DateOnly LastOn);

/// <summary>A payment plan.</summary>
/// <param name="PlanId">Unique within the account.</param>
/// <param name="Status">requested, active, kept, broken, cancelled, rejected, withdrawn, or expired (not decided by the date of its first instalment).</param>
/// <param name="Currency">Of its items and instalments.</param>
/// <param name="Amount">All of it, as requested.</param>
/// <param name="Asked">The amount less what was credited or given up since and what is disputed.</param>
/// <param name="Received">What payments have taken off its items since it was requested.</param>
/// <param name="Open">Asked less received.</param>
/// <param name="Lines">Its items.</param>
/// <param name="Instalments">By date.</param>
/// <param name="GraceDays">Business days after an instalment's date that are still in time.</param>
/// <param name="Tolerance">So much less is still kept.</param>
/// <param name="BreaksOn">The last day of the first instalment that is not paid; null unless it is active.</param>
/// <param name="HoldsUntil">It does not break before this day has passed, because it asks for something again; null = never did.</param>
/// <param name="RequestedOn">Company's date.</param>
/// <param name="RequestedBy">Who asked for it, by id.</param>
/// <param name="DecidedOn">When it was approved, rejected or withdrawn, or requested where no approval was needed.</param>
/// <param name="DecidedBy">Who did, by id; null while nobody has or had to.</param>
/// <param name="EndedOn">Null while it is requested or active.</param>
/// <param name="Reference">Of the agreement.</param>
/// <param name="Lifted">broken, when it was cancelled after that.</param>
internal sealed record PlanView(
    DocumentNumber PlanId, PlanStatus Status, Currency Currency, decimal Amount, decimal Asked, decimal Received, decimal Open,
    IReadOnlyList<PlanLineView> Lines, IReadOnlyList<PlanInstalmentView> Instalments, int GraceDays, decimal Tolerance, DateOnly? BreaksOn,
    DateOnly? HoldsUntil, DateOnly RequestedOn, string RequestedBy, DateOnly? DecidedOn, string? DecidedBy, DateOnly? EndedOn, string? Reference,
    PlanStatus? Lifted)
{
    /// <summary>The view of a plan as it stands.</summary>
    public static PlanView Of(PlanState plan)
    {
        decimal In(long minor) => Amounts.Of(minor, plan.Currency);
        return new PlanView(
            plan.Id, plan.Status, plan.Currency, In(plan.Amount), In(plan.Asked), In(plan.Received), In(plan.Asked - plan.Received),
            [.. plan.Lines.Select(line => new PlanLineView(line.Invoice, line.Instalment, In(line.Amount)))], InstalmentsOf(plan), plan.GraceDays,
            In(plan.Tolerance), plan.BreaksOn, plan.HoldsUntil, plan.RequestedOn, plan.RequestedBy, plan.DecidedOn, plan.DecidedBy, plan.EndedOn,
            plan.Reference, plan.Lifted);
    }

    /// <summary>What is asked for and paid of each: both fill them from the first on.</summary>
    private static List<PlanInstalmentView> InstalmentsOf(PlanState plan)
    {
        var (toAsk, toPay) = (plan.Asked, plan.Received);
        var views = new List<PlanInstalmentView>(plan.Instalments.Count);
        foreach (var instalment in plan.Instalments)
        {
            var asked = Math.Min(toAsk, instalment.Amount);
            var paid = Math.Min(toPay, asked);
            (toAsk, toPay) = (toAsk - asked, toPay - paid);
            views.Add(new PlanInstalmentView(
                instalment.On, Amounts.Of(instalment.Amount, plan.Currency), Amounts.Of(asked, plan.Currency), Amounts.Of(paid, plan.Currency),
                Amounts.Of(asked - paid, plan.Currency), instalment.LastOn));
        }

        return views;
    }
}

/// <summary>A payment plan with its notes.</summary>
/// <param name="Plan">As it stands.</param>
/// <param name="Note">With the request; null when there was none, or once it is erased.</param>
/// <param name="DecisionNote">With the decision; the same.</param>
internal sealed record PlanWithNotesView(PlanView Plan, string? Note, string? DecisionNote);
