using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Features.Decisions;

/// <summary>A decision where it is stored.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="Decision">With all it stood on.</param>
/// <param name="By">Who asked; null when nobody did.</param>
internal sealed record StoredDecision(AccountId Account, DecisionRecord Decision, string? By);

/// <summary>Finds decisions again: those that earmarked or refused in the journal, checks in their table.</summary>
internal sealed class DecisionStore(IJournalReader journal, IDatabase database, CheckRecorder checks, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(10);

    /// <summary>Null when there is no such decision.</summary>
    public async Task<StoredDecision?> FindAsync(string id, CancellationToken cancellation)
    {
        if (DecisionIds.TryParse(id, out var account, out var version))
        {
            var rows = await journal.ReadRowsAsync(account.Value, version, 1, cancellation);
            return rows.Count == 1 && rows[0].Version == version ? InEvent(account, rows[0]) : null;
        }

        if (!CheckIds.IsId(id))
        {
            return null;
        }

        await checks.FlushAsync(cancellation);
        var asked = time.GetTimestamp();
        while (true)
        {
            // The record follows the answer, and of a check that another node has answered there is no queue here to wait for.
            var found = await FindCheckAsync(id, cancellation);
            if (found is not null || !IsYoung(id) || time.GetElapsedTime(asked) >= Patience)
            {
                return found;
            }

            await Task.Delay(Pause, time, cancellation);
        }
    }

    private async Task<StoredDecision?> FindCheckAsync(string id, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var blocks = await session.Connection.QueryAsync<byte[]>(new CommandDefinition(
            "select body from credit_check_block where first_id >= @earliest and first_id <= @id and last_id >= @id",
            new { id, earliest = CheckIds.EarliestFirstOf(id) },
            cancellationToken: cancellation));
        var found = blocks.Select(block => CheckBlock.Find(block, id)).FirstOrDefault(record => record is not null);
        return found is null ? null : new StoredDecision(found.AccountId, found.Decision, found.By);
    }

    // Nodes' clocks may differ a little.
    private bool IsYoung(string id) => (time.GetUtcNow() - CheckIds.InstantOf(id)).Duration() < Young;

    private static StoredDecision? InEvent(AccountId account, JournalRow row)
    {
        var happened = EventCodec.Decode(row.Type, row.Schema, row.Payload.Span);
        var decision = DecisionIn.Event(happened);
        return decision is null ? null : new StoredDecision(account, decision, happened.By);
    }
}
