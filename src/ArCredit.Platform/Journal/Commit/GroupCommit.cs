using ArCredit.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Journal.Commit;

/// <summary>The lanes of this process. SQLite: one lane with two queues, tills first. PostgreSQL: some for tills, one for bulk.</summary>
internal sealed class GroupCommit : IGroupCommit, IHostedService, IDisposable
{
    private readonly CommitLane[] lanes;
    private readonly Inbox[] tills;
    private readonly Inbox bulk;
    private readonly TimeSpan drainTimeout;

    public GroupCommit(
        IDatabase database, Func<IBatchWriter> writers, JournalOptions options, LaneReports reports, ILogger<GroupCommit> log)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueCapacity, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TillLanes, 1);
        drainTimeout = options.DrainTimeout;
        if (database.Dialect == Dialect.Sqlite)
        {
            var lane = new CommitLane("sqlite", writers(), reports, log);
            lanes = [lane];
            tills = [lane.AddInbox(options.QueueCapacity, options.BatchRows)];
            bulk = lane.AddInbox(options.QueueCapacity, options.BulkBatchRows);
        }
        else
        {
            lanes = new CommitLane[options.TillLanes + 1];
            tills = new Inbox[options.TillLanes];
            for (var i = 0; i < tills.Length; i++)
            {
                lanes[i] = new CommitLane($"till-{i}", writers(), reports, log);
                tills[i] = lanes[i].AddInbox(options.QueueCapacity, options.BatchRows);
            }

            lanes[^1] = new CommitLane("bulk", writers(), reports, log);
            bulk = lanes[^1].AddInbox(options.QueueCapacity, options.BulkBatchRows);
        }

        reports.Meters.ObserveQueues(() => lanes.Select(lane => lane.Depth));
    }

    public bool IsHealthy => Array.TrueForAll(lanes, lane => lane.IsHealthy);

    public ILane LaneFor(string accountId, bool bulk) =>
        bulk ? this.bulk : tills[(string.GetHashCode(accountId) & int.MaxValue) % tills.Length];

    public void Dispose() => Array.ForEach(lanes, lane => lane.Dispose());

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Array.ForEach(lanes, lane => lane.Start());
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(drainTimeout);
        await Task.WhenAll(lanes.Select(lane => lane.StopAsync(limit.Token)));
    }
}
