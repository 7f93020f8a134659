using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Orleans.Grains;
using ArCredit.Accounts.Tests.Actors;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace ArCredit.Accounts.Orleans.Tests.Conformance;

/// <summary>Two silos over one journal in memory, and an account that lives on one of them.</summary>
internal sealed class ClusterRig : IAsyncDisposable
{
    private readonly ClusterNodes nodes = new();
    private IAccounts home = null!;
    private IAccounts away = null!;

    private ClusterRig()
    {
    }

    public ActorRig Rig { get; } = new();

    public FakeJournal Journal => Rig.Journal;

    /// <summary>The silo that the account lives on.</summary>
    public InProcessSiloHandle Home { get; private set; } = null!;

    public InProcessTestCluster Cluster => nodes.Cluster;

    /// <summary>The account's grain, as a client of the other silo has it.</summary>
    public IAccountGrain Grain { get; private set; } = null!;

    /// <summary>A cluster with the account opened.</summary>
    public static async Task<ClusterRig> StartAsync(decimal limit)
    {
        var rig = new ClusterRig();
        var accounts = await rig.nodes.StartAsync([rig.Rig.Services]);
        await rig.Rig.Open(limit);
        await accounts[0].ReadAsync(ActorRig.Id, CancellationToken.None);
        var factory = rig.Cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>();
        var at = await factory.GetGrain<IManagementGrain>(0).GetActivationAddress(factory.GetGrain<IAccountGrain>(ActorRig.Id.Value));
        rig.Home = rig.Cluster.Silos.Single(silo => silo.SiloAddress.Equals(at));
        var other = rig.Cluster.Silos.Single(silo => silo != rig.Home);
        rig.home = rig.Home.ServiceProvider.GetRequiredService<IAccounts>();
        rig.away = other.ServiceProvider.GetRequiredService<IAccounts>();
        rig.Grain = other.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>(ActorRig.Id.Value);
        return rig;
    }

    /// <summary>Asks at the silo that the account lives on.</summary>
    public Task<Answer> AskAtHome(AccountCommand command, string? key = null) => Ask(home, command, key, CancellationToken.None);

    /// <summary>Asks at the other silo.</summary>
    public Task<Answer> AskAway(AccountCommand command, string? key = null, CancellationToken cancellation = default) => Ask(away, command, key, cancellation);

    public Task<AccountView?> ReadAway() => away.ReadAsync(ActorRig.Id, CancellationToken.None);

    public ValueTask DisposeAsync() => nodes.DisposeAsync();

    private static Task<Answer> Ask(IAccounts accounts, AccountCommand command, string? key, CancellationToken cancellation) =>
        accounts.AskAsync(ActorRig.Id, command, new AskOptions("test", key is null ? null : new CommandKey(command.GetType().Name, key)), cancellation);
}
