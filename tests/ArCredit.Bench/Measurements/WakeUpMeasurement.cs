using ArCredit.Bench.Goals;
using ArCredit.Platform.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Bench.Measurements;

/// <summary>P12: the loader asked for many cold accounts at a time, against one after the other.</summary>
internal sealed class WakeUpMeasurement(BenchContext bench) : IMeasurement
{
    // As many as waiting tills would make it: the loader takes hundreds of them per query.
    private const int AtATime = 2_000;
    private const int Items = 2;

    public IReadOnlyList<string> Goals => ["P12"];

    public async Task<IReadOnlyList<Outcome>> RunAsync()
    {
        var (batched, single) = bench.Options.Quick ? (450, 50) : (10_000, 1_000);
        var rounds = Math.Max(2, bench.Options.Rounds);
        var accounts = (batched + single) * rounds;
        await using var product = await InProcessProduct.StartAsync(await Stored.CreateAsync(bench, "wakeup", accounts, Items), bench.Cancellation);
        var reader = product.Services.GetRequiredService<IJournalReader>();
        var (ratios, together, oneByOne) = (new List<double>(), new List<double>(), new List<double>());
        for (var (round, next) = (0, 0); round < rounds; round++, next += batched + single)
        {
            // Each account is read once only, and the order of the two changes from round to round.
            var ids = Enumerable.Range(next, batched + single).Select(i => FormattableString.Invariant($"{Stored.Prefix}{100_000 + i}")).ToArray();
            var first = round % 2 == 0 ? await TogetherAsync(reader, ids[single..]) : 0;
            oneByOne.Add(await OneByOneAsync(reader, ids[..single]));
            together.Add(first > 0 ? first : await TogetherAsync(reader, ids[single..]));
            ratios.Add(together[^1] / oneByOne[^1]);
            BenchContext.Say($"round {round + 1}: {together[^1]:N0}/s in batches, {oneByOne[^1]:N0}/s one by one");
        }

        return [new Outcome(Goal.P12, ratios, $"{Outcome.MedianOf(together):N0}/s ÷ {Outcome.MedianOf(oneByOne):N0}/s")];
    }

    private async Task<double> TogetherAsync(IJournalReader reader, string[] ids)
    {
        var began = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(
            ids, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = bench.Cancellation }, async (id, stop) => Require(await reader.LoadAsync(id, stop)));
        return ids.Length / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
    }

    private async Task<double> OneByOneAsync(IJournalReader reader, string[] ids)
    {
        var began = TimeProvider.System.GetTimestamp();
        foreach (var id in ids)
        {
            Require(await reader.LoadAsync(id, bench.Cancellation));
        }

        return ids.Length / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
    }

    private static void Require(StoredAccount account)
    {
        if (account.Tail.Count != Items + 1)
        {
            throw new BenchException($"{account.AccountId} was read with {account.Tail.Count} rows.");
        }
    }
}
