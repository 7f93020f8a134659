using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Orleans.Grains;
using ArCredit.Accounts.Orleans.Security;
using ArCredit.Platform.Data;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;

namespace ArCredit.Accounts.Orleans;

/// <summary>The cluster host: every account a grain on one of several nodes, which share one PostgreSQL.</summary>
public static class OrleansModule
{
    private const string Driver = "Npgsql";

    // Three missed probes and the vote stay below a request's deadline, so that it is asked again in time. Orleans would extend
    // probes while it is busy; but a node declared dead by mistake is fenced and starts again, while a frozen one answers nobody.
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BeyondDeadline = TimeSpan.FromSeconds(5);

    // Sooner than a frozen node can be declared dead: it looks soon after it wakes up, and ends. Until then it may be asked; that it
    // answers nothing out of date is not owed to this, but to its accounts' look at the journal's head, and to the journal's fence.
    private static readonly TimeSpan LookAtMembers = TimeSpan.FromSeconds(3);

    // A lease would keep a dead node's accounts from waking up elsewhere for half a minute, lest there be two of one; that two
    // may not both write, the journal's fence sees to.
    private static readonly TimeSpan NoLease = TimeSpan.Zero;

    // As long as a process alone waits for its snapshots when it stops.
    private static readonly TimeSpan TimeToLeave = TimeSpan.FromSeconds(5);

    // When a node of the cluster dies, much runs here for the first time and keeps as many threads busy as there are processors;
    // who waits behind it would wait until the pool adds a thread, which takes it half a second.
    private const int FewestWorkers = 16;

    /// <summary>
    /// The database of a node: shared with the other nodes of its cluster and with nobody else; under a manual clock with nobody at all.
    /// </summary>
    /// <exception cref="SettingException">A setting is not acceptable.</exception>
    public static DataOptions ForCluster(this DataOptions data, IConfiguration configuration) =>
        ClusterSettings.From(configuration) is { IsAlone: false } settings ? data with { Cluster = settings.Name } : data;

    /// <summary>
    /// The accounts live in a cluster, of which this process becomes a node. Register it after the journal, and after all that
    /// accounts need: from its start on, other nodes ask it.
    /// </summary>
    /// <exception cref="SettingException">A setting is not acceptable.</exception>
    public static IHostApplicationBuilder AddOrleansAccounts(this IHostApplicationBuilder builder, DataOptions data)
    {
        var settings = ClusterSettings.From(builder.Configuration);
        KeepThreadsReady();
        builder.Services.AddMigrations(typeof(OrleansModule).Assembly);
        builder.Services.AddGrainAccounts();
        builder.Services.AddSingleton(settings);
        builder.Services.AddHostedService<OwnPlace>();
        builder.Services.AddHostedService<FormerNodes>();
        return builder.UseOrleans(silo => Configure(silo, settings, data.ConnectionString!));
    }

    /// <summary>What every node has, however it is clustered.</summary>
    internal static IServiceCollection AddGrainAccounts(this IServiceCollection services)
    {
        services.AddSingleton<AccountMeters>();
        services.AddSingleton<IAccounts, GrainAccounts>();
        services.Configure<GrainCollectionOptions>(collection => collection.DeactivationTimeout = TimeToLeave);
        services.AddOptions<SiloMessagingOptions>().Configure<IOptions<AccountsOptions>>(
            (messaging, accounts) => messaging.ResponseTimeout = TimeSpan.FromSeconds(accounts.Value.DeadlineSeconds) + BeyondDeadline);
        return services;
    }

    private static void KeepThreadsReady()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, FewestWorkers), completions);
    }

    private static void Configure(ISiloBuilder silo, ClusterSettings settings, string connectionString)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.Name, settings.Name));
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.SiloPort = settings.Port;

            // Nobody but nodes calls grains.
            endpoint.GatewayPort = 0;
            if (settings.Address is { } address)
            {
                endpoint.AdvertisedIPAddress = address;
            }
        });
        if (settings.Certificate is { } certificate)
        {
            silo.Configure<SiloConnectionOptions>(new EncryptedConnections(certificate, settings.Name).Configure);
        }

        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = Probe;
            membership.MaxProbeTimeout = Probe;
            membership.TableRefreshTimeout = LookAtMembers;
            membership.IAmAliveTablePublishTimeout = FormerNodes.SignOfLife;
            membership.NumMissedTableIAmAliveLimit = FormerNodes.MissedSigns;
        });
        // ADR 11: of the two directories this one leaves accounts on living nodes alone when a node goes. It is marked experimental.
#pragma warning disable ORLEANSEXP003
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = NoLease);
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Driver, connectionString));
        silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Driver, connectionString));
        silo.AddAdoNetGrainStorageAsDefault(options => (options.Invariant, options.ConnectionString) = (Driver, connectionString));
    }
}
