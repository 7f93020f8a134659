using ArCredit.Accounts.Contracts;
using ArCredit.Bench.Goals;
using ArCredit.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Bench.Measurements;

/// <summary>P17: what the heap grows by when accounts wake up and then idle, divided by their number.</summary>
internal sealed class MemoryMeasurement(BenchContext bench) : IMeasurement
{
    private const int Items = 10;
    private const int Bytes = 1024;
    private const int MostLooks = 60;
    private const int SteadyLooks = 4;
    private const double StillTheSame = 0.99;

    public IReadOnlyList<string> Goals => ["P17"];

    public async Task<IReadOnlyList<Outcome>> RunAsync()
    {
        // Fewer than stay awake by default.
        var count = bench.Options.Quick ? 500 : 20_000;
        await using var product = await InProcessProduct.StartAsync(await Stored.CreateAsync(bench, "memory", count + 1, Items), bench.Cancellation);
        var accounts = product.Services.GetRequiredService<IAccounts>();

        // What the first account brings with it belongs to all of them.
        await WakeAsync(accounts, count);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 256, CancellationToken = bench.Cancellation }, async (i, _) => await WakeAsync(accounts, i));
        var awake = Each(GC.GetTotalMemory(forceFullCollection: true));
        var idle = Each(await AwaitIdleAsync());
        GC.KeepAlive(accounts);
        return [new Outcome(Goal.P17, [idle], $"{count:N0} accounts with {Stored.ItemsOf(bench, Items)} open items, full collection before and after; {awake:N1} kB right after waking up")];

        double Each(long memory) => (memory - before) / (double)count / Bytes;
    }

    /// <summary>The heap once it no longer shrinks: what is idle may be packed, and that is done in steps.</summary>
    private async Task<long> AwaitIdleAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(bench.Options.Quick ? 1 : 5));
        var seen = new List<long> { GC.GetTotalMemory(forceFullCollection: true) };
        do
        {
            await timer.WaitForNextTickAsync(bench.Cancellation);
            seen.Add(GC.GetTotalMemory(forceFullCollection: true));
        }
        while (seen.Count < MostLooks && (seen.Count <= SteadyLooks || seen[^1] < seen[^(1 + SteadyLooks)] * StillTheSame));
        return seen[^1];
    }

    private async Task WakeAsync(IAccounts accounts, int number)
    {
        var id = AccountId.Parse(FormattableString.Invariant($"{Stored.Prefix}{100_000 + number}"));
        if (await accounts.ReadAsync(id, bench.Cancellation) is null)
        {
            throw new BenchException($"{id} does not wake up.");
        }
    }
}
