using ArCredit.Bench.Arms;

namespace ArCredit.Bench.Measurements;

/// <summary>The protocol's warm-up: once per process.</summary>
internal static class Warming
{
    /// <summary>For as long and as many calls as the options say, mostly uniform.</summary>
    public static async Task RunAsync(Arm arm, BenchContext bench, params Shape[] shapes)
    {
        var (calls, began) = (0L, TimeProvider.System.GetTimestamp());
        do
        {
            foreach (var shape in shapes.Length > 0 ? shapes : [Shape.Uniform])
            {
                // The hot account's lock would make a warm-up of a rival very long.
                var seconds = shape == Shape.Hot ? 1 : Math.Min(bench.Options.Seconds, 10);
                calls += (await arm.MeasureAsync(new Run(shape, Population.Hot - 1, bench.Options.Connections, seconds), bench.Postgres, bench.Cancellation)).Load.Answered;
            }
        }
        while (TimeProvider.System.GetElapsedTime(began).TotalSeconds < bench.Options.WarmSeconds || calls < bench.Options.WarmCalls);
        BenchContext.Say($"{arm.Title}: up, warmed up by {calls:N0} calls in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:N0} s");
    }
}
