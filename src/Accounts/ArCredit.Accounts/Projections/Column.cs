using ArCredit.Platform.Data;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ArCredit.Accounts.Projections;

/// <summary>A column of a set of rows on its way to the database: an array on PostgreSQL, one value after the other on SQLite.</summary>
internal abstract class Column<T>(string name)
{
    public string Name { get; } = name;

    /// <summary>PostgreSQL: the values of all rows as one array.</summary>
    public abstract NpgsqlParameter ToArray(IReadOnlyList<T> rows);

    /// <summary>SQLite: the value of one row.</summary>
    public void Set(SqliteParameter parameter, T row) => parameter.Value = Plain(row) ?? DBNull.Value;

    /// <summary>The value of one row as SQLite stores it: text, a whole number, bytes or null.</summary>
    public abstract object? Plain(T row);
}

/// <summary>How columns are declared.</summary>
internal static class Column
{
    public static Column<T> Text<T>(string name, Func<T, string?> get) => new Of<T, string?>(name, get, static text => text);

    public static Column<T> Number<T>(string name, Func<T, long> get) => new Of<T, long>(name, get, static number => number);

    public static Column<T> NumberOrNull<T>(string name, Func<T, long?> get) => new Of<T, long?>(name, get, static number => number);

    public static Column<T> Bytes<T>(string name, Func<T, byte[]> get) => new Of<T, byte[]>(name, get, static bytes => bytes);

    public static Column<T> Id<T>(string name, Func<T, Guid> get) => new Of<T, Guid>(name, get, static id => id.ToString("D"));

    public static Column<T> Date<T>(string name, Func<T, DateOnly> get) =>
        new Of<T, DateOnly>(name, get, static date => date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));

    public static Column<T> IdOrNull<T>(string name, Func<T, Guid?> get) => new Of<T, Guid?>(name, get, static id => id?.ToString("D"));

    public static Column<T> DateOrNull<T>(string name, Func<T, DateOnly?> get) =>
        new Of<T, DateOnly?>(name, get, static date => date?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));

    public static Column<T> Instant<T>(string name, Func<T, DateTimeOffset> get) =>
        new Of<T, DateTimeOffset>(name, row => SqlTypes.Truncate(get(row)), static instant => SqlTypes.ToMicroseconds(instant));

    public static Column<T> InstantOrNull<T>(string name, Func<T, DateTimeOffset?> get) =>
        new Of<T, DateTimeOffset?>(
            name, row => get(row) is { } instant ? SqlTypes.Truncate(instant) : null, static instant => instant is { } at ? SqlTypes.ToMicroseconds(at) : null);

    private sealed class Of<T, TValue>(string name, Func<T, TValue> get, Func<TValue, object?> toSqlite) : Column<T>(name)
    {
        public override NpgsqlParameter ToArray(IReadOnlyList<T> rows)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = get(rows[i]);
            }

            return new NpgsqlParameter<TValue[]> { TypedValue = values };
        }

        public override object? Plain(T row) => toSqlite(get(row));
    }
}
