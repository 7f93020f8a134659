using ArCredit.Bench.Arms;
using ArCredit.Bench.Goals;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Measurements;

/// <summary>P10 and P11: reservations at a fixed rate, alone and at half of what the product can take, beside one durable round trip.</summary>
internal sealed class LatencyMeasurement(BenchContext bench) : IMeasurement
{
    private const int UnloadedRate = 100;
    private const int UnloadedSeconds = 3;
    private const double Share = 0.5;
    private readonly List<double> high = [], highest = [], trips = [];

    public IReadOnlyList<string> Goals => ["P10", "P11"];

    public async Task<IReadOnlyList<Outcome>> RunAsync()
    {
        var cancellation = bench.Cancellation;
        await using var lease = await ProductLease.TakeAsync(bench, "latency", "A ArCredit, latency");
        var arm = lease.Arm;
        var most = (await arm.MeasureAsync(new Run(Shape.Uniform, 0, bench.Options.Connections, bench.Options.Seconds), bench.Postgres, cancellation)).Throughput;
        var rate = Math.Max(UnloadedRate, most * Share);
        var requests = new Requests(arm.Product.TillKey);
        using var loop = await OpenLoop.ConnectAsync(arm.Product.Process.Address, bench.Options.Connections, cancellation);
        using var alone = await Caller.ConnectAsync(arm.Product.Process.Address, cancellation);
        await using var trip = await DurableTrip.OpenAsync(bench);

        var (p50, p99, p999, one) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            // Trip, product, trip: both see the same machine.
            var before = await trip.MeasureAsync(UnloadedRate, UnloadedSeconds * UnloadedRate / 2);
            p50.Add(await UnloadedAsync(alone, requests));
            one.Add((before + await trip.MeasureAsync(UnloadedRate, UnloadedSeconds * UnloadedRate / 2)) / 2);
            await bench.Postgres.CalmDownAsync(cancellation);
            var loaded = await HalfLoadAsync(loop, requests, rate);
            p99.Add(loaded.Percentile(0.99));
            p999.Add(loaded.Percentile(0.999));
            high.Add(p99[^1] / p50[^1]);
            highest.Add(p999[^1] / p50[^1]);
            trips.Add(p50[^1] / one[^1]);
            BenchContext.Say($"round {round + 1}: unloaded p50 {p50[^1]:N2} ms, durable round trip {one[^1]:N2} ms, at {rate:N0}/s p50 {loaded.Percentile(0.5):N2}, p99 {p99[^1]:N2}, p99.9 {p999[^1]:N2} ms");
        }

        await lease.CheckAsync(loop.Acknowledged + (bench.Options.Rounds * UnloadedRate * UnloadedSeconds));
        var made = $"at {rate:N0}/s of {most:N0}/s, unloaded p50 {Outcome.MedianOf(p50):N2} ms";
        return
        [
            new Outcome(Goal.P10High, high, $"p99 {Outcome.MedianOf(p99):N2} ms {made}"),
            new Outcome(Goal.P10Highest, highest, $"p99.9 {Outcome.MedianOf(p999):N2} ms {made}"),
            new Outcome(Goal.P11, trips, $"{Outcome.MedianOf(p50):N2} ms ÷ {Outcome.MedianOf(one):N2} ms"),
        ];
    }

    private async Task<double> UnloadedAsync(Caller caller, Requests requests)
    {
        var all = Reservations(requests, UnloadedRate * UnloadedSeconds);
        return (await Serial.RunAsync(UnloadedRate, all.Count, i => caller.AskAndWait(all[i]), bench.Cancellation)).Percentile(0.5);
    }

    /// <summary>With a checkpoint in the middle, as it comes in any hour of operation.</summary>
    private async Task<Latencies> HalfLoadAsync(OpenLoop loop, Requests requests, double rate)
    {
        var all = Reservations(requests, (int)(rate * bench.Options.Seconds));
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(bench.Options.Seconds / 3d));
        var running = loop.RunAsync(all, rate, null, bench.Cancellation);
        await timer.WaitForNextTickAsync(bench.Cancellation);
        await bench.Postgres.ExecuteAsync("checkpoint", bench.Cancellation);
        return await running;
    }

    private List<byte[]> Reservations(Requests requests, int count)
    {
        var prefix = Population.Prefix(Shape.Uniform, 0);
        return [.. Enumerable.Range(0, count).Select(_ => requests.Reserve($"{prefix}{Population.FirstNumber + Random.Shared.Next(bench.Population.Uniform)}"))];
    }
}
