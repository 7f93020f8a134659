using Dapper;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Data;

/// <summary>What the database does so that a commit survives a crash, as it says itself.</summary>
/// <param name="Settings">Name to value, for the log, health and benchmarks.</param>
/// <param name="Problem">Null when an acknowledged commit survives; else the reason why it might not.</param>
public sealed record Durability(IReadOnlyDictionary<string, string> Settings, string? Problem);

/// <summary>Refuses a database that would lose acknowledged decisions.</summary>
internal sealed partial class DurabilityCheck(IDatabase database, DataOptions options, ILogger<DurabilityCheck> log)
{
    /// <summary>Throws <see cref="DurabilityException"/> unless commits are durable or the operator said they need not be.</summary>
    public async Task<Durability> EnsureAsync(CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var found = session.Dialect == Dialect.PostgreSql ? await ReadPostgresAsync(session) : await ReadSqliteAsync(session);
#if PLANTED_BUGS
        found = Kernel.Planted.Is("durability-unchecked") ? found with { Problem = null } : found;
#endif
        var settings = string.Join(", ", found.Settings.Select(pair => $"{pair.Key}={pair.Value}"));
        if (found.Problem is not null && !options.UnsafeDurability)
        {
            throw new DurabilityException($"{found.Problem} (found: {settings}) Acknowledged decisions could be lost in a crash. Change the setting, or start with --unsafe-durability if this database may lose data.");
        }

        LogSettings(session.Dialect, settings);
        if (found.Problem is { } complaint)
        {
            LogComplaint(complaint);
        }

        return found;
    }

    private static async Task<Durability> ReadPostgresAsync(DbSession session)
    {
        var (fsync, synchronousCommit, fullPageWrites) = await session.Connection.QuerySingleAsync<(string, string, string)>(
            "select current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')");
        var settings = new Dictionary<string, string>
        {
            ["fsync"] = fsync,
            ["synchronous_commit"] = synchronousCommit,
            ["full_page_writes"] = fullPageWrites,
        };
        var problem = fsync == "off" ? "PostgreSQL runs with fsync=off."
            : synchronousCommit == "off" ? "PostgreSQL commits with synchronous_commit=off."
            : fullPageWrites == "off" ? "PostgreSQL runs with full_page_writes=off; a page torn by a crash would not be repaired."
            : null;
        return new Durability(settings, problem);
    }

    private static async Task<Durability> ReadSqliteAsync(DbSession session)
    {
        var journalMode = await session.Connection.ExecuteScalarAsync<string>("pragma journal_mode") ?? "?";
        var level = await session.Connection.ExecuteScalarAsync<long>("pragma synchronous");
        var settings = new Dictionary<string, string>
        {
            ["journal_mode"] = journalMode,
            ["synchronous"] = level switch { 0 => "OFF", 1 => "NORMAL", 2 => "FULL", _ => "EXTRA" },
        };
        var problem = level < 2 ? "SQLite runs below synchronous=FULL."
            : journalMode != "wal" ? "SQLite did not switch to write-ahead logging."
            : null;
        return new Durability(settings, problem);
    }

    [LoggerMessage(LogLevel.Information, "Durability on {Dialect}: {Settings}")]
    private partial void LogSettings(Dialect dialect, string settings);

    [LoggerMessage(LogLevel.Warning, "{Complaint}")]
    private partial void LogComplaint(string complaint);
}
