using ArCredit.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Accounts.Orleans;

/// <summary>The tables that a cluster leaves in its database: every build knows of them, also one without the cluster host.</summary>
public static class ClusterTables
{
    /// <summary>A database on which a cluster has worked is no newer version's.</summary>
    public static IServiceCollection KnowClusterTables(this IServiceCollection services) => services.AddKnownMigrations(typeof(ClusterTables).Assembly);
}
