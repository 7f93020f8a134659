using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Projections;

/// <summary>
/// Everything that the reads below /accounts stand on. One projection, so that every event is read once and all its tables
/// stand at the same position.
/// </summary>
internal sealed class AccountProjection : IProjection
{
    private static readonly string[] Tables =
        ["ledger_entry", "reservation", "invoice", "payment_due", "account_name", "account_block", "account_view"];

    public string Name => "accounts";

    public async Task ApplyAsync(IReadOnlyList<FeedRow> rows, DbSession session, CancellationToken cancellation)
    {
        var batch = new ProjectionBatch(rows);

        // Accounts first: balances are kept on them.
        await AccountTables.WriteAsync(session, batch, cancellation);
        await DocumentTables.WriteAsync(session, batch, cancellation);
        await LedgerTable.WriteAsync(session, batch.Lines, cancellation);
    }

    /// <summary>Empties the tables and forgets the position within the session's transaction: the feed then builds them anew.</summary>
    public async Task ResetAsync(DbSession session)
    {
        foreach (var table in Tables)
        {
            await session.Connection.ExecuteAsync($"delete from {table}", transaction: session.Transaction);
        }

        await session.Connection.ExecuteAsync("delete from projection_checkpoint where name = @Name", new { Name }, session.Transaction);
    }
}
