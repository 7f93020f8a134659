using ArCredit.Accounts.Projections;
using ArCredit.Accounts.Tests.Domain.Model;
using ArCredit.Platform.Data;
using ArCredit.Platform.Data.Sqlite;
using ArCredit.Platform.Journal;
using ArCredit.Platform.Journal.Commit;
using ArCredit.Platform.Journal.Commit.Sqlite;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>Over the real journal, lanes, reader, snapshots, feed and projection on SQLite; each node has lanes of its own.</summary>
internal sealed class SqliteStage : Stage
{
    private readonly TestDatabase files;
    private readonly IHost host;
    private readonly List<GroupCommit> lanes = [];

    private SqliteStage(int seed, ModelTerms terms, INodes hosts, bool several, TestDatabase files, IHost host)
        : base(seed, terms, hosts, several) => (this.files, this.host) = (files, host);

    public override IJournalReader Journal => Get<IJournalReader>();

    public static async Task<SqliteStage> StartAsync(int seed, ModelTerms terms, INodes hosts, int nodes)
    {
        var files = await TestDatabase.CreateAsync(Dialect.Sqlite);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();

        // Nobody pulls the plug here, so that nothing has to wait for the disk.
        builder.Services.AddArCreditData(files.Options with
        {
            ConnectionString = $"Data Source={Path.Combine(files.Options.DataDirectory, "history.db")};Synchronous=OFF",
            UnsafeDurability = true,
        });
        builder.Services.AddArCreditJournal(new JournalOptions());
        builder.Services.AddMigrations(typeof(AccountProjection).Assembly);
        builder.Services.AddSingleton<IProjection, AccountProjection>();
        var stage = new SqliteStage(seed, terms, hosts, nodes > 1, files, builder.Build());
        await stage.host.StartAsync();
        for (var node = 0; node < nodes; node++)
        {
            await stage.AddNodeAsync();
        }

        await stage.StartNodesAsync();
        return stage;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var lane in lanes)
        {
            await lane.StopAsync(CancellationToken.None);
            lane.Dispose();
        }

        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        await files.DisposeAsync();
    }

    private async Task AddNodeAsync()
    {
        var lane = new GroupCommit(
            Get<IDatabase>(), () => new UnreliableWriter(new SqliteBatchWriter(Get<SqliteDatabase>()), Faults, () => Technical.Pass(BeyondDeadline)),
            Get<JournalOptions>(), Get<LaneReports>(), NullLogger<GroupCommit>.Instance);
        await lane.StartAsync(CancellationToken.None);
        lanes.Add(lane);
        AddNode(lane, Get<ISnapshotStore>(), new DocumentReader(Get<IFeed>(), Get<IDatabase>(), Journal));
    }

    private T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();
}
