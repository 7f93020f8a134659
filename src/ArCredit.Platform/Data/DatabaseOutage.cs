using System.Data.Common;
using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace ArCredit.Platform.Data;

/// <summary>Tells failures of the database and of the way to it from all others.</summary>
public static class DatabaseOutage
{
    /// <summary>
    /// True when <paramref name="failure"/> says that the database does not answer. Drivers do not wrap everything: a server
    /// name that cannot be resolved, a connection cut while it is made and a wait for its turn come as they are, and of a
    /// connection found closed between two of its uses the driver says that it may not be used, or stumbles over what it has
    /// disposed of.
    /// </summary>
    public static bool Is(Exception failure) =>
        failure is DbException or TimeoutException or IOException or SocketException
        || (failure is InvalidOperationException && (failure.Source == nameof(Npgsql) || FromDriver(failure)));

    /// <summary>
    /// True when the database answered, and what it says is that a statement or its values are wrong (SQLSTATE classes 22, 23
    /// and 42): a fault of ours, which no repeat mends.
    /// </summary>
    public static bool IsStatementRefused(Exception failure) =>
        failure is DbException { SqlState: { } state } && state.Length > 1 && state[..2] is "22" or "23" or "42";

    /// <summary>Whether the driver called what threw: of a disposed object of its own the source names the runtime.</summary>
    private static bool FromDriver(Exception failure) =>
        new StackTrace(failure).GetFrames()
            .Select(frame => frame.GetMethod()?.DeclaringType?.Assembly)
            .FirstOrDefault(assembly => assembly != typeof(object).Assembly) == typeof(NpgsqlConnection).Assembly;
}
