using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Projections;

/// <summary>What a log's entry was written for. The names are stored and shown.</summary>
internal enum DisputeEntry
{
    /// <summary>The dispute was raised.</summary>
    Raised,

    /// <summary>A note, or another owner or due date.</summary>
    Changed,

    /// <summary>The dispute was resolved.</summary>
    Resolved,
}

/// <summary>Where a dispute stands. The names are stored and shown.</summary>
internal enum DisputeStatus
{
    /// <summary>What is disputed is not overdue.</summary>
    Open,

    /// <summary>Ended.</summary>
    Resolved,
}

/// <summary>A dispute as it stands after the batch.</summary>
internal sealed record DisputeRow(string AccountId, long Version, DisputeState Dispute)
{
    public DisputeStatus Status => Dispute.ResolvedOn is null ? DisputeStatus.Open : DisputeStatus.Resolved;
}

/// <summary>An entry of a dispute's log.</summary>
internal sealed record DisputeLogRow(
    string AccountId, string DisputeId, long Version, DisputeEntry Kind, DateTimeOffset At, string? By, string? Owner, DateOnly? DueOn, TextRef? Text);

/// <summary>Disputes and their logs; with them refunds, promises and plans, and what disputes, promises and plans say of items.</summary>
internal static class DisputeTables
{
    internal static readonly SetStatement<DisputeRow> Put = new(
        """
        insert into dispute (account_id, id, status, version, state)
        select r.account_id, r.id, r.status, r.version, r.state from {rows} where true
        on conflict (account_id, id) do update set status = excluded.status, version = excluded.version, state = excluded.state
        """,
        Column.Text<DisputeRow>("account_id", row => row.AccountId),
        Column.Text<DisputeRow>("id", row => row.Dispute.Id.Value),
        Column.Text<DisputeRow>("status", row => EnumNames.Name(row.Status)),
        Column.Number<DisputeRow>("version", row => row.Version),
        Column.Text<DisputeRow>("state", row => JsonSerializer.Serialize(row.Dispute, EventCodec.Options)));

    internal static readonly SetStatement<DisputeLogRow> Log = new(
        """
        insert into dispute_log (account_id, dispute_id, version, kind, at, by_caller, owner, due_on, text_id)
        select r.account_id, r.dispute_id, r.version, r.kind, r.at, r.by_caller, r.owner, r.due_on, r.text_id from {rows} where true
        """,
        Column.Text<DisputeLogRow>("account_id", row => row.AccountId),
        Column.Text<DisputeLogRow>("dispute_id", row => row.DisputeId),
        Column.Number<DisputeLogRow>("version", row => row.Version),
        Column.Text<DisputeLogRow>("kind", row => EnumNames.Name(row.Kind)),
        Column.Instant<DisputeLogRow>("at", row => row.At),
        Column.Text<DisputeLogRow>("by_caller", row => row.By),
        Column.Text<DisputeLogRow>("owner", row => row.Owner),
        Column.DateOrNull<DisputeLogRow>("due_on", row => row.DueOn),
        Column.IdOrNull<DisputeLogRow>("text_id", row => row.Text?.Id));

    public static async Task WriteAsync(DbSession session, ProjectionBatch batch, CancellationToken cancellation)
    {
        await Put.ExecuteAsync(session, batch.Disputes, cancellation);
        await Log.ExecuteAsync(session, batch.DisputeLog, cancellation);
        await RefundTable.Put.ExecuteAsync(session, batch.Refunds, cancellation);
        await PromiseTable.Put.ExecuteAsync(session, batch.Promises, cancellation);
        await PlanTable.Put.ExecuteAsync(session, batch.Plans, cancellation);
        await ItemMarks.Put.ExecuteAsync(session, batch.Marks, cancellation);
    }
}
