using System.Reflection;
using ArCredit.Platform.Data.Postgres;
using ArCredit.Platform.Data.Sqlite;
using ArCredit.Platform.Verify;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ArCredit.Platform.Data;

/// <summary>How a host gets its database.</summary>
public static class DataRegistration
{
    /// <summary>
    /// Adds <see cref="IDatabase"/>, <see cref="DatabaseEpoch"/> and the start-up that locks, checks durability and
    /// migrates before any other hosted service starts.
    /// </summary>
    public static IServiceCollection AddArCreditData(this IServiceCollection services, DataOptions options)
    {
        SqlTypes.Register();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        if (options.Dialect == Dialect.PostgreSql)
        {
            services.AddSingleton<PostgresDatabase>();
            services.AddSingleton<IDatabase>(provider => provider.GetRequiredService<PostgresDatabase>());
        }
        else
        {
            services.AddSingleton<SqliteDatabase>();
            services.AddSingleton<IDatabase>(provider => provider.GetRequiredService<SqliteDatabase>());
        }

        if (!options.Exclusive)
        {
            services.AddSingleton<IInstallationLock, NoInstallationLock>();
        }
        else if (options.Dialect == Dialect.PostgreSql)
        {
            services.AddSingleton<IInstallationLock, PostgresInstallationLock>();
        }
        else
        {
            services.AddSingleton<IInstallationLock, SqliteInstallationLock>();
        }

        services.AddSingleton(provider => new ReadOnlyDatabase(options, provider.GetServices<MigrationSource>()));
        services.AddSingleton<DatabaseEpoch>();
        services.AddSingleton<DurabilityCheck>();
        services.AddSingleton<MigrationRunner>();
        services.AddHostedService<DatabaseStart>();
        return services.AddMigrations(typeof(DataRegistration).Assembly);
    }

    /// <summary>Adds the <c>Migrations/YYYYMMDD_NN_name[.sqlite|.postgres].sql</c> scripts embedded in <paramref name="assembly"/>.</summary>
    public static IServiceCollection AddMigrations(this IServiceCollection services, Assembly assembly) =>
        services.AddSingleton(new MigrationSource(assembly));

    /// <summary>Tells the scripts of a module that is not in use here from those of a newer version; they are not run.</summary>
    public static IServiceCollection AddKnownMigrations(this IServiceCollection services, Assembly assembly) =>
        services.AddSingleton(new MigrationSource(assembly, IsRun: false));
}
