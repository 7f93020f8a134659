using ArCredit.Bench.Arms;
using ArCredit.Bench.Goals;

namespace ArCredit.Bench.Measurements;

/// <summary>P18: a process is killed and started again on a database of a million accounts; when may the load balancer send it tills?</summary>
internal sealed class StartMeasurement(BenchContext bench) : IMeasurement
{
    public IReadOnlyList<string> Goals => ["P18"];

    public async Task<IReadOnlyList<Outcome>> RunAsync()
    {
        var count = bench.Options.Quick ? 1_100 : 1_000_000;
        await using var product = new ProductServer(await Stored.CreateAsync(bench, "start", count, 0));
        var seconds = new List<double>();
        for (var round = 0; round < Math.Min(3, bench.Options.Rounds); round++)
        {
            await bench.Postgres.CalmDownAsync(bench.Cancellation);
            var began = TimeProvider.System.GetTimestamp();
            await product.StartAsync(bench.Cancellation);
            await product.AwaitReadyAsync(bench.Cancellation);
            seconds.Add(TimeProvider.System.GetElapsedTime(began).TotalSeconds);
            BenchContext.Say($"round {round + 1}: ready after {seconds[^1]:N2} s");
            await product.KillAsync();
        }

        return [new Outcome(Goal.P18, seconds, $"{count:N0} accounts, from the start of the process to /health/ready")];
    }
}
