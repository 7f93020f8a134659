using System.Data.Common;
using System.Globalization;
using ArCredit.Platform.Data;

namespace ArCredit.Platform.Verify;

/// <summary>What to read, in the order of a unique index that begins with the account.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The index's columns, in order.</param>
/// <param name="Columns">All columns to read; the key's are among them.</param>
/// <param name="Account">Only this one; null = all.</param>
public sealed record OrderedQuery(string Table, IReadOnlyList<string> Key, IReadOnlyList<string> Columns, string? Account);

/// <summary>
/// Reads a table of any size page by page, each by the index from where the last one ended: memory stays bounded, and one
/// connection, and so one snapshot, serves several tables at a time.
/// </summary>
public sealed class OrderedRows<T>
{
    private readonly DbSession session;
    private readonly OrderedQuery query;
    private readonly Func<DbDataReader, T> read;
    private readonly int pageRows;
    private readonly int[] keyAt;
    private object[]? last;
    private bool isAtEnd;

    /// <summary>Reads nothing yet.</summary>
    public OrderedRows(DbSession session, OrderedQuery query, Func<DbDataReader, T> read, int pageRows)
    {
        (this.session, this.query, this.read, this.pageRows) = (session, query, read, pageRows);
        keyAt = [.. query.Key.Select(column => query.Columns.ToList().IndexOf(column))];
    }

    /// <summary>The next rows; none at the end.</summary>
    public async Task<List<T>> ReadPageAsync(CancellationToken cancellation)
    {
        var page = new List<T>();
        if (isAtEnd)
        {
            return page;
        }

        await using var command = Command();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            page.Add(read(reader));
            if (page.Count == pageRows)
            {
                last = [.. keyAt.Select(column => reader.GetValue(column))];
            }
        }

        isAtEnd = page.Count < pageRows;
        return page;
    }

    private DbCommand Command()
    {
        var command = session.Connection.CreateCommand();
        command.Transaction = session.Transaction;
        var conditions = new List<string>();
        if (query.Account is { } account)
        {
            conditions.Add("account_id = @account");
            Add(command, "@account", account);
        }

        if (last is not null)
        {
            var names = last.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"@k{i}")).ToArray();
            conditions.Add($"({string.Join(", ", query.Key)}) > ({string.Join(", ", names)})");
            for (var i = 0; i < last.Length; i++)
            {
                // The driver may give a date as an instant, which would not be compared by the index.
                Add(command, names[i], last[i] is DateTime date ? DateOnly.FromDateTime(date) : last[i]);
            }
        }

        var where = conditions.Count == 0 ? string.Empty : $" where {string.Join(" and ", conditions)}";
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture, $"select {string.Join(", ", query.Columns)} from {query.Table}{where} order by {string.Join(", ", query.Key)} limit {pageRows}");
        return command;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
