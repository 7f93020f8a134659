using System.Globalization;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>What a document did to the ledger.</summary>
/// <param name="Type">invoice, debitNote, interest, fee, creditNote or payment.</param>
/// <param name="Number">The document's number.</param>
/// <param name="Kind">posted; bounced or mistake where a payment was taken back; allocated or undone where its allocations changed.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="DocumentDate">Issue or value date.</param>
/// <param name="RecordedAt">When ArCredit learned of it.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">Negative for less debt.</param>
/// <param name="Balance">Sum of this currency up to and with this entry.</param>
/// <param name="Lines">The items it moved; they sum up to the amount.</param>
internal sealed record LedgerEntryView(
    ItemType Type, string Number, Movement Kind, DateOnly PostedOn, DateOnly DocumentDate, DateTimeOffset RecordedAt, Currency Currency, decimal Amount,
    decimal Balance, IReadOnlyList<LedgerLineView> Lines);

/// <summary>A movement of an item.</summary>
internal sealed record LedgerLineView(ItemType Type, string Number, int? Instalment, DateOnly? DueDate, Movement Kind, decimal Amount)
{
    /// <summary>Realised exchange difference in the company's currency, above 0 a gain; left out where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MoneyBody? FxDifference { get; init; }
}

/// <summary>A page of the ledger.</summary>
/// <param name="Items">By accounting date, then in the order recorded.</param>
/// <param name="NextCursor">Null on the last page.</param>
/// <param name="Opening">Balances before the first entry of this page, by currency.</param>
internal sealed record LedgerPage(IReadOnlyList<LedgerEntryView> Items, string? NextCursor, IReadOnlyList<CurrencyTotal> Opening);

/// <summary>The account's ledger, one entry per document.</summary>
internal static class Ledger
{
    /// <summary>Keys of a cursor.</summary>
    public const int CursorKeys = 2;

    /// <summary>True when the keys of a cursor are ones of this list.</summary>
    public static bool Accepts(Paging paging) => paging.After is not { } after || (CursorDay.TryParse(after[0], out _) && TryVersion(after[1], out _));

    /// <summary>A page of the entries posted from <paramref name="from"/> on.</summary>
    public static async Task<LedgerPage> ReadAsync(
        DbSession session, AccountId account, AsKnown asKnown, DateOnly? from, Paging paging, CancellationToken cancellation)
    {
        var parameters = new DynamicParameters();
        var where = asKnown.Where(parameters, account);
        var start = "true";
        if (paging.After is { } after)
        {
            TryVersion(after[1], out var version);
            parameters.Add("day", CursorDay.Parse(after[0]));
            parameters.Add("version", version);
            start = "(posted_on, version) > (@day, @version)";
        }
        else if (from is { } first)
        {
            parameters.Add("day", first);
            start = "posted_on >= @day";
        }

        var opening = start == "true" ? [] : (await session.Connection.QueryAsync<TotalRow>(new CommandDefinition(
            $"select currency, cast(sum(amount) as bigint) as amount from ledger_entry where {where} and not ({start}) group by currency order by currency",
            parameters, session.Transaction, cancellationToken: cancellation))).AsList();
        parameters.Add("limit", paging.Limit + 1);
        var rows = await session.Connection.QueryAsync<LineRow>(new CommandDefinition(
            $"""
            select e.posted_on as PostedOn, e.version as Version, e.recorded_at as RecordedAt, e.item_type as ItemType, e.number as Number,
                   e.instalment as Instalment, e.kind as Kind, e.currency as Currency, e.amount as Amount, e.issue_date as IssueDate, e.due_date as DueDate,
                   e.fx_difference as FxDifference, e.fx_currency as FxCurrency
              from ledger_entry e
              join (select posted_on, version from ledger_entry where {where} and {start}
                     group by posted_on, version order by posted_on, version limit @limit) p
                on e.posted_on = p.posted_on and e.version = p.version
             where e.account_id = @account
             order by e.posted_on, e.version, e.line
            """,
            parameters, session.Transaction, cancellationToken: cancellation));
        var balances = opening.ToDictionary(sum => sum.Currency, sum => sum.Amount, StringComparer.Ordinal);
        var entries = rows.GroupBy(row => row.Version).Select(lines => (Entry: ToView([.. lines], balances), lines.Key)).ToList();
        var page = paging.Page(entries, entry => [CursorDay.Text(entry.Entry.PostedOn), entry.Key.ToString(CultureInfo.InvariantCulture)]);
        return new LedgerPage([.. page.Items.Select(item => item.Entry)], page.NextCursor, [.. opening.Select(sum => sum.ToTotal())]);
    }

    // The first line is the document's own item.
    private static LedgerEntryView ToView(List<LineRow> lines, Dictionary<string, long> balances)
    {
        var own = lines[0];
        var currency = Currency.Parse(own.Currency);
        var amount = lines.Sum(line => line.Amount);
        var balance = balances.GetValueOrDefault(own.Currency) + amount;
        balances[own.Currency] = balance;
        return new LedgerEntryView(
            TypeOf(own), own.Number, KindOf(own), own.PostedOn, own.IssueDate, own.RecordedAt, currency, Amounts.Of(amount, currency),
            Amounts.Of(balance, currency), [.. lines.Where(line => line.Amount != 0).Select(line => ToLine(line, currency))]);
    }

    private static LedgerLineView ToLine(LineRow line, Currency currency)
    {
        var isDebit = TypeOf(line).IsDebit();
        return new LedgerLineView(
            TypeOf(line), line.Number, isDebit ? (int)line.Instalment : null, isDebit ? line.DueDate : null, KindOf(line), Amounts.Of(line.Amount, currency))
        {
            FxDifference = line is { FxDifference: { } minor, FxCurrency: { } code } && Currency.Parse(code) is var company
                ? new MoneyBody(Money.ToDecimal(minor, company), company)
                : null,
        };
    }

    private static ItemType TypeOf(LineRow row) =>
        EnumNames.TryParse<ItemType>(row.ItemType, out var type) ? type : throw new InvariantException($"Unknown item type {row.ItemType}.");

    private static Movement KindOf(LineRow row) =>
        EnumNames.TryParse<Movement>(row.Kind, out var kind) ? kind : throw new InvariantException($"Unknown movement {row.Kind}.");

    private static bool TryVersion(string text, out long version) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version);

    private sealed class LineRow
    {
        public DateOnly PostedOn { get; init; }

        public long Version { get; init; }

        public DateTimeOffset RecordedAt { get; init; }

        public string ItemType { get; init; } = string.Empty;

        public string Number { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public string Kind { get; init; } = string.Empty;

        public string Currency { get; init; } = string.Empty;

        public long Amount { get; init; }

        public DateOnly IssueDate { get; init; }

        public DateOnly DueDate { get; init; }

        public long? FxDifference { get; init; }

        public string? FxCurrency { get; init; }
    }
}
