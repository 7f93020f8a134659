using System.Data.Common;
using ArCredit.Platform.Data;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ArCredit.Accounts.Projections;

/// <summary>
/// One statement over many rows, written once for both databases: <c>{rows}</c> in it is a relation <c>r</c> with the columns.
/// PostgreSQL gets all rows as arrays in one round trip; SQLite, which has no round trips, a prepared statement per row.
/// </summary>
internal sealed class SetStatement<T>
{
    private readonly Column<T>[] columns;
    private readonly string postgres;
    private readonly string sqlite;

    public SetStatement(string sql, params Column<T>[] columns)
    {
        this.columns = columns;
        var names = string.Join(", ", columns.Select(column => column.Name));
        var arrays = string.Join(", ", columns.Select((_, index) => $"${index + 1}"));
        var values = string.Join(", ", columns.Select(column => $"@{column.Name} as {column.Name}"));
        postgres = sql.Replace("{rows}", $"unnest({arrays}) as r({names})", StringComparison.Ordinal);
        sqlite = sql.Replace("{rows}", $"(select {values}) as r", StringComparison.Ordinal);
    }

    /// <summary>What a row consists of.</summary>
    public IReadOnlyList<Column<T>> Columns => columns;

    /// <summary>Runs the statement over all rows; nothing happens for none.</summary>
    public async Task ExecuteAsync(DbSession session, IReadOnlyCollection<T> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0)
        {
            return;
        }

        if (session.Dialect == Dialect.PostgreSql)
        {
            await using var command = Postgres(session, rows);
            await command.ExecuteNonQueryAsync(cancellation);
            return;
        }

        using var prepared = Sqlite(session);
        foreach (var row in rows)
        {
            Bind(prepared, row);
            prepared.ExecuteNonQuery();
        }
    }

    /// <summary>Runs a query over all rows.</summary>
    public async Task<List<TResult>> QueryAsync<TResult>(
        DbSession session, IReadOnlyCollection<T> rows, Func<DbDataReader, TResult> read, CancellationToken cancellation)
    {
        var results = new List<TResult>(rows.Count);
        if (rows.Count == 0)
        {
            return results;
        }

        if (session.Dialect == Dialect.PostgreSql)
        {
            await using var command = Postgres(session, rows);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                results.Add(read(reader));
            }

            return results;
        }

        using var prepared = Sqlite(session);
        foreach (var row in rows)
        {
            Bind(prepared, row);
            using var reader = prepared.ExecuteReader();
            while (reader.Read())
            {
                results.Add(read(reader));
            }
        }

        return results;
    }

    private NpgsqlCommand Postgres(DbSession session, IReadOnlyCollection<T> rows)
    {
        var command = new NpgsqlCommand(postgres, (NpgsqlConnection)session.Connection, (NpgsqlTransaction?)session.Transaction);
        var all = rows as IReadOnlyList<T> ?? [.. rows];
        foreach (var column in columns)
        {
            command.Parameters.Add(column.ToArray(all));
        }

        return command;
    }

    private SqliteCommand Sqlite(DbSession session)
    {
        var command = ((SqliteConnection)session.Connection).CreateCommand();
        command.Transaction = (SqliteTransaction?)session.Transaction;
        command.CommandText = sqlite;
        foreach (var column in columns)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"@{column.Name}" });
        }

        return command;
    }

    private void Bind(SqliteCommand command, T row)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Set(command.Parameters[i], row);
        }
    }
}
