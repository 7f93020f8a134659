using ArCredit.Platform.Data.Postgres;
using Npgsql;

namespace ArCredit.Platform.Journal.Reading.Postgres;

/// <summary>Snapshots of many accounts in one transaction.</summary>
internal sealed class PostgresSnapshotWrites(PostgresDatabase database) : ISnapshotWrites
{
    private const string Heads =
        """
        with given as materialized (
            select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::int[], $6::bytea[])
                       as g(account_id, base, version, hash, schema, body)
        ), whole as (
            insert into snapshot as s (account_id, version, hash, schema, body)
            select account_id, version, hash, schema, body from given where base = 0
                on conflict (account_id) do update
               set version = excluded.version, hash = excluded.hash, schema = excluded.schema, body = excluded.body
             where s.version < excluded.version
            returning s.account_id
        ), changed as (
            update snapshot s set version = g.version, hash = g.hash, schema = g.schema, body = g.body
              from given g
             where g.base <> 0 and g.base < g.version and s.account_id = g.account_id and s.version = g.base
            returning s.account_id
        )
        select account_id from whole union all select account_id from changed
        """;

    private const string Pages =
        """
        insert into snapshot_page (account_id, page_no, body)
        select * from unnest($1::text[], $2::int[], $3::bytea[])
            on conflict (account_id, page_no) do update set body = excluded.body
        """;

    private const string RemovePages =
        """
        delete from snapshot_page p using unnest($1::text[], $2::int[]) as r(account_id, page_no)
         where p.account_id = r.account_id and p.page_no = r.page_no
        """;

    public async Task<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<SnapshotWrite> writes)
    {
        await using var session = await database.BeginDerivedWriteAsync(CancellationToken.None);
        var (connection, transaction) = ((NpgsqlConnection)session.Connection, (NpgsqlTransaction)session.Transaction!);
        var stored = await WriteHeadsAsync(connection, writes);
        var accepted = writes.Where(write => stored.Contains(write.Head.AccountId)).ToArray();
        var changed = accepted.SelectMany(write => write.ChangedPages.Select(page => (write.Head.AccountId, page.PageNo, page.Body))).ToArray();
        var removed = accepted.SelectMany(write => write.RemovedPages.Select(page => (write.Head.AccountId, PageNo: page))).ToArray();

        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(batch, "delete from snapshot_page where account_id = any($1)", Column(accepted.Where(write => write.BaseVersion == 0), write => write.Head.AccountId));
        Add(batch, RemovePages, Column(removed, page => page.AccountId), Column(removed, page => page.PageNo));
        Add(batch, Pages, Column(changed, page => page.AccountId), Column(changed, page => page.PageNo), Column(changed, page => page.Body));
        await batch.ExecuteNonQueryAsync();
        await session.CommitAsync(CancellationToken.None);
        return [.. writes.Select(write => stored.Contains(write.Head.AccountId))];
    }

    private static async Task<HashSet<string>> WriteHeadsAsync(NpgsqlConnection connection, IReadOnlyList<SnapshotWrite> writes)
    {
        await using var command = new NpgsqlCommand(Heads, connection);
        command.Parameters.Add(Column(writes, write => write.Head.AccountId));
        command.Parameters.Add(Column(writes, write => write.BaseVersion));
        command.Parameters.Add(Column(writes, write => write.Head.Version));
        command.Parameters.Add(Column(writes, write => write.Head.Hash));
        command.Parameters.Add(Column(writes, write => write.Head.Schema));
        command.Parameters.Add(Column(writes, write => write.Head.Body));
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            stored.Add(reader.GetString(0));
        }

        return stored;
    }

    private static NpgsqlParameter<TValue[]> Column<T, TValue>(IEnumerable<T> all, Func<T, TValue> value) => new() { TypedValue = [.. all.Select(value)] };

    private static void Add(NpgsqlBatch batch, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
    }
}
