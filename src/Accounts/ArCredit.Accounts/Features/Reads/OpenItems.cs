using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>Where an open item stands.</summary>
internal enum OpenItemStatus
{
    /// <summary>Nothing was taken off it.</summary>
    Open,

    /// <summary>Part was paid, credited or applied.</summary>
    PartPaid,
}

/// <summary>Something with an open amount.</summary>
/// <param name="Type">An instalment of an invoice, a debit note, a claim, or the unused rest of a credit note or payment.</param>
/// <param name="Number">The document's number.</param>
/// <param name="Instalment">From 1; null for credits.</param>
/// <param name="IssueDate">Document or value date.</param>
/// <param name="DueDate">Null for credits and for what is retained.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">Original amount; negative for credits.</param>
/// <param name="OpenAmount">Open amount; negative for credits.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="NetOpenAmount">What is open without VAT; null where VAT is not split.</param>
/// <param name="VatOpenAmount">Open VAT; null where VAT is not split.</param>
/// <param name="DisputedAmount">The part of it that is disputed; null = nothing.</param>
/// <param name="Flags">
/// overdue (past its due date on the day asked for; of a claim or what is retained only where the policy counts it), unearnedDiscount (a discount was taken too late), returned (re-opened by a bounced payment), dueBeforeIssue, capturedAfterLapse,
/// creditAboveInvoice, paidAhead (on the day asked for it was paid but not yet posted), disputed, promised, inPlan (of a payment plan that is kept), retained (the customer holds it back
/// until it is released).
/// </param>
internal sealed record OpenItemView(
    ItemType Type, string Number, int? Instalment, DateOnly IssueDate, DateOnly? DueDate, Currency Currency, decimal Amount, decimal OpenAmount,
    OpenItemStatus Status, decimal? NetOpenAmount, decimal? VatOpenAmount, decimal? DisputedAmount, IReadOnlyList<string> Flags);

/// <summary>A page of open items.</summary>
/// <param name="Items">In settlement order: due date, issue date, number, instalment.</param>
/// <param name="NextCursor">Null on the last page.</param>
/// <param name="Totals">Open amounts of all pages by currency; null on later pages.</param>
internal sealed record OpenItemPage(IReadOnlyList<OpenItemView> Items, string? NextCursor, IReadOnlyList<CurrencyTotal>? Totals);

/// <summary>Open items as sums of movements.</summary>
internal static class OpenItems
{
    /// <summary>Keys of a cursor.</summary>
    public const int CursorKeys = 5;

    private const string Order = "due_date, issue_date, number, item_type, instalment";

    /// <summary>True when the keys of a cursor are ones of this list.</summary>
    public static bool Accepts(Paging paging) =>
        paging.After is not { } after || (CursorDay.TryParse(after[0], out _) && CursorDay.TryParse(after[1], out _) && int.TryParse(after[4], NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>A page; <paramref name="today"/> is the day that "overdue" is judged on, <paramref name="policyOf"/> finds the policy of a segment.</summary>
    public static async Task<OpenItemPage> ReadAsync(
        DbSession session, AccountId account, AsKnown asKnown, Paging paging, DateOnly today, Func<string?, EffectivePolicy> policyOf,
        CancellationToken cancellation)
    {
        var parameters = new DynamicParameters();
        var where = asKnown.Where(parameters, account);
        IReadOnlyList<CurrencyTotal>? totals = null;
        if (paging.After is not { } after)
        {
            var sums = await session.Connection.QueryAsync<TotalRow>(new CommandDefinition(
                $"select currency, cast(sum(amount) as bigint) as amount from ledger_entry where {where} group by currency order by currency",
                parameters, session.Transaction, cancellationToken: cancellation));
            totals = [.. sums.Select(sum => sum.ToTotal())];
        }
        else
        {
            parameters.Add("due", CursorDay.Parse(after[0]));
            parameters.Add("issued", CursorDay.Parse(after[1]));
            parameters.Add("number", after[2]);
            parameters.Add("type", after[3]);
            parameters.Add("instalment", int.Parse(after[4], CultureInfo.InvariantCulture));
            where += $" and ({Order}) > (@due, @issued, @number, @type, @instalment)";
        }

        // All rows of an item carry the same dates, so the groups come out of the index in this order and a page stops early.
        parameters.Add("limit", paging.Limit + 1);
        var rows = await session.Connection.QueryAsync<ItemRow>(new CommandDefinition(
            $"""
            select item_type as ItemType, number as Number, instalment as Instalment, due_date as DueDate, issue_date as IssueDate,
                   min(currency) as Currency, max(original) as Original, cast(sum(amount) as bigint) as OpenAmount,
                   cast(sum(returned) as bigint) as Returned, cast(sum(unearned) as bigint) as Unearned,
                   cast(sum(vat) as bigint) as Vat, max(original_vat) as OriginalVat, {DebitStates.ReleasedSum}, max(flags) as Flags, max(case when kind in ('posted', 'released') then 1 else 0 end) as IsPosted
              from ledger_entry
             where {where}
             group by {Order}
            having sum(amount) <> 0
             order by {Order}
             limit @limit
            """,
            parameters, session.Transaction, cancellationToken: cancellation));
        var page = paging.Page(rows.AsList(), row =>
            [CursorDay.Text(row.DueDate), CursorDay.Text(row.IssueDate), row.Number, row.ItemType, row.Instalment.ToString(CultureInfo.InvariantCulture)]);
        var marks = await OpenItemMarks.ReadAsync(session, account, asKnown, today, policyOf, cancellation);
        return new OpenItemPage([.. page.Items.Select(row => ToView(row, marks, today))], page.NextCursor, totals);
    }

    private static OpenItemView ToView(ItemRow row, OpenItemMarks marks, DateOnly today)
    {
        var currency = Currency.Parse(row.Currency);
        var type = EnumNames.TryParse<ItemType>(row.ItemType, out var known) ? known : throw new InvariantException($"Unknown item type {row.ItemType}.");
        var isDebit = type.IsDebit();
        var disputed = isDebit ? Math.Min(row.OpenAmount, marks.DisputedOf(row.Number, row.Instalment)) : 0;
        var amounts = new OpenItemMarks.ItemAmounts(type, row.Number, row.Instalment, row.DueDate, row.OpenAmount, row.Unearned, row.Returned);
        var flags = marks.FlagsOf(amounts, row.Flags?.Split(',') ?? [], today);
        if (row.IsPosted == 0)
        {
            flags.Add("paidAhead");
        }

        return new OpenItemView(
            type, row.Number, isDebit ? (int)row.Instalment : null, row.IssueDate, isDebit && row.DueDate != RetentionTerms.NoDueDate ? row.DueDate : null, currency,
            Amounts.Of(isDebit ? row.Original + row.Released : -row.Original, currency), Amounts.Of(row.OpenAmount, currency),
            Math.Abs(row.OpenAmount) == row.Original + row.Released ? OpenItemStatus.Open : OpenItemStatus.PartPaid,
            row.OriginalVat == 0 ? null : Amounts.Of(row.OpenAmount - row.Vat, currency), row.OriginalVat == 0 ? null : Amounts.Of(row.Vat, currency),
            disputed > 0 ? Amounts.Of(disputed, currency) : null, flags);
    }

    private sealed class ItemRow
    {
        public string ItemType { get; init; } = string.Empty;

        public string Number { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public DateOnly DueDate { get; init; }

        public DateOnly IssueDate { get; init; }

        public string Currency { get; init; } = string.Empty;

        public long Original { get; init; }

        public long OpenAmount { get; init; }

        public long Returned { get; init; }

        public long Unearned { get; init; }

        public long Vat { get; init; }

        public long OriginalVat { get; init; }

        public long Released { get; init; }

        public string? Flags { get; init; }

        public long IsPosted { get; init; }
    }
}
