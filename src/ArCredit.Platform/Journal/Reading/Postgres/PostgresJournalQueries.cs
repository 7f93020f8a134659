using System.Data;
using System.Data.Common;
using ArCredit.Platform.Data.Postgres;
using Npgsql;

namespace ArCredit.Platform.Journal.Reading.Postgres;

/// <summary>Reads for many accounts in one round trip; requests go as arrays and rows come back with the request's number.</summary>
internal sealed class PostgresJournalQueries(PostgresDatabase database) : IJournalQueries
{
    private const string LoadSnapshots =
        """
        select a.no::int, s.version, s.hash, s.schema, s.body, j.hash
          from unnest($1::text[]) with ordinality as a(account_id, no)
          join snapshot s on s.account_id = a.account_id
          left join journal j on j.account_id = s.account_id and j.version = s.version
        """;

    private const string LoadPages =
        """
        select a.no::int, p.page_no, p.body
          from unnest($1::text[]) with ordinality as a(account_id, no)
          join snapshot_page p on p.account_id = a.account_id
         order by a.no, p.page_no
        """;

    // "offset 0" keeps each account one index range, whatever the planner thinks of the table.
    private const string LoadTails =
        """
        select a.no::int, j.version, j.type, j.schema, j.payload, j.hash, j.recorded_at
          from unnest($1::text[]) with ordinality as a(account_id, no)
          left join lateral (
               select s.version from snapshot s
                 join journal x on x.account_id = s.account_id and x.version = s.version and x.hash = s.hash
                where s.account_id = a.account_id) v on true
         cross join lateral (
               select * from journal x where x.account_id = a.account_id and x.version > coalesce(v.version, 0) offset 0) j
         order by a.no, j.version
        """;

    private const string Heads =
        """
        select a.no::int, j.version, j.hash
          from unnest($1::text[]) with ordinality as a(account_id, no)
         cross join lateral (
               select x.version, x.hash from journal x where x.account_id = a.account_id order by x.version desc limit 1) j
        """;

    private const string Keys =
        """
        select r.no::int, k.version, k.fingerprint
          from unnest($1::text[], $2::text[], $3::text[]) with ordinality as r(account_id, kind, value, no)
         cross join lateral (
               select k.version, k.fingerprint from account_key k
                where k.account_id = r.account_id and k.kind = r.kind and k.value = r.value limit 1) k
        """;

    private const string Rows =
        """
        select r.no::int, j.version, j.type, j.schema, j.payload, j.hash, j.recorded_at
          from unnest($1::text[], $2::bigint[], $3::int[]) with ordinality as r(account_id, first, most, no)
         cross join lateral (
               select * from journal x where x.account_id = r.account_id and x.version >= r.first order by x.version limit r.most) j
         order by r.no, j.version
        """;

    private const string Texts =
        """
        select r.no, t.id, t.salt, t.body
          from unnest($1::int[], $2::text[], $3::uuid[]) as r(no, account_id, id)
          join erasable_text t on t.account_id = r.account_id and t.id = r.id
        """;

    public async Task<IReadOnlyList<LoadedAccount>> LoadAsync(IReadOnlyList<string> accounts)
    {
        var loading = accounts.Select(account => new LoadingAccount(account)).ToArray();
        var parameter = accounts.ToArray();
        await using var connection = await database.OpenAsync(CancellationToken.None);

        // The three reads must see one state: a snapshot saved in between would belong to neither.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            foreach (var sql in new[] { LoadSnapshots, LoadPages, LoadTails })
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = parameter } } });
            }

            await using var reader = await batch.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var account = loading[reader.GetInt32(0) - 1];
                account.Snapshot = new StoredSnapshot(
                    accounts[reader.GetInt32(0) - 1], reader.GetInt64(1), Bytes(reader, 2), reader.GetInt32(3), Bytes(reader, 4));
                account.ChainHash = reader.IsDBNull(5) ? null : Bytes(reader, 5);
            }

            await reader.NextResultAsync();
            while (await reader.ReadAsync())
            {
                loading[reader.GetInt32(0) - 1].Pages.Add(new SnapshotPage(reader.GetInt32(1), Bytes(reader, 2)));
            }

            await reader.NextResultAsync();
            while (await reader.ReadAsync())
            {
                loading[reader.GetInt32(0) - 1].Tail.Add(Row(reader, accounts[reader.GetInt32(0) - 1]));
            }
        }

        await transaction.CommitAsync();
        return Array.ConvertAll(loading, account => account.Finish());
    }

    public async Task<IReadOnlyList<JournalHead>> ReadHeadsAsync(IReadOnlyList<string> accounts)
    {
        var heads = new JournalHead[accounts.Count];
        Array.Fill(heads, new JournalHead(0, ChainHash.Genesis));
        await ReadAsync(Heads, reader => heads[reader.GetInt32(0) - 1] = new JournalHead(reader.GetInt64(1), Bytes(reader, 2)), Column(accounts, account => account));
        return heads;
    }

    public async Task<IReadOnlyList<StoredKey?>> FindKeysAsync(IReadOnlyList<KeyRequest> requests)
    {
        var keys = new StoredKey?[requests.Count];
        await ReadAsync(
            Keys,
            reader => keys[reader.GetInt32(0) - 1] = new StoredKey(reader.GetInt64(1), Bytes(reader, 2)),
            Column(requests, request => request.AccountId),
            Column(requests, request => request.Kind),
            Column(requests, request => request.Value));
        return keys;
    }

    public async Task<IReadOnlyList<IReadOnlyList<JournalRow>>> ReadRowsAsync(IReadOnlyList<RowsRequest> requests)
    {
        var rows = requests.Select(_ => new List<JournalRow>()).ToArray();
        await ReadAsync(
            Rows,
            reader => rows[reader.GetInt32(0) - 1].Add(Row(reader, requests[reader.GetInt32(0) - 1].AccountId)),
            Column(requests, request => request.AccountId),
            Column(requests, request => request.FromVersion),
            Column(requests, request => request.Limit));
        return rows;
    }

    public async Task<IReadOnlyList<IReadOnlyDictionary<Guid, ErasableText>>> ReadTextsAsync(IReadOnlyList<TextsRequest> requests)
    {
        var texts = requests.Select(_ => new Dictionary<Guid, ErasableText>()).ToArray();
        var wanted = requests.SelectMany((request, no) => request.Ids.Select(id => (No: no, request.AccountId, Id: id))).ToArray();
        await ReadAsync(
            Texts,
            reader => texts[reader.GetInt32(0)][reader.GetGuid(1)] = new ErasableText(reader.GetGuid(1), Bytes(reader, 2), reader.GetString(3)),
            Column(wanted, text => text.No),
            Column(wanted, text => text.AccountId),
            Column(wanted, text => text.Id));
        return texts;
    }

    private static NpgsqlParameter<TValue[]> Column<T, TValue>(IEnumerable<T> requests, Func<T, TValue> value) =>
        new() { TypedValue = [.. requests.Select(value)] };

    private static JournalRow Row(DbDataReader reader, string account) => new(
        account, reader.GetInt64(1), reader.GetString(2), reader.GetInt32(3), Bytes(reader, 4), Bytes(reader, 5), reader.GetFieldValue<DateTimeOffset>(6));

    private static byte[] Bytes(DbDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    private async Task ReadAsync(string sql, Action<DbDataReader> each, params NpgsqlParameter[] parameters)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            each(reader);
        }
    }
}
