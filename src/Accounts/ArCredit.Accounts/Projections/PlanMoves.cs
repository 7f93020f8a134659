using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Projections;

/// <summary>What an event took off an item of a plan, or put back.</summary>
internal sealed record PlanMoveRow(string AccountId, long Version, DateTimeOffset RecordedAt, string PlanId, PlanMove Move);

/// <summary>
/// What was taken off the items of payment plans since they were requested: the mark of an item in a plan has the amount of the
/// request, and less these it is what the plan still reschedules, on any day. More may be taken of an item that a bounce re-opened.
/// </summary>
internal static class PlanMoves
{
    /// <summary>What is left of a mark <c>m</c>; below 0 when more was taken than the plan had of it.</summary>
    /// <param name="also">A condition on the moves <c>p</c>, with its <c>and</c>; empty = all of them.</param>
    public static string LeftOf(string also) =>
        $"""
        m.amount - case when m.kind = 'inPlan' then coalesce((select cast(sum(p.amount) as bigint) from plan_move p
           where p.account_id = m.account_id and p.plan_id = m.mark_id and p.number = m.number and p.instalment = m.instalment {also}), 0) else 0 end
        """;

    internal static readonly SetStatement<PlanMoveRow> Insert = new(
        """
        insert into plan_move (account_id, plan_id, number, instalment, version, posted_on, recorded_at, amount)
        select r.account_id, r.plan_id, r.number, r.instalment, r.version, r.posted_on, r.recorded_at, r.amount from {rows}
        """,
        Column.Text<PlanMoveRow>("account_id", row => row.AccountId),
        Column.Text<PlanMoveRow>("plan_id", row => row.PlanId),
        Column.Text<PlanMoveRow>("number", row => row.Move.Invoice.Value),
        Column.Number<PlanMoveRow>("instalment", row => row.Move.Instalment),
        Column.Number<PlanMoveRow>("version", row => row.Version),
        Column.Date<PlanMoveRow>("posted_on", row => row.Move.PostedOn),
        Column.Instant<PlanMoveRow>("recorded_at", row => row.RecordedAt),
        Column.Number<PlanMoveRow>("amount", row => row.Move.Amount));
}
