using ArCredit.Banking.Storage;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.Posting;

/// <summary>Payments of statements. Every change says what it stands on, so that two who decide at once do not both.</summary>
internal sealed class PaymentStore(IDatabase database, TimeProvider technical)
{
    private const long DefaultPercent = 90;
    private const int LookAgainPage = 1000;

    internal const string Columns =
        """
        p.statement_id as StatementId, p.no as No, p.detail as Detail, p.booked_on as BookedOn, p.value_on as ValueOn, p.account_id as AccountId,
        p.company as Company, p.currency as Currency, p.amount as Amount, p.is_return as IsReturn, p.end_to_end_id as EndToEndId,
        p.bank_reference as BankReference, p.party as Party, p.party_account as PartyAccount, p.remittance as Remittance,
        p.structured_reference as StructuredReference, p.state as State, p.attempt as Attempt, p.by_hand as ByHand, p.customer as Customer,
        p.payment_id as PaymentId, p.reverses as Reverses, p.confidence as Confidence, p.evidence as Evidence, p.allocations as Allocations,
        p.suggestions as Suggestions, p.reason as Reason, p.decided_by as DecidedBy, p.comes_back as ComesBack, p.refund as Refund, p.charges as Charges
        """;

    /// <summary>The oldest payments that somebody has to go on with.</summary>
    public async Task<List<StoredPayment>> WorkAsync(int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return (await session.Connection.QueryAsync<StoredPayment>(new CommandDefinition(
            $"""
            select {Columns} from bank_payment p where p.state in ('new', 'posting', 'undoing')
             order by p.booked_on, p.statement_id, p.no, p.detail limit @limit
            """,
            new { limit }, cancellationToken: cancellation))).AsList();
    }

    /// <summary>Null when there is no such payment.</summary>
    public async Task<StoredPayment?> FindAsync(PaymentKey key, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await FindAsync(session, key, cancellation);
    }

    public static Task<StoredPayment?> FindAsync(DbSession session, PaymentKey key, CancellationToken cancellation) =>
        session.Connection.QueryFirstOrDefaultAsync<StoredPayment?>(new CommandDefinition(
            $"select {Columns} from bank_payment p where p.statement_id = @StatementId and p.no = @No and p.detail = @Detail",
            new { key.StatementId, key.No, key.Detail }, session.Transaction, cancellationToken: cancellation));

    /// <summary>Writes changes in one transaction; of each whether it was still as it was read.</summary>
    public async Task<IReadOnlyList<bool>> SaveAsync(IReadOnlyList<(StoredPayment Was, StoredPayment Now)> changes, CancellationToken cancellation)
    {
        var saved = new bool[changes.Count];
        if (changes.Count > 0)
        {
            await using var session = await database.BeginWriteAsync(cancellation);
            for (var i = 0; i < saved.Length; i++)
            {
                saved[i] = await SaveAsync(session, changes[i].Was, changes[i].Now, cancellation);
            }

            await session.CommitAsync(cancellation);
        }

        return saved;
    }

    /// <summary>Writes all changes or, when one is not as it was read any more, none: false then.</summary>
    public async Task<bool> SaveAllAsync(IReadOnlyList<(StoredPayment Was, StoredPayment Now)> changes, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        foreach (var (was, now) in changes)
        {
            if (!await SaveAsync(session, was, now, cancellation))
            {
                return false;
            }
        }

        await session.CommitAsync(cancellation);
        return true;
    }

    /// <summary>False when it is not as it was read any more; nothing is written then.</summary>
    public async Task<bool> SaveAsync(DbSession session, StoredPayment was, StoredPayment now, CancellationToken cancellation) =>
        await session.Connection.ExecuteAsync(new CommandDefinition(
            """
            update bank_payment
               set state = @state, attempt = @Attempt, by_hand = @ByHand, customer = @Customer, payment_id = @PaymentId, reverses = @Reverses,
                   confidence = @Confidence, evidence = @Evidence, allocations = @Allocations, suggestions = @Suggestions, reason = @Reason,
                   decided_by = @DecidedBy, refund = @Refund, charges = @Charges, changed_at = @changedAt
             where statement_id = @StatementId and no = @No and detail = @Detail and state = @wasState and attempt = @wasAttempt
            """,
            new
            {
                state = EnumNames.Name(now.State),
                now.Attempt,
                now.ByHand,
                now.Customer,
                now.PaymentId,
                now.Reverses,
                now.Confidence,
                now.Evidence,
                now.Allocations,
                now.Suggestions,
                now.Reason,
                now.DecidedBy,
                now.Refund,
                now.Charges,
                changedAt = technical.GetUtcNow(),
                now.StatementId,
                now.No,
                now.Detail,
                wasState = EnumNames.Name(was.State),
                wasAttempt = was.Attempt,
            },
            session.Transaction, cancellationToken: cancellation)) == 1;

    /// <summary>Payments of bookings, by booking.</summary>
    public static async Task<ILookup<(Guid StatementId, long No), StoredPayment>> OfTransactionsAsync(
        DbSession session, IReadOnlyList<(Guid StatementId, long No)> transactions, CancellationToken cancellation)
    {
        var payments = new List<StoredPayment>();
        foreach (var statement in transactions.GroupBy(one => one.StatementId))
        {
            var numbers = statement.Select(one => one.No).ToArray();
            payments.AddRange(await session.Connection.QueryAsync<StoredPayment>(new CommandDefinition(
                $"""
                select {Columns} from bank_payment p where p.statement_id = @Key and p.no {KnownEntries.OneOf(session, "numbers")}
                 order by p.statement_id, p.no, p.detail
                """,
                new { statement.Key, numbers }, session.Transaction, cancellationToken: cancellation)));
        }

        return payments.ToLookup(payment => (payment.StatementId, payment.No));
    }

    /// <summary>Received payments that a booking of the same amount may take back, the newest first.</summary>
    public async Task<List<StoredPayment>> ReceivedAsync(StoredPayment taken, bool byReference, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var who = byReference
            ? "(p.end_to_end_id = @EndToEndId or p.bank_reference = @BankReference)"
            : "(p.party_account = @PartyAccount or p.party = @Party)";
        return (await session.Connection.QueryAsync<StoredPayment>(new CommandDefinition(
            $"""
            select {Columns} from bank_payment p
             where p.is_return = 0 and p.account_id = @AccountId and p.amount = @amount and p.booked_on <= @BookedOn and p.refund is null
               and p.state in ('new', 'waiting', 'posting', 'posted') and {who}
             order by p.booked_on desc, p.statement_id desc, p.no desc, p.detail desc
             limit @limit
            """,
            new { taken.EndToEndId, taken.BankReference, taken.PartyAccount, taken.Party, taken.AccountId, amount = -taken.Amount, taken.BookedOn, limit },
            cancellationToken: cancellation))).AsList();
    }

    /// <summary>
    /// Whether a payment with the reference and amount of what the bank took back was taken back already, was no customer's, or was booked before
    /// there was matching: then the reference does not say which one is meant.
    /// </summary>
    public async Task<bool> HasSpentAsync(StoredPayment taken, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await session.Connection.QueryFirstOrDefaultAsync<long?>(new CommandDefinition(
            """
            select 1 from bank_payment p
             where p.is_return = 0 and p.account_id = @AccountId and p.amount = @amount and p.booked_on <= @BookedOn
               and (p.state in ('returned', 'undoing', 'setAside') or p.refund is not null)
               and (p.end_to_end_id = @EndToEndId or p.bank_reference = @BankReference)
            union all
            select 1 from bank_transaction t
             where t.account_id = @AccountId and t.end_to_end_id = @EndToEndId and t.amount = @amount
               and t.booked_on <= @BookedOn and t.unread = 0 and t.reversal = 0
               and not exists (select 1 from bank_payment p where p.statement_id = t.statement_id and p.no = t.no)
             limit 1
            """,
            new { taken.EndToEndId, taken.BankReference, taken.AccountId, amount = -taken.Amount, taken.BookedOn }, cancellationToken: cancellation)) is not null;
    }

    /// <summary>How many payments of statements stand where.</summary>
    public static async Task<ILookup<Guid, (PaymentState State, long Count)>> ProgressAsync(DbSession session, Guid[] statements, CancellationToken cancellation)
    {
        var rows = statements.Length == 0
            ? []
            : await session.Connection.QueryAsync<Progress>(new CommandDefinition(
                $"select statement_id as StatementId, state as State, count(*) as Count from bank_payment where statement_id {KnownEntries.OneOf(session, "ids")} group by statement_id, state",
                Ids(session, statements), session.Transaction, cancellationToken: cancellation));
        return rows.ToLookup(row => row.StatementId, row => (row.State, row.Count));
    }

    /// <summary>The confidence, 0 to 1, from which on payments to a company post themselves.</summary>
    public async Task<decimal> PostFromAsync(string company, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return (await session.Connection.QueryFirstOrDefaultAsync<long?>(new CommandDefinition(
            "select post_from from bank_matching where company = @company", new { company }, cancellationToken: cancellation)) ?? DefaultPercent) / 100m;
    }

    /// <summary>Sets it; in whole per cent.</summary>
    public async Task SetPostFromAsync(string company, decimal postFrom, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(new CommandDefinition(
            "insert into bank_matching (company, post_from) values (@company, @percent) on conflict (company) do update set post_from = excluded.post_from",
            new { company, percent = (long)(postFrom * 100) }, session.Transaction, cancellationToken: cancellation));
        await session.CommitAsync(cancellation);
    }

    /// <summary>Payments of a company that wait are new again, a bounded number at a time; returns how many.</summary>
    public async Task<long> LookAgainAsync(string company, CancellationToken cancellation)
    {
        var changed = 0L;
        var last = new StoredPayment { BookedOn = DateOnly.MinValue };
        while (true)
        {
            // What is looked at meanwhile and waits again is behind the place that is reached.
            await using var session = await database.BeginWriteAsync(cancellation);
            var page = (await session.Connection.QueryAsync<StoredPayment>(new CommandDefinition(
                $"""
                select {Columns} from bank_payment p
                 where p.state = 'waiting' and p.company = @company
                   and (p.booked_on, p.statement_id, p.no, p.detail) > (@BookedOn, @StatementId, @No, @Detail)
                 order by p.booked_on, p.statement_id, p.no, p.detail limit {LookAgainPage}
                """,
                new { company, last.BookedOn, last.StatementId, last.No, last.Detail }, session.Transaction, cancellationToken: cancellation))).AsList();
            if (page.Count == 0)
            {
                return changed;
            }

            var first = page[0];
            last = page[^1];
            changed += await session.Connection.ExecuteAsync(new CommandDefinition(
                """
                update bank_payment set state = 'new', changed_at = @now
                 where state = 'waiting' and company = @company
                   and (booked_on, statement_id, no, detail) >= (@fromDay, @fromStatement, @fromNo, @fromDetail)
                   and (booked_on, statement_id, no, detail) <= (@BookedOn, @StatementId, @No, @Detail)
                """,
                new
                {
                    company,
                    now = technical.GetUtcNow(),
                    fromDay = first.BookedOn,
                    fromStatement = first.StatementId,
                    fromNo = first.No,
                    fromDetail = first.Detail,
                    last.BookedOn,
                    last.StatementId,
                    last.No,
                    last.Detail,
                },
                session.Transaction, cancellationToken: cancellation));
            await session.CommitAsync(cancellation);
        }
    }

    // SQLite keeps ids as text, and what is in a list does not go through the type's own handler.
    private static object Ids(DbSession session, Guid[] ids) =>
        session.Dialect == Dialect.PostgreSql ? new { ids } : new { ids = ids.Select(id => id.ToString("D")).ToArray() };

    private sealed class Progress
    {
        public Guid StatementId { get; init; }

        public PaymentState State { get; init; }

        public long Count { get; init; }
    }
}
