using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Projections;

/// <summary>How what is open of an item changes, in all and of its parts; of an item that is not split the parts are 0.</summary>
internal readonly record struct OpenItemChange(ItemKey Item, Currency Currency, long Change, long Net, long Vat)
{
    /// <summary>Of movements of one item.</summary>
    public static OpenItemChange Of(ItemKey item, IReadOnlyCollection<LedgerLine> lines)
    {
        var (change, vat) = (lines.Sum(line => line.Amount), lines.Sum(line => line.Vat));
        return new OpenItemChange(item, lines.First().Currency, change, lines.First().OriginalVat == 0 ? 0 : change - vat, vat);
    }
}

/// <summary>What is open of each item now: the sum of its movements, kept so that it can be searched across accounts.</summary>
internal static class OpenItemTable
{
    internal static readonly SetStatement<OpenItemChange> Move = new(
        """
        insert into open_item (account_id, due_date, issue_date, number, item_type, instalment, currency, open_amount, number_key, open_net, open_vat)
        select r.account_id, r.due_date, r.issue_date, r.number, r.item_type, r.instalment, r.currency, r.change, r.number_key, r.net, r.vat
          from {rows} where true
        on conflict (account_id, due_date, issue_date, number, item_type, instalment) do update
           set open_amount = open_item.open_amount + excluded.open_amount, open_net = open_item.open_net + excluded.open_net,
               open_vat = open_item.open_vat + excluded.open_vat
        """,
        Column.Text<OpenItemChange>("account_id", row => row.Item.AccountId),
        Column.Date<OpenItemChange>("due_date", row => row.Item.DueDate),
        Column.Date<OpenItemChange>("issue_date", row => row.Item.IssueDate),
        Column.Text<OpenItemChange>("number", row => row.Item.Number),
        Column.Text<OpenItemChange>("item_type", row => EnumNames.Name(row.Item.Type)),
        Column.Number<OpenItemChange>("instalment", row => row.Item.Instalment),
        Column.Text<OpenItemChange>("currency", row => row.Currency.Code),
        Column.Number<OpenItemChange>("change", row => row.Change),
        Column.Text<OpenItemChange>("number_key", row => SearchKey.Of(row.Item.Number)),
        Column.Number<OpenItemChange>("net", row => row.Net),
        Column.Number<OpenItemChange>("vat", row => row.Vat));

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
            .Select(item => OpenItemChange.Of(item.Key, [.. item]))
            .Where(item => item.Change != 0)
            .ToList();
        await Move.ExecuteAsync(session, moved, cancellation);

        // What has come in this batch and is not nothing is open: only what moved later can be closed by now.
        var posted = lines.Where(line => line.Kind == Movement.Posted).Select(line => line.Item).ToHashSet();
        await RemoveClosed.ExecuteAsync(session, [.. moved.Select(item => item.Item).Where(item => !posted.Contains(item))], cancellation);
    }
}
