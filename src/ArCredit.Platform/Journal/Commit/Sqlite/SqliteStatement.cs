using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArCredit.Platform.Journal.Commit.Sqlite;

/// <summary>
/// One prepared statement, bound without boxing and without a reader per row: on SQLite the lane's own work is most of
/// what a decision costs. Errors come as <see cref="SqliteException"/> with the extended code.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    // Text that is no text (a lone surrogate) is refused as PostgreSQL's driver refuses it, not silently replaced.
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private byte[] buffer = new byte[1024];

    public SqliteStatement(sqlite3 database, string sql)
    {
        this.database = database;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, sql, out statement), database);
    }

    /// <summary>Binds the parameter with this number, from 1.</summary>
    public void Bind(int number, string? text)
    {
        if (text is null)
        {
            Check(raw.sqlite3_bind_null(statement, number));
            return;
        }

        if (buffer.Length < Strict.GetMaxByteCount(text.Length))
        {
            buffer = new byte[Strict.GetMaxByteCount(text.Length)];
        }

        var length = Strict.GetBytes(text, buffer);
        Check(raw.sqlite3_bind_text(statement, number, buffer.AsSpan(0, length)));
    }

    /// <inheritdoc cref="Bind(int, string?)"/>
    public void Bind(int number, long? value) =>
        Check(value is { } given ? raw.sqlite3_bind_int64(statement, number, given) : raw.sqlite3_bind_null(statement, number));

    /// <inheritdoc cref="Bind(int, string?)"/>
    public void Bind(int number, ReadOnlySpan<byte> bytes) => Check(raw.sqlite3_bind_blob(statement, number, bytes));

    /// <summary>Runs it to its end; no rows are expected.</summary>
    public void Run()
    {
        var code = raw.sqlite3_step(statement);

        // A reset repeats the step's error and must come either way, or the statement stays busy.
        _ = raw.sqlite3_reset(statement);
        if (code != raw.SQLITE_DONE)
        {
            Check(raw.sqlite3_errcode(database));
        }
    }

    /// <summary>True when it stands on a row; else it is reset. After the last read call <see cref="Reset"/>.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        _ = raw.sqlite3_reset(statement);
        if (code != raw.SQLITE_DONE)
        {
            Check(raw.sqlite3_errcode(database));
        }

        return false;
    }

    public void Reset() => _ = raw.sqlite3_reset(statement);

    /// <summary>Column from 0 of the row it stands on.</summary>
    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    /// <summary>Column from 0; valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    public void Dispose() => statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, database);
}
