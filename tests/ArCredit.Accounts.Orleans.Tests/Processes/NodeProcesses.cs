using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Npgsql;

namespace ArCredit.Accounts.Orleans.Tests.Processes;

/// <summary>The shipped host as nodes of one cluster, each a process of its own, all on one PostgreSQL.</summary>
internal sealed class NodeProcesses(TestDatabase database) : IAsyncDisposable
{
    private const string ClusterName = "test";
    private readonly List<HostProcess> nodes = [];
    private readonly List<int> ports = [];

    /// <summary>In the order of their start; dead ones too.</summary>
    public IReadOnlyList<HostProcess> All => nodes;

    /// <summary>What any host on this database gets.</summary>
    public AppSettings Alone { get; } = AppSettings.On(database) with { ManualClock = null };

    /// <summary>What a further node gets.</summary>
    public AppSettings Node(int port, string cluster = ClusterName) => Alone with
    {
        More = new Dictionary<string, string?>
        {
            ["Accounts:Host"] = "Orleans",
            ["Cluster:Name"] = cluster,
            ["Cluster:Address"] = IPAddress.Loopback.ToString(),
            ["Cluster:Port"] = port.ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>Starts one more node and waits until it is ready.</summary>
    public async Task<HostProcess> StartAsync()
    {
        var port = FreePort();
        var node = await HostProcess.StartAsync(Node(port));
        nodes.Add(node);
        ports.Add(port);
        return node;
    }

    /// <summary>Returns once the others have declared it dead.</summary>
    public async Task DeclaredDeadAsync(HostProcess node, TimeSpan patience)
    {
        await using var source = NpgsqlDataSource.Create(database.Options.ConnectionString!);
        using var deadline = new CancellationTokenSource(patience);
        await using var command = source.CreateCommand("select exists (select from orleans_silo where deploymentid = $1 and port = $2 and status = 6)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ClusterName });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ports[nodes.IndexOf(node)] });
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await command.ExecuteScalarAsync(deadline.Token) is not true)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
