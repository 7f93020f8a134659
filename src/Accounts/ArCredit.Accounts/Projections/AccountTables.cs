using System.Data.Common;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Platform.Data;

namespace ArCredit.Accounts.Projections;

/// <summary>Accounts as lists need them; names, which are personal data, in a table of their own.</summary>
internal static class AccountTables
{
    internal static readonly SetStatement<AccountRow> PutAccounts = new(
        """
        insert into account_view (account_id, company, segment, currency, parent_id, closed, credit_limit, unlimited, master_version, details_id, balance)
        select r.account_id, r.company, r.segment, r.currency, r.parent_id, r.closed, r.credit_limit, r.unlimited, r.master_version, r.details_id, 0
          from {rows} where true
        on conflict (account_id) do update
           set company = excluded.company, segment = excluded.segment, currency = excluded.currency, parent_id = excluded.parent_id,
               closed = excluded.closed, credit_limit = excluded.credit_limit, unlimited = excluded.unlimited,
               master_version = excluded.master_version, details_id = excluded.details_id
        """,
        Column.Text<AccountRow>("account_id", row => row.AccountId),
        Column.Text<AccountRow>("company", row => row.Put.Master.Company),
        Column.Text<AccountRow>("segment", row => row.Put.Master.Segment),
        Column.Text<AccountRow>("currency", row => row.Put.Master.Currency.Code),
        Column.Text<AccountRow>("parent_id", row => row.Put.Master.ParentId?.Value),
        Column.Number<AccountRow>("closed", row => row.Put.Closed ? 1 : 0),
        Column.NumberOrNull<AccountRow>("credit_limit", row => row.Put.Limits.CreditLimit),
        Column.Number<AccountRow>("unlimited", row => row.Put.Limits.Unlimited ? 1 : 0),
        Column.Number<AccountRow>("master_version", row => row.Put.MasterVersion),
        Column.Id<AccountRow>("details_id", row => row.Put.Details.Id));

    private static readonly SetStatement<AccountRow> ReadDetails = new(
        "select r.account_id, t.body from {rows} join erasable_text t on t.account_id = r.account_id and t.id = r.id",
        Column.Text<AccountRow>("account_id", row => row.AccountId),
        Column.Id<AccountRow>("id", row => row.Put.Details.Id));

    internal static readonly SetStatement<(string AccountId, string Name)> PutNames = new(
        """
        insert into account_name (account_id, name, folded)
        select r.account_id, r.name, r.folded from {rows} where true
        on conflict (account_id) do update set name = excluded.name, folded = excluded.folded
        """,
        Column.Text<(string AccountId, string Name)>("account_id", row => row.AccountId),
        Column.Text<(string AccountId, string Name)>("name", row => row.Name),
        Column.Text<(string AccountId, string Name)>("folded", row => NameFold.Of(row.Name)));

    private static readonly SetStatement<string> RemoveNames = new(
        "delete from account_name where account_id in (select r.account_id from {rows})",
        Column.Text<string>("account_id", account => account));

    internal static readonly SetStatement<BlockRow> PutBlocks = new(
        """
        insert into account_block (account_id, name, all_sales)
        select r.account_id, r.name, r.all_sales from {rows} where true
        on conflict (account_id, name) do update set all_sales = excluded.all_sales
        """,
        Column.Text<BlockRow>("account_id", row => row.AccountId),
        Column.Text<BlockRow>("name", row => row.Name),
        Column.Number<BlockRow>("all_sales", row => row.AllSales ? 1 : 0));

    private static readonly SetStatement<BlockRow> RemoveBlocks = new(
        "delete from account_block where (account_id, name) in (select r.account_id, r.name from {rows})",
        Column.Text<BlockRow>("account_id", row => row.AccountId),
        Column.Text<BlockRow>("name", row => row.Name));

    public static async Task WriteAsync(DbSession session, ProjectionBatch batch, CancellationToken cancellation)
    {
        await PutAccounts.ExecuteAsync(session, batch.Accounts, cancellation);
        await WriteNamesAsync(session, batch.Accounts, cancellation);
        await PutBlocks.ExecuteAsync(session, [.. batch.Blocks.Where(block => block.IsSet)], cancellation);
        await RemoveBlocks.ExecuteAsync(session, [.. batch.Blocks.Where(block => !block.IsSet)], cancellation);
    }

    // A text that was erased meanwhile takes name and ids with it.
    private static async Task WriteNamesAsync(DbSession session, IReadOnlyCollection<AccountRow> accounts, CancellationToken cancellation)
    {
        var details = await ReadDetails.QueryAsync(session, accounts, ReadText, cancellation);
        var parsed = details.Select(text => (text.AccountId, Details: AccountDetails.Parse(text.Body))).ToList();
        var names = parsed.Where(text => text.Details.Name is not null).ToDictionary(text => text.AccountId, text => text.Details.Name!, StringComparer.Ordinal);
        await PutNames.ExecuteAsync(session, [.. names.Select(name => (name.Key, name.Value))], cancellation);
        await RemoveNames.ExecuteAsync(
            session, [.. accounts.Select(account => account.AccountId).Where(account => !names.ContainsKey(account))], cancellation);
        await PartyTable.Remove.ExecuteAsync(session, [.. accounts.Select(account => account.AccountId)], cancellation);
        await PartyTable.Put.ExecuteAsync(session, [.. parsed.SelectMany(text => PartyTable.Of(text.AccountId, text.Details))], cancellation);
    }

    private static (string AccountId, string Body) ReadText(DbDataReader reader) => (reader.GetString(0), reader.GetString(1));
}
