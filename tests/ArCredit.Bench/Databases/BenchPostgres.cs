using ArCredit.Bench.Processes;
using Npgsql;

namespace ArCredit.Bench.Databases;

/// <summary>The cluster under all arms; each arm has a database of its own in it.</summary>
internal sealed class BenchPostgres : IAsyncDisposable
{
    private static readonly TimeSpan VacuumPatience = TimeSpan.FromSeconds(20);
    private readonly NpgsqlDataSource admin;
    private readonly string connectionString;
    private readonly List<string> databases = [];
    private int? postmaster;

    public BenchPostgres(string connectionString)
    {
        this.connectionString = connectionString;
        admin = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>True when its processes can be seen from here, so that their CPU time counts.</summary>
    public bool IsLocal => postmaster is not null;

    /// <summary>CPU time of all its processes.</summary>
    public TimeSpan CpuTime => postmaster is { } id ? ProcessCpu.OfFamily(id) : TimeSpan.Zero;

    /// <summary>Host, port and user for programs of PostgreSQL.</summary>
    public NpgsqlConnectionStringBuilder Address => new(connectionString);

    /// <summary>Connects and finds the server's processes.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await using var connection = await admin.OpenConnectionAsync(cancellation);
        postmaster = ProcessCpu.ParentOf(connection.ProcessID, "postgres:");
    }

    /// <summary>What the server says of itself.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadSettingsAsync(CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>();
        foreach (var name in new[] { "server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers", "max_wal_size" })
        {
            await using var show = admin.CreateCommand($"show {name}");
            settings[name] = (string)(await show.ExecuteScalarAsync(cancellation))!;
        }

        await using var directory = admin.CreateCommand("show data_directory");
        if (IsLocal && (string)(await directory.ExecuteScalarAsync(cancellation))! is var path && Directory.Exists(path))
        {
            settings["data on"] = new DriveInfo(path).DriveFormat;
        }

        return settings;
    }

    /// <summary>An empty database; its connection string.</summary>
    public async Task<string> CreateAsync(string name, CancellationToken cancellation)
    {
        var database = $"arcredit_bench_{name}_{Guid.NewGuid():N}"[..40];
        await ExecuteAsync($"create database {database}", cancellation);
        databases.Add(database);
        return new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;
    }

    /// <summary>
    /// Before a measurement: what earlier arms left to the server is done, so that no arm pays for another. A checkpoint
    /// writes their pages, and vacuums on their tables are waited for.
    /// </summary>
    public async Task CalmDownAsync(CancellationToken cancellation)
    {
        await ExecuteAsync("checkpoint", cancellation);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var began = TimeProvider.System.GetTimestamp();
        while (await CountVacuumsAsync(cancellation) > 0 && TimeProvider.System.GetElapsedTime(began) < VacuumPatience)
        {
            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>Runs a statement in the cluster's own database.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = admin.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var database in databases)
        {
            await ExecuteAsync($"drop database if exists {database} with (force)", CancellationToken.None);
        }

        await admin.DisposeAsync();
    }

    private async Task<long> CountVacuumsAsync(CancellationToken cancellation)
    {
        await using var command = admin.CreateCommand("select count(*) from pg_stat_activity where backend_type = 'autovacuum worker'");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
