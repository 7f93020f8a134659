using ArCredit.Bench.Arms;
using ArCredit.Bench.Goals;
using ArCredit.Bench.Rivals;

namespace ArCredit.Bench.Measurements;

/// <summary>P14: the product on SQLite as it ships against the same product with one commit per request.</summary>
internal sealed class SqliteMeasurement(BenchContext bench) : IMeasurement
{
    private const int Accounts = 1_000;

    public IReadOnlyList<string> Goals => ["P14"];

    public async Task<IReadOnlyList<Outcome>> RunAsync()
    {
        // Fewer accounts: with a commit each, even making them takes its time.
        var small = bench with { Population = new Population(Accounts) };
        await using var group = new SqliteArm(ProductVariant.Group, "SQLite, group commit", small);
        await using var single = new SqliteArm(ProductVariant.Single, "SQLite, a commit per request", small);
        SqliteArm[] arms = [group, single];
        foreach (var arm in arms)
        {
            await arm.StartAsync(bench.Cancellation);
            BenchContext.Say($"{arm.Title}: {arm.Settings}");
            await Warming.RunAsync(arm, bench with { Options = bench.Options with { WarmCalls = 0 } });
        }

        if (group.Settings != single.Settings)
        {
            throw new BenchException($"SQLite is durable in different ways: {group.Settings} and {single.Settings}");
        }

        var throughputs = arms.ToDictionary(arm => arm, _ => new List<double>());
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            foreach (var arm in round % 2 == 0 ? arms : arms.Reverse())
            {
                var sample = await arm.MeasureAsync(new Run(Shape.Uniform, round, bench.Options.Connections, bench.Options.Seconds), bench.Postgres, bench.Cancellation);
                throughputs[arm].Add(sample.Throughput);
                BenchContext.Say($"round {round + 1}: {arm.Title}: {sample.Throughput:N0}/s, CPU {sample.ServerMicros:N1} µs each");
            }
        }

        foreach (var arm in arms)
        {
            BenchContext.Say($"{arm.Title}: {await arm.CheckAsync(bench.Cancellation)}");
        }

        return
        [
            new Outcome(
                Goal.P14, [.. throughputs[group].Zip(throughputs[single], (many, one) => many / one)],
                $"{Outcome.MedianOf(throughputs[group]):N0}/s ÷ {Outcome.MedianOf(throughputs[single]):N0}/s, both {group.Settings}"),
        ];
    }
}
