using System.Data;
using System.Globalization;
using Npgsql;

namespace ArCredit.Platform.Data.Postgres;

/// <summary>A server: a pool for everyone, and connections outside it for lanes and locks, which keep theirs for life.</summary>
internal sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    // A process that stands still for longer in the middle of a transaction (its machine is frozen) loses it, or everybody else
    // would wait for its locks as long as it stands.
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(15);

    private readonly NpgsqlDataSource pool;
    private readonly NpgsqlDataSource dedicated;

    public PostgresDatabase(DataOptions options)
    {
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        builder.ApplicationName ??= "ArCredit";
        if (builder.MaxAutoPrepare == 0)
        {
            builder.MaxAutoPrepare = 64;
        }

        builder.Options = string.Create(
            CultureInfo.InvariantCulture, $"-c idle_in_transaction_session_timeout={LongestStandstill.TotalMilliseconds} {builder.Options}").TrimEnd();
        Name = $"{builder.Database ?? builder.Username} on {builder.Host}:{builder.Port}";
        pool = NpgsqlDataSource.Create(builder);
        var alone = new NpgsqlConnectionStringBuilder(builder.ConnectionString)
        {
            Pooling = false,
            MaxAutoPrepare = 0,
            Multiplexing = false,
            KeepAlive = builder.KeepAlive == 0 ? 5 : builder.KeepAlive,
        };
        dedicated = NpgsqlDataSource.Create(alone);
    }

    public Dialect Dialect => Dialect.PostgreSql;

    /// <summary>The pool, for libraries that open connections themselves.</summary>
    public NpgsqlDataSource Pool => pool;

    /// <summary>Database and server for messages; no secrets.</summary>
    public string Name { get; }

    public async Task<DbSession> OpenReadAsync(CancellationToken cancellation) =>
        new(Dialect.PostgreSql, await pool.OpenConnectionAsync(cancellation), null);

    public Task<DbSession> OpenSnapshotAsync(CancellationToken cancellation) => BeginAsync(IsolationLevel.RepeatableRead, cancellation);

    public Task<DbSession> BeginWriteAsync(CancellationToken cancellation) => BeginAsync(IsolationLevel.ReadCommitted, cancellation);

    public Task<DbSession> BeginDerivedWriteAsync(CancellationToken cancellation) =>
        BeginAsync(IsolationLevel.ReadCommitted, cancellation, "set local synchronous_commit = off");

    private async Task<DbSession> BeginAsync(IsolationLevel isolation, CancellationToken cancellation, string? setting = null)
    {
        var connection = await pool.OpenConnectionAsync(cancellation);
        try
        {
            var transaction = await connection.BeginTransactionAsync(isolation, cancellation);
            if (setting is not null)
            {
                await using var command = new NpgsqlCommand(setting, connection, transaction);
                await command.ExecuteNonQueryAsync(cancellation);
            }

            return new DbSession(Dialect.PostgreSql, connection, transaction);
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException)
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A pooled connection, open.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellation) => pool.OpenConnectionAsync(cancellation);

    /// <summary>A connection of one's own, open, never shared and never from a pool that a server restart left stale.</summary>
    public NpgsqlConnection OpenDedicated() => dedicated.OpenConnection();

    /// <inheritdoc cref="OpenDedicated"/>
    public ValueTask<NpgsqlConnection> OpenDedicatedAsync(CancellationToken cancellation) => dedicated.OpenConnectionAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await pool.DisposeAsync();
        await dedicated.DisposeAsync();
    }
}
