using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Data;

/// <summary>Brings the database to this version of the program: each script once, in a transaction of its own, under a lock.</summary>
internal sealed partial class MigrationRunner(
    IDatabase database, IEnumerable<MigrationSource> sources, TimeProvider time, ILogger<MigrationRunner> log)
{
    /// <summary>Held while a migration runs: nodes that start together take turns.</summary>
    internal const long LockKey = 0x4172_4372_4d69_6772;

    // On millions of rows an index takes minutes, and the node that waits for it as long.
    private const int NoTimeout = 0;

    /// <summary>Runs what is missing and returns the names that ran.</summary>
    /// <exception cref="MigrationException">A script failed, is missing for the dialect or is there twice.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellation)
    {
        var ran = new List<string>();

        // Most starts find nothing to do: then one look is all, and no lock is taken.
        var applied = await AppliedAsync(cancellation);
        foreach (var migration in Collect().Where(migration => !applied.Contains(migration.Name)))
        {
            await using var session = await database.BeginWriteAsync(cancellation);
            if (await RunOneAsync(session, migration))
            {
                await session.CommitAsync(cancellation);
                ran.Add(migration.Name);
                LogApplied(migration.Name);
            }
        }

        return ran;
    }

    private async Task<HashSet<string>> AppliedAsync(CancellationToken cancellation)
    {
        await using var look = await database.OpenReadAsync(cancellation);
        return await AppliedMigrations.ReadAsync(look) ?? [];
    }

    private List<Migration> Collect()
    {
        var all = sources.Where(source => source.IsRun).DistinctBy(source => source.Assembly)
            .SelectMany(source => source.Read(database.Dialect))
            .OrderBy(migration => migration.Name, StringComparer.Ordinal)
            .ToList();
        var twice = all.GroupBy(migration => migration.Name).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? all : throw new MigrationException($"Two modules have a migration {twice.Key}.");
    }

    private async Task<bool> RunOneAsync(DbSession session, Migration migration)
    {
        var (connection, transaction) = (session.Connection, session.Transaction);
        if (session.Dialect == Dialect.PostgreSql)
        {
            await connection.ExecuteAsync("select pg_advisory_xact_lock(@LockKey)", new { LockKey }, transaction, NoTimeout);
        }

        var instant = session.Dialect == Dialect.PostgreSql ? "timestamptz" : "integer";
        await connection.ExecuteAsync($"create table if not exists schema_migration (name text primary key, applied_at {instant} not null)", transaction: transaction);
        if (await connection.ExecuteScalarAsync<long>("select count(*) from schema_migration where name = @Name", new { migration.Name }, transaction) > 0)
        {
            return false;
        }

        try
        {
            LogApplying(migration.Name);
            await connection.ExecuteAsync(migration.Sql, transaction: transaction, commandTimeout: NoTimeout);
        }
        catch (DbException error)
        {
            throw new MigrationException($"Migration {migration.Name} failed: {error.Message}", error);
        }

        await connection.ExecuteAsync(
            "insert into schema_migration (name, applied_at) values (@Name, @Now)", new { migration.Name, Now = time.GetUtcNow() }, transaction);
        return true;
    }

    [LoggerMessage(LogLevel.Information, "Applying migration {Name}")]
    private partial void LogApplying(string name);

    [LoggerMessage(LogLevel.Debug, "Migration {Name} applied")]
    private partial void LogApplied(string name);
}
