using System.Diagnostics.Metrics;
using System.Threading.Channels;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Accounts.Features.Decisions;

/// <summary>
/// Writes the records of credit checks behind the checks' backs, in blocks that grow with load. A check earmarks nothing, so
/// losing its record in a crash loses no money; making it wait for a commit would lose the till its time. When checks come
/// faster than the database takes them they wait for room, and are refused rather than answered without a record.
/// </summary>
internal sealed partial class CheckRecorder(IDatabase database, TimeProvider time, ILogger<CheckRecorder> log) : BackgroundService, ICheckRecorder
{
    private const int BlockSize = 2048;
    private const int Capacity = BlockSize;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoomPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Records gather for a moment: a block of a few costs the database as much as one of hundreds.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(25);

    private const string Insert =
        """
        insert into credit_check_block (first_id, last_id, checks, body)
        values (@FirstId, @LastId, @Checks, @Body)
        on conflict (first_id) do nothing
        """;

    private readonly Channel<Queued> queue = Channel.CreateBounded<Queued>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly SemaphoreSlim demanded = new(0);
    private readonly Meter meter = new("ArCredit.Accounts");
    private Counter<long>? lost;

    private Counter<long> Lost => lost ??= meter.CreateCounter<long>("arcredit.checks.lost", description: "Credit checks whose record was not written.");

    public ValueTask<bool> RecordAsync(AccountId account, DecisionRecord decision, string by, CancellationToken cancellation)
    {
        var queued = new Queued(new CheckRecord(account, by, decision), null);
        return queue.Writer.TryWrite(queued) ? ValueTask.FromResult(true) : WaitForRoomAsync(queued, cancellation);
    }

    /// <summary>
    /// Returns when everything recorded before the call is written or lost; 503 when that takes longer than 5 s, as it does while
    /// the database is away.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await WrittenAsync(either.Token);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new ServiceUnavailableException("READS_BEHIND", Patience, cause: late);
        }
    }

    // What is queued is written at once.
    private void Demand()
    {
        // Two at once may both release: that is one short wait too few and no harm.
        if (demanded.CurrentCount == 0)
        {
            demanded.Release();
        }
    }

    private async ValueTask<bool> WaitForRoomAsync(Queued queued, CancellationToken cancellation)
    {
        Demand();
        using var deadline = new CancellationTokenSource(RoomPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await queue.Writer.WriteAsync(queued, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    private async Task WrittenAsync(CancellationToken cancellation)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (await queue.Writer.WaitToWriteAsync(cancellation))
        {
            if (queue.Writer.TryWrite(new Queued(null, written)))
            {
                Demand();
                await written.Task.WaitAsync(cancellation);
                return;
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is queued is still written before the base cancels: it would even keep a loop that just began from running.
        queue.Writer.TryComplete();
        Demand();
        await Task.WhenAny(ExecuteTask ?? Task.CompletedTask, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        meter.Dispose();
        demanded.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var packer = new CheckPacker();
        var block = new List<Queued>(BlockSize);
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            if (queue.Reader.Count < BlockSize / 2)
            {
                await demanded.WaitAsync(Linger, CancellationToken.None);
            }

            block.Clear();
            while (block.Count < BlockSize && queue.Reader.TryRead(out var next))
            {
                block.Add(next);
            }

            await WriteAsync([.. packer.Pack([.. block.Select(queued => queued.Record).OfType<CheckRecord>()])], stoppingToken);
            foreach (var waiting in block)
            {
                waiting.Written?.TrySetResult();
            }
        }
    }

    private async Task WriteAsync(List<CheckBlock> blocks, CancellationToken stopping)
    {
        for (var waits = false; blocks.Count > 0; waits = true)
        {
            try
            {
                await using var session = await database.BeginDerivedWriteAsync(CancellationToken.None);
                await session.Connection.ExecuteAsync(Insert, blocks, session.Transaction);
                await session.CommitAsync(CancellationToken.None);
                return;
            }
            catch (Exception failure) when (DatabaseOutage.Is(failure))
            {
                // The ids make a repeat harmless, whether or not the block went in. While it waits no more checks are answered
                // than the queue takes, so an outage loses none.
                if (stopping.IsCancellationRequested || DatabaseOutage.IsStatementRefused(failure))
                {
                    var checks = blocks.Sum(each => each.Checks);
                    Lost.Add(checks);
                    LogLost(checks, failure);
                    return;
                }

                if (!waits)
                {
                    LogWaits(failure);
                }
            }

            await Task.Delay(Pause, time, stopping).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Records of credit checks wait for the database")]
    private partial void LogWaits(Exception failure);

    [LoggerMessage(LogLevel.Error, "{Count} records of credit checks could not be written and are lost")]
    private partial void LogLost(int count, Exception failure);

    /// <summary>A check to write, or a mark that somebody waits for.</summary>
    private readonly record struct Queued(CheckRecord? Record, TaskCompletionSource? Written);
}
