using ArCredit.Platform.Data;
using ArCredit.Platform.Journal.Commit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Journal.Feed;

/// <summary>Runs every projection, each at its own pace.</summary>
internal sealed class FeedRunner : BackgroundService, IFeed
{
    private readonly ProjectionLoop[] loops;
    private readonly FeedSource source;

    public FeedRunner(
        IEnumerable<IProjection> projections,
        IDatabase database,
        DatabaseEpoch epoch,
        CommitSignal signal,
        JournalOptions options,
        TimeProvider time,
        ILogger<FeedRunner> log)
    {
        source = new FeedSource(database);
        loops = [.. projections.Select(projection => new ProjectionLoop(projection, source, database, epoch, options, time, log))];
        signal.Subscribe(() => Array.ForEach(loops, loop => loop.Wake()));
    }

    public async Task CatchUpAsync(CancellationToken cancellation)
    {
        if (loops.Length == 0)
        {
            return;
        }

        var target = await source.ReadTargetAsync(cancellation);
        await Task.WhenAll(loops.Select(loop => loop.ReachAsync(target, cancellation)));
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await source.RequireReachableAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        Array.ForEach(loops, loop => loop.Dispose());
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(loops.Select(loop => Task.Run(() => loop.RunAsync(stoppingToken), CancellationToken.None)));
}
