using Dapper;

namespace ArCredit.Platform.Data;

/// <summary>
/// Tells one life of the database from another: feed positions and cursors are only comparable within one epoch.
/// </summary>
public sealed class DatabaseEpoch(IDatabase database)
{
    private Guid? value;

    /// <summary>The epoch, made when the database has none yet.</summary>
    public async ValueTask<Guid> GetAsync(CancellationToken cancellation)
    {
        if (value is { } known)
        {
            return known;
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "insert into database_epoch (one, epoch) values (1, @Fresh) on conflict (one) do nothing", new { Fresh = Guid.NewGuid() }, session.Transaction);
        var stored = await session.Connection.QuerySingleAsync<Guid>("select epoch from database_epoch", transaction: session.Transaction);
        await session.CommitAsync(cancellation);
        value = stored;
        return stored;
    }
}
