using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Projections;

namespace ArCredit.Accounts.Verify;

/// <summary>A row as the projection would write it; no content = it would delete it.</summary>
internal readonly record struct ProjectedRow(object?[] Key, object?[]? Content);

/// <summary>A table that the projection writes, as its own statements describe it.</summary>
internal abstract class ProjectedTable(string name, string[] key)
{
    /// <summary>All whose rows follow from single events.</summary>
    public static readonly IReadOnlyList<ProjectedTable> All =
    [
        new Of<LedgerLine>("ledger_entry", ["account_id", "posted_on", "version", "line"], LedgerTable.Insert, batch => batch.Lines),
        new Of<ReservationRow>("reservation", ["account_id", "id"], DocumentTables.PutReservations, batch => batch.Reservations),
        new Of<KeyValuePair<DocumentKey, StoredInvoice>>("invoice", ["account_id", "number"], DocumentTables.PutInvoices, batch => batch.Invoices),
        new Of<CreditRow>("credit_state", ["account_id", "kind", "number"], DocumentTables.PutCredits, batch => batch.Credits),
        new Of<DisputeRow>("dispute", ["account_id", "id"], DisputeTables.Put, batch => batch.Disputes),
        new Of<DisputeLogRow>("dispute_log", ["account_id", "dispute_id", "version"], DisputeTables.Log, batch => batch.DisputeLog),
        new Of<PromiseRow>("promise", ["account_id", "id"], PromiseTable.Put, batch => batch.Promises),
        new Of<PlanRow>("payment_plan", ["account_id", "id"], PlanTable.Put, batch => batch.Plans),
        new Of<RefundRow>("refund", ["account_id", "id"], RefundTable.Put, batch => batch.Refunds),
        new Of<RetentionRow>("retention", ["account_id", "number"], RetentionTable.Insert, batch => batch.Retentions),
        new Of<MarkRow>("item_mark", ["account_id", "kind", "mark_id", "number", "instalment"], ItemMarks.Put, batch => batch.Marks),
        new Of<PlanMoveRow>(
            "plan_move", ["account_id", "plan_id", "number", "instalment", "version", "posted_on"], PlanMoves.Insert, batch => batch.PlanMoves),
        new Of<InterestRow>("interest_slice", ["account_id", "claim", "line"], InterestTable.Insert, batch => batch.Interest),
        new Of<UnclearedRow>(
            "payment_due", ["account_id", "payment_id"], DocumentTables.PutUncleared, batch => batch.Uncleared, row => row.ClearsOn is null),
        new Of<BlockRow>("account_block", ["account_id", "name"], AccountTables.PutBlocks, batch => batch.Blocks, row => !row.IsSet),
        new Of<AccountRow>("account_view", ["account_id"], AccountTables.PutAccounts, batch => batch.Accounts),
    ];

    public string Name { get; } = name;

    /// <summary>The primary key.</summary>
    public IReadOnlyList<string> Key { get; } = key;

    /// <summary>All columns that the statement writes.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>What a batch of one event does to the table.</summary>
    public abstract IEnumerable<ProjectedRow> Rows(ProjectionBatch batch);

    private sealed class Of<T>(
        string name, string[] key, SetStatement<T> put, Func<ProjectionBatch, IEnumerable<T>> rows, Func<T, bool>? isRemoved = null)
        : ProjectedTable(name, key)
    {
        private readonly Column<T>[] keyColumns = [.. key.Select(wanted => put.Columns.Single(column => column.Name == wanted))];

        public override IReadOnlyList<string> Columns { get; } = [.. put.Columns.Select(column => column.Name)];

        public override IEnumerable<ProjectedRow> Rows(ProjectionBatch batch)
        {
            foreach (var row in rows(batch))
            {
                var isGone = isRemoved?.Invoke(row) == true;
                yield return new ProjectedRow(
                    [.. keyColumns.Select(column => column.Plain(row))], isGone ? null : [.. put.Columns.Select(column => column.Plain(row))]);
            }
        }
    }
}
