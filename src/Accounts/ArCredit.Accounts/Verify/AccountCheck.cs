using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Verify;

/// <summary>How far the projection has come in the feed's order.</summary>
internal readonly record struct Checkpoint(ulong Txid, string Account, long Version)
{
    public bool Holds(JournalLine line) =>
        line.Txid != Txid ? line.Txid < Txid
        : Platform.Verify.Utf8Order.Compare(line.Row.AccountId, Account) is var order && order != 0 ? order < 0
        : line.Row.Version <= Version;
}

/// <summary>
/// One account at a time: its rows in order, each held against the chain, applied to the account and to what the tables must
/// hold. Once the journal itself is broken nothing behind it is judged.
/// </summary>
internal sealed class AccountCheck(VerifyRun run, Checkpoint checkpoint)
{
    private const string Journal = "journal";

    // Closed documents are only needed while a reversal may name them; a large account must not keep them all.
    private const int ForgetEvery = 20_000;

    private readonly SnapshotCheck snapshots = new(run);
    private readonly ProjectionCheck[] projections = [.. ProjectedTable.All.Select(table => new ProjectionCheck(run, table))];
    private readonly BalanceCheck balances = new(run);
    private readonly OpenItemCheck openItems = new(run);
    private readonly NameCheck names = new(run);
    private readonly PartyCheck parties = new(run);
    private readonly TextCheck texts = new(run);
    private readonly KeyCheck keys = new(run);
    private Account account = null!;
    private AccountPut? projectedPut;
    private long projectedPutVersion;
    private JournalLine? last;
    private int following;
    private long appendVersion;
    private bool isBroken;
    private (long Balance, long Version)? projected;

    private TableCheck[] Tables => [.. projections, balances, openItems, names, parties, texts, keys];

    /// <summary>Begins an account; tables that speak of accounts before it have no journal behind them. Null = there are no more.</summary>
    public async Task BeginAsync(string? id)
    {
        foreach (var table in Tables)
        {
            await table.SkipToAsync(id);
        }

        await snapshots.SkipToAsync(id);
        if (id is not null)
        {
            await snapshots.BeginAsync(id);
            (last, following, appendVersion, isBroken, projected, projectedPut) = (null, 0, 0, false, null, null);
            account = null!;
            if (BrokenRecord.Try(() => account = new Account(AccountId.Parse(id))) is { } fault)
            {
                isBroken = true;
                run.Found(id, null, Journal, $"the account's number is none: {fault}");
            }

            run.Counts.Accounts++;
        }
    }

    /// <summary>The account's next row, examined.</summary>
    public async ValueTask AddAsync(JournalLine line)
    {
        run.Counts.Rows++;
        CheckChain(line);
        if (!isBroken && line.Event is { } happened)
        {
            CheckAppend(line, happened);
            CheckInstant(line, happened);
            await ReplayAsync(line, happened);
        }

        last = line;
    }

    private async ValueTask ReplayAsync(JournalLine line, AccountEvent happened)
    {
        CheckDecision(line);
        if (BrokenRecord.Try(() => account.Apply(happened)) is { } fault)
        {
            Broken(line, $"the event cannot have happened to the account as it was then: {fault}");
            return;
        }

        if (line.Decision?.Ceiling is { } ceiling && account.ExposureOn(line.Decision.Stored.Facts.Today).Total is var total && total > ceiling)
        {
            run.Found(line.Row.AccountId, line.Row.Version, "decision", $"it was approved and exposure is {total} with it, above the limit of {RowHash.Show(ceiling)}");
        }

        Note(line, happened);
        if (snapshots.IsDue(account.Version))
        {
            await snapshots.CompareAsync(account, line.Row.Hash);
        }

        if (account.Version % ForgetEvery == 0)
        {
            account.ForgetClosed(account.Version - ForgetEvery);
        }
    }

    /// <summary>The account's rows are through: what is stored of it elsewhere is read and compared.</summary>
    public async Task<AccountHead> EndAsync()
    {
        var row = last!.Row;
        if (following > 0 && !isBroken)
        {
            Broken(last, $"the end is missing: {following} more rows belong to the last append");
        }

        await snapshots.EndAsync(row.AccountId, row.Version, isBroken);
        if (isBroken)
        {
            run.Counts.Broken++;
            foreach (var table in Tables)
            {
                await table.PassOverAsync(row.AccountId);
            }
        }
        else
        {
            await CompareTablesAsync(row.AccountId);
        }

        return new AccountHead(row.AccountId, row.Version, row.Hash);
    }

    private async Task CompareTablesAsync(string id)
    {
        if (projected is var (balance, version) && projectedPut is not null)
        {
            balances.Expect(id, balance, version);
            texts.DetailsAreIn(projectedPut.Details);
        }

        openItems.ExpectAll();

        // The texts before the names, which stand on them.
        await texts.CompareAsync(id);
        if (projectedPut is not null && texts.Details.Name is { } name)
        {
            names.Expect(id, name, projectedPutVersion);
        }

        foreach (var party in projectedPut is null ? [] : PartyTable.Of(id, texts.Details))
        {
            parties.Expect(party, projectedPutVersion);
        }

        foreach (var table in Tables.Except([texts]))
        {
            await table.CompareAsync(id);
        }
    }

    private void CheckChain(JournalLine line)
    {
        var row = line.Row;
        var before = last?.Row.Version ?? 0;
        if (row.Version != before + 1)
        {
            Broken(line, row.Version == before + 2 ? $"row {before + 1} is missing" : $"rows {before + 1} to {row.Version - 1} are missing");
        }
        else if (!line.Stands)
        {
            Broken(line, $"the hash of its content behind row {before} is {(line.Hash is { } hash ? SnapshotCheck.Short(hash) : "none")}, stored is {SnapshotCheck.Short(row.Hash)}");
        }
        else if (line.Fault is { } fault && !isBroken)
        {
            Broken(line, $"its bytes are no {row.Type} of schema {row.Schema}: {fault}");
        }
        else if (last is not null && line.Txid < last.Txid)
        {
            Broken(line, "it stands in the feed before the row it follows");
        }
    }

    private void CheckAppend(JournalLine line, AccountEvent happened)
    {
        if (following == 0)
        {
            appendVersion = line.Row.Version;
            keys.Begins(appendVersion);
        }
        else if (happened.Following != following - 1)
        {
            run.Found(line.Row.AccountId, line.Row.Version, Journal, $"{following - 1} rows should follow in its append, it says {happened.Following}");
        }

        following = happened.Following;
    }

    private void CheckDecision(JournalLine line)
    {
        if (line.Decision is not { } decision)
        {
            return;
        }

        run.Counts.Decisions++;
        var facts = decision.Stored.Facts;
        if ((decision.Fault ?? (account.Exists ? DecisionRules.Contradiction(facts, account) : "the account did not exist")) is { } fault)
        {
            run.Found(line.Row.AccountId, line.Row.Version, "decision", fault);
        }

    }

    // The column beside the bytes is what queries use; the bytes, which the chain covers, say the same.
    private void CheckInstant(JournalLine line, AccountEvent happened)
    {
        var row = line.Row;
        if ((happened.At ?? line.Decision?.Stored.Facts.At) is { } told && SqlTypes.Truncate(told) != row.RecordedAt)
        {
            run.Found(row.AccountId, row.Version, Journal, $"recorded_at is {row.RecordedAt:O}, the event says {SqlTypes.Truncate(told):O}");
        }
        else if (row.Version > appendVersion && row.RecordedAt != last!.Row.RecordedAt)
        {
            run.Found(row.AccountId, row.Version, Journal, $"recorded_at is {row.RecordedAt:O}, that of the row before it in its append is {last.Row.RecordedAt:O}");
        }
    }

    private void Note(JournalLine line, AccountEvent happened)
    {
        var row = line.Row;
        keys.Expect(row.AccountId, happened, appendVersion);
        texts.Expect(row.AccountId, happened, row.Version);
        if (!checkpoint.Holds(line))
        {
            run.Counts.Behind++;
            return;
        }

        projected = (account.Balance, row.Version);
        openItems.Move(line.Movements, row.Version);
        if (happened is AccountPut put)
        {
            (projectedPut, projectedPutVersion) = (put, row.Version);
        }

        foreach (var (table, key, content) in line.Changes)
        {
            if (content is { } row128)
            {
                projections[table].Expect(key, row128, row.Version);
            }
            else
            {
                projections[table].ExpectNone(key);
            }
        }
    }

    private void Broken(JournalLine line, string what)
    {
        isBroken = true;
        run.Found(line.Row.AccountId, line.Row.Version, Journal, what);
    }
}
