using Xunit;

namespace ArCredit.Testing.Databases;

/// <summary>One fresh PostgreSQL database for a test class; use only from tests marked <see cref="PostgresFactAttribute"/>.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    /// <summary>Connection string of the class's database; empty where there is no PostgreSQL.</summary>
    public string ConnectionString { get; private set; } = string.Empty;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (PostgresServer.MissingReason is null)
        {
            ConnectionString = await PostgresServer.CreateDatabaseAsync();
        }
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => ConnectionString.Length == 0 ? Task.CompletedTask : PostgresServer.DropDatabaseAsync(ConnectionString);
}
