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
internal sealed partial class PaymentWorker(PaymentRound round, IDatabase database, TimeProvider technical, ILogger<PaymentWorker> log) : BackgroundService
{
    private const long TurnKey = 0x4172_4372_506f_7374;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim woken = new(0, 1);

    /// <summary>There is something to do.</summary>
    public void Wake()
    {
        try
        {
            woken.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already and will look once more.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        woken.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The start of the others does not wait for the first look.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
                await woken.WaitAsync(LookEvery, stoppingToken);
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

    private async Task RunAsync(CancellationToken cancellation)
    {
        if (database.Dialect == Dialect.Sqlite)
        {
            await RunRoundsAsync(cancellation);
            return;
        }

        // A lock of the connection: it goes with a node that dies, and stays with one that only stands still.
        await using var session = await database.OpenReadAsync(cancellation);
        if (await session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition("select pg_try_advisory_lock(@TurnKey)", new { TurnKey }, cancellationToken: cancellation)))
        {
            try
            {
                await RunRoundsAsync(cancellation);
            }
            finally
            {
                await session.Connection.ExecuteAsync(new CommandDefinition("select pg_advisory_unlock(@TurnKey)", new { TurnKey }, cancellationToken: CancellationToken.None));
            }
        }
    }

    private async Task RunRoundsAsync(CancellationToken cancellation)
    {
        while (await round.RunAsync(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    [LoggerMessage(LogLevel.Error, "Payments of bank statements could not be worked on; it is tried again")]
    private partial void LogFailed(Exception failure);
}
