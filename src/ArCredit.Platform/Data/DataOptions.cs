using System.Data.Common;
using Microsoft.Extensions.Configuration;

namespace ArCredit.Platform.Data;

/// <summary>Where the installation's database is and how strictly it is guarded.</summary>
public sealed record DataOptions
{
    /// <summary>
    /// A PostgreSQL connection string (<c>Host=…</c>), an SQLite one (<c>Data Source=…</c>), or null for the file
    /// <c>arcredit.db</c> in <see cref="DataDirectory"/>.
    /// </summary>
    public string? ConnectionString { get; init; }

    /// <summary>Directory of the SQLite file and of the key that exported heads are signed with; made when missing.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>Starts although a crash could lose acknowledged decisions. For throw-away databases only.</summary>
    public bool UnsafeDurability { get; init; }

    /// <summary>False leaves the database unguarded: for tests in which several hosts write on purpose.</summary>
    public bool Exclusive { get; init; } = true;

    /// <summary>Name of the cluster whose nodes share the database, which must be PostgreSQL; null = one process has it alone.</summary>
    public string? Cluster { get; init; }

    /// <summary>How long a start waits for a predecessor that is just going away.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Which database the connection string means.</summary>
    public Dialect Dialect => ConnectionString is null || IsSqlite(ConnectionString) ? Dialect.Sqlite : Dialect.PostgreSql;

    /// <summary>
    /// Reads <c>ConnectionStrings:ArCredit</c>, <c>DataDirectory</c> (or <c>data</c>) and <c>UnsafeDurability</c>
    /// (or <c>unsafe-durability</c>).
    /// </summary>
    public static DataOptions From(IConfiguration configuration)
    {
        var connectionString = configuration.GetConnectionString("ArCredit");
        return new DataOptions
        {
            ConnectionString = string.IsNullOrWhiteSpace(connectionString) ? null : connectionString,
            DataDirectory = configuration["DataDirectory"] ?? configuration["data"] ?? "data",
            UnsafeDurability = IsOn(configuration["UnsafeDurability"] ?? configuration["unsafe-durability"]),
        };
    }

    // A bare command line switch arrives as an empty value.
    private static bool IsOn(string? value) => value is not null && (value.Length == 0 || bool.Parse(value));

    private static bool IsSqlite(string connectionString)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return parts.ContainsKey("Data Source") || parts.ContainsKey("DataSource") || parts.ContainsKey("Filename");
    }
}
