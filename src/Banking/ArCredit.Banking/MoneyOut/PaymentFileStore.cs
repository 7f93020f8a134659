using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.MoneyOut;

/// <summary>Files for banks and what they pay. Every change of state names the one before, so that whoever is late changes nothing.</summary>
internal sealed class PaymentFileStore(IDatabase database, DirectDebits.CollectionStore collections)
{
    private const string Columns =
        """
        message_id as MessageId, bank_account as BankAccount, company as Company, currency as Currency, format as Format, creditor_id as CreditorId, holder as Holder, iban as Iban,
        bic as Bic, execution_on as ExecutionOn, state as State, created_at as CreatedAt, created_by as CreatedBy, request as Request,
        transactions as Transactions, control_sum as ControlSum, content_hash as ContentHash, temporary as Temporary, sent_at as SentAt,
        bank_status as BankStatus, bank_reason as BankReason
        """;

    private const string LineColumns =
        """
        message_id as MessageId, line as Line, account_id as AccountId, refund_id as RefundId, end_to_end_id as EndToEndId, amount as Amount,
        payee as Payee, payee_version as PayeeVersion, state as State, wanted as Wanted, reason as Reason, bank_status as BankStatus, bank_text as BankText,
        returned_as as ReturnedAs, returned_from as ReturnedFrom, charges as Charges, told_by as ToldBy, error as Error, attempts as Attempts,
        moved_from as MovedFrom, contradicted_by as ContradictedBy
        """;

    public static string Name(FileState state) => EnumNames.Name(state);

    public static string Name(LineState state) => EnumNames.Name(state);

    public static Task<PaymentFile?> FindAsync(DbSession session, string messageId) => session.Connection.QueryFirstOrDefaultAsync<PaymentFile?>(
        $"select {Columns} from payment_file where message_id = @messageId", new { messageId }, session.Transaction);

    public static async Task<IReadOnlyList<PaymentLine>> LinesAsync(DbSession session, string messageId) => [.. await session.Connection.QueryAsync<PaymentLine>(
        $"select {LineColumns} from payment_line where message_id = @messageId order by line", new { messageId }, session.Transaction)];

    /// <summary>Payments of own accounts that meet a condition on <c>l</c>, <c>f</c> (the file) and <c>p</c> (the payee account). The condition is ours, never a caller's.</summary>
    public static async Task<IReadOnlyList<PaymentLine>> LinesWhereAsync(DbSession session, string condition, object parameters, CancellationToken cancellation) =>
        [.. await session.Connection.QueryAsync<PaymentLine>(new CommandDefinition(
            $"""
            select {LineColumns} from payment_line where (message_id, line) in (
                select l.message_id, l.line from payment_line l join payment_file f on f.message_id = l.message_id
                  join payee_account p on p.account_id = l.account_id and p.payee = l.payee and p.version = l.payee_version
                 where l.state <> 'taken' and l.state <> 'dropped' and {condition})
             order by message_id desc, line
            """,
            parameters, session.Transaction, cancellationToken: cancellation))];

    /// <summary>Null when there is none.</summary>
    public static Task<PaymentLine?> FindLineAsync(DbSession session, string endToEndId) => session.Connection.QueryFirstOrDefaultAsync<PaymentLine?>(
        $"select {LineColumns} from payment_line where end_to_end_id = @endToEndId", new { endToEndId }, session.Transaction);

    /// <summary>Whether a file has the refund.</summary>
    public static async Task<bool> HasAsync(DbSession session, string accountId, string refundId) => await session.Connection.QueryFirstOrDefaultAsync<long?>(
        "select line from payment_line where account_id = @accountId and refund_id = @refundId and state <> 'dropped'", new { accountId, refundId }, session.Transaction) is not null;

    public static Task<PaymentFile?> FindByKeyAsync(DbSession session, string caller, string key) => session.Connection.QueryFirstOrDefaultAsync<PaymentFile?>(
        $"select {Columns} from payment_file where created_by = @caller and idempotency_key = @key", new { caller, key }, session.Transaction);

    public async Task<PaymentFile?> FindAsync(string messageId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await FindAsync(session, messageId);
    }

    public async Task<IReadOnlyList<PaymentLine>> LinesAsync(string messageId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await LinesAsync(session, messageId);
    }

    /// <summary>What a file was made of: also what it went on without, which is in another file now.</summary>
    public async Task<IReadOnlyList<PaymentLine>> LinesMadeOfAsync(string messageId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return [.. await session.Connection.QueryAsync<PaymentLine>(new CommandDefinition(
            $"select {LineColumns} from payment_line where message_id = @messageId or moved_from = @messageId order by line", new { messageId }, cancellationToken: cancellation))];
    }

    public async Task<byte[]?> ContentAsync(string messageId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await session.Connection.QueryFirstOrDefaultAsync<byte[]?>(new CommandDefinition(
            "select content from payment_file where message_id = @messageId", new { messageId }, cancellationToken: cancellation));
    }

    public async Task<IReadOnlyList<PaymentFile>> ListAsync(string after, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return [.. await session.Connection.QueryAsync<PaymentFile>(new CommandDefinition(
            $"select {Columns} from payment_file where message_id > @after order by message_id limit @limit", new { after, limit }, cancellationToken: cancellation))];
    }

    /// <summary>Files that somebody has to go on with: not finished, or with payments whose accounts have to be told something.</summary>
    public async Task<IReadOnlyList<string>> WorkAsync(bool withOutbox, string after, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return [.. await session.Connection.QueryAsync<string>(new CommandDefinition(
            $"""
            select message_id from payment_file where state in ('collecting', 'uploading'{(withOutbox ? ", 'ready'" : string.Empty)}) and message_id > @after
            union
            select message_id from payment_line where wanted is not null and message_id > @after
            order by 1 limit 100
            """,
            new { after }, cancellationToken: cancellation))];
    }

    public static Task InsertAsync(DbSession session, PaymentFile file, string key) => session.Connection.ExecuteAsync(
        """
        insert into payment_file (message_id, bank_account, company, currency, format, creditor_id, holder, iban, bic, execution_on, state, created_at,
                                  created_by, idempotency_key, request)
        values (@MessageId, @BankAccount, @Company, @Currency, @Format, @CreditorId, @Holder, @Iban, @Bic, @ExecutionOn, @State, @CreatedAt, @CreatedBy, @key, @Request)
        """,
        new
        {
            file.MessageId,
            file.BankAccount,
            file.Company,
            file.Currency,
            file.Format,
            file.CreditorId,
            file.Holder,
            file.Iban,
            file.Bic,
            file.ExecutionOn,
            file.State,
            file.CreatedAt,
            file.CreatedBy,
            key,
            file.Request,
        },
        session.Transaction);

    /// <summary>False when another file has the refund already.</summary>
    public static async Task<bool> InsertAsync(DbSession session, PaymentLine line) => await session.Connection.ExecuteAsync(
        """
        insert into payment_line (message_id, line, account_id, refund_id, end_to_end_id, amount, payee, payee_version, state)
        values (@MessageId, @Line, @AccountId, @RefundId, @EndToEndId, @Amount, @Payee, @PayeeVersion, @State)
        on conflict do nothing
        """,
        line, session.Transaction) == 1;

    /// <summary>What an account has said of a payment that the file had taken.</summary>
    public async Task LeaveAsync(PaymentLine line, LineState state, string? reason, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "update payment_line set state = @state, reason = @reason, attempts = 0, error = null where message_id = @MessageId and line = @Line and state = 'taken'",
            new { line.MessageId, line.Line, state = Name(state), reason }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    /// <summary>What an account was told of a payment, and stands for.</summary>
    public async Task ToldAsync(PaymentLine line, LineState state, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "update payment_line set state = @state, wanted = null, attempts = 0, error = null where message_id = @MessageId and line = @Line and wanted = @Wanted",
            new { line.MessageId, line.Line, line.Wanted, state = Name(state) }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    /// <summary>Its account could not be asked.</summary>
    public async Task FailedAsync(PaymentLine line, string error, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "update payment_line set attempts = attempts + 1, error = @error where end_to_end_id = @EndToEndId", new { line.EndToEndId, error }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    /// <summary>A file goes on without the payments whose accounts cannot be asked: they are tried again in a file of their own.</summary>
    public async Task LeaveBehindAsync(PaymentFile file, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if ((await FindAsync(session, file.MessageId))?.State != Name(FileState.Collecting))
        {
            return;
        }

        if (!(await LinesAsync(session, file.MessageId)).Any(line => line.State == Name(LineState.Taken)))
        {
            // Somebody else was told of them meanwhile.
            return;
        }

        var next = file.Next(now);
        await InsertAsync(session, next, PaymentFile.KeyOfNext(file));
        await session.Connection.ExecuteAsync(
            "update payment_line set message_id = @next, moved_from = coalesce(moved_from, message_id) where message_id = @MessageId and state = 'taken'",
            new { next = next.MessageId, file.MessageId }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    /// <summary>Fixes the content, once. What follows from it is written in the same transaction; where that says no, the content has to be made anew.</summary>
    public async Task FixAsync(
        PaymentFile file, int transactions, long sum, byte[] content, string hash, Func<DbSession, Task<bool>> with, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        var isFixed = await session.Connection.ExecuteAsync(
            """
            update payment_file set state = 'ready', transactions = @transactions, control_sum = @sum, content = @content, content_hash = @hash
             where message_id = @MessageId and state = 'collecting'
            """,
            new { file.MessageId, transactions, sum, content, hash }, session.Transaction) == 1;
        if (!isFixed || await with(session))
        {
            await session.CommitAsync(cancellation);
        }
    }

    /// <summary>True when it stood so and this call moved it on; what goes with the move is written in the same transaction.</summary>
    public async Task<bool> MoveAsync(
        string messageId, FileState from, FileState to, CancellationToken cancellation, string? temporary = null, DateTimeOffset? sentAt = null, LineState? wanted = null,
        string? reason = null, string by = DirectDebits.CollectionSettlement.Caller)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        var moved = await session.Connection.ExecuteAsync(
            """
            update payment_file set state = @to, temporary = coalesce(@temporary, temporary), sent_at = coalesce(@sentAt, sent_at)
             where message_id = @messageId and state = @from
            """,
            new { messageId, from = Name(from), to = Name(to), temporary, sentAt }, session.Transaction) == 1;
        if (moved && wanted is { } outcome)
        {
            await session.Connection.ExecuteAsync(
                "update payment_line set wanted = @wanted, reason = @reason where message_id = @messageId and state = 'filed' and wanted is null",
                new { messageId, wanted = Name(outcome), reason }, session.Transaction);
        }

        if (moved && to == FileState.Sent)
        {
            await CollectionsAsync(session, messageId, "sent", null, by, cancellation);
        }

        if (moved && to == FileState.Withdrawn)
        {
            await CollectionsAsync(session, messageId, "cancelled", reason, by, cancellation);
            await session.Connection.ExecuteAsync(
                """
                update collection set state = 'cancelled', reason = @reason where message_id = @messageId and state = 'filed';
                delete from collection_item where collection_id in (select collection_id from collection where message_id = @messageId and state = 'cancelled')
                """,
                new { messageId, reason }, session.Transaction);
        }

        await session.CommitAsync(cancellation);
        return moved;
    }

    /// <summary>Somebody sent it and did not say so, because the bank knows it: it cannot be withdrawn any more.</summary>
    public async Task WasSentAsync(DbSession session, string messageId, DateTimeOffset now, CancellationToken cancellation)
    {
        if (await session.Connection.ExecuteAsync(
            "update payment_file set state = 'sent', sent_at = @now where message_id = @messageId and state = 'ready'", new { messageId, now }, session.Transaction) == 1)
        {
            await session.Connection.ExecuteAsync(
                "update payment_line set wanted = 'sent' where message_id = @messageId and state = 'filed' and wanted is null", new { messageId }, session.Transaction);
            await CollectionsAsync(session, messageId, "sent", null, DirectDebits.CollectionSettlement.Caller, cancellation);
        }
    }

    // What became of refunds their accounts are told; collections are only in files.
    private Task CollectionsAsync(DbSession session, string messageId, string type, string? reason, string by, CancellationToken cancellation) =>
        collections.ToldAsync(session, "c.message_id = @messageId and c.state = 'filed'", new { messageId }, type, reason, by, cancellation);

    /// <summary>A message id that nobody has: the day first, so that a list by id is one by day.</summary>
    public static string NewMessageId(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"ARC{now:yyyyMMddHHmmss}{Guid.NewGuid().ToString("N")[..8]}");
}
