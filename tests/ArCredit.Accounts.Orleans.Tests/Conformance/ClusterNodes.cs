using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Tests.Histories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace ArCredit.Accounts.Orleans.Tests.Conformance;

/// <summary>A cluster of silos in this process, at least two: accounts live on either, and a client talks to the one it came to.</summary>
internal sealed class ClusterNodes : INodes
{
    private const short FewestSilos = 2;

    private InProcessTestCluster? cluster;

    /// <summary>Started silos.</summary>
    public InProcessTestCluster Cluster => cluster ?? throw new InvalidOperationException("The cluster is not started.");

    public async Task<IReadOnlyList<IAccounts>> StartAsync(IReadOnlyList<ActorServices> services)
    {
        var next = -1;
        var builder = new InProcessTestClusterBuilder(Math.Max(FewestSilos, (short)services.Count));
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) =>
        {
            // More silos than ways to the journal share one: an account still has one activation only.
            var own = services[Interlocked.Increment(ref next) % services.Count];
            silo.Services.AddSingleton(Options.Create(own.Options));
            silo.Services.AddSingleton(own);
            silo.Services.AddGrainAccounts();
        });
        cluster = builder.Build();
        await cluster.DeployAsync();
        return [.. cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<IAccounts>())];
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
        {
            await cluster.StopAllSilosAsync();
            await cluster.DisposeAsync();
        }
    }
}
