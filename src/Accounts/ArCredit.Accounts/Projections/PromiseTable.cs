using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Projections;

/// <summary>A promise as it stands after the batch.</summary>
internal sealed record PromiseRow(string AccountId, long Version, PromiseState Promise);

/// <summary>Promises to pay.</summary>
internal static class PromiseTable
{
    internal static readonly SetStatement<PromiseRow> Put = new(
        """
        insert into promise (account_id, id, status, breaks_on, version, state)
        select r.account_id, r.id, r.status, r.breaks_on, r.version, r.state from {rows} where true
        on conflict (account_id, id) do update
           set status = excluded.status, breaks_on = excluded.breaks_on, version = excluded.version, state = excluded.state
        """,
        Column.Text<PromiseRow>("account_id", row => row.AccountId),
        Column.Text<PromiseRow>("id", row => row.Promise.Id.Value),
        Column.Text<PromiseRow>("status", row => EnumNames.Name(row.Promise.Status)),
        Column.DateOrNull<PromiseRow>("breaks_on", row => row.Promise.BreaksOn),
        Column.Number<PromiseRow>("version", row => row.Version),
        Column.Text<PromiseRow>("state", row => JsonSerializer.Serialize(row.Promise, EventCodec.Options)));
}
