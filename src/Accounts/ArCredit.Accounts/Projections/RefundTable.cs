using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Projections;

/// <summary>A refund as it stands after the batch.</summary>
internal sealed record RefundRow(string AccountId, long Version, RefundState Refund);

/// <summary>Refunds of unapplied credit.</summary>
internal static class RefundTable
{
    internal static readonly SetStatement<RefundRow> Put = new(
        """
        insert into refund (account_id, id, status, currency, version, state)
        select r.account_id, r.id, r.status, r.currency, r.version, r.state from {rows} where true
        on conflict (account_id, id) do update set status = excluded.status, version = excluded.version, state = excluded.state
        """,
        Column.Text<RefundRow>("account_id", row => row.AccountId),
        Column.Text<RefundRow>("id", row => row.Refund.Id.Value),
        Column.Text<RefundRow>("status", row => EnumNames.Name(row.Refund.Status)),
        Column.Text<RefundRow>("currency", row => row.Refund.Currency.Code),
        Column.Number<RefundRow>("version", row => row.Version),
        Column.Text<RefundRow>("state", row => JsonSerializer.Serialize(row.Refund, EventCodec.Options)));
}

/// <summary>Refunds as the tables show them, once they have caught up.</summary>
internal sealed class RefundReader(IFeed feed, IDatabase database) : IRefunds
{
    public async Task<RefundState?> FindAsync(AccountId account, DocumentNumber id, CancellationToken cancellation)
    {
        await feed.CatchUpAsync(cancellation);
        await using var session = await database.OpenReadAsync(cancellation);
        var state = await session.Connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select state from refund where account_id = @account and id = @id",
            new { account = account.Value, id = id.Value }, cancellationToken: cancellation));
        return state is null ? null : StateList.Parse<RefundState>(state);
    }

    public async Task<IReadOnlyList<(AccountId Account, RefundState Refund)>> StandingAsync(
        string company, RefundStatus status, Currency currency, (string Account, string Id) after, int limit, CancellationToken cancellation)
    {
        await feed.CatchUpAsync(cancellation);
        await using var session = await database.OpenReadAsync(cancellation);
        var rows = await session.Connection.QueryAsync<(string Account, string State)>(new CommandDefinition(
            """
            select r.account_id, r.state
              from refund r
              join account_view v on v.account_id = r.account_id and v.company = @company
             where r.status = @status and r.currency = @currency and (r.account_id, r.id) > (@account, @id)
             order by r.account_id, r.id
             limit @limit
            """,
            new { company, status = EnumNames.Name(status), currency = currency.Code, account = after.Account, id = after.Id, limit }, cancellationToken: cancellation));
        return [.. rows.Select(row => (AccountId.Parse(row.Account), StateList.Parse<RefundState>(row.State)))];
    }
}
