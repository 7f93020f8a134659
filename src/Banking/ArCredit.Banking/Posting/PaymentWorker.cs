using ArCredit.Platform.Data;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.Posting;

/// <summary>
/// Posts what statements brought, behind the transaction that stored them: at once when this node took a file, and every few seconds
/// what was left by a node that died. On PostgreSQL one node does so at a time. It does not rest on business time, so that a manual
/// clock that stands still does not hold it up.
/// </summary>
internal sealed partial class PaymentWorker(PaymentRound round, WorkBells bells, IDatabase database, TimeProvider technical, ILogger<PaymentWorker> log) : BackgroundService
{
    private const long TurnKey = 0x4172_4372_506f_7374;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The start of the others does not wait for the first look.
        await Task.Yield();
        var isNew = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var hadTurn = await RunAsync(stoppingToken);
                if (isNew)
                {
                    // The same statement may have told of refunds and collections.
                    bells.Files.Ring();
                }

                isNew = await bells.Payments.WaitAsync(hadTurn ? LookEvery : Bell.Soon, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The outermost loop: everything is stored, so the next look goes on where this one ended.
                LogFailed(failure);
                await Task.Delay(AfterFailure, technical, CancellationToken.None);
            }
        }
    }

    /// <summary>False when another node has the turn.</summary>
    private async Task<bool> RunAsync(CancellationToken cancellation)
    {
        if (database.Dialect == Dialect.Sqlite)
        {
            await RunRoundsAsync(() => Task.CompletedTask, cancellation);
            return true;
        }

        // A lock of a transaction: it goes with a node that dies, and with one that stands still for longer than a round may take.
        await using var turn = await database.BeginWriteAsync(cancellation);
        if (await turn.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "set local idle_in_transaction_session_timeout = '60s'; select pg_try_advisory_xact_lock(@TurnKey)", new { TurnKey }, turn.Transaction, cancellationToken: cancellation)))
        {
            await RunRoundsAsync(() => turn.Connection.ExecuteAsync(new CommandDefinition("select 1", transaction: turn.Transaction, cancellationToken: cancellation)), cancellation);
            return true;
        }

        return false;
    }

    private async Task RunRoundsAsync(Func<Task> keepTurn, CancellationToken cancellation)
    {
        var silent = new SilentAccounts();
        while (await round.RunAsync(silent, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            await keepTurn();
        }

        silent.ThrowFirst();
    }

    [LoggerMessage(LogLevel.Error, "Payments of bank statements could not be worked on; it is tried again")]
    private partial void LogFailed(Exception failure);
}
