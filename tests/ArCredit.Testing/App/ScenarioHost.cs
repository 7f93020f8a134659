using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ArCredit.Testing.Databases;

namespace ArCredit.Testing.App;

/// <summary>
/// Which host the applications of tests put their accounts on. With ARCREDIT_SCENARIO_HOST=Orleans, in a build that has it,
/// every one of them is a node of a cluster of its own on PostgreSQL, also where a test asks for nothing or for SQLite's
/// directory: the same scenarios then say whether both hosts do the same.
/// </summary>
public static class ScenarioHost
{
    /// <summary>Names the host of applications.</summary>
    public const string Variable = "ARCREDIT_SCENARIO_HOST";

    private const string HostKey = "Accounts:Host";
    private const string Cluster = "Orleans";

    // In the directory that stands for the database, so that a restart on it finds the same.
    private const string DatabaseFile = "scenario-database";

    /// <summary>True when applications are nodes.</summary>
    public static bool IsCluster { get; } = Environment.GetEnvironmentVariable(Variable) == Cluster;

    /// <summary>Why a test on SQLite is left out; null when it is not.</summary>
    public static string? SqliteMissingReason => IsCluster ? "A cluster has no SQLite." : null;

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Settings of a node.</summary>
    /// <param name="on">What it has besides.</param>
    /// <param name="name">Of its cluster.</param>
    /// <param name="port">For other nodes.</param>
    public static AppSettings AsNode(this AppSettings on, string name, int port) => on with
    {
        More = new Dictionary<string, string?>(on.More)
        {
            [HostKey] = Cluster,
            ["Cluster:Name"] = name,
            ["Cluster:Address"] = IPAddress.Loopback.ToString(),
            ["Cluster:Port"] = port.ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>A test's settings, on the host that was asked for; those that choose one themselves stay as they are.</summary>
    internal static async Task<AppSettings> PlaceAsync(AppSettings settings) =>
        !IsCluster || settings.More.ContainsKey(HostKey) ? settings : (await OnPostgresAsync(settings)).AsNode("scenario", FreePort());

    /// <summary>For commands, which are no node: on the database of a node on the same directory.</summary>
    internal static async Task<AppSettings> FollowAsync(AppSettings settings) =>
        IsCluster && !settings.More.ContainsKey(HostKey) && Directory.Exists(settings.DataDirectory) ? await OnPostgresAsync(settings) : settings;

    /// <summary>Drops what was made for a directory that goes.</summary>
    internal static void Drop(string directory)
    {
        if (Path.Combine(directory, DatabaseFile) is var file && File.Exists(file))
        {
            PostgresServer.DropDatabaseAsync(File.ReadAllText(file)).GetAwaiter().GetResult();
        }
    }

    private static async Task<AppSettings> OnPostgresAsync(AppSettings settings)
    {
        if (settings.ConnectionString is not null)
        {
            return settings;
        }

        var file = Path.Combine(settings.DataDirectory!, DatabaseFile);
        if (File.Exists(file))
        {
            return settings with { ConnectionString = await File.ReadAllTextAsync(file) };
        }

        var made = await MigratedTemplate.CopyAsync();
        await File.WriteAllTextAsync(file, made);
        return settings with { ConnectionString = made };
    }
}
