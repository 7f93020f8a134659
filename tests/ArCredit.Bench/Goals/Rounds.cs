using ArCredit.Bench.Arms;
using ArCredit.Bench.Measurements;

namespace ArCredit.Bench.Goals;

/// <summary>P1 to P9: all arms up at once, warmed up once, then measured in turns, forwards and backwards.</summary>
internal sealed class Rounds(BenchContext bench, IReadOnlyList<Arm> arms)
{
    /// <summary>The samples, and what the check of each arm found.</summary>
    public Series Series { get; } = new();

    /// <summary>By arm.</summary>
    public List<(string Title, string Found)> Checks { get; } = [];

    /// <summary>The arms these goals need; none = every arm.</summary>
    public static IReadOnlyList<string> ArmsOf(BenchOptions options) => options.Arms.Count > 0 ? options.Arms
        :
        [
            .. options.Goals.Count == 0 ? [ArmNames.Product, ArmNames.Locking, ArmNames.Function, ArmNames.Pgbench, ArmNames.Bare, ArmNames.Pipeline, ArmNames.Check, ArmNames.Silo, ArmNames.Silos]
                : options.Goals.SelectMany(goal => goal switch
                {
                    "P1" => [ArmNames.Product, ArmNames.Locking],
                    "P2" or "P9" => [ArmNames.Product, ArmNames.Function],
                    "P3" => [ArmNames.Product, ArmNames.Pgbench],
                    "P4" => [ArmNames.Product, ArmNames.Bare],
                    "P5" => [ArmNames.Product, ArmNames.Check, ArmNames.Bare],
                    "P6" => [ArmNames.Product],
                    "P7" => [ArmNames.Product, ArmNames.Locking, ArmNames.Function, ArmNames.Pgbench],
                    "P8" => [ArmNames.Product, ArmNames.Pipeline],
                    "C1" => [ArmNames.Product, ArmNames.Silo],
                    "C2" => [ArmNames.Product, ArmNames.Silos],
                    _ => Array.Empty<string>(),
                }).Distinct(StringComparer.Ordinal),
        ];

    /// <summary>Starts and warms up, measures, checks.</summary>
    public async Task RunAsync()
    {
        foreach (var arm in arms)
        {
            await arm.StartAsync(bench.Cancellation);
            await Warming.RunAsync(arm, bench, [.. ShapesOf(arm)]);
        }

        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            // A B, then B A: what drifts while a round lasts drifts for both.
            foreach (var arm in round % 2 == 0 ? arms : arms.Reverse())
            {
                foreach (var shape in ShapesOf(arm))
                {
                    await MeasureAsync(arm, shape, round);
                }
            }
        }

        foreach (var arm in arms)
        {
            var found = await arm.CheckAsync(bench.Cancellation);
            Checks.Add((arm.Title, found));
            BenchContext.Say($"{arm.Title}: {found}");
        }
    }

    private static IReadOnlyList<Shape> ShapesOf(Arm arm) =>
        arm.Name is ArmNames.Bare or ArmNames.Check or ArmNames.Pipeline or ArmNames.Silo or ArmNames.Silos ? [Shape.Uniform] : [Shape.Uniform, Shape.Hot];

    private async Task MeasureAsync(Arm arm, Shape shape, int round)
    {
        var run = new Run(shape, round % (Population.Hot - 1), bench.Options.Connections, bench.Options.Seconds);
        var sample = await arm.MeasureAsync(run, bench.Postgres, bench.Cancellation);
        Series.Add(arm.Name, shape, sample);
        BenchContext.Say(
            $"round {round + 1}: {arm.Title}, {shape}: {sample.Throughput:N0}/s, CPU {sample.CpuMicros:N1} µs each (server {sample.ServerMicros:N1}, database {sample.DatabaseMicros:N1}), reads {sample.Behind.TotalMilliseconds:N0} ms behind");
    }
}
