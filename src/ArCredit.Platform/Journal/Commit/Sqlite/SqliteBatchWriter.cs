using ArCredit.Platform.Data;
using ArCredit.Platform.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace ArCredit.Platform.Journal.Commit.Sqlite;

/// <summary>Writes a batch in one SQLite transaction, with prepared statements on a connection of its own.</summary>
internal sealed class SqliteBatchWriter(SqliteDatabase database) : IBatchWriter
{
    // Result codes of SQLite, https://sqlite.org/rescode.html
    private const int Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, Interrupted = 9, Full = 13, CannotOpen = 14;
    private const int TooBig = 18, Constraint = 19, Mismatch = 20, OutOfRange = 25;
    private const int PrimaryKeyTaken = 1555, UniqueTaken = 2067;

    private SqliteConnection? connection;
    private SqliteStatements? statements;

    public bool IsOpen => connection is not null;

    public void Open()
    {
        Close();
        connection = database.Open();
        statements = new SqliteStatements(connection.Handle!);
    }

    public void Close()
    {
        statements?.Dispose();
        connection?.Dispose();
        (statements, connection) = (null, null);
    }

    public void Dispose() => Close();

    public BatchAnswer Write(Batch batch)
    {
        using var turn = database.TakeTurn(CancellationToken.None);
        statements!.Begin();
        try
        {
            var answer = Insert(batch, statements);
            statements.Commit();
            return answer;
        }
        catch (Exception)
        {
            statements.Rollback();
            throw;
        }
    }

    public byte[]?[] ReadBack(Batch batch) =>
        Array.ConvertAll(batch.Entries, entry => statements!.ReadHash(entry.AccountId, entry.LastVersion));

    public Failure Classify(Exception error)
    {
        if (error is not SqliteException failure)
        {
            // The turn did not come: nothing was begun. Anything else comes from the values themselves.
            return new Failure(error is TimeoutException ? FailureKind.RolledBack : FailureKind.Deterministic, error.GetType().Name + ": " + error.Message);
        }

        var kind = (failure.SqliteErrorCode & 0xFF) switch
        {
            Constraint when failure.SqliteExtendedErrorCode is PrimaryKeyTaken or UniqueTaken => FailureKind.KeyRace,
            Constraint or TooBig or Mismatch or OutOfRange => FailureKind.Deterministic,
            Busy or Locked => FailureKind.Contended,
            NoMemory or ReadOnly or Interrupted or Full or CannotOpen => FailureKind.RolledBack,

            // An I/O error while committing may leave the frames in the log: only reading tells.
            _ => FailureKind.Unknown,
        };
        return new Failure(kind, $"SQLite {failure.SqliteExtendedErrorCode}: {failure.Message}");
    }

    private static BatchAnswer Insert(Batch batch, SqliteStatements statements)
    {
        var inserted = 0;
        HashSet<int>? fenced = null;
        Dictionary<int, AppendOutcome.DuplicateKey>? duplicates = null;
        var closed = new bool[batch.FirstOf.Length];
        for (var i = 0; i < batch.Entries.Length; i++)
        {
            var (entry, head) = (batch.Entries[i], batch.HeadOf[i]);
            if (closed[head])
            {
                continue;
            }

            if (batch.FirstOf[head] == i && !statements.IsHead(entry))
            {
                (fenced ??= []).Add(head);
                closed[head] = true;
            }
            else if (statements.FindDuplicate(entry) is { } duplicate)
            {
#if PLANTED_BUGS
                (duplicates ??= []).Add(i, duplicate);
                closed[head] = !Kernel.Planted.Is("cascade-only-the-failed");
#else
                (duplicates ??= []).Add(i, duplicate);
                closed[head] = true;
#endif
            }
            else
            {
                statements.Insert(entry);
                inserted += entry.Rows.Count;
            }
        }

        return new BatchAnswer(inserted, fenced, duplicates);
    }
}
