using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Projections;

/// <summary>What is open of each item now: the sum of its movements, kept so that it can be searched across accounts.</summary>
internal static class OpenItemTable
{
    internal static readonly SetStatement<(ItemKey Item, Currency Currency, long Change)> Move = new(
        """
        insert into open_item (account_id, due_date, issue_date, number, item_type, instalment, currency, open_amount, number_key)
        select r.account_id, r.due_date, r.issue_date, r.number, r.item_type, r.instalment, r.currency, r.change, r.number_key
          from {rows} where true
        on conflict (account_id, due_date, issue_date, number, item_type, instalment) do update set open_amount = open_item.open_amount + excluded.open_amount
        """,
        Column.Text<(ItemKey Item, Currency Currency, long Change)>("account_id", row => row.Item.AccountId),
        Column.Date<(ItemKey Item, Currency Currency, long Change)>("due_date", row => row.Item.DueDate),
        Column.Date<(ItemKey Item, Currency Currency, long Change)>("issue_date", row => row.Item.IssueDate),
        Column.Text<(ItemKey Item, Currency Currency, long Change)>("number", row => row.Item.Number),
        Column.Text<(ItemKey Item, Currency Currency, long Change)>("item_type", row => EnumNames.Name(row.Item.Type)),
        Column.Number<(ItemKey Item, Currency Currency, long Change)>("instalment", row => row.Item.Instalment),
        Column.Text<(ItemKey Item, Currency Currency, long Change)>("currency", row => row.Currency.Code),
        Column.Number<(ItemKey Item, Currency Currency, long Change)>("change", row => row.Change),
        Column.Text<(ItemKey Item, Currency Currency, long Change)>("number_key", row => SearchKey.Of(row.Item.Number)));

    private static readonly SetStatement<ItemKey> RemoveClosed = new(
        """
        delete from open_item
         where open_amount = 0 and (account_id, due_date, issue_date, number, item_type, instalment) in
               (select r.account_id, r.due_date, r.issue_date, r.number, r.item_type, r.instalment from {rows})
        """,
        Column.Text<ItemKey>("account_id", item => item.AccountId),
        Column.Date<ItemKey>("due_date", item => item.DueDate),
        Column.Date<ItemKey>("issue_date", item => item.IssueDate),
        Column.Text<ItemKey>("number", item => item.Number),
        Column.Text<ItemKey>("item_type", item => EnumNames.Name(item.Type)),
        Column.Number<ItemKey>("instalment", item => item.Instalment));

    /// <summary>Moves the items of the lines; one that is closed by them is gone.</summary>
    public static async Task WriteAsync(DbSession session, IReadOnlyCollection<LedgerLine> lines, CancellationToken cancellation)
    {
        // An item that opens and closes within the batch was never there, and PostgreSQL moves a row once per statement.
        var moved = lines.GroupBy(line => line.Item)
            .Select(item => (Item: item.Key, item.First().Currency, Change: item.Sum(line => line.Amount)))
            .Where(item => item.Change != 0)
            .ToList();
        await Move.ExecuteAsync(session, moved, cancellation);

        // What has come in this batch and is not nothing is open: only what moved later can be closed by now.
        var posted = lines.Where(line => line.Kind == Movement.Posted).Select(line => line.Item).ToHashSet();
        await RemoveClosed.ExecuteAsync(session, [.. moved.Select(item => item.Item).Where(item => !posted.Contains(item))], cancellation);
    }
}
