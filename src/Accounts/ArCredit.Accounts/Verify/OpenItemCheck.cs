using ArCredit.Accounts.Projections;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Verify;

/// <summary>Open items: each is the sum of its movements, and one that is closed is not there.</summary>
internal sealed class OpenItemCheck(VerifyRun run)
    : TableCheck(
        run, "open_item", ["account_id", "due_date", "issue_date", "number", "item_type", "instalment"],
        [.. OpenItemTable.Move.Columns.Select(column => column.Name switch { "change" => "open_amount", "net" => "open_net", "vat" => "open_vat", var other => other })])
{
    private const int KeyColumns = 6;

    private readonly Dictionary<ItemKey, (OpenItemChange Open, long Version)> open = [];
    private readonly Dictionary<UInt128, ItemKey> keys = [];

    /// <summary>Takes an event's movements.</summary>
    public void Move(IReadOnlyList<LedgerLine> lines, long version)
    {
        foreach (var line in lines)
        {
            var (before, change) = (open.GetValueOrDefault(line.Item).Open, OpenItemChange.Of(line.Item, [line]));
            var now = change with { Change = before.Change + change.Change, Net = before.Net + change.Net, Vat = before.Vat + change.Vat };
            if (now.Change == 0 && now.Vat == 0)
            {
                open.Remove(line.Item);
            }
            else
            {
                open[line.Item] = (now, version);
            }
        }
    }

    /// <summary>The account's events are through: what is open now is what the table must hold.</summary>
    public void ExpectAll()
    {
        foreach (var (item, (amounts, version)) in open)
        {
            object?[] values = [.. OpenItemTable.Move.Columns.Select(column => column.Plain(amounts))];
            var key = RowHash.Of([.. values.Take(KeyColumns)]);
            keys[key] = item;
            Expect(key, RowHash.Of(values), version);
        }
    }

    protected override Task<string> DifferenceAsync(StoredRow row, long version)
    {
        var item = keys[row.Key];
        var wanted = OpenItemTable.Move.Columns.Select(column => column.Plain(open[item].Open)).ToList();
        return Task.FromResult(string.Join("; ", Columns.Select((column, at) => (column, Found: row.Values[at], Wanted: wanted[at]))
            .Where(each => RowHash.Of([each.Found]) != RowHash.Of([each.Wanted]))
            .Select(each => $"{each.column} is {RowHash.Show(each.Found)}, the journal says {RowHash.Show(each.Wanted)}")));
    }

    protected override Task<string?> MissingAsync(string account, UInt128 rowKey, long version)
    {
        var item = keys[rowKey];
        object?[] values = [.. OpenItemTable.Move.Columns.Take(KeyColumns).Select(column => column.Plain(open[item].Open))];
        return Task.FromResult<string?>($"{Show(values)}the row is missing");
    }

    protected override void Forget()
    {
        base.Forget();
        open.Clear();
        keys.Clear();
    }
}
