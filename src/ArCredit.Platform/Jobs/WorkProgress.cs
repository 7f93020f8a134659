using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Platform.Jobs;

/// <summary>Up to which business instant each work has run.</summary>
internal sealed class WorkProgress(IDatabase database)
{
    /// <summary>The work's progress; a work never seen before starts at <paramref name="start"/>.</summary>
    public async Task<DateTimeOffset> ReadAsync(string name, DateTimeOffset start, CancellationToken cancellation)
    {
        await using (var session = await database.OpenReadAsync(cancellation))
        {
            if (await FindAsync(session, name) is { } known)
            {
                return known;
            }
        }

        await using var write = await database.BeginWriteAsync(cancellation);
        await write.Connection.ExecuteAsync(
            "insert into scheduled_work (name, done_until) values (@name, @start) on conflict (name) do nothing", new { name, start }, write.Transaction);
        var stored = await FindAsync(write, name);
        await write.CommitAsync(cancellation);
        return stored ?? start;
    }

    /// <summary>Records that the work has run up to an instant; progress never goes back.</summary>
    public async Task MarkAsync(string name, DateTimeOffset done, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "update scheduled_work set done_until = @done where name = @name and done_until < @done", new { name, done }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    private static Task<DateTimeOffset?> FindAsync(DbSession session, string name) =>
        session.Connection.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            "select done_until from scheduled_work where name = @name", new { name }, session.Transaction);
}
