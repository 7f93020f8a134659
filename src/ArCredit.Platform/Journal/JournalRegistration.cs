using ArCredit.Platform.Data;
using ArCredit.Platform.Data.Postgres;
using ArCredit.Platform.Data.Sqlite;
using ArCredit.Platform.Journal.Commit;
using ArCredit.Platform.Journal.Commit.Postgres;
using ArCredit.Platform.Journal.Commit.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Platform.Journal;

/// <summary>How a host gets its journal.</summary>
public static class JournalRegistration
{
    /// <summary>
    /// Adds <see cref="IGroupCommit"/> on the database of <see cref="DataRegistration.AddArCreditData"/>. Hosted
    /// services registered after it may append until they have stopped.
    /// </summary>
    public static IServiceCollection AddArCreditJournal(this IServiceCollection services, JournalOptions options)
    {
        services.AddMetrics();
        services.AddSingleton(options);
        services.AddSingleton<CommitSignal>();
        services.AddSingleton<JournalMeters>();
        services.AddSingleton<LaneReports>();
        services.AddSingleton<Func<IBatchWriter>>(provider => () => CreateWriter(provider));
        services.AddSingleton<GroupCommit>();
        services.AddSingleton<IGroupCommit>(provider => provider.GetRequiredService<GroupCommit>());
        services.AddHostedService(provider => provider.GetRequiredService<GroupCommit>());
        return services;
    }

    private static IBatchWriter CreateWriter(IServiceProvider provider) =>
        provider.GetRequiredService<IDatabase>() switch
        {
            PostgresDatabase postgres => new PostgresBatchWriter(postgres),
            SqliteDatabase sqlite => new SqliteBatchWriter(sqlite),
            var other => throw new NotSupportedException($"No batch writer for {other.GetType().Name}."),
        };
}
