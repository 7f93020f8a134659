using ArCredit.Platform.Http;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Storage;
using Microsoft.Extensions.Logging;

namespace ArCredit.Sync.Posting;

/// <summary>
/// What buyers say of e-invoices. A rejected one is not payable: its invoice is disputed, once, until the buyer accepts after all. Accepting takes back
/// only what a rejection has raised.
/// </summary>
internal sealed partial class BuyerAnswers(EInvoiceStore store, EInvoicePosting posting, ILogger<BuyerAnswers> log)
{
    private const int MaxTries = 5;

    /// <summary>Writes it down and acts on it; the same again changes nothing.</summary>
    public async Task<(StoredEInvoice Invoice, ProblemResult? Problem)> SetAsync(
        StoredEInvoice invoice, BuyerStatus status, string? reason, string by, CancellationToken cancellation)
    {
        for (var tries = 0; invoice.BuyerStatus != status; tries++)
        {
            if (tries == MaxTries)
            {
                return (invoice, Problems.Conflict("EINVOICE_CHANGED", "Somebody decided at the same time. Read it and decide again."));
            }

            var now = invoice with { BuyerStatus = status, BuyerReason = reason, DecidedBy = by };
            invoice = await posting.SaveAsync(invoice, now, null, cancellation) ?? await store.FindAsync(invoice.Id, cancellation) ?? invoice;
        }

        try
        {
            return (await posting.RunAsync(invoice, bulk: false, isConfirmed: false, cancellation), null);
        }
        catch (Exception held) when (AccountHeld.Is(held))
        {
            LogHeld(invoice.Id, held);
            return (invoice, null);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What the buyer said of e-invoice {Id} is stored and cannot be acted on now; it is tried again")]
    private partial void LogHeld(Guid id, Exception failure);
}
