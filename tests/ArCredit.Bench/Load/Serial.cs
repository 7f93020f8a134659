using System.Diagnostics;

namespace ArCredit.Bench.Load;

/// <summary>One call after the other at a low rate, on a thread of its own and synchronously: what a call takes when nothing else goes on.</summary>
internal static class Serial
{
    /// <summary>Latencies from the sending of each call; a call that comes late because the one before took long is not counted twice.</summary>
    public static Task<Latencies> RunAsync(int rate, int count, Action<int> call, CancellationToken cancellation)
    {
        var measured = new TaskCompletionSource<Latencies>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                measured.SetResult(Run(rate, count, call, cancellation));
            }
            catch (Exception failure)
            {
                measured.SetException(failure);
            }
        })
        { IsBackground = true, Name = "serial" }.Start();
        return measured.Task;
    }

    private static Latencies Run(int rate, int count, Action<int> call, CancellationToken cancellation)
    {
        Pace.MakeExact();
        var (latencies, began) = (new Latencies(count), Stopwatch.GetTimestamp());
        for (var i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Pace.WaitUntil(began + (long)((double)i / rate * Stopwatch.Frequency));
            var sent = Stopwatch.GetTimestamp();
            call(i);
            latencies.Add(sent);
        }

        return latencies;
    }
}
