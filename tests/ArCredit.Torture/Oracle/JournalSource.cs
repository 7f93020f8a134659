using System.Data.Common;
using ArCredit.Platform.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ArCredit.Torture.Oracle;

/// <summary>A row as it lies in the database.</summary>
internal sealed record StoredRow(string AccountId, long Version, string Type, int Schema, byte[] Payload, byte[] Hash);

/// <summary>A snapshot's claim of what the journal was.</summary>
internal sealed record StoredHead(string AccountId, long Version, byte[] Hash);

/// <summary>Reads the journal past the product, from the database itself.</summary>
internal sealed class JournalSource(Dialect dialect, string connectionString)
{
    /// <summary>Applies what is new in the accounts' journals, in order.</summary>
    public async Task FollowAsync(IEnumerable<AccountFold> folds)
    {
        await using var connection = await OpenAsync();
        foreach (var fold in folds)
        {
            var rows = await connection.QueryAsync<(string, long, string, long, byte[], byte[])>(
                "select account_id, version, type, cast(schema as bigint), payload, hash from journal where account_id = @Account and version > @Version order by version",
                new { fold.Account, fold.Version });
            foreach (var row in rows)
            {
                fold.Apply(new StoredRow(row.Item1, row.Item2, row.Item3, (int)row.Item4, row.Item5, row.Item6));
            }
        }
    }

    /// <summary>Every snapshot.</summary>
    public async Task<IReadOnlyList<StoredHead>> ReadSnapshotsAsync()
    {
        await using var connection = await OpenAsync();
        var heads = await connection.QueryAsync<(string, long, byte[])>("select account_id, version, hash from snapshot");
        return [.. heads.Select(head => new StoredHead(head.Item1, head.Item2, head.Item3))];
    }

    private async Task<DbConnection> OpenAsync()
    {
        // Not pooled: a server that is killed and started again leaves no stale connection behind.
        DbConnection connection = dialect == Dialect.PostgreSql
            ? new NpgsqlConnection(connectionString + ";Pooling=false")
            : new SqliteConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
