using ArCredit.Banking.MoneyOut;
using ArCredit.Banking.Storage;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>What became of a change of a mandate.</summary>
internal enum MandateChange
{
    /// <summary>A new one, or a new version.</summary>
    Done,

    /// <summary>It was so already.</summary>
    Unchanged,

    /// <summary>There is no such mandate of the account.</summary>
    Unknown,

    /// <summary>It was signed otherwise, or for another account.</summary>
    Taken,

    /// <summary>It is cancelled for ever.</summary>
    Ended,

    /// <summary>It does not say for which creditor identifier, and the company has none or several.</summary>
    NoCreditor,
}

/// <summary>Mandates of customers, as they were signed: amendments stand beside them.</summary>
internal sealed class MandateStore(IDatabase database, AccountTimeline timeline, TimeProvider time)
{
    private const string Columns =
        """
        select m.company as Company, m.mandate_id as MandateId, m.version as Version, m.account_id as AccountId, m.creditor_id as CreditorId, m.iban as Iban, m.holder as Holder, m.bic as Bic,
               m.signed_on as SignedOn, m.scheme as Scheme, m.kind as Kind, m.notice_days as NoticeDays, m.status as Status, m.reason as Reason,
               m.changed_by as ChangedBy, m.changed_at as ChangedAt,
               (select max(c.collect_on) from collection c where c.company = m.company and c.mandate_id = m.mandate_id and c.message_id is not null
                   and c.state not in ('taken', 'cancelled')) as LastCollectedOn,
               (select count(*) from collection c where c.company = m.company and c.mandate_id = m.mandate_id
                   and c.state not in ('cancelled', 'rejected', 'returned')) as Uses
          from mandate m
        """;

    private const string Newest = "m.version = (select max(n.version) from mandate n where n.company = m.company and n.mandate_id = m.mandate_id)";

    /// <summary>The newest version; null = there is none.</summary>
    public static Task<Mandate?> FindAsync(DbSession session, string company, string mandateId) => session.Connection.QueryFirstOrDefaultAsync<Mandate?>(
        $"{Columns} where m.company = @company and m.mandate_id = @mandateId order by m.version desc limit 1", new { company, mandateId }, session.Transaction);

    /// <summary>All versions of an account's mandate, the newest first.</summary>
    public async Task<IReadOnlyList<Mandate>> VersionsAsync(string account, string company, string mandateId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return [.. await session.Connection.QueryAsync<Mandate>(new CommandDefinition(
            $"{Columns} where m.company = @company and m.mandate_id = @mandateId and m.account_id = @account order by m.version desc",
            new { account, company, mandateId }, cancellationToken: cancellation))];
    }

    /// <summary>An account's mandates as they count on a day, by id.</summary>
    public async Task<IReadOnlyList<Mandate>> OfAccountAsync(string account, string company, string after, int limit, DateOnly day, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var signed = await session.Connection.QueryAsync<Mandate>(new CommandDefinition(
            $"{Columns} where m.account_id = @account and m.mandate_id > @after and {Newest} order by m.mandate_id limit @limit",
            new { account, after, limit }, cancellationToken: cancellation));
        var amendments = await MandateAmendmentStore.OfCompanyAsync(session, company, account, cancellation);
        return [.. signed.Select(mandate => AmendedMandate.On(day, mandate, amendments[mandate.MandateId]).Mandate)];
    }

    /// <summary>The id of a mandate that was signed under the id, or has it by an amendment that is confirmed; the id itself when there is none.</summary>
    public async Task<string> SignedAsAsync(string company, string mandateId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await FindAsync(session, company, mandateId) is not null ? mandateId : await session.Connection.QueryFirstOrDefaultAsync<string?>(new CommandDefinition(
            "select mandate_id from mandate_amendment where company = @company and reference = @mandateId and status = 'confirmed' order by mandate_id limit 1",
            new { company, mandateId }, cancellationToken: cancellation)) ?? mandateId;
    }

    /// <summary>An account's mandate by its amendments, in their order.</summary>
    public async Task<IReadOnlyList<MandateAmendment>> AmendmentsAsync(string company, string mandateId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await MandateAmendmentStore.OfMandateAsync(session, company, mandateId);
    }

    /// <summary>All mandates of a company as they count on a day, or those of one account.</summary>
    public static async Task<IReadOnlyList<Mandate>> OfCompanyAsync(DbSession session, string company, string? account, DateOnly day, CancellationToken cancellation)
    {
        var signed = await session.Connection.QueryAsync<Mandate>(new CommandDefinition(
            $"{Columns} where m.company = @company {(account is null ? string.Empty : "and m.account_id = @account")} and {Newest} order by m.account_id, m.signed_on desc, m.mandate_id",
            new { company, account }, session.Transaction, cancellationToken: cancellation));
        var amendments = await MandateAmendmentStore.OfCompanyAsync(session, company, account, cancellation);
        return [.. signed.Select(mandate => AmendedMandate.On(day, mandate, amendments[mandate.MandateId]).Mandate)];
    }

    /// <summary>Enters what was signed, once. Without a creditor identifier it is for the only one of the company's own accounts.</summary>
    public async Task<MandateChange> AddAsync(Mandate mandate, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if (await FindAsync(session, mandate.Company, mandate.MandateId) is { } known)
        {
            return Signed(known) == Signed(mandate) && known.CreditorId == (mandate.CreditorId ?? known.CreditorId) ? MandateChange.Unchanged : MandateChange.Taken;
        }

        if (await MandateAmendmentStore.IsReferenceAsync(session, mandate.Company, mandate.MandateId, mandate.MandateId))
        {
            return MandateChange.Taken;
        }

        if ((mandate.CreditorId ?? await DirectDebitSettings.OnlyCreditorAsync(session, mandate.Company)) is not { } creditorId)
        {
            return MandateChange.NoCreditor;
        }

        await InsertAsync(session, mandate, creditorId, 1, MandateStatus.Active, null, mandate.ChangedBy, "mandateSigned");
        await session.CommitAsync(cancellation);
        return MandateChange.Done;
    }

    /// <summary>Suspends, resumes or cancels; what is cancelled stays so.</summary>
    public async Task<MandateChange> ChangeAsync(
        string account, string company, string mandateId, MandateStatus status, string? reason, string caller, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if (await FindAsync(session, company, mandateId) is not { } known || known.AccountId != account)
        {
            return MandateChange.Unknown;
        }

        if (known.Status == EnumNames.Name(status))
        {
            return MandateChange.Unchanged;
        }

        if (known.Status == EnumNames.Name(MandateStatus.Cancelled))
        {
            return MandateChange.Ended;
        }

        await InsertAsync(session, known, known.CreditorId, known.Version + 1, status, reason, caller, status == MandateStatus.Active ? "mandateResumed" : $"mandate{status}");
        await session.CommitAsync(cancellation);
        return MandateChange.Done;
    }

    /// <summary>Suspends an active one for what the bank said, in the caller's transaction.</summary>
    public async Task SuspendAsync(DbSession session, string company, string mandateId, string reason, string caller)
    {
        if (await FindAsync(session, company, mandateId) is { } known && known.Status == EnumNames.Name(MandateStatus.Active))
        {
            await InsertAsync(session, known, known.CreditorId, known.Version + 1, MandateStatus.Suspended, reason, caller, "mandateSuspended");
        }
    }

    private async Task InsertAsync(
        DbSession session, Mandate mandate, string? creditorId, long version, MandateStatus status, string? reason, string caller, string type)
    {
        await session.Connection.ExecuteAsync(
            """
            insert into mandate (company, mandate_id, version, account_id, creditor_id, iban, holder, bic, signed_on, scheme, kind, notice_days, status, reason, changed_by, changed_at)
            values (@Company, @MandateId, @version, @AccountId, @creditorId, @Iban, @Holder, @Bic, @SignedOn, @Scheme, @Kind, @NoticeDays, @status, @reason, @caller, @now)
            """,
            new
            {
                mandate.Company,
                mandate.MandateId,
                version,
                mandate.AccountId,
                creditorId,
                mandate.Iban,
                mandate.Holder,
                mandate.Bic,
                mandate.SignedOn,
                mandate.Scheme,
                mandate.Kind,
                mandate.NoticeDays,
                status = EnumNames.Name(status),
                reason,
                caller,
                now = time.GetUtcNow(),
            },
            session.Transaction);
        await timeline.MandateAsync(session, mandate, status, type, reason, caller);
    }

    private static (string, string, string, string?, DateOnly, string, string, long?) Signed(Mandate mandate) => (
        mandate.AccountId, mandate.Iban, mandate.Holder, mandate.Bic, mandate.SignedOn, mandate.Scheme, mandate.Kind, mandate.NoticeDays);
}
