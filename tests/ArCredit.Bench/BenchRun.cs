using System.Runtime.InteropServices;
using ArCredit.Bench.Arms;
using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;

namespace ArCredit.Bench;

/// <summary>A whole run: arms up, rounds, checks, table.</summary>
internal sealed class BenchRun(BenchOptions options, BenchPostgres postgres, Wrk wrk, CancellationToken cancellation)
{
    private const int Interrupted = 130;
    private readonly Dictionary<(Arm Arm, Shape Shape), List<Sample>> samples = [];

    public static async Task<int> RunAsync(BenchOptions options)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await using var postgres = new BenchPostgres(
                Environment.GetEnvironmentVariable("ARCREDIT_TEST_POSTGRES") is { Length: > 0 } server ? server : throw new BenchException("ARCREDIT_TEST_POSTGRES names no server"));
            await postgres.OpenAsync(stop.Token);
            using var wrk = new Wrk();
            return await new BenchRun(options, postgres, wrk, stop.Token).RunAsync();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static void Say(string line) => Console.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss} {line}");

    private async Task<int> RunAsync()
    {
        Say("PostgreSQL: " + string.Join(", ", (await postgres.ReadSettingsAsync(cancellation)).Select(setting => $"{setting.Name}={setting.Value}")));
        var arms = Choose();
        try
        {
            foreach (var arm in arms)
            {
                await arm.StartAsync(cancellation);
                Say($"{arm.Title}: started");
                await WarmAsync(arm);
            }

            for (var round = 0; round < options.Rounds; round++)
            {
                // A B, then B A: what drifts while a round lasts drifts for both.
                foreach (var arm in round % 2 == 0 ? arms : arms.AsEnumerable().Reverse())
                {
                    foreach (var shape in Shapes(arm))
                    {
                        await MeasureAsync(arm, shape, round);
                    }
                }
            }

            foreach (var arm in arms)
            {
                Say($"{arm.Title}: {await arm.CheckAsync(cancellation)}");
            }
        }
        finally
        {
            foreach (var arm in arms)
            {
                await arm.DisposeAsync();
            }
        }

        Print();
        return 0;
    }

    private List<Arm> Choose()
    {
        Arm[] all =
        [
            new ProductArm("product", "A ArCredit", wrk, postgres),
            new RivalArm("locking", "(a) select for update", wrk, postgres),
            new RivalArm("function", "(a') one function", wrk, postgres),
            new BareArm(wrk),
            new CheckArm(wrk, postgres),
        ];
        return [.. all.Where(arm => options.Arms.Count == 0 || options.Arms.Contains(arm.Name, StringComparer.Ordinal))];
    }

    private static IEnumerable<Shape> Shapes(Arm arm) => arm is BareArm or CheckArm ? [Shape.Uniform] : [Shape.Uniform, Shape.Hot];

    private async Task WarmAsync(Arm arm)
    {
        var (calls, began) = (0L, TimeProvider.System.GetTimestamp());
        do
        {
            var run = new Run(Shape.Uniform, Population.Hot - 1, options.Connections, Math.Min(options.Seconds, 10));
            calls += (await arm.MeasureAsync(run, postgres, cancellation)).Load.Answered;
        }
        while (TimeProvider.System.GetElapsedTime(began).TotalSeconds < options.WarmSeconds || calls < options.WarmCalls);
        Say($"{arm.Title}: warmed up by {calls:N0} calls");
    }

    private async Task MeasureAsync(Arm arm, Shape shape, int round)
    {
        var sample = await arm.MeasureAsync(new Run(shape, round, options.Connections, options.Seconds), postgres, cancellation);
        if (!samples.TryGetValue((arm, shape), out var list))
        {
            samples[(arm, shape)] = list = [];
        }

        list.Add(sample);
        Say($"round {round + 1} {arm.Title} {shape}: {sample.Throughput:N0}/s, CPU {sample.CpuMicros:N0} us/op (server {sample.ServerMicros:N0}, database {sample.DatabaseMicros:N0}), reads {sample.Behind.TotalMilliseconds:N0} ms behind");
    }

    private void Print()
    {
        foreach (var ((arm, shape), list) in samples)
        {
            Console.WriteLine($"{arm.Title,-24} {shape,-8} {Median(list, s => s.Throughput),9:N0}/s {Median(list, s => s.CpuMicros),8:N1} us/op = {Median(list, s => s.ServerMicros),8:N1} server + {Median(list, s => s.DatabaseMicros),8:N1} database");
        }
    }

    private static double Median(List<Sample> list, Func<Sample, double> value)
    {
        var sorted = list.Select(value).Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
