using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.MoneyOut;

/// <summary>How an own account is paid from.</summary>
internal sealed class Outgoing
{
    public string BankAccount { get; init; } = string.Empty;

    public string Holder { get; init; } = string.Empty;

    public string? Bic { get; init; }

    public string CreditTransfers { get; init; } = string.Empty;
}

/// <summary>How own accounts are paid from.</summary>
internal sealed class OutgoingStore(IDatabase database)
{
    private const string Select = "select bank_account as BankAccount, holder as Holder, bic as Bic, credit_transfers as CreditTransfers from bank_outgoing";

    public static Task<Outgoing?> FindAsync(DbSession session, string bankAccount) =>
        session.Connection.QueryFirstOrDefaultAsync<Outgoing?>($"{Select} where bank_account = @bankAccount", new { bankAccount }, session.Transaction);

    public async Task<Outgoing?> FindAsync(string bankAccount, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await FindAsync(session, bankAccount);
    }

    public async Task PutAsync(Outgoing outgoing, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            """
            insert into bank_outgoing (bank_account, holder, bic, credit_transfers) values (@BankAccount, @Holder, @Bic, @CreditTransfers)
            on conflict (bank_account) do update set holder = excluded.holder, bic = excluded.bic, credit_transfers = excluded.credit_transfers
            """,
            outgoing, session.Transaction);
        await session.CommitAsync(cancellation);
    }
}
