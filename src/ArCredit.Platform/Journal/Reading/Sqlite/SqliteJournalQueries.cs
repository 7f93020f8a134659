using System.Data.Common;
using ArCredit.Platform.Data;
using ArCredit.Platform.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace ArCredit.Platform.Journal.Reading.Sqlite;

/// <summary>The same reads as loops over prepared statements: SQLite has no round trip to save.</summary>
internal sealed class SqliteJournalQueries(SqliteDatabase database) : IJournalQueries
{
    private const string RowColumns = "version, type, schema, payload, hash, recorded_at";

    public Task<IReadOnlyList<LoadedAccount>> LoadAsync(IReadOnlyList<string> accounts)
    {
        using var connection = database.Open();

        // Deferred: a read view, so that snapshot, pages and tail belong together.
        using var view = connection.BeginTransaction(deferred: true);
        using var snapshot = Prepare(connection, "select s.version, s.hash, s.schema, s.body, j.hash from snapshot s left join journal j on j.account_id = s.account_id and j.version = s.version where s.account_id = $1", 1);
        using var pages = Prepare(connection, "select page_no, body from snapshot_page where account_id = $1 order by page_no", 1);
        using var tail = Prepare(connection, $"select {RowColumns} from journal where account_id = $1 and version > $2 order by version", 2);
        var loaded = new LoadedAccount[accounts.Count];
        for (var i = 0; i < loaded.Length; i++)
        {
            var (id, account) = (accounts[i], new LoadingAccount(accounts[i]));
            Each(snapshot, reader =>
            {
                account.Snapshot = new StoredSnapshot(id, reader.GetInt64(0), Bytes(reader, 1), reader.GetInt32(2), Bytes(reader, 3));
                account.ChainHash = reader.IsDBNull(4) ? null : Bytes(reader, 4);
            }, id);
            if (account.IsProven)
            {
                Each(pages, reader => account.Pages.Add(new SnapshotPage(reader.GetInt32(0), Bytes(reader, 1))), id);
            }

            Each(tail, reader => account.Tail.Add(Row(reader, id)), id, account.IsProven ? account.Snapshot!.Version : 0L);
            loaded[i] = account.Finish();
        }

        return Task.FromResult<IReadOnlyList<LoadedAccount>>(loaded);
    }

    public Task<IReadOnlyList<JournalHead>> ReadHeadsAsync(IReadOnlyList<string> accounts) => ReadAsync(
        "select version, hash from journal where account_id = $1 order by version desc limit 1", 1, accounts, (command, account) =>
        {
            var head = new JournalHead(0, ChainHash.Genesis);
            Each(command, reader => head = new JournalHead(reader.GetInt64(0), Bytes(reader, 1)), account);
            return head;
        });

    public Task<IReadOnlyList<StoredKey?>> FindKeysAsync(IReadOnlyList<KeyRequest> requests) => ReadAsync(
        "select version, fingerprint from account_key where account_id = $1 and kind = $2 and value = $3", 3, requests, (command, request) =>
        {
            StoredKey? key = null;
            Each(command, reader => key = new StoredKey(reader.GetInt64(0), Bytes(reader, 1)), request.AccountId, request.Kind, request.Value);
            return key;
        });

    public Task<IReadOnlyList<IReadOnlyList<JournalRow>>> ReadRowsAsync(IReadOnlyList<RowsRequest> requests) => ReadAsync(
        $"select {RowColumns} from journal where account_id = $1 and version >= $2 order by version limit $3", 3, requests, (command, request) =>
        {
            var rows = new List<JournalRow>();
            Each(command, reader => rows.Add(Row(reader, request.AccountId)), request.AccountId, request.FromVersion, request.Limit);
            return (IReadOnlyList<JournalRow>)rows;
        });

    public Task<IReadOnlyList<IReadOnlyDictionary<Guid, ErasableText>>> ReadTextsAsync(IReadOnlyList<TextsRequest> requests) => ReadAsync(
        "select salt, body from erasable_text where account_id = $1 and id = $2", 2, requests, (command, request) =>
        {
            var texts = new Dictionary<Guid, ErasableText>();
            foreach (var id in request.Ids)
            {
                Each(command, reader => texts[id] = new ErasableText(id, Bytes(reader, 0), reader.GetString(1)), request.AccountId, id.ToString("D"));
            }

            return (IReadOnlyDictionary<Guid, ErasableText>)texts;
        });

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i}", null));
        }

        return command;
    }

    private static void Each(SqliteCommand command, Action<SqliteDataReader> each, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            each(reader);
        }
    }

    private static JournalRow Row(DbDataReader reader, string account) => new(
        account, reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), Bytes(reader, 3), Bytes(reader, 4), SqlTypes.FromMicroseconds(reader.GetInt64(5)));

    private static byte[] Bytes(DbDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    private Task<IReadOnlyList<TAnswer>> ReadAsync<TRequest, TAnswer>(
        string sql, int parameters, IReadOnlyList<TRequest> requests, Func<SqliteCommand, TRequest, TAnswer> read)
    {
        using var connection = database.Open();
        using var command = Prepare(connection, sql, parameters);
        var answers = new TAnswer[requests.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = read(command, requests[i]);
        }

        return Task.FromResult<IReadOnlyList<TAnswer>>(answers);
    }
}
