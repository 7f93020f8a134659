using Npgsql;

namespace ArCredit.Bench.Databases;

/// <summary>Statements outside the measured path.</summary>
internal static class Sql
{
    private const int Patience = 600;

    public static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = Patience;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The first row of whole numbers.</summary>
    public static async Task<long[]> ReadNumbersAsync(string connectionString, string sql, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = Patience;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(column => Convert.ToInt64(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture))];
    }
}
