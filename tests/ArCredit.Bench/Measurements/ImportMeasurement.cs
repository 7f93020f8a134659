using ArCredit.Bench.Arms;
using ArCredit.Bench.Goals;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Measurements;

/// <summary>P15: tills at a moderate rate while a file of invoices is imported for the same accounts, against the same tills alone.</summary>
internal sealed class ImportMeasurement(BenchContext bench) : IMeasurement
{
    private const double Share = 0.15;
    private const int LongestSeconds = 120;
    private int imported;

    public IReadOnlyList<string> Goals => ["P15"];

    public async Task<IReadOnlyList<Outcome>> RunAsync()
    {
        var rows = bench.Options.Quick ? 1_000 : 100_000;
        await using var lease = await ProductLease.TakeAsync(bench, "import", "A ArCredit, import");
        var arm = lease.Arm;
        var most = (await arm.MeasureAsync(new Run(Shape.Uniform, 0, bench.Options.Connections, bench.Options.Seconds), bench.Postgres, bench.Cancellation)).Throughput;
        var rate = Math.Max(50, most * Share);
        using var loop = await OpenLoop.ConnectAsync(arm.Product.Process.Address, bench.Options.Connections, bench.Cancellation);
        var requests = new Requests(arm.Product.TillKey);

        // The import's own code is warm as well.
        await ImportAsync(arm, bench.Population.Uniform);
        var (ratios, alone, beside) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Math.Min(3, bench.Options.Rounds); round++)
        {
            // Alone, import, alone: what drifts drifts for both.
            var before = await TillsAsync(loop, requests, rate, null);
            var during = await TillsAsync(loop, requests, rate, ImportAsync(arm, rows));
            await arm.Product.SettleAsync(bench.Cancellation);
            var after = await TillsAsync(loop, requests, rate, null);
            alone.Add((before + after) / 2);
            beside.Add(during);
            ratios.Add(during / alone[^1]);
            BenchContext.Say($"round {round + 1}: tills at {rate:N0}/s, p99 {alone[^1]:N2} ms alone, {during:N2} ms during an import of {rows:N0} rows");
        }

        await lease.CheckAsync(loop.Acknowledged);
        return [new Outcome(Goal.P15, ratios, $"{Outcome.MedianOf(beside):N2} ms ÷ {Outcome.MedianOf(alone):N2} ms at {rate:N0}/s of {most:N0}/s")];
    }

    /// <summary>p99 in milliseconds, for as long as the import takes or else as a run is long.</summary>
    private async Task<double> TillsAsync(OpenLoop loop, Requests requests, double rate, Task? import)
    {
        var seconds = import is null ? bench.Options.Seconds : LongestSeconds;
        var prefix = Population.Prefix(Shape.Uniform, 0);
        var all = Enumerable.Range(0, (int)(rate * seconds)).Select(_ => requests.Reserve($"{prefix}{Population.FirstNumber + Random.Shared.Next(bench.Population.Uniform)}")).ToArray();
        var latencies = await loop.RunAsync(all, rate, import is null ? null : () => import.IsCompleted, bench.Cancellation);
        if (import is not null)
        {
            await import;
        }

        return latencies.Percentile(0.99);
    }

    private Task<long> ImportAsync(ProductArm arm, int rows)
    {
        var (first, prefix) = (imported, Population.Prefix(Shape.Uniform, 0));
        imported += rows;
        return arm.Product.ImportAsync(
            "invoices",
            Enumerable.Range(first, rows).Select(i => Stored.Invoice($"{prefix}{Population.FirstNumber + (i % bench.Population.Uniform)}", i)),
            bench.Cancellation);
    }
}
