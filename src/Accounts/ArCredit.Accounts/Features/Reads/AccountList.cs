using System.Globalization;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>How the list is sorted.</summary>
internal enum AccountSort
{
    /// <summary>By number.</summary>
    AccountId,

    /// <summary>By name, accents and case aside; accounts without one first.</summary>
    Name,

    /// <summary>Largest balance first, by the number alone: filter by currency to compare like with like.</summary>
    Balance,
}

/// <summary>What is looked for; null = everything.</summary>
/// <param name="Text">Part of the name, or the beginning of the account number.</param>
/// <param name="Company">Exact.</param>
/// <param name="Segment">Exact.</param>
/// <param name="Status">Exact.</param>
/// <param name="Currency">The account's.</param>
internal sealed record AccountFilter(string? Text, string? Company, string? Segment, AccountStatus? Status, Currency? Currency);

/// <summary>An account in a list.</summary>
/// <param name="AccountId">The customer's number.</param>
/// <param name="Name">Null once erased.</param>
/// <param name="Company">Who sells.</param>
/// <param name="Segment">The segment, if any.</param>
/// <param name="Currency">The account's.</param>
/// <param name="ParentId">The group's parent.</param>
/// <param name="Status">Whether it may buy.</param>
/// <param name="CreditLimit">Its own limit; null = none of its own.</param>
/// <param name="Unlimited">No ceiling of its own.</param>
/// <param name="Balance">Open items less credits, in the account's currency.</param>
internal sealed record AccountListItem(
    string AccountId, string? Name, string Company, string? Segment, Currency Currency, string? ParentId, AccountStatus Status, decimal? CreditLimit,
    bool Unlimited, decimal Balance);

/// <summary>Search, filter and sort over all accounts.</summary>
internal static class AccountList
{
    /// <summary>Keys of a cursor.</summary>
    public const int CursorKeys = 2;

    /// <summary>True when the keys of a cursor are ones of this list in this order.</summary>
    public static bool Accepts(Paging paging, AccountSort sort) =>
        paging.After is not { } after || sort != AccountSort.Balance || long.TryParse(after[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    /// <summary>A page.</summary>
    public static async Task<ListPage<AccountListItem>> ReadAsync(
        DbSession session, AccountFilter filter, AccountSort sort, Paging paging, CancellationToken cancellation)
    {
        var parameters = new DynamicParameters();
        var conditions = Conditions(filter, parameters);
        var order = sort switch
        {
            AccountSort.AccountId => "v.account_id",
            AccountSort.Name => "coalesce(n.folded, ''), v.account_id",
            AccountSort.Balance => "-v.balance, v.account_id",
        };
        if (paging.After is { } after)
        {
            parameters.Add("first", sort == AccountSort.Balance ? long.Parse(after[0], CultureInfo.InvariantCulture) : after[0]);
            parameters.Add("afterId", after[1]);
            conditions.Add(sort == AccountSort.AccountId ? "v.account_id > @afterId" : $"({order}) > (@first, @afterId)");
        }

        parameters.Add("limit", paging.Limit + 1);
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select v.account_id as AccountId, n.name as Name, n.folded as Folded, v.company as Company, v.segment as Segment, v.currency as Currency,
                   v.parent_id as ParentId, v.closed as Closed, v.credit_limit as CreditLimit, v.unlimited as Unlimited, v.balance as Balance,
                   case when exists (select 1 from account_block b where b.account_id = v.account_id) then 1 else 0 end as Blocked
              from account_view v
              left join account_name n on n.account_id = v.account_id
             where {string.Join(" and ", conditions)}
             order by {order}
             limit @limit
            """,
            parameters, cancellationToken: cancellation));
        var page = paging.Page(rows.AsList(), row => [KeyOf(row, sort), row.AccountId]);
        return new ListPage<AccountListItem>([.. page.Items.Select(ToItem)], page.NextCursor);
    }

    private static List<string> Conditions(AccountFilter filter, DynamicParameters parameters)
    {
        var conditions = new List<string> { "true" };
        void Equal(string column, string? value)
        {
            if (value is not null)
            {
                parameters.Add(column, value);
                conditions.Add($"v.{column} = @{column}");
            }
        }

        Equal("company", filter.Company);
        Equal("segment", filter.Segment);
        Equal("currency", filter.Currency?.Code);
        if (filter.Text is { } text)
        {
            parameters.Add("text", text);
            parameters.Add("length", text.EnumerateRunes().Count());
            parameters.Add("folded", $"%{Escape(NameFold.Of(text))}%");
            conditions.Add(@"(n.folded like @folded escape '\' or substr(v.account_id, 1, @length) = @text)");
        }

        const string blocked = "exists (select 1 from account_block b where b.account_id = v.account_id)";
        conditions.Add(filter.Status is not { } status ? "true" : status switch
        {
            AccountStatus.Closed => "v.closed = 1",
            AccountStatus.Blocked => $"v.closed = 0 and {blocked}",
            AccountStatus.Active => $"v.closed = 0 and not {blocked}",
        });
        return conditions;
    }

    private static string Escape(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    private static string KeyOf(Row row, AccountSort sort) => sort switch
    {
        AccountSort.AccountId => string.Empty,
        AccountSort.Name => row.Folded ?? string.Empty,
        AccountSort.Balance => (-row.Balance).ToString(CultureInfo.InvariantCulture),
    };

    private static AccountListItem ToItem(Row row)
    {
        var currency = Currency.Parse(row.Currency);
        var status = row.Closed != 0 ? AccountStatus.Closed : row.Blocked != 0 ? AccountStatus.Blocked : AccountStatus.Active;
        return new AccountListItem(
            row.AccountId, row.Name, row.Company, row.Segment, currency, row.ParentId, status, Amounts.Of(row.CreditLimit, currency), row.Unlimited != 0,
            Amounts.Of(row.Balance, currency));
    }

    private sealed class Row
    {
        public string AccountId { get; init; } = string.Empty;

        public string? Name { get; init; }

        public string? Folded { get; init; }

        public string Company { get; init; } = string.Empty;

        public string? Segment { get; init; }

        public string Currency { get; init; } = string.Empty;

        public string? ParentId { get; init; }

        public long Closed { get; init; }

        public long? CreditLimit { get; init; }

        public long Unlimited { get; init; }

        public long Balance { get; init; }

        public long Blocked { get; init; }
    }
}
