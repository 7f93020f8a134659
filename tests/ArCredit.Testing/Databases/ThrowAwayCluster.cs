using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ArCredit.Testing.Databases;

/// <summary>A PostgreSQL cluster in a temporary directory, with the durability settings of production.</summary>
internal static class ThrowAwayCluster
{
    /// <summary>Starts it and returns the superuser's connection string.</summary>
    public static string Start(string binaries)
    {
        var directory = Directory.CreateTempSubdirectory("arcredit-postgres-").FullName;
        var port = FreePort();
        var cluster = Path.Combine(directory, "cluster");

        // PostgreSQL refuses to run as root; Debian's package brings the user for it.
        var asPostgres = Environment.IsPrivilegedProcess;
        if (asPostgres)
        {
            Run("chown", ["postgres", directory], false);
        }

        Run(Path.Combine(binaries, "initdb"), ["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D", cluster], asPostgres);
        var settings = string.Create(CultureInfo.InvariantCulture, $"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={directory} -c max_connections=200");
        Run(Path.Combine(binaries, "pg_ctl"), ["start", "--wait", "-D", cluster, "-l", Path.Combine(directory, "log"), "-o", settings], asPostgres);
        StopWithThisProcess(binaries, directory, cluster, asPostgres);
        return string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres");
    }

    // A test host is killed as often as it exits, so a shell waits for this process to be gone, however it went.
    private static void StopWithThisProcess(string binaries, string directory, string cluster, bool asPostgres)
    {
        const string Script = """
            (while kill -0 "$1"; do sleep 1; done; $4 "$2/pg_ctl" stop --wait -m immediate -D "$3"; rm -rf "$5") >/dev/null 2>&1 </dev/null &
            """;
        var user = asPostgres ? "runuser -u postgres --" : string.Empty;
        Run("sh", ["-c", Script, "sh", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), binaries, cluster, user, directory], false);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Run(string program, string[] arguments, bool asPostgres)
    {
        // The output is not redirected: the server would inherit the pipe and hold it open.
        var start = asPostgres
            ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = Path.GetTempPath();
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
    }
}
