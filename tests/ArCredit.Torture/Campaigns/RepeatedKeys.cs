using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Load;
using ArCredit.Torture.Oracle;

namespace ArCredit.Torture.Campaigns;

/// <summary>One idempotency key many times at once: alone, across a crash, with another body, on other accounts.</summary>
internal sealed class RepeatedKeys : Campaign
{
    private const int AtOnce = 64;
    private const string SecondEffects = "second effects";
    private const string WrongConflicts = "wrong 409/422";
    private const string OtherAnswers = "answers to one key that differ";

    public override string Name => "R8";

    public override string Title => "the same key 64 times at once, across a crash, with another body, on another account";

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        tally.MustBeZero(SecondEffects, WrongConflicts, OtherAnswers);
        await using var database = await TestDatabase.CreateAsync(dialect);
        var settings = order.Settings(AppSettings.On(database), ("Accounts:SnapshotEvery", "10"), ("Accounts:MaxActive", "3"));
        var bursts = new Bursts(tally, Seeds.Random(order.Seed, -1));
        var auditor = new Auditor(tally, Sources.Of(database), bursts.Accounts);
        var rounds = Rounds(order, few: 1, many: 110);
        for (var round = 0; round < rounds && tally.IsClean; round++)
        {
            await using (var host = await HostProcess.StartAsync(settings))
            {
                var api = Teller.ClientOf(host);
                await (round == 0 ? bursts.OpenAsync(api) : bursts.AgainAsync(api));
                foreach (var kind in Enum.GetValues<What>())
                {
                    await bursts.SameBodyAsync(api, kind);
                }

                await bursts.OtherBodyAsync(api);
                await bursts.OtherAccountsAsync(api);
                await bursts.UntilKilledAsync(api, host);
            }

            await auditor.CompareAsync(bursts.Asked);
        }

        await using (var last = await HostProcess.StartAsync(settings))
        {
            await bursts.AgainAsync(Teller.ClientOf(last));
            await auditor.CompareAsync(bursts.Asked);
            await auditor.CompareReadsAsync(Teller.ClientOf(last));
        }

        await Verification.RunAsync(settings, tally);
        RequireMet(order, tally);
    }

    private enum What
    {
        Reserve,
        Decline,
        Capture,
        Release,
        Pay,
    }

    private sealed class Bursts(Tally tally, Random random)
    {
        private readonly Teller teller = new(tally);
        private readonly List<Operation> asked = [];
        private readonly List<Operation> interrupted = [];
        private int count;

        public string[] Accounts { get; } = ["K0", "K1", "K2", "K3", "K4", "K5"];

        /// <summary>Whatever took effect, or was sent at all.</summary>
        public IEnumerable<Operation> Asked => asked;

        public async Task OpenAsync(ApiClient api)
        {
            foreach (var account in Accounts)
            {
                (await api.PutAsync($"/api/v1/accounts/{account}", new { name = "Repeated", currency = "EUR", creditLimit = 1_000_000 })).ShouldBe(201);
            }
        }

        public async Task SameBodyAsync(ApiClient api, What kind)
        {
            var operation = await MakeAsync(api, kind);
            await BurstAsync(api, operation, AtOnce, isFirst: true);
        }

        /// <summary>Two bodies fight for one key: one wins, and everybody who brings the other hears so.</summary>
        public async Task OtherBodyAsync(ApiClient api)
        {
            var account = Pick();
            var (one, other) = (Operation.Reserve(account, Next(), "pos", 100), Operation.Reserve(account, Next(), "pos", 200));
            asked.AddRange([one, other]);
            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(number => Task.Run(async () =>
            {
                var body = number % 2 == 0 ? one : other;
                return (Body: body, Answer: await api.SendAsync(HttpMethod.Post, one.Path, body.Body, one.Key));
            })));
            var winners = answers.Where(each => each.Answer.Status == 201).Select(each => each.Body).Distinct().ToList();
            if (winners.Count != 1)
            {
                tally.Violation(SecondEffects, $"{winners.Count} bodies took effect under key {one.Key}");
            }

            foreach (var (body, answer) in answers.Where(each => !winners.Contains(each.Body)))
            {
                body.Fate = Fate.Refused;
                if (answer.Status != 422 || answer.Code != "IDEMPOTENCY_KEY_REUSED")
                {
                    tally.Violation(WrongConflicts, $"{body}: {answer.Status} {answer.Text}");
                }
            }

            Told(winners, answers.First(each => winners.Contains(each.Body)).Answer);
            tally.Add("requests", AtOnce);
        }

        /// <summary>On another account the key is another key.</summary>
        public async Task OtherAccountsAsync(ApiClient api)
        {
            var id = Next();
            var operations = Accounts.Select(account => Operation.Reserve(account, id, "pos", 100)).ToList();
            asked.AddRange(operations);
            await Task.WhenAll(operations.Select(operation => BurstAsync(api, operation, AtOnce / operations.Count, isFirst: true)));
        }

        /// <summary>The process dies while they are at it; the next one is asked the same.</summary>
        public async Task UntilKilledAsync(ApiClient api, HostProcess host)
        {
            foreach (var kind in Enum.GetValues<What>())
            {
                interrupted.Add(await MakeAsync(api, kind));
            }

            var (answered, wanted) = (0, random.Next(AtOnce / 2));
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var sending = interrupted.SelectMany(operation => Enumerable.Range(0, AtOnce / interrupted.Count).Select(_ => Task.Run(async () =>
            {
                try
                {
                    var answer = await api.SendAsync(operation.Method, operation.Path, operation.Body, operation.Key);
                    Told([operation], answer);
                    if (Interlocked.Increment(ref answered) >= wanted)
                    {
                        reached.TrySetResult();
                    }
                }
                catch (HttpRequestException)
                {
                    tally.Add("unanswered");
                    operation.WasUnanswered = true;
                }
            }))).ToArray();
            await Task.WhenAny(reached.Task, Task.WhenAll(sending));
            var isUnderWay = sending.Any(each => !each.IsCompleted);
            await host.KillAsync();
            tally.Add(Faults);
            tally.Add(Met, isUnderWay ? 1 : 0);
            await Task.WhenAll(sending);
        }

        /// <summary>What the crash interrupted, once more with the same keys.</summary>
        public async Task AgainAsync(ApiClient api)
        {
            foreach (var operation in interrupted)
            {
                await BurstAsync(api, operation, AtOnce, isFirst: operation.Text is null);
            }

            interrupted.Clear();
        }

        private async Task BurstAsync(ApiClient api, Operation operation, int times, bool isFirst)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, times).Select(_ =>
                Task.Run(() => api.SendAsync(operation.Method, operation.Path, operation.Body, operation.Key))));
            tally.Add("requests", times);
            tally.Add("keys");
            foreach (var answer in answers)
            {
                if (answer.Status is 409 or 422)
                {
                    tally.Violation(WrongConflicts, $"{operation}: {answer.Text}");
                }
                else if (answer.Status is not (200 or 201) || answer.Text != (operation.Text ?? answers[0].Text))
                {
                    tally.Violation(OtherAnswers, $"{operation}:\n      {operation.Text ?? answers[0].Text}\n      {answer.Status} {answer.Text}");
                }
            }

            // Only the request that did it is not marked as a repeat; none when an earlier process did it.
            var originals = answers.Count(answer => !answer.Headers.Contains("Idempotency-Replayed"));
            if (originals > (isFirst ? 1 : 0))
            {
                tally.Violation(SecondEffects, $"{operation}: {originals} answers are not marked as repeated");
            }

            Told([operation], answers[0]);
        }

        private async Task<Operation> MakeAsync(ApiClient api, What kind)
        {
            var (account, id) = (Pick(), Next());
            if (kind is not (What.Capture or What.Release))
            {
                return Asking(kind switch
                {
                    What.Reserve => Operation.Reserve(account, id, "order", 1 + random.Next(1000)),
                    What.Decline => Operation.Reserve(account, id, "order", 200_000_000),
                    _ => Operation.Pay(account, id, 1 + random.Next(1000), applied: true),
                });
            }

            var reserve = Asking(Operation.Reserve(account, id, "order", 1000));
            await teller.SendAsync(api, reserve);
            return Asking(kind == What.Capture ? Operation.Capture(reserve.Earmark!, id, 400, final: false) : Operation.Release(reserve.Earmark!));
        }

        private Operation Asking(Operation operation)
        {
            asked.Add(operation);
            return operation;
        }

        private void Told(IEnumerable<Operation> operations, Answer answer)
        {
            lock (asked)
            {
                foreach (var operation in operations.Where(each => each.Text is null && answer.Status is 200 or 201))
                {
                    operation.Text = answer.Text;
                    operation.Fate = operation.Kind == OperationKind.Reserve && answer["decision"].GetString() == "declined" ? Fate.Declined : Fate.Effective;
                }
            }
        }

        private string Pick() => Accounts[random.Next(Accounts.Length)];

        private string Next() => string.Create(CultureInfo.InvariantCulture, $"N{++count}");
    }
}
