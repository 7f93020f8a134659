using ArCredit.Platform.Data;
using ArCredit.Platform.Data.Postgres;
using ArCredit.Platform.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace ArCredit.Platform.Jobs;

/// <summary>Quartz on the installation's own database.</summary>
internal static class QuartzSetup
{
    private const string SchedulerName = "arcredit";

    // A node tells this often that it lives, and is taken for dead once it is this much overdue: what it was to do, another
    // begins 4 to 8 s after its death. A node that only paused so long goes on beside the other; works are idempotent.
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(4);

    public static void AddArCreditQuartz(this IServiceCollection services, DataOptions data)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = SchedulerName;
                if (data.Dialect == Dialect.PostgreSql)
                {
                    // Host and process for whoever looks into the tables; a process that was started again is another one.
                    scheduler.InstanceId = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
                }

                scheduler.DefaultTimeZone = TimeZoneInfo.Utc;
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(5);

                // Works are idempotent and go on at the next start; one that waits for a long backlog must not hold the stop up.
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UsePersistentStore(store =>
            {
                if (data.Dialect == Dialect.PostgreSql)
                {
                    store.UsePostgres(source => source.DataSourceFactory = provider => provider.GetRequiredService<PostgresDatabase>().Pool);
                    store.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (SignOfLife, Overdue));
                }
                else
                {
                    store.UseSqlite(source => source.DataSourceFactory =
                        provider => SqliteFactory.Instance.CreateDataSource(provider.GetRequiredService<SqliteDatabase>().ConnectionString));
                    store.UseLockHandler(provider => new SqliteTurnLock(provider.GetRequiredService<SqliteDatabase>()));
                }

                store.ProvisionSchema();
                store.ConfigureStore(options =>
                {
                    // A lapse may be five seconds late, not the fifteen that Quartz waits after a database error.
                    options.DbRetryInterval = TimeSpan.FromSeconds(1);
                    options.MisfireThreshold = TimeSpan.FromSeconds(10);
                    options.MaxConsecutiveFireFailures = 0;
                });
            });
        });
        services.AddHostedService<WorkScheduling>();
        services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
        services.AddHostedService<WorkStop>();
    }
}
