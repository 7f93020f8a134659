using System.Text;
using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Import;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Import;

/// <summary>What the importer does when accounts cannot answer at once.</summary>
public sealed class AccountImportTests
{
    private readonly ImpatientTime time = new();

    [Fact]
    public async Task A_busy_account_is_asked_again_and_the_line_is_taken()
    {
        var accounts = new ScriptedAccounts(call => call < 3 ? throw new AccountBusyException("full") : Posted(Repeat.None));
        (await RunAsync(accounts, Invoice("1"))).Select(line => line.Outcome).ShouldBe([ImportOutcome.Created]);
        accounts.Calls.ShouldBe(4);
    }

    [Fact]
    public async Task An_unknown_outcome_is_told_by_the_repeat()
    {
        var accounts = new ScriptedAccounts(call => call == 0 ? throw new OutcomeUnknownException() : Posted(Repeat.Number));
        (await RunAsync(accounts, Invoice("1"))).Single().Outcome.ShouldBe(ImportOutcome.Unchanged);
    }

    [Fact]
    public async Task An_account_that_stays_busy_costs_the_line_and_not_the_import()
    {
        var accounts = new ScriptedAccounts(_ => throw new AccountBusyException("full"));
        var lines = await RunAsync(accounts, Invoice("1"), Invoice("2"));
        lines.Select(line => (line.Outcome, line.Error!.Code)).ShouldBe([(ImportOutcome.Refused, "OVERLOADED"), (ImportOutcome.Refused, "OVERLOADED")]);
    }

    [Fact]
    public async Task A_short_outage_while_a_customer_is_compared_costs_nothing()
    {
        var journal = new NoJournal { Text = new ErasableText(Guid.Empty, [], "{}"), Failures = 3 };
        var lines = await RunAsync(new KnownCustomer(), journal, ImportKind.Customers, Customer);
        lines.Single().Outcome.ShouldBe(ImportOutcome.Unchanged);
        journal.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task A_long_outage_costs_the_line_and_not_the_import()
    {
        var journal = new NoJournal { Failures = int.MaxValue };
        var lines = await RunAsync(new KnownCustomer(), journal, ImportKind.Customers, Customer, Customer);
        lines.Select(line => (line.Outcome, line.Error!.Code)).ShouldBe([(ImportOutcome.Refused, "DATABASE_UNAVAILABLE"), (ImportOutcome.Refused, "DATABASE_UNAVAILABLE")]);
    }

    [Fact]
    public async Task A_broken_invariant_costs_the_line_and_not_the_import()
    {
        var accounts = new ScriptedAccounts(call => call == 0 ? throw new InvariantException("broken") : Posted(Repeat.None));
        var lines = await RunAsync(accounts, Invoice("1"), Invoice("2"));
        lines.Select(line => line.Outcome).ShouldBe([ImportOutcome.Refused, ImportOutcome.Created]);
        lines[0].Error!.Code.ShouldBe("INTERNAL_ERROR");
    }

    [Fact]
    public async Task Lines_are_bulk_work_and_history_when_asked()
    {
        var accounts = new ScriptedAccounts(_ => Posted(Repeat.None));
        await RunAsync(accounts, Invoice("1"));
        accounts.Options.ShouldBe(new AskOptions("tester", Bulk: true, History: true));
    }

    [Fact]
    public async Task When_the_caller_goes_away_nothing_more_is_read()
    {
        var accounts = new ScriptedAccounts(_ => Posted(Repeat.None));
        using var gone = new CancellationTokenSource();
        var read = 0;
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Import(accounts).RunAsync(Request, Stream([.. Enumerable.Range(0, 100_000).Select(n => Invoice($"{n}"))]), gone.Token))
            {
                if (++read == 10)
                {
                    await gone.CancelAsync();
                }
            }
        });
        accounts.Calls.ShouldBeLessThan(2000);
    }

    private static ImportRequest Request => new(ImportKind.Invoices, ImportFormat.Ndjson, "tester") { History = true };

    private static MemoryStream Stream(params string[] lines) => new(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    private static string Invoice(string number) => $$"""{"accountId":"A","number":"{{number}}","issueDate":"2025-01-01","amount":1,"currency":"EUR"}""";

    private static Answer.Done Posted(Repeat repeat) => new([], 1, repeat);

    private static string Customer => """{"accountId":"A","currency":"EUR"}""";

    private AccountImport Import(IAccounts accounts, IJournalReader? journal = null) =>
        new(accounts, new CustomerImport(accounts, journal ?? new NoJournal()), new TillActivity(time), time, NullLogger<AccountImport>.Instance);

    private Task<List<ImportedLine>> RunAsync(IAccounts accounts, params string[] lines) => RunAsync(accounts, new NoJournal(), ImportKind.Invoices, lines);

    private async Task<List<ImportedLine>> RunAsync(IAccounts accounts, IJournalReader journal, ImportKind kind, params string[] lines)
    {
        var answers = new List<ImportedLine>();
        await foreach (var line in Import(accounts, journal).RunAsync(Request with { Kind = kind }, Stream(lines), CancellationToken.None))
        {
            answers.Add(line);
        }

        return answers;
    }

    private sealed class ScriptedAccounts(Func<int, Answer> script) : IAccounts
    {
        private int calls;

        public int Calls => calls;

        public AskOptions? Options { get; private set; }

        public Task<Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation)
        {
            Options = options;
            return Task.FromResult(script(Interlocked.Increment(ref calls) - 1));
        }

        public Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation) => Task.FromResult<AccountView?>(null);
    }

    /// <summary>An account that holds just what <see cref="Customer"/> says.</summary>
    private sealed class KnownCustomer : IAccounts
    {
        private static readonly MasterData Master = new(Currency.Parse("EUR"), "main", null, null, null, false, null, false, []);

        public Task<Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation) =>
            throw new InvalidOperationException("Nothing has changed.");

        public Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation) => Task.FromResult<AccountView?>(new AccountView(
            account, 1, 1, Master, Limits.Inherited, new TextRef(Guid.Empty, string.Empty), false, [], 0, new Exposure(0, 0, 0, 0, 0, 0, 0), 0, "shipped",
            null, OverdueFacts.None, 0));
    }

    private sealed class NoJournal : IJournalReader
    {
        private int failures;

        public ErasableText? Text { get; init; }

        /// <summary>How many more times texts cannot be read.</summary>
        public int Failures
        {
            get => failures;
            init => failures = value;
        }

        public Task<StoredAccount> LoadAsync(string accountId, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<JournalHead> ReadHeadAsync(string accountId, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<StoredKey?> FindKeyAsync(string accountId, string kind, string value, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<JournalRow>> ReadRowsAsync(string accountId, long fromVersion, int limit, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<IReadOnlyDictionary<Guid, ErasableText>> ReadTextsAsync(string accountId, IReadOnlyList<Guid> ids, CancellationToken cancellation)
        {
            if (failures > 0)
            {
                failures--;
                throw new NpgsqlException("The connection is broken.", new IOException());
            }

            return Task.FromResult<IReadOnlyDictionary<Guid, ErasableText>>(new Dictionary<Guid, ErasableText> { [Guid.Empty] = Text! });
        }
    }

    /// <summary>A clock on which every wait is over at once and has taken as long as it should have.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref ticks, Math.Max(0, dueTime.Ticks));
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
