using ArCredit.Accounts.Contracts;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Projections;

/// <summary>What is said of an open item. The names are stored, and shown as flags.</summary>
internal enum MarkKind
{
    /// <summary>A part of it is disputed.</summary>
    Disputed,

    /// <summary>Its payment is promised.</summary>
    Promised,

    /// <summary>It is in a payment plan that is kept.</summary>
    InPlan,
}

/// <summary>A mark of an item with its days: the open items of any day can be shown with the marks of that day.</summary>
internal sealed record MarkRow(
    string AccountId, MarkKind Kind, string MarkId, string Number, int Instalment, long Amount, DateOnly SinceOn, DateTimeOffset SinceAt,
    DateOnly? UntilOn, DateTimeOffset? UntilAt, DateOnly? LapsesOn = null)
{
    public static IEnumerable<MarkRow> Of(string account, DisputeState dispute) => dispute.Lines.Select(line => new MarkRow(
        account, MarkKind.Disputed, dispute.Id.Value, dispute.Invoice.Value, line.Instalment, line.Amount, dispute.RaisedOn, dispute.RaisedAt,
        dispute.ResolvedOn, dispute.ResolvedAt));

    public static IEnumerable<MarkRow> Of(string account, PromiseState promise) => promise.Lines.Select(line => new MarkRow(
        account, MarkKind.Promised, promise.Id.Value, line.Invoice.Value, line.Instalment, line.Amount, promise.MadeOn, promise.MadeAt,
        promise.EndedOn, promise.EndedAt));

    /// <summary>From the approval on; of a plan that was never in force there are none.</summary>
    public static IEnumerable<MarkRow> Of(string account, PlanState plan) => !plan.WasActive ? [] : plan.Lines.Select(line => new MarkRow(
        account, MarkKind.InPlan, plan.Id.Value, line.Invoice.Value, line.Instalment, line.Amount,
        plan.DecidedOn ?? plan.RequestedOn, plan.DecidedAt ?? plan.RequestedAt, plan.EndedOn, plan.EndedAt, plan.BreaksOn));
}

/// <summary>The table of marks.</summary>
internal static class ItemMarks
{
    internal static readonly SetStatement<MarkRow> Put = new(
        """
        insert into item_mark (account_id, kind, mark_id, number, instalment, amount, since_on, since_at, until_on, until_at, lapses_on)
        select r.account_id, r.kind, r.mark_id, r.number, r.instalment, r.amount, r.since_on, r.since_at, r.until_on, r.until_at, r.lapses_on
          from {rows} where true
        on conflict (account_id, kind, mark_id, number, instalment) do update
           set until_on = excluded.until_on, until_at = excluded.until_at, lapses_on = excluded.lapses_on
        """,
        Column.Text<MarkRow>("account_id", row => row.AccountId),
        Column.Text<MarkRow>("kind", row => EnumNames.Name(row.Kind)),
        Column.Text<MarkRow>("mark_id", row => row.MarkId),
        Column.Text<MarkRow>("number", row => row.Number),
        Column.Number<MarkRow>("instalment", row => row.Instalment),
        Column.Number<MarkRow>("amount", row => row.Amount),
        Column.Date<MarkRow>("since_on", row => row.SinceOn),
        Column.Instant<MarkRow>("since_at", row => row.SinceAt),
        Column.DateOrNull<MarkRow>("until_on", row => row.UntilOn),
        Column.InstantOrNull<MarkRow>("until_at", row => row.UntilAt),
        Column.DateOrNull<MarkRow>("lapses_on", row => row.LapsesOn));
}
