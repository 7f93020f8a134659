using ArCredit.Platform.Data;
using Microsoft.Data.Sqlite;

namespace ArCredit.Platform.Journal.Commit.Sqlite;

/// <summary>The batch's statements, prepared once per connection.</summary>
internal sealed class SqliteStatements : IDisposable
{
    private readonly SqliteCommand readHead;
    private readonly SqliteCommand readHash;
    private readonly SqliteCommand readKey;
    private readonly SqliteCommand insertRow;
    private readonly SqliteCommand insertKey;
    private readonly SqliteCommand insertText;
    private readonly SqliteCommand[] all;

    public SqliteStatements(SqliteConnection connection)
    {
        readHead = Prepare(connection, "select version, hash from journal where account_id = $1 order by version desc limit 1", 1);
        readHash = Prepare(connection, "select hash from journal where account_id = $1 and version = $2", 2);
        readKey = Prepare(connection, "select version, fingerprint from account_key where account_id = $1 and kind = $2 and value = $3", 3);
        insertRow = Prepare(connection, "insert into journal (account_id, version, type, schema, payload, hash, recorded_at) values ($1, $2, $3, $4, $5, $6, $7)", 7);
        insertKey = Prepare(connection, "insert into account_key (account_id, kind, value, version, fingerprint, expires_at) values ($1, $2, $3, $4, $5, $6)", 6);
        insertText = Prepare(connection, "insert into erasable_text (account_id, id, salt, body) values ($1, $2, $3, $4)", 4);
        all = [readHead, readHash, readKey, insertRow, insertKey, insertText];
    }

    public void Dispose() => Array.ForEach(all, command => command.Dispose());

    /// <summary>Runs the following statements in <paramref name="transaction"/>.</summary>
    public void Enlist(SqliteTransaction? transaction) => Array.ForEach(all, command => command.Transaction = transaction);

    /// <summary>The fence: true when the account's newest row is the one the entry stands on.</summary>
    public bool IsHead(JournalEntry entry)
    {
        readHead.Parameters[0].Value = entry.AccountId;
        using var reader = readHead.ExecuteReader();
        return reader.Read()
            ? reader.GetInt64(0) == entry.FirstVersion - 1 && reader.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(entry.PreviousHash)
            : entry.FirstVersion == 1 && entry.PreviousHash.AsSpan().SequenceEqual(ChainHash.Genesis);
    }

    /// <summary>The entry's first key that is taken; null when all are new.</summary>
    public AppendOutcome.DuplicateKey? FindDuplicate(JournalEntry entry)
    {
        for (var i = 0; i < entry.Keys.Count; i++)
        {
            var key = entry.Keys[i];
            readKey.Parameters[0].Value = entry.AccountId;
            readKey.Parameters[1].Value = key.Kind;
            readKey.Parameters[2].Value = key.Value;
            using var reader = readKey.ExecuteReader();
            if (reader.Read())
            {
                return new AppendOutcome.DuplicateKey(key.Kind, key.Value, reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
            }
        }

        return null;
    }

    public void Insert(JournalEntry entry)
    {
        for (var i = 0; i < entry.Rows.Count; i++)
        {
            var row = entry.Rows[i];
            Run(insertRow, row.AccountId, row.Version, row.Type, row.Schema, Bytes(row.Payload), row.Hash, SqlTypes.ToMicroseconds(row.RecordedAt));
        }

        for (var i = 0; i < entry.Keys.Count; i++)
        {
            var key = entry.Keys[i];
            object expires = key.ExpiresAt is { } instant ? SqlTypes.ToMicroseconds(instant) : DBNull.Value;
            Run(insertKey, entry.AccountId, key.Kind, key.Value, entry.FirstVersion, key.Fingerprint, expires);
        }

        for (var i = 0; i < entry.Texts.Count; i++)
        {
            var text = entry.Texts[i];
            Run(insertText, entry.AccountId, text.Id.ToString("D"), text.Salt, text.Body);
        }
    }

    public byte[]? ReadHash(string accountId, long version)
    {
        readHash.Parameters[0].Value = accountId;
        readHash.Parameters[1].Value = version;
        using var reader = readHash.ExecuteReader();
        return reader.Read() ? reader.GetFieldValue<byte[]>(0) : null;
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i}", null));
        }

        command.Prepare();
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }

    // A payload that is a whole array goes as it is.
    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array is { } array
            && segment.Offset == 0 && segment.Count == array.Length
            ? array
            : memory.ToArray();
}
