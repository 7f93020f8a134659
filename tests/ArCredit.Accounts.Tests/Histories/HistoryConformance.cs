using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Accounts.Tests.Domain.Model;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>
/// Many clients at once against the product, with lines cut, deadlines passing and accounts falling asleep: what every account
/// answered must be explained by some order of one client alone on the reference, whatever host the accounts live in.
/// ARCREDIT_HISTORY_SEED and ARCREDIT_HISTORY_ROUNDS play other histories, and more.
/// </summary>
public abstract class HistoryConformance(ITestOutputHelper output)
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly int Base = Setting("ARCREDIT_HISTORY_SEED", 20_260_302);

    private delegate Task<Stage> StageAsync(int seed, ModelTerms terms);

    [Fact]
    public Task Histories_over_a_journal_in_memory_are_explained() =>
        PlayAsync(Setting("ARCREDIT_HISTORY_ROUNDS", 4), 4, async (seed, terms) => await MemoryStage.StartAsync(seed, terms, CreateNodes()));

    [Fact]
    public Task Histories_over_SQLite_with_a_line_that_is_cut_are_explained() =>
        PlayAsync(Setting("ARCREDIT_HISTORY_ROUNDS", 3), 5, async (seed, terms) => await SqliteStage.StartAsync(seed, terms, CreateNodes(), nodes: 1));

    [Fact]
    public Task Histories_of_two_nodes_on_one_journal_are_explained() =>
        PlayAsync(Setting("ARCREDIT_HISTORY_ROUNDS", 2), 5, async (seed, terms) => await SqliteStage.StartAsync(seed, terms, CreateNodes(), nodes: 2));

    /// <summary>The host under test, not started.</summary>
    internal abstract INodes CreateNodes();

    private static int Setting(string name, int otherwise) => int.Parse(Environment.GetEnvironmentVariable(name) ?? $"{otherwise}", null);

    private async Task PlayAsync(int rounds, int accounts, StageAsync start)
    {
        var (operations, unknown, struck) = (0, 0, 0);
        for (var seed = Base; seed < Base + rounds; seed++)
        {
            var terms = Terms(new Random(seed));
            await using var stage = await start(seed, terms);
            var crowd = new Crowd(seed, stage, Eur, accounts);
            await crowd.PlayAsync(Opening(new Random(seed)));
            foreach (var surprise in crowd.Surprises)
            {
                output.WriteLine(surprise);
            }

            crowd.Surprises.ShouldBeEmpty($"Seed {seed}");
            foreach (var (account, history) in crowd.Histories)
            {
                var none = Explanation.FindNone(history, new SequentialAccount(Eur, terms, AccountBuilder.Start));
                none.ShouldBeNull($"Seed {seed}, account {account}\n{none}");
                (await JournalAloneAsync(stage, account, terms)).ShouldBe(history[^1].Answer, $"Seed {seed}: the journal of {account} without its memory");
                operations += history.Count;
                unknown += history.Count(operation => operation.Returned == long.MaxValue);
            }

            struck += stage.Faults.Struck;
            output.WriteLine($"seed {seed} explained");
        }

        // Histories in which nothing goes wrong would be explained as well.
        output.WriteLine($"seeds {Base} to {Base + rounds - 1}: {operations} operations explained, {unknown} of them unknown to who asked, {struck} faults");
        struck.ShouldBeGreaterThan(rounds);
    }

    /// <summary>What the rows say by themselves, hash by hash: what time has ended must be among them.</summary>
    private static async Task<string> JournalAloneAsync(Stage stage, AccountId account, ModelTerms terms)
    {
        var rows = await stage.Journal.ReadRowsAsync(account.Value, 1, 10_000, CancellationToken.None);
        var (replayed, _) = Entries.Wake(account, null, ChainHash.Genesis, rows);
        return AnswerText.Of(replayed.View(new DecisionContext(stage.Business.GetUtcNow(), terms.Book(), false, string.Empty)));
    }

    private static ModelTerms Terms(Random random) => new(
        CreditLimit: random.Next(0, 3) * 250, TolerancePercent: random.Next(0, 3) * 2.5m, MaxDocument: 150, OverdueDays: random.Next(6, 20),
        IgnoreBelow: random.Next(0, 2) * 20, OverdueAmount: random.Next(2, 9) * 60, OverdueShare: random.Next(0, 50), NearDays: random.Next(1, 6),
        NearUtilization: random.Next(40, 100));

    private static PutAccount Opening(Random random) => new(
        StepMaker.Master(Eur), LimitChanges.None with { CreditLimit = new(true, random.Next(4, 12) * 100 * Eur.MinorPerMajor) }, null, new FreeText("{}"), true, null);
}
