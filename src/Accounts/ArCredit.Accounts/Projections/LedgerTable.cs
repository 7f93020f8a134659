using System.Data.Common;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Projections;

/// <summary>Movements of items, and the balance in account currency that they bring about.</summary>
internal static class LedgerTable
{
    internal static readonly SetStatement<LedgerLine> Insert = new(
        """
        insert into ledger_entry (account_id, posted_on, version, line, recorded_at, item_type, number, instalment, kind, currency, amount, returned,
                                  issue_date, due_date, original, counterpart_type, counterpart_number, flags, unearned, fx_difference, fx_currency, discount,
                                  vat, original_vat)
        select r.account_id, r.posted_on, r.version, r.line, r.recorded_at, r.item_type, r.number, r.instalment, r.kind, r.currency, r.amount, r.returned,
               r.issue_date, r.due_date, r.original, r.counterpart_type, r.counterpart_number, r.flags,
               r.unearned, r.fx_difference, r.fx_currency, r.discount, r.vat, r.original_vat
          from {rows}
        """,
        Column.Text<LedgerLine>("account_id", line => line.Item.AccountId),
        Column.Date<LedgerLine>("posted_on", line => line.PostedOn),
        Column.Number<LedgerLine>("version", line => line.Version),
        Column.Number<LedgerLine>("line", line => line.Line),
        Column.Instant<LedgerLine>("recorded_at", line => line.RecordedAt),
        Column.Text<LedgerLine>("item_type", line => EnumNames.Name(line.Item.Type)),
        Column.Text<LedgerLine>("number", line => line.Item.Number),
        Column.Number<LedgerLine>("instalment", line => line.Item.Instalment),
        Column.Text<LedgerLine>("kind", line => EnumNames.Name(line.Kind)),
        Column.Text<LedgerLine>("currency", line => line.Currency.Code),
        Column.Number<LedgerLine>("amount", line => line.Amount),
        Column.Number<LedgerLine>("returned", line => line.Returned),
        Column.Date<LedgerLine>("issue_date", line => line.Item.IssueDate),
        Column.Date<LedgerLine>("due_date", line => line.Item.DueDate),
        Column.Number<LedgerLine>("original", line => line.Original),
        Column.Text<LedgerLine>("counterpart_type", line => line.Counterpart is { } by ? EnumNames.Name(by.Type) : null),
        Column.Text<LedgerLine>("counterpart_number", line => line.Counterpart?.Number),
        Column.Text<LedgerLine>("flags", line => line.Flags),
        Column.Number<LedgerLine>("unearned", line => line.Unearned),
        Column.NumberOrNull<LedgerLine>("fx_difference", line => line.FxDifference?.Minor),
        Column.Text<LedgerLine>("fx_currency", line => line.FxDifference?.Currency.Code),
        Column.Number<LedgerLine>("discount", line => line.Discount),
        Column.Number<LedgerLine>("vat", line => line.Vat),
        Column.Number<LedgerLine>("original_vat", line => line.OriginalVat));

    private static readonly SetStatement<string> Currencies = new(
        "select r.account_id, v.currency from {rows} join account_view v on v.account_id = r.account_id",
        Column.Text<string>("account_id", account => account));

    private static readonly SetStatement<ItemKey> OpenAmounts = new(
        """
        select r.account_id, r.item_type, r.number, r.instalment, r.issue_date, r.due_date, cast(sum(e.amount) as bigint)
          from {rows}
          join ledger_entry e on e.account_id = r.account_id and e.due_date = r.due_date and e.issue_date = r.issue_date
                             and e.number = r.number and e.item_type = r.item_type and e.instalment = r.instalment
         group by r.account_id, r.item_type, r.number, r.instalment, r.issue_date, r.due_date
        """,
        Column.Text<ItemKey>("account_id", item => item.AccountId),
        Column.Text<ItemKey>("item_type", item => EnumNames.Name(item.Type)),
        Column.Text<ItemKey>("number", item => item.Number),
        Column.Number<ItemKey>("instalment", item => item.Instalment),
        Column.Date<ItemKey>("issue_date", item => item.IssueDate),
        Column.Date<ItemKey>("due_date", item => item.DueDate));

    private static readonly SetStatement<KeyValuePair<string, long>> AddToBalance = new(
        "update account_view set balance = balance + r.change from {rows} where account_view.account_id = r.account_id",
        Column.Text<KeyValuePair<string, long>>("account_id", change => change.Key),
        Column.Number<KeyValuePair<string, long>>("change", change => change.Value));

    /// <summary>Writes the lines; the accounts of the batch are written already.</summary>
    public static async Task WriteAsync(DbSession session, List<LedgerLine> lines, CancellationToken cancellation)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var changes = await BalanceChangesAsync(session, lines, cancellation);
        await Insert.ExecuteAsync(session, lines, cancellation);
        await AddToBalance.ExecuteAsync(session, changes, cancellation);
    }

    // An account values what is open of an item at the item's rate, anew after every movement and rounded once, so the value
    // of a movement is the difference of two such values. In the account's own currency that is the amount itself.
    private static async Task<Dictionary<string, long>> BalanceChangesAsync(DbSession session, List<LedgerLine> lines, CancellationToken cancellation)
    {
        var currencies = new Dictionary<string, Currency>(StringComparer.Ordinal);
        var ids = lines.Select(line => line.Item.AccountId).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (account, code) in await Currencies.QueryAsync(session, ids, reader => (reader.GetString(0), reader.GetString(1)), cancellation))
        {
            currencies[account] = Currency.Parse(code);
        }

        var changes = new Dictionary<string, long>(StringComparer.Ordinal);
        var foreign = new List<LedgerLine>();
        foreach (var line in lines)
        {
            if (line.Rate == 1m && ReferenceEquals(line.Currency, currencies[line.Item.AccountId]))
            {
                changes[line.Item.AccountId] = changes.GetValueOrDefault(line.Item.AccountId) + line.Amount;
            }
            else
            {
                foreign.Add(line);
            }
        }

        var items = foreign.ToLookup(line => line.Item);
        var before = await OpenAmounts.QueryAsync(
            session, [.. items.Select(item => item.Key)],
            reader => (Item: ItemOf(reader), Open: reader.GetInt64(6)), cancellation);
        var open = before.ToDictionary(read => read.Item, read => read.Open);
        foreach (var item in items)
        {
            var account = item.Key.AccountId;
            var was = open.GetValueOrDefault(item.Key);
            var now = was + item.Sum(line => line.Amount);
            changes[account] = changes.GetValueOrDefault(account) + Value(item.First(), now, currencies[account]) - Value(item.First(), was, currencies[account]);
        }

        return changes;
    }

    private static long Value(LedgerLine line, long open, Currency account) => new Money(open, line.Currency).Convert(line.Rate, account).Minor;

    private static ItemKey ItemOf(DbDataReader reader) => new(
        reader.GetString(0), ItemTypeOf(reader.GetString(1)), reader.GetString(2), (int)reader.GetInt64(3), DateOf(reader, 4), DateOf(reader, 5));

    private static ItemType ItemTypeOf(string name) =>
        EnumNames.TryParse<ItemType>(name, out var type) ? type : throw new InvariantException($"The ledger holds an item of type {name}.");

    private static DateOnly DateOf(DbDataReader reader, int column) => reader.GetFieldValue<DateOnly>(column);
}
