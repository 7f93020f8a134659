namespace ArCredit.Accounts.Verify;

/// <summary>A row as it is stored.</summary>
internal sealed record StoredRow(string Account, object?[] Values);

/// <summary>
/// One table against what the journal says it must hold: what is expected of an account is gathered while its journal is
/// read, then its rows are read and crossed off. Of an expected row only two hashes are kept; to say what differs, the event is
/// read again.
/// </summary>
internal abstract class TableCheck(VerifyRun run, string name, IReadOnlyList<string> key, IReadOnlyList<string> columns)
{
    private const int PageRows = 1000;
    private readonly Dictionary<UInt128, (UInt128 Content, long Version)> expected = [];
    private readonly int[] keyAt = [.. key.Select(column => columns.ToList().IndexOf(column))];
    private readonly AccountCursor<StoredRow> stored = run.Open(
        name, key, columns, reader => new StoredRow(reader.GetString(0), [.. columns.Select((_, at) => RowHash.Read(reader, at))]), row => row.Account, PageRows);

    protected VerifyRun Run { get; } = run;

    protected string Name { get; } = name;

    protected IReadOnlyList<string> Columns { get; } = columns;

    /// <summary>The journal says that this row is there, since this version.</summary>
    public void Expect(UInt128 rowKey, UInt128 content, long version) => expected[rowKey] = (content, version);

    /// <summary>The journal says that this row is gone.</summary>
    public void ExpectNone(UInt128 rowKey) => expected.Remove(rowKey);

    /// <summary>Rows of accounts before this one have no journal behind them.</summary>
    public async Task SkipToAsync(string? account)
    {
        await foreach (var row in stored.BeforeAsync(account, Run.Cancellation))
        {
            Run.Counts.TableRows++;
            Run.Found(row.Account, null, Name, $"{Show(row)}the account has no journal");
        }
    }

    /// <summary>Holds the account's rows against what is expected, which is forgotten with that.</summary>
    public async Task CompareAsync(string account)
    {
        await foreach (var row in stored.OfAsync(account, Run.Cancellation))
        {
            Run.Counts.TableRows++;
            if (!expected.Remove(KeyOf(row), out var wanted))
            {
                if (Unexpected(row) is { } wrong)
                {
                    Run.Found(account, null, Name, Show(row) + wrong);
                }
            }
            else if (ContentOf(row) != wanted.Content)
            {
                Run.Found(account, wanted.Version, Name, Show(row) + await DifferenceAsync(row, wanted.Version));
            }
        }

        foreach (var (rowKey, (_, version)) in expected.OrderBy(missing => missing.Value.Version))
        {
            if (await MissingAsync(account, rowKey, version) is { } missing)
            {
                Run.Found(account, version, Name, missing);
            }
        }

        Forget();
    }

    /// <summary>Passes over the account's rows: there is no telling what they should be.</summary>
    public async Task PassOverAsync(string account)
    {
        await foreach (var _ in stored.OfAsync(account, Run.Cancellation))
        {
            Run.Counts.TableRows++;
        }

        Forget();
    }

    protected virtual UInt128 ContentOf(StoredRow row) => RowHash.Of(row.Values);

    protected UInt128 KeyOf(StoredRow row) => RowHash.Of([.. keyAt.Select(at => row.Values[at])]);

    /// <summary>What is wrong with a row that nothing speaks of; null = nothing.</summary>
    protected virtual string? Unexpected(StoredRow row) => "no event of the journal makes this row";

    /// <summary>What differs, in words.</summary>
    protected abstract Task<string> DifferenceAsync(StoredRow row, long version);

    /// <summary>The row that is not there, in words; null = it may be missing.</summary>
    protected abstract Task<string?> MissingAsync(string account, UInt128 rowKey, long version);

    protected virtual void Forget() => expected.Clear();

    /// <summary>The rest of the key, which names the row within its account.</summary>
    protected string Show(IReadOnlyList<object?> keyValues) =>
        keyValues.Count == 1 ? string.Empty : $"{string.Join(", ", keyValues.Skip(1).Select((value, i) => $"{key[i + 1]} {RowHash.Show(value)}"))}: ";

    private string Show(StoredRow row) => Show([.. keyAt.Select(at => row.Values[at])]);
}
