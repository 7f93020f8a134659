using System.Collections.Concurrent;
using System.Globalization;
using ArCredit.Testing.App;

namespace ArCredit.Torture.Load;

/// <summary>
/// Many callers at once who reserve, capture, release, pay and repeat themselves. What each of them asks comes from the seed;
/// everything asked is kept, with what was answered.
/// </summary>
internal sealed class Swarm
{
    public const string NotRecovered = "does not recover by itself";

    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(90);
    private static readonly string[] Kinds = ["pos", "order", "delivery"];

    private readonly Tally tally;
    private readonly Caller[] callers;
    private readonly ConcurrentQueue<Operation> asked = new();
    private readonly string prefix;
    private volatile bool stopping;

    public Swarm(Tally tally, int seed, int callers, int accounts, string prefix = "T")
    {
        (this.tally, this.prefix) = (tally, prefix);
        Teller = new Teller(tally);
        Accounts = [.. Enumerable.Range(0, accounts).Select(number => string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}"))];
        this.callers = [.. Enumerable.Range(0, callers).Select(number => new Caller(number, Seeds.Random(seed, number)))];
        tally.MustBeZero(Teller.NeverEnd, Teller.WrongRefusals, Teller.OtherRepeats, Teller.ServerErrors, NotRecovered);
    }

    public Teller Teller { get; }

    public IReadOnlyList<string> Accounts { get; }

    /// <summary>How long what they reserve stays earmarked.</summary>
    public int ExpiresInSeconds { get; init; } = 86400;

    /// <summary>Everything asked so far.</summary>
    public IEnumerable<Operation> Asked => asked;

    /// <summary>Opens the accounts.</summary>
    public async Task OpenAccountsAsync(ApiClient api, int limit)
    {
        foreach (var account in Accounts)
        {
            (await api.PutAsync($"/api/v1/accounts/{account}", new { name = "Tortured", currency = "EUR", creditLimit = limit })).ShouldBe(201);
        }
    }

    /// <summary>Lets the callers loose; they go on until <see cref="StopAsync"/>.</summary>
    public Task[] Start(ApiClient api)
    {
        stopping = false;
        return [.. callers.Select(caller => Task.Run(() => RunAsync(caller, api)))];
    }

    /// <summary>Waits for this many more definite answers; false when they do not come.</summary>
    public async Task<bool> SettleMoreAsync(int count)
    {
        var (wanted, last) = (Teller.Settled + count, Teller.Settled);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var since = TimeProvider.System.GetTimestamp();
        while (Teller.Settled < wanted)
        {
            await tick.WaitForNextTickAsync();
            if (Teller.Settled != last)
            {
                (last, since) = (Teller.Settled, TimeProvider.System.GetTimestamp());
            }
            else if (TimeProvider.System.GetElapsedTime(since) > LongestStandstill)
            {
                tally.Violation(NotRecovered, $"No answer in {LongestStandstill.TotalSeconds} s.");
                return false;
            }
        }

        return true;
    }

    /// <summary>Every caller ends what it is at.</summary>
    public Task StopAsync(Task[] running)
    {
        stopping = true;
        return Task.WhenAll(running);
    }

    /// <summary>Repeats with the same key whatever nobody has answered yet, until it is answered.</summary>
    public async Task ResolveAsync(ApiClient api)
    {
        var open = asked.Where(operation => operation.Fate == Fate.Open).ToList();
        tally.Add("resolved by repeating", open.Count);
        await Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = callers.Length }, async (operation, _) =>
        {
            var since = TimeProvider.System.GetTimestamp();
            while (!await Teller.SendAsync(api, operation))
            {
                if (TimeProvider.System.GetElapsedTime(since) > LongestStandstill)
                {
                    tally.Violation(NotRecovered, $"Nobody says what became of {operation}.");
                    return;
                }

                await BreatheAsync();
            }
        });
    }

    private async Task RunAsync(Caller caller, ApiClient api)
    {
        while (!stopping)
        {
            if (!await StepAsync(caller, api))
            {
                await BreatheAsync();
            }
        }
    }

    private async Task<bool> StepAsync(Caller caller, ApiClient api)
    {
        var dice = caller.Random.Next(100);
        if (dice < 6 && caller.Said.Count > 0)
        {
            return await Teller.SendAsync(api, caller.Said[caller.Random.Next(caller.Said.Count)]);
        }

        // Most callers insist on an answer; some go on to the next customer and leave it open.
        var insists = caller.Random.Next(4) > 0;
        var operation = Next(caller, dice);
        asked.Enqueue(operation);
        var answered = await Teller.SendAsync(api, operation);
        while (!answered && insists && !stopping)
        {
            await BreatheAsync();
            answered = await Teller.SendAsync(api, operation);
        }

        if (answered && operation.Text is not null)
        {
            caller.Said.Add(operation);
        }

        if (operation.Kind == OperationKind.Reserve)
        {
            caller.Earmarks.Add(operation.Earmark!);
        }

        return answered;
    }

    private Operation Next(Caller caller, int dice)
    {
        var random = caller.Random;
        var id = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{caller.Number}-{++caller.Count}");
        if (dice < 45)
        {
            caller.Earmarks.RemoveAll(earmark => earmark is { IsBusy: false, Remaining: 0 });
            var free = caller.Earmarks.Where(earmark => !earmark.IsBusy).ToList();
            if (free.Count > 0)
            {
                var earmark = free[random.Next(free.Count)];
                earmark.IsBusy = true;
                return dice < 24
                    ? Operation.Release(earmark)
                    : Operation.Capture(earmark, id, random.Next(3) == 0 ? Math.Max(1, earmark.Remaining / 2) : earmark.Remaining, final: random.Next(2) == 0);
            }
        }

        var account = Accounts[random.Next(Accounts.Count)];
        return dice is >= 45 and < 57
            ? Operation.Pay(account, id, 1 + random.Next(3000), applied: random.Next(4) > 0)
            : Operation.Reserve(account, id, Kinds[random.Next(Kinds.Length)], 1 + random.Next(4000), ExpiresInSeconds);
    }

    private static async Task BreatheAsync()
    {
        using var breath = new PeriodicTimer(Breath);
        await breath.WaitForNextTickAsync();
    }

    private sealed class Caller(int number, Random random)
    {
        public int Number { get; } = number;

        public Random Random { get; } = random;

        public int Count { get; set; }

        /// <summary>What was acknowledged and may be repeated.</summary>
        public List<Operation> Said { get; } = [];

        public List<Earmark> Earmarks { get; } = [];
    }
}
