using ArCredit.Platform.Data;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Journal.Reading;

/// <summary>Writes snapshots, those that wait together in one transaction.</summary>
internal sealed partial class SnapshotStore : ISnapshotStore
{
    private readonly Batcher<SnapshotWrite, bool> saves;
    private readonly ISnapshotWrites writes;
    private readonly ILogger<SnapshotStore> log;

    public SnapshotStore(ISnapshotWrites writes, ILogger<SnapshotStore> log)
    {
        this.writes = writes;
        this.log = log;
        saves = new(64, 1, SaveManyAsync);
    }

    public async Task<bool> SaveAsync(SnapshotWrite snapshot, CancellationToken cancellation)
    {
        try
        {
            return await saves.AskAsync(snapshot, cancellation);
        }
        catch (Exception error) when (DatabaseOutage.Is(error))
        {
            LogNotSaved(error, snapshot.Head.AccountId, snapshot.Head.Version);
            return false;
        }
    }

    private async Task<IReadOnlyList<bool>> SaveManyAsync(IReadOnlyList<SnapshotWrite> all)
    {
        var stored = new bool[all.Count];
        var left = Enumerable.Range(0, all.Count).ToList();
        while (left.Count > 0)
        {
            // One of an account in each transaction, the others behind it, in order; sorted, so that nodes cannot deadlock.
            var round = left.DistinctBy(i => all[i].Head.AccountId).OrderBy(i => all[i].Head.AccountId, StringComparer.Ordinal).ToList();
            var answers = await writes.SaveAsync(round.ConvertAll(i => all[i]));
            for (var i = 0; i < round.Count; i++)
            {
                stored[round[i]] = answers[i];
            }

            left.RemoveAll(new HashSet<int>(round).Contains);
        }

        return stored;
    }

    [LoggerMessage(LogLevel.Warning, "The snapshot of account {AccountId} at version {Version} was not saved")]
    private partial void LogNotSaved(Exception error, string accountId, long version);
}
