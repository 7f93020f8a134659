using System.Data.Common;
using System.Net.Sockets;

namespace ArCredit.Platform.Data;

/// <summary>Tells failures of the database and of the way to it from all others.</summary>
public static class DatabaseOutage
{
    /// <summary>
    /// True when <paramref name="failure"/> says that the database does not answer. Drivers do not wrap everything: a server
    /// name that cannot be resolved, a connection cut while it is made and a wait for its turn come as they are.
    /// </summary>
    public static bool Is(Exception failure) => failure is DbException or TimeoutException or IOException or SocketException;
}
