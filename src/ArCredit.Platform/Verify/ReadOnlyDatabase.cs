using System.Data;
using ArCredit.Platform.Data;
using ArCredit.Platform.Data.Sqlite;
using ArCredit.Platform.Start;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ArCredit.Platform.Verify;

/// <summary>The installation's database as an auditor opens it: nothing is made, migrated or locked, also while a server works on it.</summary>
public sealed class ReadOnlyDatabase
{
    private readonly DataOptions options;
    private readonly IEnumerable<MigrationSource> sources;

    internal ReadOnlyDatabase(DataOptions options, IEnumerable<MigrationSource> sources) => (this.options, this.sources) = (options, sources);

    /// <summary>Which SQL is spoken.</summary>
    public Dialect Dialect => options.Dialect;

    /// <summary>One state of the whole database, for as long as the session is open.</summary>
    /// <exception cref="SettingException">There is no such database, or its schema is not this version's.</exception>
    public async Task<DbSession> OpenSnapshotAsync(CancellationToken cancellation)
    {
        var session = options.Dialect == Dialect.PostgreSql ? await OpenPostgresAsync(cancellation) : OpenSqlite();
        var isGood = false;
        try
        {
            await RequireSchemaAsync(session);
            isGood = true;
            return session;
        }
        finally
        {
            if (!isGood)
            {
                await session.DisposeAsync();
            }
        }
    }

    private async Task<DbSession> OpenPostgresAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.ConnectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        var isOpen = false;
        try
        {
            await connection.OpenAsync(cancellation);
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);

            // Pages come by index whatever the planner thinks of a table that has just grown: a sort for each page would never end.
            await connection.ExecuteAsync(
                "set transaction read only; set local enable_seqscan = off; set local enable_bitmapscan = off; set local jit = off", transaction: transaction);
            isOpen = true;
            return new DbSession(Dialect.PostgreSql, connection, transaction);
        }
        finally
        {
            if (!isOpen)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private DbSession OpenSqlite()
    {
        var builder = SqliteDatabase.Read(options, out _);
        if (!File.Exists(builder.DataSource))
        {
            throw new SettingException($"There is no database {builder.DataSource}.");
        }

        builder.Mode = SqliteOpenMode.ReadOnly;
        builder.Pooling = false;
        var connection = new SqliteConnection(builder.ConnectionString);
        var isOpen = false;
        try
        {
            connection.Open();
            connection.Execute("pragma query_only = on; pragma busy_timeout = 5000; pragma cache_size = -65536");
            var session = new DbSession(Dialect.Sqlite, connection, connection.BeginTransaction(deferred: true));
            isOpen = true;
            return session;
        }
        finally
        {
            if (!isOpen)
            {
                connection.Dispose();
            }
        }
    }

    private async Task RequireSchemaAsync(DbSession session)
    {
        var applied = await AppliedMigrations.ReadAsync(session) ?? throw new SettingException("The database holds no ArCredit installation.");
        var wanted = NamesOf(sources.Where(source => source.IsRun), session.Dialect);
        var unused = NamesOf(sources.Where(source => !source.IsRun), session.Dialect);
        if (applied.Except(wanted).Except(unused).Order(StringComparer.Ordinal).FirstOrDefault() is { } newer)
        {
            throw new SettingException($"The database is newer than this version, which does not know its migration {newer}.");
        }

        if (wanted.Except(applied).Order(StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw new SettingException($"The database is older than this version: migration {missing} was not applied. Start the server once, or verify with the version that wrote it.");
        }
    }

    private static HashSet<string> NamesOf(IEnumerable<MigrationSource> sources, Dialect dialect) =>
        [.. sources.DistinctBy(source => source.Assembly).SelectMany(source => source.Read(dialect)).Select(migration => migration.Name)];
}
