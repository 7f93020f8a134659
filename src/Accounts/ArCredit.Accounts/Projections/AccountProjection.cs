using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Projections;

/// <summary>
/// Everything that the reads below /accounts stand on. One projection, so that every event is read once and all its tables
/// stand at the same position.
/// </summary>
internal sealed class AccountProjection : IProjection
{
    public string Name => "accounts";

    public async Task ApplyAsync(IReadOnlyList<FeedRow> rows, DbSession session, CancellationToken cancellation)
    {
        var batch = new ProjectionBatch(rows);

        // Accounts first: balances are kept on them.
        await AccountTables.WriteAsync(session, batch, cancellation);
        await DocumentTables.WriteAsync(session, batch, cancellation);
        await DisputeTables.WriteAsync(session, batch, cancellation);
        await LedgerTable.WriteAsync(session, batch.Lines, cancellation);
        await RetentionTable.Insert.ExecuteAsync(session, batch.Retentions, cancellation);
        await PlanMoves.Insert.ExecuteAsync(session, batch.PlanMoves, cancellation);
        await InterestTable.Insert.ExecuteAsync(session, batch.Interest, cancellation);
        await OpenItemTable.WriteAsync(session, batch.Lines, cancellation);
    }
}
