using ArCredit.Platform.Data;
using ArCredit.Platform.Jobs;
using Dapper;

namespace ArCredit.Accounts.Scheduled;

/// <summary>Removes idempotency keys that are past their retention, which is measured in technical time.</summary>
internal sealed class KeyPurge(IDatabase database, TimeProvider technical) : IScheduledWork
{
    private const int ChunkSize = 5000;

    public string Name => "key-purge";

    public WorkSchedule Schedule { get; } = WorkSchedule.Every(TimeSpan.FromMinutes(5));

    // Business time does not make it due: something left over from before is there or not.
    public async Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var expired = await session.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select count(*) from (select 1 from account_key where expires_at <= @now limit 1) found",
            new { now = technical.GetUtcNow() }, cancellationToken: cancellation));
        return expired == 0 ? null : after;
    }

    public async Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation)
    {
        // In chunks: a transaction over millions of keys would hold up the tills on SQLite.
        var now = technical.GetUtcNow();
        int purged;
        do
        {
            await using var session = await database.BeginWriteAsync(cancellation);
            purged = await session.Connection.ExecuteAsync(new CommandDefinition(
                """
                delete from account_key where (account_id, kind, value) in
                  (select account_id, kind, value from account_key where expires_at <= @now order by expires_at limit @ChunkSize)
                """,
                new { now, ChunkSize }, session.Transaction, cancellationToken: cancellation));
            await session.CommitAsync(cancellation);
        }
        while (purged == ChunkSize);
    }
}
