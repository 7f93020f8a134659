using System.Data.Common;

namespace ArCredit.Platform.Data;

/// <summary>Which database the installation stands on.</summary>
public enum Dialect
{
    /// <summary>One file, WAL, one process.</summary>
    Sqlite,

    /// <summary>A server, for production and clusters.</summary>
    PostgreSql,
}

/// <summary>An open connection with an optional transaction; Dapper runs on <see cref="Connection"/>.</summary>
public sealed class DbSession(Dialect dialect, DbConnection connection, DbTransaction? transaction) : IAsyncDisposable
{
    /// <summary>For the rare statement that differs.</summary>
    public Dialect Dialect { get; } = dialect;

    /// <summary>The open connection.</summary>
    public DbConnection Connection { get; } = connection;

    /// <summary>Null when the session reads only.</summary>
    public DbTransaction? Transaction { get; } = transaction;

    /// <summary>Commits; without it disposal rolls back.</summary>
    public Task CommitAsync(CancellationToken cancellation) => Transaction?.CommitAsync(cancellation) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Transaction is not null)
        {
            await Transaction.DisposeAsync();
        }

        await Connection.DisposeAsync();
    }
}

/// <summary>Opens sessions on the installation's database.</summary>
public interface IDatabase
{
    /// <summary>Which SQL is spoken.</summary>
    Dialect Dialect { get; }

    /// <summary>A session for reads, without a transaction.</summary>
    Task<DbSession> OpenReadAsync(CancellationToken cancellation);

    /// <summary>A session with a write transaction begun (SQLite: BEGIN IMMEDIATE, so that it never fails half-way for a lock).</summary>
    Task<DbSession> BeginWriteAsync(CancellationToken cancellation);
}
