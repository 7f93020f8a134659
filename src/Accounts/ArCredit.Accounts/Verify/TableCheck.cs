using System.Data.Common;

namespace ArCredit.Accounts.Verify;

/// <summary>A row as it is stored.</summary>
internal sealed class StoredRow(string account, object?[] values)
{
    public string Account { get; } = account;

    public object?[] Values { get; } = values;

    /// <summary>Stands for the key.</summary>
    public UInt128 Key { get; set; }

    /// <summary>Stands for what is held against the journal.</summary>
    public UInt128 Content { get; set; }
}

/// <summary>
/// One table against what the journal says it must hold: what is expected of an account is gathered while its journal is
/// read, then its rows are read and crossed off. Of an expected row only two hashes are kept; to say what differs, the event is
/// read again.
/// </summary>
internal abstract class TableCheck
{
    private const int PageRows = 1000;
    private readonly Dictionary<UInt128, (UInt128 Content, long Version)> expected = [];
    private readonly IReadOnlyList<string> key;
    private readonly int[] keyAt;
    private readonly AccountCursor<StoredRow> stored;

    protected TableCheck(VerifyRun run, string name, IReadOnlyList<string> key, IReadOnlyList<string> columns)
    {
        (Run, Name, Columns, this.key) = (run, name, columns, key);
        keyAt = [.. key.Select(column => columns.ToList().IndexOf(column))];
        stored = run.Open(
            name, key, columns, Read, row => row.Account, PageRows,
            row => (row.Key, row.Content) = (RowHash.Of(KeyValues(row)), ContentOf(row)));
    }

    protected VerifyRun Run { get; }

    protected string Name { get; }

    protected IReadOnlyList<string> Columns { get; }

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
            Saw(row);
            if (!expected.Remove(row.Key, out var wanted))
            {
                if (Unexpected(row) is { } wrong)
                {
                    Run.Found(account, null, Name, Show(row) + wrong);
                }
            }
            else if (row.Content != wanted.Content)
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

    /// <summary>What is held against the journal; called for many rows at once.</summary>
    protected virtual UInt128 ContentOf(StoredRow row) => RowHash.Of(row.Values);

    /// <summary>A row of the account that is compared.</summary>
    protected virtual void Saw(StoredRow row)
    {
    }

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

    private static StoredRow Read(DbDataReader reader)
    {
        var values = new object?[reader.FieldCount];
        for (var at = 0; at < values.Length; at++)
        {
            values[at] = RowHash.Read(reader, at);
        }

        return new StoredRow(reader.GetString(0), values);
    }

    private string Show(StoredRow row) => Show(KeyValues(row));

    private object?[] KeyValues(StoredRow row) => Array.ConvertAll(keyAt, at => row.Values[at]);
}
