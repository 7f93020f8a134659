using ArCredit.Platform.Data;
using SQLitePCL;

namespace ArCredit.Platform.Journal.Commit.Sqlite;

/// <summary>The batch's statements, prepared once per connection.</summary>
internal sealed class SqliteStatements(sqlite3 database) : IDisposable
{
    private readonly SqliteStatement begin = new(database, "begin immediate");
    private readonly SqliteStatement commit = new(database, "commit");
    private readonly SqliteStatement rollback = new(database, "rollback");
    private readonly SqliteStatement readHead = new(database, "select version, hash from journal where account_id = ? order by version desc limit 1");
    private readonly SqliteStatement readHash = new(database, "select hash from journal where account_id = ? and version = ?");
    private readonly SqliteStatement readKey = new(database, "select version, fingerprint from account_key where account_id = ? and kind = ? and value = ?");
    private readonly SqliteStatement insertRow = new(database, "insert into journal (account_id, version, type, schema, payload, hash, recorded_at) values (?, ?, ?, ?, ?, ?, ?)");
#if PLANTED_BUGS
    private readonly SqliteStatement insertKey = new(database, "insert " + (Kernel.Planted.Is("key-in-memory-only") ? "or ignore " : string.Empty) + "into account_key (account_id, kind, value, version, fingerprint, expires_at) values (?, ?, ?, ?, ?, ?)");
#else
    private readonly SqliteStatement insertKey = new(database, "insert into account_key (account_id, kind, value, version, fingerprint, expires_at) values (?, ?, ?, ?, ?, ?)");
#endif
    private readonly SqliteStatement insertText = new(database, "insert into erasable_text (account_id, id, salt, body) values (?, ?, ?, ?)");

    public void Dispose()
    {
        foreach (var statement in new[] { begin, commit, rollback, readHead, readHash, readKey, insertRow, insertKey, insertText })
        {
            statement.Dispose();
        }
    }

    /// <summary>Takes the write lock.</summary>
    public void Begin() => begin.Run();

    /// <summary>Returns when it is on disk.</summary>
    public void Commit() => commit.Run();

    /// <summary>Ends the transaction if SQLite has not ended it itself.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(database) == 0)
        {
            rollback.Run();
        }
    }

    /// <summary>The fence: true when the account's newest row is the one the entry stands on.</summary>
    public bool IsHead(JournalEntry entry)
    {
#if PLANTED_BUGS
        if (Kernel.Planted.Is("fence-removed"))
        {
            return true;
        }

#endif
        readHead.Bind(1, entry.AccountId);
        if (!readHead.Step())
        {
            return entry.FirstVersion == 1 && entry.PreviousHash.AsSpan().SequenceEqual(ChainHash.Genesis);
        }

        var stands = readHead.Int64(0) == entry.FirstVersion - 1 && readHead.Bytes(1).SequenceEqual(entry.PreviousHash);
        readHead.Reset();
        return stands;
    }

    /// <summary>The entry's first key that is taken; null when all are new.</summary>
    public AppendOutcome.DuplicateKey? FindDuplicate(JournalEntry entry)
    {
#if PLANTED_BUGS
        if (Kernel.Planted.Is("key-in-memory-only"))
        {
            return null;
        }

#endif
        for (var i = 0; i < entry.Keys.Count; i++)
        {
            var key = entry.Keys[i];
            readKey.Bind(1, entry.AccountId);
            readKey.Bind(2, key.Kind);
            readKey.Bind(3, key.Value);
            if (readKey.Step())
            {
                var duplicate = new AppendOutcome.DuplicateKey(key.Kind, key.Value, readKey.Int64(0), readKey.Bytes(1).ToArray());
                readKey.Reset();
                return duplicate;
            }
        }

        return null;
    }

    public void Insert(JournalEntry entry)
    {
        for (var i = 0; i < entry.Rows.Count; i++)
        {
            var row = entry.Rows[i];
            insertRow.Bind(1, row.AccountId);
            insertRow.Bind(2, row.Version);
            insertRow.Bind(3, row.Type);
            insertRow.Bind(4, row.Schema);
            insertRow.Bind(5, row.Payload.Span);
            insertRow.Bind(6, row.Hash);
            insertRow.Bind(7, SqlTypes.ToMicroseconds(row.RecordedAt));
            insertRow.Run();
        }

        for (var i = 0; i < entry.Keys.Count; i++)
        {
            var key = entry.Keys[i];
            insertKey.Bind(1, entry.AccountId);
            insertKey.Bind(2, key.Kind);
            insertKey.Bind(3, key.Value);
            insertKey.Bind(4, entry.FirstVersion);
            insertKey.Bind(5, key.Fingerprint);
            insertKey.Bind(6, key.ExpiresAt is { } instant ? SqlTypes.ToMicroseconds(instant) : null);
            insertKey.Run();
        }

        for (var i = 0; i < entry.Texts.Count; i++)
        {
            var text = entry.Texts[i];
            insertText.Bind(1, entry.AccountId);
            insertText.Bind(2, text.Id.ToString("D"));
            insertText.Bind(3, text.Salt);
            insertText.Bind(4, text.Body);
            insertText.Run();
        }
    }

    public byte[]? ReadHash(string accountId, long version)
    {
        readHash.Bind(1, accountId);
        readHash.Bind(2, version);
        if (!readHash.Step())
        {
            return null;
        }

        var hash = readHash.Bytes(0).ToArray();
        readHash.Reset();
        return hash;
    }
}
