using Npgsql;

namespace ArCredit.Testing.App;

/// <summary>The shipped host as nodes of one cluster, each a process of its own, all on one PostgreSQL.</summary>
/// <param name="alone">What any host on that database gets.</param>
public sealed class NodeProcesses(AppSettings alone) : IAsyncDisposable
{
    private const string ClusterName = "test";
    private readonly List<HostProcess> nodes = [];
    private readonly List<int> ports = [];

    /// <summary>In the order of their start; dead ones too. A copy, for those who ask while nodes come and go.</summary>
    public IReadOnlyList<HostProcess> All
    {
        get
        {
            lock (nodes)
            {
                return [.. nodes];
            }
        }
    }

    /// <summary>What any host on this database gets.</summary>
    public AppSettings Alone { get; } = alone with { ManualClock = null };

    /// <summary>What a further node gets.</summary>
    public AppSettings Node(int port, string cluster = ClusterName) => Alone.AsNode(cluster, port);

    /// <summary>Starts a cluster's first nodes.</summary>
    public static async Task<NodeProcesses> StartAsync(AppSettings alone, int count)
    {
        var cluster = new NodeProcesses(alone);
        for (var i = 0; i < count; i++)
        {
            await cluster.StartAsync();
        }

        return cluster;
    }

    /// <summary>Starts one more node and waits until it is ready.</summary>
    /// <param name="hostPath">Another assembly than the settings' own.</param>
    public async Task<HostProcess> StartAsync(string? hostPath = null)
    {
        var port = ScenarioHost.FreePort();
        var settings = Node(port);
        var node = await HostProcess.StartAsync(hostPath is null ? settings : settings with { HostPath = hostPath });
        lock (nodes)
        {
            nodes.Add(node);
            ports.Add(port);
        }

        return node;
    }

    /// <summary>Where other nodes reach a node.</summary>
    public int PortOf(HostProcess node) => ports[nodes.IndexOf(node)];

    /// <summary>Returns once the others have declared it dead.</summary>
    public async Task DeclaredDeadAsync(HostProcess node, TimeSpan patience)
    {
        await using var source = NpgsqlDataSource.Create(Alone.ConnectionString!);
        using var deadline = new CancellationTokenSource(patience);
        await using var command = source.CreateCommand("select exists (select from orleans_silo where deploymentid = $1 and port = $2 and status = 6)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ClusterName });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PortOf(node) });
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await command.ExecuteScalarAsync(deadline.Token) is not true)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }
}
