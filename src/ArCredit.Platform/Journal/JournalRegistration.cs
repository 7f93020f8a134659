using ArCredit.Platform.Data;
using ArCredit.Platform.Data.Postgres;
using ArCredit.Platform.Data.Sqlite;
using ArCredit.Platform.Journal.Commit;
using ArCredit.Platform.Journal.Commit.Postgres;
using ArCredit.Platform.Journal.Commit.Sqlite;
using ArCredit.Platform.Journal.Feed;
using ArCredit.Platform.Journal.Reading;
using ArCredit.Platform.Journal.Reading.Postgres;
using ArCredit.Platform.Journal.Reading.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Platform.Journal;

/// <summary>How a host gets its journal.</summary>
public static class JournalRegistration
{
    /// <summary>
    /// Adds <see cref="IGroupCommit"/>, <see cref="IJournalReader"/>, <see cref="ISnapshotStore"/> and <see cref="IFeed"/> on the database of <see cref="DataRegistration.AddArCreditData"/>. Hosted
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
        AddReading(services);
        return services;
    }

    private static void AddReading(IServiceCollection services)
    {
        services.AddSingleton<IJournalQueries>(provider => provider.GetRequiredService<IDatabase>() switch
        {
            PostgresDatabase postgres => new PostgresJournalQueries(postgres),
            SqliteDatabase sqlite => new SqliteJournalQueries(sqlite),
            var other => throw Unknown(other),
        });
        services.AddSingleton<ISnapshotWrites>(provider => provider.GetRequiredService<IDatabase>() switch
        {
            PostgresDatabase postgres => new PostgresSnapshotWrites(postgres),
            SqliteDatabase sqlite => new SqliteSnapshotWrites(sqlite),
            var other => throw Unknown(other),
        });
        services.AddSingleton<IJournalReader, JournalReader>();
        services.AddSingleton<ISnapshotStore, SnapshotStore>();
        services.AddSingleton<FeedRunner>();
        services.AddSingleton<IFeed>(provider => provider.GetRequiredService<FeedRunner>());
        services.AddHostedService(provider => provider.GetRequiredService<FeedRunner>());
    }

    private static IBatchWriter CreateWriter(IServiceProvider provider) =>
        provider.GetRequiredService<IDatabase>() switch
        {
            PostgresDatabase postgres => new PostgresBatchWriter(postgres),
            SqliteDatabase sqlite => new SqliteBatchWriter(sqlite),
            var other => throw Unknown(other),
        };

    private static NotSupportedException Unknown(IDatabase database) => new($"No journal on {database.GetType().Name}.");
}
