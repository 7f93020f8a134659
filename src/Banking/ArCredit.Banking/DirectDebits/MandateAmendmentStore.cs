using ArCredit.Banking.MoneyOut;
using ArCredit.Banking.Storage;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>What became of an amendment that somebody asked for, confirmed or withdrew.</summary>
internal enum AmendmentOutcome
{
    /// <summary>A new one, or it moved on.</summary>
    Done,

    /// <summary>It was so already.</summary>
    Unchanged,

    /// <summary>The account has no such mandate.</summary>
    NoMandate,

    /// <summary>The mandate has no such amendment.</summary>
    Unknown,

    /// <summary>The id is taken by another amendment of the mandate.</summary>
    Taken,

    /// <summary>The new mandate id is another mandate's, or is to be.</summary>
    ReferenceTaken,

    /// <summary>Its day has passed, or is more than a year away.</summary>
    Day,

    /// <summary>The mandate is cancelled, lapsed or for once.</summary>
    NotAmendable,

    /// <summary>The mandate says so already.</summary>
    Nothing,

    /// <summary>By who asked for it.</summary>
    Own,

    /// <summary>It stands otherwise, or a file tells of it.</summary>
    State,
}

/// <summary>Amendments of mandates. Nobody confirms what they asked for.</summary>
internal sealed class MandateAmendmentStore(IDatabase database, AccountTimeline timeline, TimeProvider time)
{
    // A collection that the bank did not take has told nobody. One that nobody took back by its day was accepted.
    private const string Columns =
        """
        select a.company as Company, a.mandate_id as MandateId, a.amendment_id as AmendmentId, a.number as Number, a.iban as Iban, a.bic as Bic, a.reference as Reference,
               a.creditor_id as CreditorId, a.former_creditor_name as FormerCreditorName, a.effective_on as EffectiveOn, a.asked_on as AskedOn, a.usable_from as UsableFrom, a.status as Status,
               a.reason as Reason, a.requested_by as RequestedBy, a.requested_at as RequestedAt, a.confirmed_by as ConfirmedBy, a.confirmed_at as ConfirmedAt,
               a.withdrawn_by as WithdrawnBy, a.withdrawn_at as WithdrawnAt,
               (select count(*) from mandate_amendment_report r join collection c on c.collection_id = r.collection_id
                 where r.company = a.company and r.mandate_id = a.mandate_id and r.amendment_id = a.amendment_id
                   and c.state not in ('cancelled', 'rejected') and coalesce(c.bank_status, '') not in ('RJCT', 'CANC')) as Filed,
               (select count(*) from mandate_amendment_report r join collection c on c.collection_id = r.collection_id
                 where r.company = a.company and r.mandate_id = a.mandate_id and r.amendment_id = a.amendment_id
                   and coalesce(c.bank_status, '') not in ('RJCT', 'CANC')
                   and (c.state in ('settling', 'settled', 'returned') or c.state = 'filed' and c.bank_status in ('ACCP', 'ACSP', 'ACSC', 'ACCC', 'ACWC'))) as Accepted
          from mandate_amendment a
        """;

    /// <summary>All of a mandate, in their order.</summary>
    public static async Task<IReadOnlyList<MandateAmendment>> OfMandateAsync(DbSession session, string company, string mandateId) =>
        [.. await session.Connection.QueryAsync<MandateAmendment>(
            $"{Columns} where a.company = @company and a.mandate_id = @mandateId order by a.number", new { company, mandateId }, session.Transaction)];

    /// <summary>All of a company, or of the mandates of one account, by mandate.</summary>
    public static async Task<ILookup<string, MandateAmendment>> OfCompanyAsync(DbSession session, string company, string? account, CancellationToken cancellation) =>
        (await session.Connection.QueryAsync<MandateAmendment>(new CommandDefinition(
            $"""
            {Columns} where a.company = @company and a.status = 'confirmed'
            {(account is null ? string.Empty : "and a.mandate_id in (select m.mandate_id from mandate m where m.company = @company and m.account_id = @account)")}
            order by a.mandate_id, a.number
            """,
            new { company, account }, session.Transaction, cancellationToken: cancellation))).ToLookup(amendment => amendment.MandateId, StringComparer.Ordinal);

    /// <summary>The mandate as it counts on a day; null = there is none.</summary>
    public static async Task<AmendedMandate?> StandingAsync(DbSession session, string company, string mandateId, DateOnly day) =>
        await MandateStore.FindAsync(session, company, mandateId) is { } signed
            ? AmendedMandate.On(day, signed, await OfMandateAsync(session, company, mandateId))
            : null;

    /// <summary>True when an amendment that was not withdrawn gives the id to another mandate.</summary>
    public static Task<bool> IsReferenceAsync(DbSession session, string company, string mandateId, string reference) => session.Connection.ExecuteScalarAsync<bool>(
        """
        select exists (select 1 from mandate_amendment where company = @company and reference = @reference and status <> 'withdrawn' and mandate_id <> @mandateId)
        """,
        new { company, mandateId, reference }, session.Transaction);

    /// <summary>Says which amendments the file of a collection tells; false when one was withdrawn since its content was made.</summary>
    public static async Task<bool> ReportAsync(DbSession session, string collectionId, IReadOnlyList<MandateAmendment> told)
    {
        foreach (var amendment in told)
        {
            if (await session.Connection.ExecuteAsync(
                """
                insert into mandate_amendment_report (collection_id, company, mandate_id, amendment_id)
                select @collectionId, company, mandate_id, amendment_id from mandate_amendment
                 where company = @Company and mandate_id = @MandateId and amendment_id = @AmendmentId and status = 'confirmed'
                """,
                new { collectionId, amendment.Company, amendment.MandateId, amendment.AmendmentId }, session.Transaction) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Enters one, pending; the same again changes nothing.</summary>
    public async Task<AmendmentOutcome> RequestAsync(string account, MandateAmendment asked, DateOnly today, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if (await MandateStore.FindAsync(session, asked.Company, asked.MandateId) is not { } signed || signed.AccountId != account)
        {
            return AmendmentOutcome.NoMandate;
        }

        var all = await OfMandateAsync(session, asked.Company, asked.MandateId);
        if (all.FirstOrDefault(amendment => amendment.AmendmentId == asked.AmendmentId) is { } known)
        {
            return known.IsSameAs(asked) ? AmendmentOutcome.Unchanged : AmendmentOutcome.Taken;
        }

        if (asked.EffectiveOn < today || asked.EffectiveOn > today.AddYears(1))
        {
            return AmendmentOutcome.Day;
        }

        if (!IsAmendable(signed, today))
        {
            return AmendmentOutcome.NotAmendable;
        }

        // Against everything that is confirmed, on its day and whenever it counts.
        bool Says(DateOnly day) => AmendedMandate.On(day, signed, all).Mandate is var then && asked.Amend(then) == then;
        if (asked.FormerCreditorName is null && Says(asked.EffectiveOn) && Says(DateOnly.MaxValue))
        {
            return AmendmentOutcome.Nothing;
        }

        if (asked.Reference is { } reference && reference != asked.MandateId
            && (await MandateStore.FindAsync(session, asked.Company, reference) is not null || await IsReferenceAsync(session, asked.Company, asked.MandateId, reference)))
        {
            return AmendmentOutcome.ReferenceTaken;
        }

        await session.Connection.ExecuteAsync(
            """
            insert into mandate_amendment (company, mandate_id, amendment_id, number, iban, bic, reference, creditor_id, former_creditor_name, effective_on, asked_on, status, requested_by, requested_at)
            values (@Company, @MandateId, @AmendmentId, @number, @Iban, @Bic, @Reference, @CreditorId, @FormerCreditorName, @EffectiveOn, @AskedOn, 'pending', @RequestedBy, @now)
            """,
            new
            {
                asked.Company,
                asked.MandateId,
                asked.AmendmentId,
                number = all.Count + 1L,
                asked.Iban,
                asked.Bic,
                asked.Reference,
                asked.CreditorId,
                asked.FormerCreditorName,
                asked.EffectiveOn,
                asked.AskedOn,
                asked.RequestedBy,
                now = time.GetUtcNow(),
            },
            session.Transaction);
        await timeline.AmendmentAsync(session, account, asked, AmendmentStatus.Pending, "mandateAmendmentRequested", null, asked.RequestedBy);
        await session.CommitAsync(cancellation);
        return AmendmentOutcome.Done;
    }

    /// <summary>A second person says that it is right. Of another bank account the company's cool-down runs from then on.</summary>
    public async Task<AmendmentOutcome> ConfirmAsync(
        string account, string company, string mandateId, string amendmentId, DateOnly today, string caller, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        var (signed, known, missing) = await FindAsync(session, account, company, mandateId, amendmentId);
        if (known is null || signed is null)
        {
            return missing;
        }

        if (!known.Is(AmendmentStatus.Pending))
        {
            return known.Is(AmendmentStatus.Confirmed) && known.ConfirmedBy == caller ? AmendmentOutcome.Unchanged : AmendmentOutcome.State;
        }

        if (known.RequestedBy == caller || !IsAmendable(signed, today))
        {
            return known.RequestedBy == caller ? AmendmentOutcome.Own : AmendmentOutcome.NotAmendable;
        }

        var coolDown = known.Iban is null ? 0 : await PayeeStore.CoolDownOfAsync(session, company);
        await session.Connection.ExecuteAsync(
            """
            update mandate_amendment set status = 'confirmed', confirmed_by = @caller, confirmed_at = @now, effective_on = @effectiveOn, usable_from = @usableFrom
             where company = @company and mandate_id = @mandateId and amendment_id = @amendmentId and status = 'pending'
            """,
            new
            {
                company,
                mandateId,
                amendmentId,
                caller,
                now = time.GetUtcNow(),
                effectiveOn = known.EffectiveOn < today ? today : known.EffectiveOn,
                usableFrom = today.AddDays(coolDown),
            },
            session.Transaction);
        await timeline.AmendmentAsync(session, account, known, AmendmentStatus.Confirmed, "mandateAmendmentConfirmed", null, caller);
        await session.CommitAsync(cancellation);
        return AmendmentOutcome.Done;
    }

    /// <summary>Takes it back, as long as no file tells of it that was not rejected.</summary>
    public async Task<AmendmentOutcome> WithdrawAsync(
        string account, string company, string mandateId, string amendmentId, string reason, string caller, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        var (_, known, missing) = await FindAsync(session, account, company, mandateId, amendmentId);
        if (known is null)
        {
            return missing;
        }

        if (known.Is(AmendmentStatus.Withdrawn) || known.Filed + known.Accepted > 0)
        {
            return known.Is(AmendmentStatus.Withdrawn) ? AmendmentOutcome.Unchanged : AmendmentOutcome.State;
        }

        await session.Connection.ExecuteAsync(
            """
            update mandate_amendment set status = 'withdrawn', withdrawn_by = @caller, withdrawn_at = @now, reason = @reason
             where company = @company and mandate_id = @mandateId and amendment_id = @amendmentId and status <> 'withdrawn'
            """,
            new { company, mandateId, amendmentId, caller, now = time.GetUtcNow(), reason }, session.Transaction);
        await timeline.AmendmentAsync(session, account, known, AmendmentStatus.Withdrawn, "mandateAmendmentWithdrawn", reason, caller);
        await session.CommitAsync(cancellation);
        return AmendmentOutcome.Done;
    }

    // The rule books know amendments of what is collected again and again.
    private static bool IsAmendable(Mandate signed, DateOnly today) =>
        signed.Type == MandateKind.Recurring && signed.StandsOn(today) is MandateStatus.Active or MandateStatus.Suspended;

    private static async Task<(Mandate? Signed, MandateAmendment? Known, AmendmentOutcome Missing)> FindAsync(
        DbSession session, string account, string company, string mandateId, string amendmentId)
    {
        if (await MandateStore.FindAsync(session, company, mandateId) is not { } signed || signed.AccountId != account)
        {
            return (null, null, AmendmentOutcome.NoMandate);
        }

        var all = await OfMandateAsync(session, company, mandateId);
        return (signed, all.FirstOrDefault(amendment => amendment.AmendmentId == amendmentId), AmendmentOutcome.Unknown);
    }
}
