using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Projections;

/// <summary>A payment plan as it stands after the batch.</summary>
internal sealed record PlanRow(string AccountId, long Version, PlanState Plan);

/// <summary>Payment plans.</summary>
internal static class PlanTable
{
    internal static readonly SetStatement<PlanRow> Put = new(
        """
        insert into payment_plan (account_id, id, status, breaks_on, version, state)
        select r.account_id, r.id, r.status, r.breaks_on, r.version, r.state from {rows} where true
        on conflict (account_id, id) do update
           set status = excluded.status, breaks_on = excluded.breaks_on, version = excluded.version, state = excluded.state
        """,
        Column.Text<PlanRow>("account_id", row => row.AccountId),
        Column.Text<PlanRow>("id", row => row.Plan.Id.Value),
        Column.Text<PlanRow>("status", row => EnumNames.Name(row.Plan.Status)),
        Column.DateOrNull<PlanRow>("breaks_on", row => row.Plan.LapsesOn),
        Column.Number<PlanRow>("version", row => row.Version),
        Column.Text<PlanRow>("state", row => JsonSerializer.Serialize(row.Plan, EventCodec.Options)));
}
