using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArCredit.Platform.Data.Sqlite;

/// <summary>One file. Every connection is set to WAL and the wanted synchronous level before anyone gets it.</summary>
internal sealed class SqliteDatabase : IDatabase, IDisposable
{
    private static readonly TimeSpan TurnTimeout = TimeSpan.FromSeconds(30);

    // A pooled handle keeps its pragmas, so they are set once per handle and not at every open.
    private readonly ConditionalWeakTable<sqlite3, object> configured = [];
    private readonly SemaphoreSlim writers = new(1, 1);
    private readonly string connectionString;
    private readonly string connectionStringAlone;
    private readonly string pragmas;
    private readonly string derivedPragmas;

    public SqliteDatabase(DataOptions options)
    {
        var builder = Read(options, out var synchronous);
        Synchronous = synchronous;
        if (builder.Mode == SqliteOpenMode.Memory || builder.DataSource == ":memory:")
        {
            throw new DurabilityException("An SQLite database in memory survives nothing; name a file.");
        }

        File = Path.GetFullPath(builder.DataSource);
        builder.DataSource = File;
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        connectionString = builder.ToString();
        builder.Pooling = false;
        connectionStringAlone = builder.ToString();
        pragmas = PragmasFor(Synchronous);
        derivedPragmas = PragmasFor(Synchronous == "OFF" ? Synchronous : "NORMAL");
    }

    public Dialect Dialect => Dialect.Sqlite;

    /// <summary>For libraries that open connections themselves; theirs keep the file's WAL mode and SQLite's default level, FULL.</summary>
    public string ConnectionString => connectionString;

    /// <summary>Full path of the database file.</summary>
    public string File { get; }

    /// <summary>The level the connection string asks for; FULL when it says nothing.</summary>
    public string Synchronous { get; }

    /// <summary>What the options say, with the file they mean and without our own keyword.</summary>
    public static SqliteConnectionStringBuilder Read(DataOptions options, out string synchronous)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = options.ConnectionString ?? string.Empty };
        synchronous = ParseSynchronous(parts);
        var builder = new SqliteConnectionStringBuilder(parts.ConnectionString);
        if (builder.DataSource.Length == 0)
        {
            builder.DataSource = Path.Combine(options.DataDirectory, "arcredit.db");
        }

        return builder;
    }

    public Task<DbSession> OpenReadAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(new DbSession(Dialect.Sqlite, Open(), null));
    }

    public Task<DbSession> OpenSnapshotAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var connection = Open();
        try
        {
            // Deferred: it takes no turn from writers, and in WAL mode its first read fixes what it sees.
            return Task.FromResult(new DbSession(Dialect.Sqlite, connection, connection.BeginTransaction(deferred: true)));
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    public Task<DbSession> BeginWriteAsync(CancellationToken cancellation) => BeginWriteAsync(Open, cancellation);

    // In WAL mode NORMAL leaves out the sync at the commit and nothing else; the next commit of a lane syncs it along. The
    // connection is not from the pool, where it would pass its level on.
    public Task<DbSession> BeginDerivedWriteAsync(CancellationToken cancellation) =>
        BeginWriteAsync(() => Open(connectionStringAlone, derivedPragmas), cancellation);

    /// <summary>
    /// SQLite has one writer at a time. Waiting for it here, in order, instead of in SQLite's polling busy handler keeps
    /// the group commit from losing tens of milliseconds to a projection's transaction.
    /// </summary>
    public WriteTurn TakeTurn(CancellationToken cancellation) =>
        writers.Wait(TurnTimeout, cancellation) ? new WriteTurn(writers) : throw TurnTimedOut();

    /// <inheritdoc cref="TakeTurn"/>
    public async Task<WriteTurn> TakeTurnAsync(CancellationToken cancellation) =>
        await writers.WaitAsync(TurnTimeout, cancellation) ? new WriteTurn(writers) : throw TurnTimedOut();

    /// <summary>An open connection, configured.</summary>
    public SqliteConnection Open() => Open(connectionString, pragmas);

    public void Dispose()
    {
        using (var connection = new SqliteConnection(connectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        writers.Dispose();
    }

    private static string PragmasFor(string synchronous) =>
        $"pragma journal_mode = wal; pragma synchronous = {synchronous}; pragma busy_timeout = 5000; pragma foreign_keys = off;";

    private async Task<DbSession> BeginWriteAsync(Func<SqliteConnection> open, CancellationToken cancellation)
    {
        var turn = await TakeTurnAsync(cancellation);
        SqliteConnection? connection = null;
        try
        {
            connection = open();
            return new DbSession(Dialect.Sqlite, connection, connection.BeginTransaction(deferred: false), turn);
        }
        catch (SqliteException)
        {
            connection?.Dispose();
            turn.Dispose();
            throw;
        }
    }

    private SqliteConnection Open(string where, string settings)
    {
        var connection = new SqliteConnection(where);
        try
        {
            connection.Open();
            if (!configured.TryGetValue(connection.Handle!, out _))
            {
                using var command = connection.CreateCommand();
                command.CommandText = settings;
                command.ExecuteNonQuery();
                configured.AddOrUpdate(connection.Handle!, this);
            }

            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static string ParseSynchronous(DbConnectionStringBuilder parts)
    {
        // Microsoft.Data.Sqlite knows no such keyword; it is ours, and the durability check judges it.
        var value = parts.TryGetValue("Synchronous", out var given) ? given.ToString()!.Trim().ToUpperInvariant() : "FULL";
        parts.Remove("Synchronous");
        return value is "OFF" or "NORMAL" or "FULL" or "EXTRA"
            ? value
            : throw new DurabilityException($"Synchronous={value} in the connection string is none of OFF, NORMAL, FULL, EXTRA.");
    }

    private static TimeoutException TurnTimedOut() => new(
        $"The SQLite writer's turn did not come within {TurnTimeout.TotalSeconds:0} s: a write session inside another one, or a transaction held open too long.");

}

/// <summary>The right to write, given back once.</summary>
internal sealed class WriteTurn(SemaphoreSlim writers) : IDisposable
{
    private SemaphoreSlim? held = writers;

    public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
}
