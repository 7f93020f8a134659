using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Accounts.Projections;

/// <summary>Searches <c>open_item</c>; every condition that is given begins an index.</summary>
internal sealed class OpenItemReader(IDatabase database) : IOpenItems
{
    // SQLite takes as many parameters as a list has values, and no more than some thousands.
    private const int KeysPerQuery = 500;

    private const string Select =
        """
        select o.account_id as AccountId, n.name as Name, o.number as Number, o.instalment as Instalment, o.issue_date as IssueDate,
               o.due_date as DueDate, o.open_amount as OpenAmount, o.open_vat as OpenVat
          from open_item o
        """;

    // Claims for interest and fees are paid when they are named, not because an amount happens to be theirs.
    private const string Trade = "o.item_type in ('invoice', 'debitNote')";

    private const string OfCompany =
        """
          join account_view v on v.account_id = o.account_id and v.company = @company
          left join account_name n on n.account_id = o.account_id
        """;

    private const string Marked =
        """
        m.account_id = o.account_id and m.number = o.number and m.instalment = o.instalment and m.until_on is null
                           and (m.lapses_on is null or m.lapses_on >= @today)
        """;

    public async Task<IReadOnlyList<OpenInstalment>> ByNumberAsync(
        string company, Currency currency, IReadOnlyCollection<string> keys, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var found = new List<OpenInstalment>();
        foreach (var chunk in keys.Chunk(KeysPerQuery))
        {
            found.AddRange(await ReadAsync(
                session, $"{Select} {OfCompany} where o.number_key {OneOf(session, "chunk")} and o.currency = @currency", "o.account_id, o.number, o.due_date, o.instalment",
                new { company, currency = currency.Code, chunk, limit = limit - found.Count }, cancellation));
            if (found.Count == limit)
            {
                break;
            }
        }

        return found;
    }

    public async Task<IReadOnlyList<OpenInstalment>> ByAmountAsync(string company, Money open, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var found = new List<OpenInstalment>();

        // One query for each, so that each begins an index.
        foreach (var amount in new[] { "o.open_amount", "o.open_net", "o.open_vat" })
        {
            var isSplit = amount == "o.open_amount" ? string.Empty : $"and {amount} <> 0 and o.open_vat <> 0";
            var more = await ReadAsync(
                session, $"{Select} {OfCompany} where {amount} = @minor and o.currency = @currency {isSplit} and {Trade} and o.due_date < @never", "o.account_id, o.due_date, o.number, o.instalment",
                new { company, currency = open.Currency.Code, minor = open.Minor, limit, never = RetentionTerms.NoDueDate }, cancellation);
            found.AddRange(more.Where(one => !found.Contains(one)).Take(limit - found.Count));
        }

        return found;
    }

    public async Task<IReadOnlyList<OpenInstalment>> OfAccountAsync(AccountId account, Currency currency, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await ReadAsync(
            session, $"{Select} left join account_name n on n.account_id = o.account_id where o.account_id = @account and o.currency = @currency and {Trade}",
            "o.account_id, o.due_date, o.issue_date, o.number, o.item_type, o.instalment", new { account = account.Value, currency = currency.Code, limit }, cancellation);
    }

    public async Task<IReadOnlyList<DueItem>> DueAsync(
        string company, Currency currency, DateOnly until, DateOnly today, IReadOnlyCollection<string> accounts, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var found = new List<DueItem>();
        foreach (var chunk in accounts.Order(StringComparer.Ordinal).Chunk(KeysPerQuery))
        {
            var rows = await session.Connection.QueryAsync<DueRow>(new CommandDefinition(
                $"""
                select o.account_id as AccountId, o.number as Number, o.instalment as Instalment, o.due_date as DueDate, o.open_amount as OpenAmount,
                       (select count(*) from item_mark m where {Marked} and m.kind = 'disputed') as Disputes,
                       (select count(*) from item_mark m where {Marked} and m.kind = 'inPlan' and {PlanMoves.LeftOf(string.Empty)} > 0) as Plans
                  from open_item o
                  join account_view v on v.account_id = o.account_id and v.company = @company
                 where o.account_id {OneOf(session, "chunk")} and o.currency = @currency and o.due_date <= @until and {Trade} and o.open_amount > 0
                 order by o.account_id, o.due_date, o.issue_date, o.number, o.item_type, o.instalment
                 limit @limit
                """,
                new { company, currency = currency.Code, until, today, chunk, limit = limit - found.Count }, cancellationToken: cancellation));
            found.AddRange(rows.Select(row => new DueItem(
                AccountId.Parse(row.AccountId), DocumentNumber.Parse(row.Number), (int)row.Instalment, row.DueDate, row.OpenAmount, row.Disputes > 0, row.Plans > 0)));
            if (found.Count == limit)
            {
                break;
            }
        }

        return found;
    }

    public async Task<long> UnappliedAsync(AccountId account, Currency currency, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var key = new { account = account.Value, currency = currency.Code };
        var credit = await session.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            select cast(coalesce(sum(-open_amount), 0) as bigint) from open_item
             where account_id = @account and currency = @currency and item_type in ('payment', 'creditNote')
            """,
            key, cancellationToken: cancellation));

        // An earmark stays on the ledger until the refund is filed.
        var earmarks = await session.Connection.QueryAsync<string>(new CommandDefinition(
            "select state from refund where account_id = @account and currency = @currency and status in ('requested', 'approved')", key, cancellationToken: cancellation));
        return Math.Max(0, credit - earmarks.Sum(state => StateList.Parse<RefundState>(state).Amount));
    }

    public async Task<IReadOnlyList<FoundAccount>> AccountsAsync(string company, IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var found = new List<FoundAccount>();
        foreach (var chunk in ids.Chunk(KeysPerQuery))
        {
            found.AddRange(await AccountsAsync(
                session,
                $"""
                select v.account_id as AccountId, n.name as Name
                  from account_view v
                  left join account_name n on n.account_id = v.account_id
                 where v.account_id {OneOf(session, "chunk")} and v.company = @company
                 order by v.account_id
                """,
                new { company, chunk }, cancellation));
        }

        return found;
    }

    public async Task<IReadOnlyList<FoundAccount>> NamedAsync(string company, string beginning, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var from = NameFold.Of(beginning);

        // Names are compared by their bytes, so everything that begins so is below the same followed by the last character there is.
        return await AccountsAsync(
            session,
            """
            select n.account_id as AccountId, n.name as Name
              from account_name n
              join account_view v on v.account_id = n.account_id and v.company = @company
             where n.folded >= @from and n.folded < @until
             order by n.folded, n.account_id
             limit @limit
            """,
            new { company, from, until = from + "\U0010FFFD", limit }, cancellation);
    }

    private static string OneOf(DbSession session, string parameter) => session.Dialect == Dialect.PostgreSql ? $"= any(@{parameter})" : $"in @{parameter}";

    private static async Task<IReadOnlyList<OpenInstalment>> ReadAsync(
        DbSession session, string sql, string order, object parameters, CancellationToken cancellation)
    {
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"{sql} and o.open_amount > 0 order by {order} limit @limit", parameters, cancellationToken: cancellation));
        return [.. rows.Select(row => new OpenInstalment(
            AccountId.Parse(row.AccountId), row.Name, DocumentNumber.Parse(row.Number), (int)row.Instalment, row.IssueDate, row.DueDate, row.OpenAmount,
            row.OpenVat))];
    }

    private static async Task<IReadOnlyList<FoundAccount>> AccountsAsync(DbSession session, string sql, object parameters, CancellationToken cancellation)
    {
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
        return [.. rows.Select(row => new FoundAccount(AccountId.Parse(row.AccountId), row.Name))];
    }

    private sealed class DueRow
    {
        public string AccountId { get; init; } = string.Empty;

        public string Number { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public DateOnly DueDate { get; init; }

        public long OpenAmount { get; init; }

        public long Disputes { get; init; }

        public long Plans { get; init; }
    }

    private sealed class Row
    {
        public string AccountId { get; init; } = string.Empty;

        public string? Name { get; init; }

        public string Number { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public DateOnly IssueDate { get; init; }

        public DateOnly DueDate { get; init; }

        public long OpenAmount { get; init; }

        public long OpenVat { get; init; }
    }
}
