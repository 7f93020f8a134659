using System.Globalization;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Projections;
using ArCredit.Accounts.Reference;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Platform.Verify;
using Dapper;

namespace ArCredit.Accounts.Verify;

/// <summary>What to verify.</summary>
/// <param name="Account">Only this one; null = all.</param>
/// <param name="Heads">Heads exported earlier, ordered by account as the databases order them; null = none.</param>
public sealed record VerifyRequest(string? Account, IAsyncEnumerable<AccountHead>? Heads);

/// <summary>Hears of a run as it goes on.</summary>
public interface IVerifyObserver
{
    /// <summary>Something is not as it must be.</summary>
    void Found(Finding finding);

    /// <summary>An account was read to its end; called in the order of accounts.</summary>
    void Head(AccountHead head);

    /// <summary>Some thousand rows are through.</summary>
    void Progress(VerifiedCounts counts);
}

/// <summary>
/// Proves the stored data whole: the chain of every account, its snapshot and the projections against a replay, its decisions
/// against the rules. Reads one state of the database and changes nothing.
/// </summary>
public sealed class JournalVerification
{
    private const int PageRows = 2000;
    private readonly ReadOnlyDatabase database;

    /// <summary>On a database that need not be served by anyone.</summary>
    public JournalVerification(ReadOnlyDatabase database) => this.database = database;

    /// <summary>Reads everything once.</summary>
    /// <exception cref="Platform.Start.SettingException">There is no such database, or its schema is not this version's.</exception>
    public async Task<VerifiedCounts> RunAsync(VerifyRequest request, IVerifyObserver observer, CancellationToken cancellation)
    {
        await using var session = await database.OpenSnapshotAsync(cancellation);
        return await RunAsync(session, request, observer, cancellation);
    }

    /// <summary>Reads everything once as a session sees it, which may hold changes that nobody else will ever see.</summary>
    public static async Task<VerifiedCounts> RunAsync(
        DbSession session, VerifyRequest request, IVerifyObserver observer, CancellationToken cancellation)
    {
        var run = new VerifyRun(session, request.Account, observer, cancellation);
        var account = new AccountCheck(run, await CheckpointAsync(session));
        var rules = await RulesAsync(run, session);
        await using var heads = new HeadCheck(run, request);
        var journal = run.OpenJournal(PageRows);
        JournalLine? last = null;
        while (await journal.ReadPageAsync(cancellation) is { Count: > 0 } page)
        {
            Examine(page, last, rules);
            foreach (var line in page)
            {
                if (last is null || !IsSameAccount(last, line))
                {
                    await EndAsync(account, heads, last);
                    await account.BeginAsync(line.Row.AccountId);
                    await heads.BeginAsync(line.Row.AccountId);
                }

                await account.AddAsync(line);
                heads.Add(line);
                last = line;
            }

            observer.Progress(run.Counts);
        }

        await EndAsync(account, heads, last);
        await account.BeginAsync(null);
        await heads.BeginAsync(null);
        return run.Counts;
    }

    private static async Task EndAsync(AccountCheck account, HeadCheck heads, JournalLine? last)
    {
        if (last is not null)
        {
            heads.End(await account.EndAsync());
        }
    }

    // A row needs only the stored hash before it, so a page's rows are examined at the same time.
    private static void Examine(List<JournalLine> page, JournalLine? before, DecisionRules? rules) =>
        Parallel.For(0, page.Count, at =>
        {
            var previous = at == 0 ? before : page[at - 1];
            page[at].Examine(previous is not null && IsSameAccount(previous, page[at]) ? previous.Row.Hash : ChainHash.Genesis, rules);
        });

    private static bool IsSameAccount(JournalLine left, JournalLine right) =>
        string.Equals(left.Row.AccountId, right.Row.AccountId, StringComparison.Ordinal);

    private static async Task<Checkpoint> CheckpointAsync(DbSession session)
    {
        var (txid, account, version) = await session.Connection.QuerySingleOrDefaultAsync<(string?, string?, long)>(
            "select cast(txid as text), account_id, version from projection_checkpoint where name = @Name", new { new AccountProjection().Name }, session.Transaction);
        return new Checkpoint(txid is null ? 0 : ulong.Parse(txid, CultureInfo.InvariantCulture), account ?? string.Empty, version);
    }

    private static async Task<DecisionRules?> RulesAsync(VerifyRun run, DbSession session)
    {
        var companies = (await ReferenceTables.CompaniesAsync(session)).ToList();
        var policies = (await ReferenceTables.PoliciesAsync(session)).ToList();
        DecisionRules? rules = null;
        if (BrokenRecord.Try(() => rules = new DecisionRules(new ReferenceBook(
            companies.Select(row => row.ToCompany([])), policies.Select(row => new PolicyVersion(row.Version, row.Scope, row.Policy)), []))) is { } fault)
        {
            run.Found(null, null, "policy_version", $"companies and policies cannot be read, no decision is decided again: {fault}");
        }

        return rules;
    }
}
