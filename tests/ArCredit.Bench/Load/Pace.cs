using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ArCredit.Bench.Load;

/// <summary>Waits to within some microseconds of an instant without burning a processor; .NET's own timers are a millisecond off.</summary>
internal static class Pace
{
    private const int SetTimerSlack = 29;
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Makes the sleeps of the calling thread exact: by default the kernel may be 50 µs late.</summary>
    public static void MakeExact() => _ = prctl(SetTimerSlack, 1, 0, 0, 0);

    /// <summary>Returns at <paramref name="timestamp"/> of <see cref="Stopwatch"/>, or at once when that is past.</summary>
    public static void WaitUntil(long timestamp)
    {
        if (timestamp - Stopwatch.GetTimestamp() is var left and > 0)
        {
            var nanos = (long)(left * ((double)NanosPerSecond / Stopwatch.Frequency));
            var time = new TimeSpec { Seconds = nanos / NanosPerSecond, Nanos = nanos % NanosPerSecond };
            _ = nanosleep(in time, IntPtr.Zero);
        }
    }

    [DllImport("libc")]
    private static extern int nanosleep(in TimeSpec time, IntPtr rest);

    [DllImport("libc")]
    private static extern int prctl(int option, nuint value, nuint none1, nuint none2, nuint none3);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }
}
