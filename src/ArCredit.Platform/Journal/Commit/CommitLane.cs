using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Journal.Commit;

/// <summary>
/// One connection, one thread, one batch in flight. It sends whatever is waiting as soon as it is idle: no timer, so an
/// unloaded till waits for nothing and a loaded one shares its commit with hundreds.
/// </summary>
internal sealed class CommitLane : IDisposable
{
    private static readonly TimeSpan ReconnectInterval = TimeSpan.FromMilliseconds(500);
    private readonly ManualResetEventSlim wake = new(false);
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BrokenChains broken = new();
    private readonly List<Intake> intakes = [];
    private readonly string name;
    private readonly IBatchWriter writer;
    private readonly BatchSettler settler;
    private readonly BatchBuilder builder;
    private readonly LaneReports reports;
    private bool started;
    private volatile bool closing;

    public CommitLane(string name, IBatchWriter writer, LaneReports reports, ILogger log)
    {
        this.name = name;
        this.writer = writer;
        this.reports = reports;
        settler = new BatchSettler(writer, broken, name, log);
        builder = new BatchBuilder(broken);
    }

    /// <summary>False while the database does not take this lane's batches.</summary>
    public bool IsHealthy => settler.IsHealthy;

    /// <summary>Entries waiting, for the meter.</summary>
    public Measurement<int> Depth => new(intakes.Sum(intake => intake.Inbox.Count), new KeyValuePair<string, object?>("lane", name));

    /// <summary>Adds a queue; earlier ones go into a batch first. Before <see cref="Start"/>.</summary>
    public Inbox AddInbox(int capacity, int batchRows)
    {
        var inbox = new Inbox(capacity, wake);
        intakes.Add(new Intake(inbox, batchRows));
        return inbox;
    }

    public void Start()
    {
        started = true;
        new Thread(Run) { IsBackground = true, Name = "journal lane " + name }.Start();
    }

    /// <summary>Takes nothing more, empties its queues, and gives up when <paramref name="cancellation"/> says so.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        intakes.ForEach(intake => intake.Inbox.Close());
        closing = true;
        wake.Set();
        if (!started)
        {
            return;
        }

        await using (cancellation.UnsafeRegister(source => ((CancellationTokenSource)source!).Cancel(), stop))
        {
            await finished.Task;
        }
    }

    public void Dispose()
    {
        if (started && !finished.Task.IsCompleted)
        {
            // Never stopped properly: the thread still needs what would be disposed.
            stop.Cancel();
            return;
        }

        stop.Dispose();
        wake.Dispose();
    }

    private void Run()
    {
        try
        {
            settler.TryOpen();
            while (Next() is { } batch)
            {
                var began = reports.Time.GetTimestamp();
                settler.Settle(batch, stop.Token);
                if (settler.RowsCommitted > 0)
                {
                    reports.Meters.Committed(name, settler.RowsCommitted, reports.Time.GetElapsedTime(began));
                    reports.Signal.Raise();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The stop did not wait for an outcome that would not come; those entries keep none.
        }
        finally
        {
            writer.Dispose();
            finished.SetResult();
        }
    }

    /// <summary>Waits for work; null when the lane is closing and everything is done.</summary>
    private Batch? Next()
    {
        while (true)
        {
            wake.Reset();
            foreach (var intake in intakes)
            {
                intake.Fill(builder);
            }

            if (builder.Build() is { } batch)
            {
                return batch;
            }

            if (!intakes.TrueForAll(intake => intake.IsEmpty))
            {
                continue;
            }

            if (closing)
            {
                return null;
            }

            if (settler.IsHealthy)
            {
                wake.Wait(stop.Token);
            }
            else if (!wake.Wait(ReconnectInterval, stop.Token))
            {
                settler.TryOpen();
            }
        }
    }
}

/// <summary>Whom the lanes tell what they did.</summary>
internal sealed record LaneReports(JournalMeters Meters, CommitSignal Signal, TimeProvider Time);
