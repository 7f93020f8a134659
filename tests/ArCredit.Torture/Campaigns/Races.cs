using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Load;
using ArCredit.Torture.Oracle;

namespace ArCredit.Torture.Campaigns;

/// <summary>Two things at once on one account, each of them twice, for every pair of things that move exposure.</summary>
internal sealed class Races : Campaign
{
    private const long Limit = 10000;
    private const long Earmarked = 6000;
    private const long Invoiced = 3000;

    public override string Name => "R6";

    public override string Title => "every pair of reserve, capture, release, lapse, payment, limit change and reservation change racing";

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        var settings = order.Settings(AppSettings.On(database), ("Accounts:SnapshotEvery", "3")) with { ManualClock = AppSettings.Start };
        await using var host = await HostProcess.StartAsync(settings);
        var api = Teller.ClientOf(host);
        var (repetitions, clock) = (Rounds(order, few: 3, many: 300), AppSettings.Start);
        var moves = Enum.GetValues<Move>();
        foreach (var first in moves)
        {
            foreach (var second in moves.Where(other => other >= first && tally.IsClean))
            {
                var pair = new Pair(first, second, api, tally, Seeds.Random(order.Seed, ((int)first * moves.Length) + (int)second));
                await pair.PrepareAsync(repetitions);
                clock = clock.AddMinutes(2);
                await pair.RaceAsync(clock);
                var auditor = new Auditor(tally, Sources.Of(database), pair.Accounts);
                await auditor.RunDueAsync(api);
                await auditor.CompareAsync(pair.Asked);
                await auditor.CompareReadsAsync(api);
                tally.Add("pairs");
                tally.Add(Met, repetitions);
            }
        }

        tally.Explain(host.Output);
        await Verification.RunAsync(settings, tally);
        RequireMet(order, tally);
    }

    private enum Move
    {
        Reserve,
        Capture,
        Release,
        Lapse,
        Pay,
        ChangeLimit,
        ChangeReservation,
    }

    /// <summary>Accounts on which the same two moves race.</summary>
    private sealed class Pair(Move first, Move second, ApiClient api, Tally tally, Random random)
    {
        private readonly Teller teller = new(tally);
        private readonly List<Operation> asked = [];

        public List<string> Accounts { get; } = [];

        public IEnumerable<Operation> Asked => asked;

        /// <summary>Each account has 60.00 earmarked for a minute and 30.00 invoiced of its limit of 100.00.</summary>
        public async Task PrepareAsync(int count)
        {
            var preparations = new List<(string Account, Operation Earmark, Operation Other, Operation Invoice)>();
            for (var i = 0; i < count; i++)
            {
                var account = string.Create(CultureInfo.InvariantCulture, $"{first}-{second}-{i}");
                var other = Operation.Reserve(account, "Y", "order", Invoiced);
                preparations.Add((account, Operation.Reserve(account, "X", random.Next(2) == 0 ? "pos" : "order", Earmarked, 60), other, Operation.Capture(other.Earmark!, "I", Invoiced, true)));
                Accounts.Add(account);
                asked.AddRange([preparations[^1].Earmark, other, preparations[^1].Invoice]);
            }

            await Parallel.ForEachAsync(preparations, async (each, _) =>
            {
                (await api.PutAsync($"/api/v1/accounts/{each.Account}", new { name = "Raced", currency = "EUR", creditLimit = Limit / 100 })).ShouldBe(201);
                await teller.SendAsync(api, each.Earmark);
                await teller.SendAsync(api, each.Other);
                await teller.SendAsync(api, each.Invoice);
            });
        }

        /// <summary>All at once; the clock stands still but for a lapse.</summary>
        public async Task RaceAsync(DateTimeOffset after)
        {
            var races = new List<Func<Task>>();
            foreach (var account in Accounts)
            {
                foreach (var (move, number) in new[] { (first, 1), (second, 2), (first, 3), (second, 4) }.OrderBy(_ => random.Next()))
                {
                    if (move != Move.Lapse)
                    {
                        races.Add(Prepare(move, account, number));
                    }
                }
            }

            // One clock for all: it moves while they are at it.
            if (first == Move.Lapse || second == Move.Lapse)
            {
                races.Insert(random.Next(races.Count + 1), () => MoveClockAsync(after));
                races.Add(() => MoveClockAsync(after));
            }

            await Task.WhenAll(races.Select(race => Task.Run(race)));
            if (first != Move.Lapse && second != Move.Lapse)
            {
                return;
            }

            await MoveClockAsync(after);
        }

        private Func<Task> Prepare(Move move, string account, int number)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{move}-{number}");
            if (move == Move.ChangeLimit)
            {
                var limit = random.Next(2) == 0 ? 70 : 150;
                return async () => (await api.PutAsync($"/api/v1/accounts/{account}", new { name = "Raced", currency = "EUR", creditLimit = limit })).ShouldBe(200);
            }

            var earmark = new Earmark(account, "X", Earmarked);
            var operation = move switch
            {
                Move.Reserve => Operation.Reserve(account, id, "delivery", 500 + random.Next(1500)),
                Move.Capture => Operation.Capture(earmark, id, random.Next(2) == 0 ? Earmarked : 4000, random.Next(2) == 0, mayBeRefused: true),
                Move.Release => Operation.Release(earmark, id, mayBeRefused: true),
                Move.Pay => Operation.Pay(account, id, 2000, applied: true),
                Move.ChangeReservation => Operation.Change(earmark, id, 5000 + random.Next(3000)),
                _ => throw new InvalidOperationException($"{move} is no request."),
            };
            asked.Add(operation);
            return () => teller.SendAsync(api, operation);
        }

        private async Task MoveClockAsync(DateTimeOffset now)
        {
            while ((await api.PutAsync("/api/v1/system/clock", new { now })).Status == 202)
            {
                tally.Add("moves of the clock taken up again");
            }
        }
    }
}
