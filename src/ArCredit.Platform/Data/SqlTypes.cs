using System.Data;
using System.Globalization;
using Dapper;
using Npgsql;

namespace ArCredit.Platform.Data;

/// <summary>
/// The types that the two databases store differently, so that one Dapper statement serves both: instants are
/// <c>timestamptz</c> or integer microseconds since 1970, dates are <c>date</c> or ISO text, ids are <c>uuid</c> or
/// lower-case text. All three sort in their natural order on both.
/// </summary>
public static class SqlTypes
{
    private static int registered;

    /// <summary>Microseconds since 1970-01-01T00:00:00Z, the SQLite form of an instant; finer parts are cut as PostgreSQL cuts them.</summary>
    public static long ToMicroseconds(DateTimeOffset instant) =>
        Math.DivRem(instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, TimeSpan.TicksPerMicrosecond, out var rest) - (rest < 0 ? 1 : 0);

    /// <summary>The instant of <see cref="ToMicroseconds"/>, UTC.</summary>
    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>What both databases give back for <paramref name="instant"/>: UTC, whole microseconds.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset instant) => FromMicroseconds(ToMicroseconds(instant));

    internal static void Register()
    {
        if (Interlocked.Exchange(ref registered, 1) == 1)
        {
            return;
        }

        Register(new InstantHandler());
        Register(new DateHandler());
        Register(new IdHandler());
    }

    private static void Register<T>(SqlMapper.TypeHandler<T> handler)
        where T : struct
    {
        // Dapper asks its built-in map before a handler, so the map has to go first.
        SqlMapper.RemoveTypeMap(typeof(T));
        SqlMapper.RemoveTypeMap(typeof(T?));
        SqlMapper.AddTypeHandler(handler);
    }

    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = parameter is NpgsqlParameter ? Truncate(value) : ToMicroseconds(value);

        public override DateTimeOffset Parse(object value) => value switch
        {
            long microseconds => FromMicroseconds(microseconds),
            DateTime utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
            DateTimeOffset instant => instant.ToUniversalTime(),
            _ => throw new DataException($"{value.GetType().Name} is no instant."),
        };
    }

    private sealed class DateHandler : SqlMapper.TypeHandler<DateOnly>
    {
        public override void SetValue(IDbDataParameter parameter, DateOnly value) =>
            parameter.Value = parameter is NpgsqlParameter ? value : value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        public override DateOnly Parse(object value) => value switch
        {
            string text => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateOnly date => date,
            DateTime midnight => DateOnly.FromDateTime(midnight),
            _ => throw new DataException($"{value.GetType().Name} is no date."),
        };
    }

    private sealed class IdHandler : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value) =>
            parameter.Value = parameter is NpgsqlParameter ? value : value.ToString("D");

        public override Guid Parse(object value) => value switch
        {
            string text => Guid.ParseExact(text, "D"),
            Guid id => id,
            _ => throw new DataException($"{value.GetType().Name} is no id."),
        };
    }
}
