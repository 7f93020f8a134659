using ArCredit.Banking.DirectDebits;
using ArCredit.Platform.Data;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.MoneyOut;

/// <summary>
/// Goes on with files that somebody left, reads what the bank put into the inbox, and holds statements against what was sent: at once when
/// this node took a statement or a report, and every few seconds. On PostgreSQL one node does so at a time. It does not rest on business time.
/// </summary>
internal sealed partial class PaymentFileWorker(
    PaymentFileRun run, PaymentFileStore store, StatementSettlement settlement, CollectionSettlement collections, Inbox inbox, MoneyOutFolders folders, WorkBells bells, IDatabase database,
    ILogger<PaymentFileWorker> log) : BackgroundService
{
    private const long TurnKey = 0x4172_4372_4669_6c65;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The start of the others does not wait for the first look.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var hadTurn = true;
            try
            {
                hadTurn = await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The outermost loop: everything is stored, so the next look goes on where this one ended.
                LogFailed(failure);
            }

            try
            {
                await bells.Files.WaitAsync(hadTurn ? LookEvery : Bell.Soon, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>False when another node has the turn.</summary>
    private async Task<bool> LookAsync(CancellationToken cancellation)
    {
        if (database.Dialect == Dialect.Sqlite)
        {
            await WorkAsync(cancellation);
            return true;
        }

        // A lock of the connection: it goes with a node that dies.
        await using var session = await database.OpenReadAsync(cancellation);
        if (await session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition("select pg_try_advisory_lock(@TurnKey)", new { TurnKey }, cancellationToken: cancellation)))
        {
            try
            {
                await WorkAsync(cancellation);
                return true;
            }
            finally
            {
                await session.Connection.ExecuteAsync(new CommandDefinition("select pg_advisory_unlock(@TurnKey)", new { TurnKey }, cancellationToken: CancellationToken.None));
            }
        }

        return false;
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        // Each is stored and done again at the next look: one that fails is logged and left.
        var attempts = new Attempts(LogFailed);
        await attempts.TryAsync(() => inbox.ReadAsync(cancellation), cancellation);
        await attempts.TryAsync(() => settlement.LookAsync(cancellation), cancellation);
        await attempts.TryAsync(() => AdvanceAsync(cancellation), cancellation);
        await attempts.TryAsync(() => collections.RunAsync(cancellation), cancellation);
    }

    private async Task AdvanceAsync(CancellationToken cancellation)
    {
        var attempts = new Attempts(LogFailed);
        var after = string.Empty;
        while (await store.WorkAsync(folders.Outbox is not null, after, cancellation) is { Count: > 0 } page)
        {
            foreach (var messageId in page)
            {
                await attempts.TryAsync(() => run.AdvanceAsync(messageId, cancellation), cancellation);
            }

            after = page[^1];
        }
    }

    [LoggerMessage(LogLevel.Error, "Payment files could not all be worked on; it is tried again")]
    private partial void LogFailed(Exception failure);
}

/// <summary>What statements say of payments that went out: a debit under the payment's own id is the payment. What comes back is matched like all that comes in.</summary>
internal sealed partial class StatementSettlement(IDatabase database, PaymentFileStore files, TimeProvider technical, ILogger<StatementSettlement> log)
{
    // Some banks give references back in capitals.
    private const string Named =
        """
        t.account_id = f.bank_account
         and t.end_to_end_id in (payment_line.end_to_end_id, upper(payment_line.end_to_end_id), lower(payment_line.end_to_end_id))
        """;

    private const string Booking =
        $"""
        exists (select 1 from payment_file f
                  join bank_transaction t on {Named}
                 where f.message_id = payment_line.message_id and t.amount =
        """;

    private long seen = -1;

    /// <summary>Looks when statements have come since the last look of this process.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        long taken;
        await using (var reading = await database.OpenReadAsync(cancellation))
        {
            taken = await reading.Connection.ExecuteScalarAsync<long>(new CommandDefinition("select count(*) from bank_file", cancellationToken: cancellation));
        }

        if (taken == seen)
        {
            return;
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        var booked = (await session.Connection.QueryAsync<string>(new CommandDefinition(
            $"""
            select distinct f.message_id from payment_file f
              join payment_line on payment_line.message_id = f.message_id and payment_line.state <> 'dropped'
              join bank_transaction t on {Named} and abs(t.amount) = payment_line.amount
             where f.state = 'ready'
            """,
            transaction: session.Transaction, cancellationToken: cancellation))).AsList();
        foreach (var messageId in booked)
        {
            await files.WasSentAsync(session, messageId, technical.GetUtcNow(), cancellation);
        }

        await session.Connection.ExecuteAsync(new CommandDefinition(
            $"update payment_line set wanted = 'settled' where state in ('filed', 'sent') and coalesce(wanted, 'sent') = 'sent' and {Booking} -payment_line.amount)",
            transaction: session.Transaction, cancellationToken: cancellation));
        var contradicted = await ContradictAsync(session, cancellation);
        await session.CommitAsync(cancellation);
        seen = taken;
        foreach (var (endToEndId, booking) in contradicted)
        {
            LogContradicted(endToEndId, booking);
        }
    }

    // A file was withdrawn, or the bank said that it had rejected a payment, and the money has left all the same.
    private static async Task<List<(string EndToEndId, string Booking)>> ContradictAsync(DbSession session, CancellationToken cancellation)
    {
        var found = (await session.Connection.QueryAsync<(string EndToEndId, string Booking)>(new CommandDefinition(
            $"""
            select payment_line.end_to_end_id, min(cast(t.statement_id as text) || '-' || cast(t.no as text)) from payment_line
              join payment_file f on f.message_id = payment_line.message_id
              join bank_transaction t on {Named} and t.amount = -payment_line.amount
             where coalesce(payment_line.wanted, payment_line.state) = 'rejected' and payment_line.contradicted_by is null
             group by payment_line.end_to_end_id
            """,
            transaction: session.Transaction, cancellationToken: cancellation))).AsList();
        foreach (var (endToEndId, booking) in found)
        {
            await session.Connection.ExecuteAsync(new CommandDefinition(
                "update payment_line set contradicted_by = @booking where end_to_end_id = @endToEndId", new { endToEndId, booking }, session.Transaction, cancellationToken: cancellation));
        }

        return found;
    }

    [LoggerMessage(LogLevel.Warning, "Refund payment {EndToEndId} stands as rejected, and the bank has paid it by booking {Booking}: somebody has to ask the bank")]
    private partial void LogContradicted(string endToEndId, string booking);
}
