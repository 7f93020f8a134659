using Npgsql;

namespace ArCredit.Testing.Databases;

/// <summary>
/// The PostgreSQL that this test process uses: the one named by ARCREDIT_TEST_POSTGRES, else a throw-away cluster made
/// from installed binaries at first use and stopped when the process is gone.
/// </summary>
public static class PostgresServer
{
    private static readonly string? Named = Environment.GetEnvironmentVariable("ARCREDIT_TEST_POSTGRES") is { Length: > 0 } value ? value : null;
    private static readonly Lazy<string> Admin = new(() => Named ?? PostgresCluster.Start().ConnectionString);

    /// <summary>Null when there is a server or one can be started; else the reason that skipped tests show.</summary>
    public static string? MissingReason { get; } = Named is not null || PostgresCluster.MissingReason is null
        ? null
        : "No PostgreSQL: neither ARCREDIT_TEST_POSTGRES nor binaries below /usr/lib/postgresql.";

    /// <summary>A connection string that may create databases.</summary>
    public static string AdminConnectionString => Admin.Value;

    /// <summary>A new database; its connection string.</summary>
    /// <param name="template">Name of a database that it begins as and that nobody is connected to; null = empty.</param>
    public static async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = "arcredit_" + Guid.NewGuid().ToString("N");
        await ExecuteAsync($"create database {name}{(template is null ? string.Empty : $" template {template}")}");
        return new NpgsqlConnectionStringBuilder(AdminConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Drops the database, ending whatever is connected to it; a throw-away cluster goes as a whole instead.</summary>
    public static Task DropDatabaseAsync(string connectionString) =>
        Named is null ? Task.CompletedTask : ExecuteAsync($"drop database if exists {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");

    private static async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(AdminConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
