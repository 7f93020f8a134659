using System.Data.Common;
using System.Net.Sockets;
using ArCredit.Platform.Data;
using ArCredit.Sync.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Sync.Posting;

/// <summary>
/// Goes on with documents whose request ended before they were posted: the process died, or the account did not answer. Several nodes may look at the same
/// time, because each step is stored once and an account has a number once. It does not rest on business time.
/// </summary>
internal sealed partial class EInvoiceWorker(EInvoiceStore store, EInvoicePosting posting, TimeProvider technical, ILogger<EInvoiceWorker> log) : BackgroundService
{
    private const int PageSize = 100;

    private const string Fault = "INTERNAL_ERROR";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>A document that is younger is still in the hands of its request.</summary>
    private static readonly TimeSpan LeaveAlone = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
                await Task.Delay(LookEvery, technical, stoppingToken);
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

    /// <summary>One look at everything there is to do; what cannot be done now holds up nothing else.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var after = Guid.Empty;
        while (await store.ToDoAsync(after, PageSize, cancellation) is { Count: > 0 } page)
        {
            foreach (var invoice in page.Where(each => each.DisputeIsBehind || each.ReceivedAt <= technical.GetUtcNow() - LeaveAlone))
            {
                try
                {
                    await posting.RunAsync(invoice, bulk: true, isConfirmed: false, cancellation);
                }
                catch (Exception held) when (AccountHeld.Is(held))
                {
                    LogHeld(invoice.Id, held);
                }
                catch (Exception broken) when (broken is not (DbException or OperationCanceledException or IOException or SocketException))
                {
                    // A fault of ours in one document: it waits for a person, and must not stop all others.
                    LogBroken(invoice.Id, broken);
                    var now = invoice.Status == EInvoiceStatus.Posted ? invoice with { DisputeOpen = !invoice.DisputeOpen, Reason = Fault } : invoice.Waiting(Fault);
                    await posting.SaveAsync(invoice, now, null, cancellation);
                }
            }

            after = page[^1].Id;
        }
    }

    [LoggerMessage(LogLevel.Warning, "E-invoice {Id} cannot be carried on now; it is tried again")]
    private partial void LogHeld(Guid id, Exception failure);

    [LoggerMessage(LogLevel.Error, "E-invoice {Id} cannot be carried on")]
    private partial void LogBroken(Guid id, Exception failure);

    [LoggerMessage(LogLevel.Error, "E-invoices could not be worked on; it is tried again")]
    private partial void LogFailed(Exception failure);
}
