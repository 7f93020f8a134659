using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ArCredit.Testing.Databases;

/// <summary>
/// A PostgreSQL cluster of one's own in a temporary directory, with the durability settings of production. Its owner may end
/// and start it as it likes; it goes with this process, however that ends.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly string? Binaries = FindBinaries();

    // PostgreSQL refuses to run as root; Debian's package brings the user for it.
    private static readonly bool AsPostgres = Environment.IsPrivilegedProcess;
    private readonly string directory;
    private readonly string cluster;
    private readonly string options;
    private readonly NpgsqlDataSource admin;

    private PostgresCluster(string directory, int maxConnections)
    {
        this.directory = directory;
        cluster = Path.Combine(directory, "cluster");
        var port = FreePort();
        options = string.Create(
            CultureInfo.InvariantCulture, $"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c recovery_init_sync_method=syncfs -c max_connections={maxConnections}");
        ConnectionString = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres");
        admin = NpgsqlDataSource.Create(ConnectionString + ";Pooling=false;Timeout=5;Options=-c default_transaction_read_only=off");
    }

    /// <summary>Null when a cluster can be made here; else why not.</summary>
    public static string? MissingReason { get; } = Binaries is not null ? null : "No PostgreSQL binaries below /usr/lib/postgresql.";

    /// <summary>The superuser's, to the database postgres.</summary>
    public string ConnectionString { get; }

    /// <summary>What the server has written to its log.</summary>
    public string Log => File.ReadAllText(Path.Combine(directory, "log"));

    private string LockFile => Path.Combine(cluster, "postmaster.pid");

    /// <summary>Makes and starts a cluster.</summary>
    /// <param name="maxConnections">The server's limit.</param>
    /// <param name="parent">An existing directory to make it in (a small file system); null = the temporary one.</param>
    /// <param name="segmentMegabytes">Size of a segment of the log; smaller where space is short.</param>
    public static PostgresCluster Start(int maxConnections = 200, string? parent = null, int segmentMegabytes = 16)
    {
        var directory = parent is null ? Directory.CreateTempSubdirectory("arcredit-postgres-").FullName : Path.Combine(parent, "postgres");
        Directory.CreateDirectory(directory);
        if (AsPostgres)
        {
            Run("chown", ["postgres", directory], false);
        }

        var made = new PostgresCluster(directory, maxConnections);
        var segments = string.Create(CultureInfo.InvariantCulture, $"--wal-segsize={segmentMegabytes}");
        Run(Path.Combine(Binaries!, "initdb"), ["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", segments, "-D", made.cluster], AsPostgres);
        made.Start();
        made.StopWithThisProcess();
        return made;
    }

    /// <summary>Starts it again after <see cref="Kill"/> or <see cref="Stop"/>; returns when it takes connections.</summary>
    public void Start()
    {
        try
        {
            Run(Path.Combine(Binaries!, "pg_ctl"), ["start", "--wait", "-D", cluster, "-l", Path.Combine(directory, "log"), "-o", options], AsPostgres);
        }
        catch (InvalidOperationException failure)
        {
            throw new InvalidOperationException($"The cluster does not start: {string.Join('\n', File.ReadLines(Path.Combine(directory, "log")).TakeLast(10))}", failure);
        }
    }

    /// <summary>An orderly stop that ends every session.</summary>
    public void Stop() => Run(Path.Combine(Binaries!, "pg_ctl"), ["stop", "--wait", "-m", "fast", "-D", cluster], AsPostgres);

    /// <summary>SIGKILL to the server and all its processes at once; what was not on disk is gone.</summary>
    public void Kill()
    {
        if (!File.Exists(LockFile))
        {
            return; // it has ended by itself
        }

        var server = int.Parse(File.ReadLines(LockFile).First(), CultureInfo.InvariantCulture);
        var all = ChildrenOf(server).Append(server).ToList();

        // The server first: it would start its workers again.
        KillProcess(server);
        all.ForEach(KillProcess);
        while (all.Exists(process => Directory.Exists($"/proc/{process}") && !IsZombie(process)))
        {
            Thread.Yield();
        }

        // Where nobody collects the dead at once, the next start would take the old number for a live server.
        File.Delete(LockFile);
    }

    /// <summary>SIGKILL to one backend: the server ends all others and recovers.</summary>
    public static void KillBackend(int processId) => KillProcess(processId);

    /// <summary>A new empty database; its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = "arcredit_" + Guid.NewGuid().ToString("N")[..12];
        await ExecuteAsync($"create database {name}");
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Runs a statement as superuser in the database postgres.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The single value of a query as superuser; default when there is no row.</summary>
    public async Task<T?> QueryAsync<T>(string sql)
    {
        await using var command = admin.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>Changes a setting of the whole server while it runs.</summary>
    public async Task SetAsync(string name, string value)
    {
        await ExecuteAsync($"alter system set {name} = {value}");
        await ExecuteAsync("select pg_reload_conf()");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await admin.DisposeAsync();
        if (File.Exists(LockFile))
        {
            Run(Path.Combine(Binaries!, "pg_ctl"), ["stop", "--wait", "-m", "immediate", "-D", cluster], AsPostgres);
        }

        Directory.Delete(directory, recursive: true);
    }

    // A test host is killed as often as it exits, so a shell waits for this process to be gone, however it went.
    private void StopWithThisProcess()
    {
        const string Script = """
            (while kill -0 "$1" && [ -d "$3" ]; do sleep 1; done
             [ -d "$3" ] || exit
             $4 "$2/pg_ctl" stop --wait -m immediate -D "$3"; rm -rf "$5") >/dev/null 2>&1 </dev/null &
            """;
        var user = AsPostgres ? "runuser -u postgres --" : string.Empty;
        Run("sh", ["-c", Script, "sh", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Binaries!, cluster, user, directory], false);
    }

    private static IEnumerable<int> ChildrenOf(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && StatusOf(process) is [_, var of, ..] && of == parent.ToString(CultureInfo.InvariantCulture))
            {
                yield return process;
            }
        }
    }

    private static bool IsZombie(int process) => StatusOf(process) is ["Z", ..];

    // State, parent, …: what follows the name in brackets, which may itself hold blanks.
    private static string[] StatusOf(int process)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{process}/stat");
            return line[(line.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return []; // it went away meanwhile
        }
    }

    private static void KillProcess(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It went by itself: the server's other processes do when it is gone.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Run(string program, string[] arguments, bool asPostgres)
    {
        // The output is not redirected to a pipe: the server would inherit it and hold it open.
        string[] command = asPostgres ? ["runuser", "-u", "postgres", "--", program, .. arguments] : [program, .. arguments];
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", .. command]) { WorkingDirectory = Path.GetTempPath() };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }

    private static string? FindBinaries() =>
        !Directory.Exists("/usr/lib/postgresql")
            ? null
            : Directory.GetDirectories("/usr/lib/postgresql")
                .Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
                .OrderByDescending(bin => bin, StringComparer.Ordinal)
                .FirstOrDefault();
}
