using ArCredit.Platform.Data;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ArCredit.Testing.Databases;

/// <summary>A fresh database of either kind for one test or class; gone when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("arcredit-test-").FullName;

    private TestDatabase(string? connectionString) =>
        Options = new DataOptions { ConnectionString = connectionString, DataDirectory = directory, LockWait = TimeSpan.Zero };

    /// <summary>What a host gets.</summary>
    public DataOptions Options { get; }

    /// <summary>A new empty database.</summary>
    public static async Task<TestDatabase> CreateAsync(Dialect dialect) =>
        new(dialect == Dialect.PostgreSql ? await PostgresServer.CreateDatabaseAsync() : null);

    /// <summary>A new database as the first start leaves it to the second step: every script has run, nothing else has.</summary>
    public static async Task<TestDatabase> MigratedAsync(Dialect dialect) =>
        new(dialect == Dialect.PostgreSql ? await MigratedTemplate.CopyAsync() : null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Options.Dialect == Dialect.PostgreSql)
        {
            await using (var connection = new NpgsqlConnection(Options.ConnectionString))
            {
                NpgsqlConnection.ClearPool(connection);
            }

            await PostgresServer.DropDatabaseAsync(Options.ConnectionString!);
        }
        else
        {
            SqliteConnection.ClearAllPools();
        }

        Directory.Delete(directory, recursive: true);
    }
}
