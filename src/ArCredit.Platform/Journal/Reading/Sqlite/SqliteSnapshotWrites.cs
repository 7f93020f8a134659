using ArCredit.Platform.Data;
using ArCredit.Platform.Data.Sqlite;
using Dapper;

namespace ArCredit.Platform.Journal.Reading.Sqlite;

/// <summary>Snapshots of many accounts in one transaction.</summary>
internal sealed class SqliteSnapshotWrites(SqliteDatabase database) : ISnapshotWrites
{
    private const string Whole =
        """
        insert into snapshot (account_id, version, hash, schema, body) values (@AccountId, @Version, @Hash, @Schema, @Body)
            on conflict (account_id) do update
           set version = excluded.version, hash = excluded.hash, schema = excluded.schema, body = excluded.body
         where snapshot.version < excluded.version
        """;

    private const string Changed =
        """
        update snapshot set version = @Version, hash = @Hash, schema = @Schema, body = @Body
         where account_id = @AccountId and version = @BaseVersion and version < @Version
        """;

    private const string Page =
        """
        insert into snapshot_page (account_id, page_no, body) values (@AccountId, @PageNo, @Body)
            on conflict (account_id, page_no) do update set body = excluded.body
        """;

    public async Task<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<SnapshotWrite> writes)
    {
        await using var session = await database.BeginDerivedWriteAsync(CancellationToken.None);
        var stored = new bool[writes.Count];
        for (var i = 0; i < stored.Length; i++)
        {
            stored[i] = await SaveAsync(session, writes[i]);
        }

        await session.CommitAsync(CancellationToken.None);
        return stored;
    }

    private static async Task<bool> SaveAsync(DbSession session, SnapshotWrite write)
    {
        var (head, connection, transaction) = (write.Head, session.Connection, session.Transaction);
        var sql = write.BaseVersion == 0 ? Whole : Changed;
        var parameters = new { head.AccountId, head.Version, head.Hash, head.Schema, head.Body, write.BaseVersion };
        if (await connection.ExecuteAsync(sql, parameters, transaction) == 0)
        {
            return false;
        }

        if (write.BaseVersion == 0)
        {
            await connection.ExecuteAsync("delete from snapshot_page where account_id = @AccountId", head, transaction);
        }

        await connection.ExecuteAsync(
            "delete from snapshot_page where account_id = @AccountId and page_no = @PageNo",
            write.RemovedPages.Select(page => new { head.AccountId, PageNo = page }),
            transaction);
        await connection.ExecuteAsync(Page, write.ChangedPages.Select(page => new { head.AccountId, page.PageNo, page.Body }), transaction);
        return true;
    }
}
