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
/// <param name="dialect">Which SQL is spoken.</param>
/// <param name="connection">Open; closed with the session.</param>
/// <param name="transaction">Null when the session reads without one.</param>
/// <param name="turn">Given back after the connection: the writer's turn on SQLite.</param>
public sealed class DbSession(Dialect dialect, DbConnection connection, DbTransaction? transaction, IDisposable? turn = null) : IAsyncDisposable
{
    /// <summary>For the rare statement that differs.</summary>
    public Dialect Dialect { get; } = dialect;

    /// <summary>The open connection.</summary>
    public DbConnection Connection { get; } = connection;

    /// <summary>Null when the session reads without one.</summary>
    public DbTransaction? Transaction { get; } = transaction;

    /// <summary>Commits; without it disposal rolls back.</summary>
    public Task CommitAsync(CancellationToken cancellation) => Transaction?.CommitAsync(cancellation) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Transaction is not null)
            {
                await Transaction.DisposeAsync();
            }
        }
        finally
        {
            try
            {
                await Connection.DisposeAsync();
            }
            finally
            {
                turn?.Dispose();
            }
        }
    }
}

/// <summary>Opens sessions on the installation's database.</summary>
public interface IDatabase
{
    /// <summary>Which SQL is spoken.</summary>
    Dialect Dialect { get; }

    /// <summary>A session for reads, without a transaction.</summary>
    Task<DbSession> OpenReadAsync(CancellationToken cancellation);

    /// <summary>A session for reads that all see the state of the first one: give each its transaction.</summary>
    Task<DbSession> OpenSnapshotAsync(CancellationToken cancellation);

    /// <summary>
    /// A session with a write transaction begun (SQLite: BEGIN IMMEDIATE, so that it never fails half-way for a lock).
    /// One flow holds one at a time: on SQLite a second one inside the first waits for it and times out.
    /// </summary>
    Task<DbSession> BeginWriteAsync(CancellationToken cancellation);

    /// <summary>
    /// Like <see cref="BeginWriteAsync"/>, for what can be made anew from what is durable: the commit does not wait for the
    /// disk, and a crash of the machine or the database server may undo it, whole, along with all such commits after it.
    /// </summary>
    Task<DbSession> BeginDerivedWriteAsync(CancellationToken cancellation);
}
