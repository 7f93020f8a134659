using System.Diagnostics;

namespace ArCredit.Bench.Load;

/// <summary>
/// Sends at a fixed rate whatever the server does. A request that finds all connections busy waits here, and that wait is
/// part of its latency.
/// </summary>
internal sealed class OpenLoop : IDisposable
{
    private readonly Caller[] callers;
    private readonly Stack<Caller> free = new();
    private readonly Queue<(byte[] Request, long Due)> waiting = new();
    private readonly TaskCompletionSource<Exception?> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int busy;
    private long acknowledged;

    private OpenLoop(Caller[] callers) => this.callers = callers;

    /// <summary>Operations acknowledged by all runs.</summary>
    public long Acknowledged => Interlocked.Read(ref acknowledged);

    public static async Task<OpenLoop> ConnectAsync(Uri server, int connections, CancellationToken cancellation)
    {
        var callers = new Caller[connections];
        for (var i = 0; i < connections; i++)
        {
            callers[i] = await Caller.ConnectAsync(server, cancellation);
        }

        var loop = new OpenLoop(callers);
        Array.ForEach(callers, loop.free.Push);
        return loop;
    }

    /// <summary>Sends the requests evenly at <paramref name="rate"/> a second until they are all out or it is told to stop; every answer sent for is awaited.</summary>
    public async Task<Latencies> RunAsync(IReadOnlyList<byte[]> requests, double rate, Func<bool>? isOver, CancellationToken cancellation)
    {
        var latencies = new Latencies(requests.Count);
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            Send(requests, rate, isOver, latencies, cancellation);
            sent.SetResult();
        })
        { IsBackground = true, Name = "open loop" };
        thread.Start();
        await sent.Task;
        using var drained = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (Volatile.Read(ref busy) > 0 && !failed.Task.IsCompleted)
        {
            await drained.WaitForNextTickAsync(cancellation);
        }

        cancellation.ThrowIfCancellationRequested();
        return failed.Task.IsCompleted ? throw new BenchException("A request of the open loop failed.", await failed.Task) : latencies;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(callers, caller => caller.Dispose());

    private void Send(IReadOnlyList<byte[]> requests, double rate, Func<bool>? isOver, Latencies latencies, CancellationToken cancellation)
    {
        Pace.MakeExact();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < requests.Count && isOver?.Invoke() != true && !failed.Task.IsCompleted && !cancellation.IsCancellationRequested; i++)
        {
            var due = began + (long)(i / rate * Stopwatch.Frequency);
            Pace.WaitUntil(due);
            Interlocked.Increment(ref busy);
            Caller? caller;
            lock (free)
            {
                if (!free.TryPop(out caller))
                {
                    waiting.Enqueue((requests[i], due));
                }
            }

            if (caller is not null)
            {
                _ = AskAsync(caller, requests[i], due, latencies, cancellation);
            }
        }
    }

    private async Task AskAsync(Caller caller, byte[] request, long due, Latencies latencies, CancellationToken cancellation)
    {
        try
        {
            for (var more = true; more;)
            {
                var status = await caller.AskAsync(request, cancellation);
                if (status > 399)
                {
                    throw new BenchException($"Answered {caller.LastAnswer}");
                }

                latencies.Add(due);
                Interlocked.Increment(ref acknowledged);
                Interlocked.Decrement(ref busy);
                lock (free)
                {
                    more = waiting.TryDequeue(out var next);
                    (request, due) = next;
                    if (!more)
                    {
                        free.Push(caller);
                    }
                }
            }
        }
        catch (Exception failure)
        {
            failed.TrySetResult(failure);
        }
    }
}
