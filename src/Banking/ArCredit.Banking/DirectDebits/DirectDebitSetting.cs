using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>How an own account collects.</summary>
internal sealed class DirectDebitSetting
{
    /// <summary>Shipped: calendar days of pre-notification, settlement days of lead, days of refund right (8 weeks), settlement days of a B2B return.</summary>
    public const int ShippedNotice = 14, ShippedLead = 1, ShippedCore = 56, ShippedB2b = 3;

    public string BankAccount { get; init; } = string.Empty;

    public string CreditorId { get; init; } = string.Empty;

    public string Holder { get; init; } = string.Empty;

    public string? Bic { get; init; }

    /// <summary>Calendar days from the announcement to the first on which a collection may be filed, where its mandate says nothing.</summary>
    public long NoticeDays { get; init; }

    /// <summary>Settlement days that the bank needs from the file to the collection.</summary>
    public long LeadDays { get; init; }

    /// <summary>Calendar days for which a CORE debit can come back.</summary>
    public long CoreDays { get; init; }

    /// <summary>Settlement days for which a B2B debit can come back.</summary>
    public long B2bDays { get; init; }

    /// <summary>The last day on which money of the scheme can come back.</summary>
    public DateOnly ClearsOn(MandateScheme scheme, DateOnly collectOn) => scheme switch
    {
        MandateScheme.Core => collectOn.AddDays((int)CoreDays),
        MandateScheme.B2b => TargetDays.After(collectOn, (int)B2bDays),
    };
}

/// <summary>How own accounts collect.</summary>
internal sealed class DirectDebitSettings(IDatabase database)
{
    private const string Select =
        """
        select bank_account as BankAccount, creditor_id as CreditorId, holder as Holder, bic as Bic, notice_days as NoticeDays, lead_days as LeadDays,
               core_days as CoreDays, b2b_days as B2bDays
          from direct_debit_setting
        """;

    public async Task<DirectDebitSetting?> FindAsync(string bankAccount, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await session.Connection.QueryFirstOrDefaultAsync<DirectDebitSetting?>(
            new CommandDefinition($"{Select} where bank_account = @bankAccount", new { bankAccount }, cancellationToken: cancellation));
    }

    /// <summary>The newest setting of a file's own account; the file keeps creditor identifier, holder and BIC itself.</summary>
    public static Task<DirectDebitSetting> OfAsync(DbSession session, string bankAccount) =>
        session.Connection.QueryFirstAsync<DirectDebitSetting>($"{Select} where bank_account = @bankAccount", new { bankAccount }, session.Transaction);

    /// <summary>The creditor identifier under which all own accounts of a company collect; null = there is none, or several.</summary>
    public static async Task<string?> OnlyCreditorAsync(DbSession session, string company)
    {
        var all = await session.Connection.QueryAsync<string>(
            "select distinct s.creditor_id from direct_debit_setting s join bank_account b on b.id = s.bank_account where b.company = @company", new { company }, session.Transaction);
        return all.ToList() is [var only] ? only : null;
    }

    public async Task PutAsync(DirectDebitSetting setting, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            """
            insert into direct_debit_setting (bank_account, creditor_id, holder, bic, notice_days, lead_days, core_days, b2b_days)
            values (@BankAccount, @CreditorId, @Holder, @Bic, @NoticeDays, @LeadDays, @CoreDays, @B2bDays)
            on conflict (bank_account) do update set creditor_id = excluded.creditor_id, holder = excluded.holder, bic = excluded.bic,
                   notice_days = excluded.notice_days, lead_days = excluded.lead_days, core_days = excluded.core_days, b2b_days = excluded.b2b_days
            """,
            setting, session.Transaction);
        await session.CommitAsync(cancellation);
    }
}
