using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Verify;

/// <summary>A table of the projection.</summary>
internal sealed class ProjectionCheck(VerifyRun run, ProjectedTable table) : TableCheck(run, table.Name, table.Key, table.Columns)
{
    // What people type may stand in these; that they differ is enough.
    private static readonly string[] Untold = ["name", "flags", "details_id"];

    protected override async Task<string> DifferenceAsync(StoredRow row, long version)
    {
        var wanted = await WantedAsync(row.Account, row.Key, version);
        var differences = Columns.Select((column, at) => (column, Found: row.Values[at], Wanted: wanted?.Content?[at]))
            .Where(each => RowHash.Of([each.Found]) != RowHash.Of([each.Wanted]))
            .Select(each => Untold.Contains(each.column) ? $"{each.column} differs" : $"{each.column} is {RowHash.Show(each.Found)}, the journal says {RowHash.Show(each.Wanted)}");
        return string.Join("; ", differences);
    }

    protected override async Task<string?> MissingAsync(string account, UInt128 rowKey, long version) =>
        $"{(await WantedAsync(account, rowKey, version) is { } wanted ? Show(wanted.Key) : string.Empty)}the row is missing";

    private async Task<ProjectedRow?> WantedAsync(string account, UInt128 rowKey, long version) =>
        await Run.ReadRowAsync(account, version) is { } row
            ? JournalLine.RowsOf(row, table).Where(each => RowHash.Of(each.Key) == rowKey).Select(each => (ProjectedRow?)each).FirstOrDefault()
            : null;
}

/// <summary>The one column of the projection that is a sum over events: the balance, held against the account's own.</summary>
internal sealed class BalanceCheck(VerifyRun run) : TableCheck(run, "account_view", ["account_id"], ["account_id", "balance"])
{
    private long balance;

    /// <summary>The account's balance as of the row that the projection has come to.</summary>
    public void Expect(string account, long value, long version)
    {
        balance = value;
        Expect(RowHash.Of([account]), RowHash.Of([account, value]), version);
    }

    // Rows that should or should not be there are found with the other columns.
    protected override string? Unexpected(StoredRow row) => null;

    protected override Task<string> DifferenceAsync(StoredRow row, long version) =>
        Task.FromResult($"balance is {RowHash.Show(row.Values[1])}, the journal says {balance}");

    protected override Task<string?> MissingAsync(string account, UInt128 rowKey, long version) => Task.FromResult<string?>(null);
}
