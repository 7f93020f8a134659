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
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count / Bytes;
        GC.KeepAlive(accounts);
        return [new Outcome(Goal.P17, [each], $"{count:N0} accounts with {Stored.ItemsOf(bench, Items)} open items, full collection before and after")];
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
