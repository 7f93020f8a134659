using System.Globalization;
using ArCredit.Bench.Load;
using ArCredit.Testing.App;

namespace ArCredit.Bench.Arms;

/// <summary>The product as a cluster of some nodes, each of which takes its share of the load for accounts that live anywhere.</summary>
internal sealed class ClusterArm(string name, string title, int nodes, BenchContext bench) : HttpArm(name, title, bench)
{
    private readonly List<ProductServer> servers = [];

#if ORLEANS
    /// <summary>Null when the build has the cluster host; else why there is none.</summary>
    public static string? MissingReason => null;
#else
    /// <summary>Null when the build has the cluster host; else why there is none.</summary>
    public static string? MissingReason => "the Orleans packages cannot be restored here";
#endif

    public override TimeSpan CpuTime => servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.Process.CpuTime);

    private ProductServer First => servers[0];

    private string ConnectionString { get; set; } = string.Empty;

    public override async Task StartAsync(CancellationToken cancellation)
    {
        ConnectionString = await Bench.Postgres.CreateAsync(Name, cancellation);
        for (var i = 0; i < nodes; i++)
        {
            var server = new ProductServer(ConnectionString)
            {
                More = new Dictionary<string, string>
                {
                    ["Accounts__Host"] = "Orleans",
                    ["Cluster__Address"] = "127.0.0.1",
                    ["Cluster__Port"] = ScenarioHost.FreePort().ToString(CultureInfo.InvariantCulture),
                },
            };
            servers.Add(server);
            await server.StartAsync(cancellation);
            await server.AwaitReadyAsync(cancellation);
        }

        Use(First.Process, own: false);
        await First.MakeTillKeyAsync(cancellation);
        await First.ImportAccountsAsync(Bench.Population.All(), cancellation);
        await First.SettleAsync(cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    protected override LoadRequest RequestOf(Run run) => Reserve(run, First.TillKey);

    protected override async Task<LoadCount> LoadAsync(Run run, CancellationToken cancellation)
    {
        var counts = await Task.WhenAll(servers.Select(server =>
            Bench.Load.RunAsync(server.Process.Address, RequestOf(run), run.Connections / nodes, run.Seconds, cancellation)));
        return new LoadCount(
            counts.Sum(count => count.Sent), counts.Sum(count => count.Answered), counts.Sum(count => count.Refused), counts.Sum(count => count.Broken),
            counts.Max(count => count.Elapsed));
    }

    protected override Task SettleAsync(CancellationToken cancellation) => First.SettleAsync(cancellation);

    protected override Task<Books?> ReadBooksAsync(CancellationToken cancellation) => JournalBooks.ReadAsync(ConnectionString, First, cancellation);
}
