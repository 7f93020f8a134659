using System.Diagnostics;

namespace ArCredit.Bench.Load;

/// <summary>Every latency of a run, exactly: a run has few enough of them.</summary>
internal sealed class Latencies(int capacity)
{
    private readonly long[] ticks = new long[capacity];
    private int count;
    private bool sorted;

    public int Count => count;

    /// <summary>From when the request was due, not from when it was sent: a stall counts for all that it kept waiting.</summary>
    public void Add(long due)
    {
        var taken = Stopwatch.GetTimestamp() - due;
        ticks[Interlocked.Increment(ref count) - 1] = taken;
    }

    /// <summary>In milliseconds. Only once nothing is added any more.</summary>
    /// <param name="share">0.5 for the median.</param>
    public double Percentile(double share)
    {
        if (!sorted)
        {
            Array.Sort(ticks, 0, count);
            sorted = true;
        }

        return ticks[Math.Clamp((int)Math.Ceiling(share * count) - 1, 0, count - 1)] * 1000d / Stopwatch.Frequency;
    }
}
