using System.Data.Common;
using System.Globalization;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Platform.Journal.Feed;

/// <summary>A place in the feed's order; the zero value is before everything.</summary>
/// <param name="Txid">Transaction id (SQLite: row number).</param>
internal readonly record struct FeedPosition(ulong Txid, string AccountId, long Version)
{
    public static readonly FeedPosition Start = new(0, string.Empty, 0);
}

/// <summary>A row with its place.</summary>
internal readonly record struct PlacedRow(FeedPosition Position, FeedRow Row);

/// <summary>The journal in feed order, and the checkpoints in it.</summary>
internal sealed class FeedSource(IDatabase database)
{
    private readonly bool isPostgres = database.Dialect == Dialect.PostgreSql;

    // xid8 goes through text: a driver-neutral way that still uses the index.
    private string TxidOf(string parameter) => isPostgres ? $"{parameter}::text::xid8" : $"cast({parameter} as integer)";

    /// <summary>Everything committed before this call is strictly below the result.</summary>
    public Task<ulong> ReadTargetAsync(CancellationToken cancellation) => ReadBoundAsync("pg_snapshot_xmax", cancellation);

    /// <summary>Nothing below the result will ever be added: on PostgreSQL the oldest transaction still running.</summary>
    public Task<ulong> ReadHorizonAsync(CancellationToken cancellation) => ReadBoundAsync("pg_snapshot_xmin", cancellation);

    /// <summary>
    /// Throws <see cref="InvalidOperationException"/> when the journal holds transaction ids that this server has not
    /// reached: a dump restored elsewhere. The feed would never come to those rows, and nobody would notice.
    /// </summary>
    public async Task RequireReachableAsync(CancellationToken cancellation)
    {
        if (!isPostgres)
        {
            return;
        }

        await using var session = await database.OpenReadAsync(cancellation);
        var beyond = await session.Connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "select max(txid)::text from journal where txid >= pg_snapshot_xmax(pg_current_snapshot())", cancellationToken: cancellation));
        if (beyond is not null)
        {
            throw new InvalidOperationException($"The journal reaches transaction {beyond}, this server does not: it was restored from a dump of another server. Move the server's counter beyond it (pg_resetwal --next-transaction-id) or restore a physical backup.");
        }
    }

    /// <summary>Rows behind <paramref name="after"/> and below <paramref name="horizon"/>, in order.</summary>
    public async Task<List<PlacedRow>> ReadPageAsync(FeedPosition after, ulong horizon, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var command = new CommandDefinition(
            $"""
            select txid, account_id, version, type, schema, payload, hash, recorded_at from journal
             where txid >= {TxidOf("@Txid")} and (txid, account_id, version) > ({TxidOf("@Txid")}, @AccountId, @Version) and txid < {TxidOf("@Horizon")}
             order by txid, account_id, version limit @Limit
            """,
            new { Txid = Text(after.Txid), after.AccountId, after.Version, Horizon = Text(horizon), Limit = limit },
            cancellationToken: cancellation);
        await using var reader = await session.Connection.ExecuteReaderAsync(command);
        var page = new List<PlacedRow>();
        while (await reader.ReadAsync(cancellation))
        {
            page.Add(Read(reader));
        }

        return page;
    }

    /// <summary>Where the projection stands; a new one at the start.</summary>
    public async Task<FeedPosition> ReadCheckpointAsync(string name, Guid epoch, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            $"insert into projection_checkpoint (name, txid, account_id, version, epoch) values (@name, {TxidOf("'0'")}, '', 0, @epoch) on conflict (name) do nothing",
            new { name, epoch },
            session.Transaction);
        var (txid, account, version, stored) = await session.Connection.QuerySingleAsync<(string, string, long, Guid)>(
            "select cast(txid as text), account_id, version, epoch from projection_checkpoint where name = @name", new { name }, session.Transaction);
        await session.CommitAsync(cancellation);
        return stored == epoch
            ? new FeedPosition(ulong.Parse(txid, CultureInfo.InvariantCulture), account, version)
            : throw new InvalidOperationException($"The checkpoint of {name} belongs to another life of the database ({stored}, now {epoch}); the projection has to be rebuilt.");
    }

    /// <summary>Moves the checkpoint and keeps it locked; false when another node moved it first.</summary>
    public async Task<bool> AdvanceAsync(DbSession session, string name, FeedPosition from, FeedPosition to)
    {
        var moved = await session.Connection.ExecuteAsync(
            $"""
            update projection_checkpoint set txid = {TxidOf("@ToTxid")}, account_id = @ToAccount, version = @ToVersion
             where name = @name and txid = {TxidOf("@FromTxid")} and account_id = @FromAccount and version = @FromVersion
            """,
            new
            {
                name,
                ToTxid = Text(to.Txid),
                ToAccount = to.AccountId,
                ToVersion = to.Version,
                FromTxid = Text(from.Txid),
                FromAccount = from.AccountId,
                FromVersion = from.Version,
            },
            session.Transaction);
        return moved == 1;
    }

    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private async Task<ulong> ReadBoundAsync(string bound, CancellationToken cancellation)
    {
#if PLANTED_BUGS
        bound = Kernel.Planted.Is("feed-horizon-ignored") ? "pg_snapshot_xmax" : bound;
#endif
        await using var session = await database.OpenReadAsync(cancellation);
        var sql = isPostgres ? $"select {bound}(pg_current_snapshot())::text" : "select cast(coalesce(max(txid), 0) + 1 as text) from journal";
        var text = await session.Connection.ExecuteScalarAsync<string>(new CommandDefinition(sql, cancellationToken: cancellation));
        return ulong.Parse(text!, CultureInfo.InvariantCulture);
    }

    private PlacedRow Read(DbDataReader reader)
    {
        var txid = isPostgres ? reader.GetFieldValue<ulong>(0) : (ulong)reader.GetInt64(0);
        var recordedAt = isPostgres ? reader.GetFieldValue<DateTimeOffset>(7) : SqlTypes.FromMicroseconds(reader.GetInt64(7));
        var row = new JournalRow(
            reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt32(4), reader.GetFieldValue<byte[]>(5), reader.GetFieldValue<byte[]>(6), recordedAt);
        return new PlacedRow(new FeedPosition(txid, row.AccountId, row.Version), new FeedRow(row));
    }
}
