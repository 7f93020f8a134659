using System.Diagnostics.Metrics;

namespace ArCredit.Platform.Journal.Commit;

/// <summary>What the commit path tells the outside; meter "ArCredit.Journal".</summary>
internal sealed class JournalMeters
{
    private readonly Meter meter;
    private readonly Histogram<int> batchRows;
    private readonly Histogram<double> commitSeconds;

    public JournalMeters(IMeterFactory factory)
    {
        meter = factory.Create("ArCredit.Journal");
        batchRows = meter.CreateHistogram<int>("arcredit.journal.batch.rows", "{row}", "Rows committed by one batch");
        commitSeconds = meter.CreateHistogram<double>("arcredit.journal.commit.duration", "s", "From a batch's first send to its last outcome");
    }

    public void ObserveQueues(Func<IEnumerable<Measurement<int>>> depths) =>
        meter.CreateObservableGauge("arcredit.journal.queue.depth", depths, "{entry}", "Entries waiting in a lane's queue");

    public void Committed(string lane, int rows, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("lane", lane);
        batchRows.Record(rows, tag);
        commitSeconds.Record(duration.TotalSeconds, tag);
    }
}
