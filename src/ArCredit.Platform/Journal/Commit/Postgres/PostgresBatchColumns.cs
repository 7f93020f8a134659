using ArCredit.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace ArCredit.Platform.Journal.Commit.Postgres;

/// <summary>
/// A batch as columns: the lists are filled once per batch and stay as they are until its outcome is known, which is
/// why the writer fills them only for a batch it has not got yet.
/// </summary>
internal sealed class PostgresBatchColumns
{
    private readonly List<NpgsqlParameter> parameters = [];
    private readonly List<Action> clear = [];

    private readonly List<string> headAccount, keyAccount, keyKind, keyValue, rowAccount, rowType, textAccount, textBody;
    private readonly List<long> headFirst, rowVersion, keyVersion;
    private readonly List<int> keyHead, keyEntry, rowHead, rowEntry, rowSchema, textHead, textEntry;
    private readonly List<byte[]> headPrevious, keyFingerprint, rowHash, textSalt;
    private readonly List<ReadOnlyMemory<byte>> rowPayload;
    private readonly List<DateTime> rowRecordedAt;
    private readonly List<DateTime?> keyExpiresAt;
    private readonly List<Guid> textId;

    // In the order of the statement's placeholders.
    public PostgresBatchColumns()
    {
        headAccount = Add<string>(NpgsqlDbType.Text);
        headFirst = Add<long>(NpgsqlDbType.Bigint);
        headPrevious = Add<byte[]>(NpgsqlDbType.Bytea);
        keyHead = Add<int>(NpgsqlDbType.Integer);
        keyEntry = Add<int>(NpgsqlDbType.Integer);
        keyAccount = Add<string>(NpgsqlDbType.Text);
        keyKind = Add<string>(NpgsqlDbType.Text);
        keyValue = Add<string>(NpgsqlDbType.Text);
        keyFingerprint = Add<byte[]>(NpgsqlDbType.Bytea);
        keyExpiresAt = Add<DateTime?>(NpgsqlDbType.TimestampTz);
        rowHead = Add<int>(NpgsqlDbType.Integer);
        rowEntry = Add<int>(NpgsqlDbType.Integer);
        rowAccount = Add<string>(NpgsqlDbType.Text);
        rowVersion = Add<long>(NpgsqlDbType.Bigint);
        rowType = Add<string>(NpgsqlDbType.Text);
        rowSchema = Add<int>(NpgsqlDbType.Integer);
        rowPayload = Add<ReadOnlyMemory<byte>>(NpgsqlDbType.Bytea);
        rowHash = Add<byte[]>(NpgsqlDbType.Bytea);
        rowRecordedAt = Add<DateTime>(NpgsqlDbType.TimestampTz);
        keyVersion = Add<long>(NpgsqlDbType.Bigint);
        textHead = Add<int>(NpgsqlDbType.Integer);
        textEntry = Add<int>(NpgsqlDbType.Integer);
        textAccount = Add<string>(NpgsqlDbType.Text);
        textId = Add<Guid>(NpgsqlDbType.Uuid);
        textSalt = Add<byte[]>(NpgsqlDbType.Bytea);
        textBody = Add<string>(NpgsqlDbType.Text);
    }

    /// <summary>Parameters whose values are this object's lists; a command takes clones when a connection is replaced.</summary>
    public NpgsqlCommand CreateCommand(NpgsqlConnection connection, string sql)
    {
        var command = new NpgsqlCommand(sql, connection);
#if PLANTED_BUGS
        command.CommandText = !Kernel.Planted.Is("key-in-memory-only") ? command.CommandText : command.CommandText
            .Replace("a.value = k.value limit", "a.value = k.value and false limit", StringComparison.Ordinal).Replace("where k.entry < lim.until[k.head]", "where k.entry < lim.until[k.head] on conflict do nothing", StringComparison.Ordinal);
#endif
        parameters.ForEach(parameter => command.Parameters.Add(parameter.Clone()));
        return command;
    }

    public void Fill(Batch batch)
    {
        clear.ForEach(action => action());
        foreach (var first in batch.FirstOf)
        {
            var entry = batch.Entries[first];
            headAccount.Add(entry.AccountId);
            headFirst.Add(entry.FirstVersion);
            headPrevious.Add(entry.PreviousHash);
        }

        for (var i = 0; i < batch.Entries.Length; i++)
        {
            var entry = batch.Entries[i];

            // PostgreSQL counts array elements from 1.
            var head = batch.HeadOf[i] + 1;
            AddRows(entry, head, i);
            AddKeys(entry, head, i);
            AddTexts(entry, head, i);
        }
    }

    private void AddRows(JournalEntry entry, int head, int number)
    {
        for (var i = 0; i < entry.Rows.Count; i++)
        {
            var row = entry.Rows[i];
            rowHead.Add(head);
            rowEntry.Add(number);
            rowAccount.Add(row.AccountId);
            rowVersion.Add(row.Version);
            rowType.Add(row.Type);
            rowSchema.Add(row.Schema);
            rowPayload.Add(row.Payload);
            rowHash.Add(row.Hash);
            rowRecordedAt.Add(SqlTypes.Truncate(row.RecordedAt).UtcDateTime);
        }
    }

    private void AddKeys(JournalEntry entry, int head, int number)
    {
        for (var i = 0; i < entry.Keys.Count; i++)
        {
            var key = entry.Keys[i];
            keyHead.Add(head);
            keyEntry.Add(number);
            keyAccount.Add(entry.AccountId);
            keyKind.Add(key.Kind);
            keyValue.Add(key.Value);
            keyVersion.Add(entry.FirstVersion);
            keyFingerprint.Add(key.Fingerprint);
            keyExpiresAt.Add(key.ExpiresAt is { } instant ? SqlTypes.Truncate(instant).UtcDateTime : null);
        }
    }

    private void AddTexts(JournalEntry entry, int head, int number)
    {
        for (var i = 0; i < entry.Texts.Count; i++)
        {
            var text = entry.Texts[i];
            textHead.Add(head);
            textEntry.Add(number);
            textAccount.Add(entry.AccountId);
            textId.Add(text.Id);
            textSalt.Add(text.Salt);
            textBody.Add(text.Body);
        }
    }

    private List<T> Add<T>(NpgsqlDbType element)
    {
        var list = new List<T>(1024);
        clear.Add(list.Clear);
        parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = list, NpgsqlDbType = NpgsqlDbType.Array | element });
        return list;
    }
}
