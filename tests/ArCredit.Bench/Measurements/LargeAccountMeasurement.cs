using ArCredit.Bench.Arms;
using ArCredit.Bench.Databases;
using ArCredit.Bench.Goals;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Measurements;

/// <summary>P13: an account with very many open items beside one with few, in the same process.</summary>
internal sealed class LargeAccountMeasurement(BenchContext bench) : IMeasurement
{
    private const string Large = "large";
    private const string Small = "small";
    private const int FewItems = 10;
    private const int Rate = 100;
    private const int Callers = 32;

    // What is written for snapshots is counted where it is written.
    private const string CountSnapshots =
        """
        create table bench_snapshot_bytes (account_id text not null, bytes bigint not null);
        create function bench_count() returns trigger language plpgsql as $$
        begin
            insert into bench_snapshot_bytes values (new.account_id, octet_length(new.body));
            return null;
        end $$;
        create trigger bench_count after insert or update on snapshot for each row execute function bench_count();
        create trigger bench_count after insert or update on snapshot_page for each row execute function bench_count();
        """;

    private int pairs;

    public IReadOnlyList<string> Goals => ["P13"];

    public async Task<IReadOnlyList<Outcome>> RunAsync()
    {
        var cancellation = bench.Cancellation;
        var manyItems = bench.Options.Quick ? 1_000 : 100_000;
        var connectionString = await bench.Postgres.CreateAsync("large", cancellation);
        await using var product = new ProductServer(connectionString);
        await product.StartAsync(cancellation);
        await product.MakeTillKeyAsync(cancellation);
        await product.ImportAccountsAsync([(Large, Population.WideLimit), (Small, Population.WideLimit)], cancellation);
        foreach (var (account, items) in new[] { (Large, manyItems), (Small, FewItems) })
        {
            await product.ImportAsync("invoices", Enumerable.Range(1, items).Select(number => Stored.Invoice(account, number)), cancellation);
        }

        BenchContext.Say($"{manyItems:N0} open items are on one account, {FewItems} on another");
        var (p50, made) = await LatencyAsync(product);
        var bytes = await BytesAsync(product, connectionString, manyItems);
        var wakeUps = await WakeUpAsync(product);
        return
        [
            new Outcome(Goal.P13Latency, p50, made),
            new Outcome(Goal.P13WakeUp, wakeUps, $"{manyItems:N0} open items, a credit check right after the process was killed and started"),
            new Outcome(Goal.P13Bytes, [bytes.Large / bytes.Small], $"{bytes.Large:N0} bytes ÷ {bytes.Small:N0} bytes, journal and snapshots"),
        ];
    }

    private async Task<(List<double> Ratios, string Made)> LatencyAsync(ProductServer product)
    {
        var requests = new Requests(product.TillKey);
        using var caller = await Caller.ConnectAsync(product.Process.Address, bench.Cancellation);
        var seconds = bench.Options.Quick ? 1 : 3;
        var (ratios, large, small) = (new List<double>(), new List<double>(), new List<double>());
        await MeasureAsync(Large);
        await MeasureAsync(Small);
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            // Large, small, small, large.
            var (l, s) = (await MeasureAsync(Large), await MeasureAsync(Small));
            small.Add((s + await MeasureAsync(Small)) / 2);
            large.Add((l + await MeasureAsync(Large)) / 2);
            ratios.Add(large[^1] / small[^1]);
        }

        return (ratios, $"{Outcome.MedianOf(large):N2} ms ÷ {Outcome.MedianOf(small):N2} ms");

        async Task<double> MeasureAsync(string account)
        {
            var all = Enumerable.Range(0, Rate * seconds).Select(_ => requests.Reserve(account)).ToArray();
            return (await Serial.RunAsync(Rate, all.Length, i => caller.AskAndWait(all[i]), bench.Cancellation)).Percentile(0.5);
        }
    }

    /// <summary>Reserves and releases, so that neither account grows, for long enough that the large one is snapshotted as well.</summary>
    private async Task<(double Large, double Small)> BytesAsync(ProductServer product, string connectionString, int manyItems)
    {
        await Sql.ExecuteAsync(connectionString, CountSnapshots, bench.Cancellation);
        var count = bench.Options.Quick ? 500 : manyItems;
        return (await MeasureAsync(Large), await MeasureAsync(Small));

        async Task<double> MeasureAsync(string account)
        {
            var sql = $"""
                select (select count(*) from journal where account_id = '{account}'),
                       (select sum(octet_length(account_id) + octet_length(type) + octet_length(payload) + octet_length(hash)) from journal where account_id = '{account}'),
                       (select coalesce(sum(bytes), 0) from bench_snapshot_bytes where account_id = '{account}')
                """;
            var before = await Sql.ReadNumbersAsync(connectionString, sql, bench.Cancellation);
            await ReserveAndReleaseAsync(product, account, count);
            var after = await Sql.ReadNumbersAsync(connectionString, sql, bench.Cancellation);
            var (events, journal, snapshots) = (after[0] - before[0], after[1] - before[1], after[2] - before[2]);
            BenchContext.Say($"{account}: {events:N0} events wrote {journal / events:N0} bytes each to the journal and {snapshots / (double)events:N0} to snapshots");
            return (journal + snapshots) / (double)events;
        }
    }

    private async Task ReserveAndReleaseAsync(ProductServer product, string account, int count)
    {
        var requests = new Requests(product.TillKey);
        var left = count / 2;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(WorkAsync, bench.Cancellation)));

        async Task WorkAsync()
        {
            using var caller = await Caller.ConnectAsync(product.Process.Address, bench.Cancellation);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var id = FormattableString.Invariant($"R{Interlocked.Increment(ref pairs)}");
                var path = $"/api/v1/accounts/{account}/reservations";
                await AskAsync(caller, requests.Post(path, $$"""{"reservationId":"{{id}}","kind":"pos","amount":1.25,"currency":"EUR"}"""));
                await AskAsync(caller, requests.Post($"{path}/{id}/release", "{}"));
            }
        }

        async Task AskAsync(Caller caller, byte[] request)
        {
            if (await caller.AskAsync(request, bench.Cancellation) is var status and > 399)
            {
                throw new BenchException($"Answered {status}: {caller.LastAnswer}");
            }
        }
    }

    /// <summary>Seconds until an account that is not in memory answers; another account has woken first, so that the process itself is awake.</summary>
    private async Task<List<double>> WakeUpAsync(ProductServer product)
    {
        var seconds = new List<double>();
        for (var round = 0; round < Math.Min(3, bench.Options.Rounds); round++)
        {
            await product.KillAsync();
            await product.StartAsync(bench.Cancellation);
            var requests = new Requests(product.TillKey);
            using var caller = await Caller.ConnectAsync(product.Process.Address, bench.Cancellation);
            caller.AskAndWait(Check(requests, Small));
            var began = TimeProvider.System.GetTimestamp();
            caller.AskAndWait(Check(requests, Large));
            seconds.Add(TimeProvider.System.GetElapsedTime(began).TotalSeconds);
            BenchContext.Say($"round {round + 1}: awake after {seconds[^1]:N3} s");
        }

        return seconds;
    }

    private static byte[] Check(Requests requests, string account) => requests.Post($"/api/v1/accounts/{account}/credit-checks", LoadRequest.CheckBody);
}
