using ArCredit.Banking.Storage;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>Collections and their runs. Every change of state names the one before, so that whoever is late changes nothing.</summary>
internal sealed class CollectionStore(IDatabase database, MandateStore mandates, AccountTimeline timeline)
{
    /// <summary>Reasons of the bank after which nobody collects under the mandate until a person says so: no mandate, refunded, account closed.</summary>
    private static readonly HashSet<string> OfMandate = new(StringComparer.Ordinal) { "MD01", "MD06", "MD07", "AC01", "AC04", "AC06" };

    private const string Columns =
        """
        select c.collection_id as CollectionId, c.run_id as RunId, c.company as Company, c.currency as Currency, c.account_id as AccountId, c.mandate_id as MandateId,
               c.collect_on as CollectOn, c.file_from as FileFrom, c.clears_on as ClearsOn, c.announced as Announced, c.amount as Amount, c.items as Items,
               c.state as State, c.message_id as MessageId, c.block as Block, c.wanted as Wanted, c.reason as Reason, c.bank_status as BankStatus,
               c.bank_text as BankText, c.booked_as as BookedAs, c.returned_as as ReturnedAs, c.told_by as ToldBy, c.error as Error, c.attempts as Attempts,
               c.moved_from as MovedFrom,
               (select s.lead_days from collection_run r join direct_debit_setting s on s.bank_account = r.bank_account where r.run_id = c.run_id) as LeadDays
          from collection c
        """;

    private const string RunColumns =
        """
        select run_id as RunId, bank_account as BankAccount, company as Company, currency as Currency, collect_on as CollectOn, announced_on as AnnouncedOn,
               created_at as CreatedAt, created_by as CreatedBy, request as Request, approved_by as ApprovedBy, approved_at as ApprovedAt,
               rejected_by as RejectedBy
          from collection_run
        """;

    public static string Name(CollectionState state) => EnumNames.Name(state);

    /// <summary>Those that meet a condition, by id. The condition is ours, never a caller's, and so is another order.</summary>
    public static async Task<IReadOnlyList<Collection>> WhereAsync(
        DbSession session, string condition, object parameters, CancellationToken cancellation, int limit = 10_000, string order = "c.collection_id") =>
        [.. await session.Connection.QueryAsync<Collection>(new CommandDefinition(
            $"{Columns} where {condition} order by {order} limit {limit}", parameters, session.Transaction, cancellationToken: cancellation))];

    /// <inheritdoc cref="WhereAsync(DbSession, string, object, CancellationToken, int, string)"/>
    public async Task<IReadOnlyList<Collection>> WhereAsync(string condition, object parameters, CancellationToken cancellation, int limit = 10_000)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await WhereAsync(session, condition, parameters, cancellation, limit);
    }

    public async Task<Collection?> FindAsync(string collectionId, CancellationToken cancellation) =>
        await WhereAsync("c.collection_id = @collectionId", new { collectionId }, cancellation) is [var found] ? found : null;

    public static Task<CollectionRun?> FindRunAsync(DbSession session, string runId) =>
        session.Connection.QueryFirstOrDefaultAsync<CollectionRun?>($"{RunColumns} where run_id = @runId", new { runId }, session.Transaction);

    public static Task<CollectionRun?> FindRunByKeyAsync(DbSession session, string caller, string key) => session.Connection.QueryFirstOrDefaultAsync<CollectionRun?>(
        $"{RunColumns} where created_by = @caller and idempotency_key = @key", new { caller, key }, session.Transaction);

    public async Task<CollectionRun?> FindRunAsync(string runId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await FindRunAsync(session, runId);
    }

    public static Task InsertAsync(DbSession session, CollectionRun run, string key) => session.Connection.ExecuteAsync(
        """
        insert into collection_run (run_id, bank_account, company, currency, collect_on, announced_on, created_at, created_by, idempotency_key, request)
        values (@RunId, @BankAccount, @Company, @Currency, @CollectOn, @AnnouncedOn, @CreatedAt, @CreatedBy, @key, @Request)
        """,
        new { run.RunId, run.BankAccount, run.Company, run.Currency, run.CollectOn, run.AnnouncedOn, run.CreatedAt, run.CreatedBy, key, run.Request },
        session.Transaction);

    /// <summary>False when the mandate has another collection on that day.</summary>
    public static async Task<bool> InsertAsync(DbSession session, Collection collection) => await session.Connection.ExecuteAsync(
        """
        insert into collection (collection_id, run_id, company, currency, account_id, mandate_id, collect_on, file_from, clears_on, announced, amount, items, state)
        values (@CollectionId, @RunId, @Company, @Currency, @AccountId, @MandateId, @CollectOn, @FileFrom, @ClearsOn, @Announced, @Amount, @Items, @State)
        on conflict do nothing
        """,
        collection, session.Transaction) == 1;

    /// <summary>False when another collection has the item.</summary>
    public static async Task<bool> ClaimAsync(DbSession session, string account, CollectionItem item, string collectionId) => await session.Connection.ExecuteAsync(
        "insert into collection_item (account_id, number, instalment, collection_id) values (@account, @number, @instalment, @collectionId) on conflict do nothing",
        new { account, number = item.Number.Value, instalment = (long)item.Instalment, collectionId }, session.Transaction) == 1;

    /// <summary>Items of a company's customers that collections are under way for.</summary>
    public static async Task<HashSet<(string Account, string Number, int Instalment)>> ClaimedAsync(DbSession session, string company, CancellationToken cancellation) =>
        [.. (await session.Connection.QueryAsync<(string Account, string Number, long Instalment)>(new CommandDefinition(
            """
            select i.account_id, i.number, i.instalment from collection_item i join collection c on c.collection_id = i.collection_id where c.company = @company
            """,
            new { company }, session.Transaction, cancellationToken: cancellation))).Select(row => (row.Account, row.Number, (int)row.Instalment))];

    /// <summary>Moves it on; false when it stood otherwise. What has ended gives its items free.</summary>
    public async Task<bool> MoveAsync(
        DbSession session, Collection collection, CollectionState from, CollectionState to, string? reason = null, string by = CollectionSettlement.Caller)
    {
        var moved = await session.Connection.ExecuteAsync(
            "update collection set state = @to, reason = coalesce(@reason, reason) where collection_id = @CollectionId and state = @from",
            new { collection.CollectionId, from = Name(from), to = Name(to), reason }, session.Transaction) == 1;
        if (moved && to is CollectionState.Cancelled or CollectionState.Rejected or CollectionState.Settled)
        {
            await FreeAsync(session, collection.CollectionId);
        }

        // That it is paid, or about to be, is a payment.
        if (moved && to is not (CollectionState.Settling or CollectionState.Settled))
        {
            await timeline.CollectionAsync(session, collection, Name(to), reason, by);
        }

        return moved;
    }

    /// <inheritdoc cref="MoveAsync(DbSession, Collection, CollectionState, CollectionState, string?, string)"/>
    public async Task<bool> MoveAsync(
        Collection collection, CollectionState from, CollectionState to, CancellationToken cancellation, string? reason = null, string by = CollectionSettlement.Caller)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        var moved = await MoveAsync(session, collection, from, to, reason, by);
        await session.CommitAsync(cancellation);
        return moved;
    }

    /// <summary>What a file takes of it, once: the amount that the bank is asked for.</summary>
    public async Task FileAsync(Collection collection, long amount, IReadOnlyList<CollectionItem> items, string by, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        if (await session.Connection.ExecuteAsync(
            "update collection set state = 'filed', amount = @amount, items = @items where collection_id = @CollectionId and state = 'taken'",
            new { collection.CollectionId, amount, items = CollectionItem.Write(items) }, session.Transaction) == 1)
        {
            await ToldAsync(session, "c.collection_id = @CollectionId", new { collection.CollectionId }, Name(CollectionState.Filed), null, by, cancellation);
        }

        await session.CommitAsync(cancellation);
    }

    /// <summary>Writes into timelines what became of the collections that meet a condition, as they stand now.</summary>
    public async Task ToldAsync(DbSession session, string condition, object parameters, string type, string? reason, string by, CancellationToken cancellation)
    {
        foreach (var collection in await WhereAsync(session, condition, parameters, cancellation))
        {
            await timeline.CollectionAsync(session, collection, type, reason, by);
        }
    }

    /// <summary>Another decision of what the money pays, because the account refused the one before.</summary>
    public async Task DivideAsync(Collection collection, IReadOnlyList<CollectionItem> items, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "update collection set items = @items where collection_id = @CollectionId and state = 'settling'",
            new { collection.CollectionId, items = CollectionItem.Write(items) }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    /// <summary>Its announcement is in the timeline.</summary>
    public async Task ToldAsync(Collection collection, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "update collection set untold = 0 where collection_id = @CollectionId", new { collection.CollectionId }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    /// <summary>The account has taken the payment back.</summary>
    public async Task ReturnedAsync(Collection collection, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "update collection set state = 'returned', wanted = null where collection_id = @CollectionId and state = 'settled' and wanted = 'returned'",
            new { collection.CollectionId }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    /// <summary>
    /// The bank did not take it, or took it back: what was not paid yet never is, what was is taken back. True the first time.
    /// </summary>
    public async Task<bool> FailAsync(DbSession session, Collection collection, string? code, string caller)
    {
        var reason = code ?? "RETURNED";
        if (!await MoveAsync(session, collection, CollectionState.Filed, CollectionState.Rejected, reason, caller))
        {
            if (await session.Connection.ExecuteAsync(
                "update collection set wanted = 'returned', reason = @reason where collection_id = @CollectionId and state in ('settling', 'settled') and wanted is null",
                new { collection.CollectionId, reason }, session.Transaction) == 0)
            {
                return false;
            }

            await timeline.CollectionAsync(session, collection, Name(CollectionState.Returned), reason, caller);
        }

        if (OfMandate.Contains(reason))
        {
            await mandates.SuspendAsync(session, collection.Company, collection.MandateId, reason, caller);
        }

        return true;
    }

    /// <summary>It could not be worked on; or it could, where <paramref name="error"/> is null.</summary>
    public async Task NoteAsync(Collection collection, string? error, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "update collection set attempts = case when @error is null then 0 else attempts + 1 end, error = @error where collection_id = @CollectionId",
            new { collection.CollectionId, error }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    /// <summary>Does something with it; what could not be done is seen at it, and thrown.</summary>
    public async Task NotedAsync(Collection collection, Func<Task> work, CancellationToken cancellation)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            await NoteAsync(collection, MoneyOut.AccountError.CodeOf(failure), cancellation);
            throw;
        }

        if (collection.Error is not null)
        {
            await NoteAsync(collection, null, cancellation);
        }
    }

    /// <summary>Blocks of a file, by number.</summary>
    public static async Task<IReadOnlyList<CollectionBlock>> BlocksAsync(DbSession session, string messageId) => [.. await session.Connection.QueryAsync<CollectionBlock>(
        """
        select message_id as MessageId, block as Block, scheme as Scheme, sequence as Sequence, collect_on as CollectOn, booked_as as BookedAs
          from collection_block where message_id = @messageId order by block
        """,
        new { messageId }, session.Transaction)];

    /// <summary>Ends those of an own account that are in no file and whose day no file reaches any more.</summary>
    public async Task EndMissedAsync(DbSession session, string bankAccount, DateOnly first, CancellationToken cancellation)
    {
        foreach (var missed in await WhereAsync(
            session, "c.state in ('announced', 'approved') and c.collect_on < @first and c.run_id in (select r.run_id from collection_run r where r.bank_account = @bankAccount)",
            new { bankAccount, first }, cancellation))
        {
            var from = missed.Is(CollectionState.Announced) ? CollectionState.Announced : CollectionState.Approved;
            await MoveAsync(session, missed, from, CollectionState.Cancelled, "DATE_MISSED");
        }
    }

    private static Task FreeAsync(DbSession session, string collectionId) =>
        session.Connection.ExecuteAsync("delete from collection_item where collection_id = @collectionId", new { collectionId }, session.Transaction);
}
