using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.Storage;

/// <summary>How a registration went.</summary>
internal enum PutOutcome
{
    /// <summary>It is new.</summary>
    Created,

    /// <summary>It existed.</summary>
    Replaced,

    /// <summary>Another account is named so by the bank.</summary>
    Taken,

    /// <summary>It has statements in another currency.</summary>
    CurrencyFixed,
}

/// <summary>Own accounts, and the balances that their statements give.</summary>
internal sealed class BankAccountStore(IDatabase database)
{
    private const string Select = "select id as Id, name as Name, iban as Iban, number as Number, bank as Bank, currency as Currency, company as Company from bank_account";

    /// <summary>All accounts, in the session's transaction.</summary>
    public static async Task<IReadOnlyList<BankAccount>> AllAsync(DbSession session) =>
        [.. (await session.Connection.QueryAsync<AccountRow>($"{Select} order by id", transaction: session.Transaction)).Select(row => row.ToAccount())];

    public async Task<PutOutcome> PutAsync(BankAccount account, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await BankFileStore.TakeTurnAsync(session);
        var all = await AllAsync(session);
        var known = all.FirstOrDefault(one => one.Id == account.Id);
        var values = new { account.Id, account.Name, account.Iban, account.Number, account.Bank, currency = account.Currency.Code, account.Company };
        if (all.Any(one => one.Id != account.Id && ReferenceEquals(one.Currency, account.Currency)
            && ((account.Iban is not null && one.Iban == account.Iban) || (account.Number is not null && one.Number == account.Number && one.Bank == account.Bank))))
        {
            return PutOutcome.Taken;
        }

        if (known is not null && !ReferenceEquals(known.Currency, account.Currency) && await session.Connection.QueryFirstOrDefaultAsync<string?>(
            "select account_id from bank_statement where account_id = @Id limit 1", values, session.Transaction) is not null)
        {
            return PutOutcome.CurrencyFixed;
        }

        await session.Connection.ExecuteAsync(
            """
            insert into bank_account (id, name, iban, number, bank, currency, company) values (@Id, @Name, @Iban, @Number, @Bank, @currency, @Company)
            on conflict (id) do update set name = excluded.name, iban = excluded.iban, number = excluded.number, bank = excluded.bank,
                                           currency = excluded.currency, company = excluded.company
            """,
            values, session.Transaction);
        await session.CommitAsync(cancellation);
        return known is null ? PutOutcome.Created : PutOutcome.Replaced;
    }

    /// <summary>One page of accounts with their newest balances up to a day, by id.</summary>
    public async Task<IReadOnlyList<(BankAccount Account, NewestBalance? Booked, NewestBalance? Available)>> ReadAsync(
        string? after, string? only, int limit, CancellationToken cancellation, DateOnly? asOf = null)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var rows = (await session.Connection.QueryAsync<AccountRow>(new CommandDefinition(
            $"{Select} where id > @after and (@only is null or id = @only) order by id limit @limit",
            new { after = after ?? string.Empty, only, limit }, cancellationToken: cancellation))).AsList();
        var ids = rows.Select(row => row.Id).ToArray();
        var booked = await NewestAsync(session, "closing", "intraday = 0", ids, asOf ?? DateOnly.MaxValue);
        var available = await NewestAsync(session, "available", "true", ids, asOf ?? DateOnly.MaxValue);
        return [.. rows.Select(row => (row.ToAccount(), booked.GetValueOrDefault(row.Id), available.GetValueOrDefault(row.Id)))];
    }

    // Statements may come late: the day counts, then what was read last.
    private static async Task<Dictionary<string, NewestBalance>> NewestAsync(DbSession session, string balance, string condition, string[] ids, DateOnly asOf)
    {
        if (ids.Length == 0)
        {
            return [];
        }

        var rows = await session.Connection.QueryAsync<NewestBalance>(
            $"""
            select AccountId, Amount, "On" from (
                select account_id as AccountId, {balance} as Amount, {balance}_on as "On",
                       row_number() over (partition by account_id order by {balance}_on desc, id desc) as place
                  from bank_statement where {balance} is not null and {balance}_on <= @asOf and {condition} and account_id {KnownEntries.OneOf(session, "ids")}) newest
             where place = 1
            """,
            new { ids, asOf });
        return rows.ToDictionary(row => row.AccountId, StringComparer.Ordinal);
    }

    /// <summary>The balance of the newest day.</summary>
    internal sealed class NewestBalance
    {
        public string AccountId { get; init; } = string.Empty;

        public long Amount { get; init; }

        public DateOnly On { get; init; }
    }

    private sealed class AccountRow
    {
        public string Id { get; init; } = string.Empty;

        public string Name { get; init; } = string.Empty;

        public string? Iban { get; init; }

        public string? Number { get; init; }

        public string? Bank { get; init; }

        public string Currency { get; init; } = string.Empty;

        public string Company { get; init; } = string.Empty;

        public BankAccount ToAccount() => new(Id, Name, Iban, Number, Bank, Kernel.Currency.Parse(Currency), Company);
    }
}
