using ArCredit.Banking.MoneyOut;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>What a bank's pain.002 says of a file of collections: of each, of a block, or of all.</summary>
internal sealed class CollectionReports(CollectionStore store)
{
    private const int MaxText = 500;

    /// <summary>Null and the stranger when the report names a collection or block that is not in the file.</summary>
    public async Task<(StatusReportView? View, string? Stranger)> TakeAsync(DbSession session, StatusReport report, PaymentFile file, CancellationToken cancellation)
    {
        // The bank may have a file that was withdrawn all the same.
        var isWithdrawn = file.State == PaymentFileStore.Name(FileState.Withdrawn);
        var collections = await CollectionStore.WhereAsync(
            session, isWithdrawn ? "c.message_id = @MessageId" : "c.message_id = @MessageId and c.state <> 'cancelled'", new { file.MessageId }, cancellation);
        var known = collections.ToDictionary(collection => collection.CollectionId, StringComparer.OrdinalIgnoreCase);
        var blocks = (await CollectionStore.BlocksAsync(session, file.MessageId)).ToDictionary(block => block.PaymentId, block => block.Block, StringComparer.OrdinalIgnoreCase);
        if (report.Payments.FirstOrDefault(payment => !known.ContainsKey(payment.EndToEndId)) is { } stranger)
        {
            return (null, stranger.EndToEndId);
        }

        if (report.Blocks.FirstOrDefault(block => block.PaymentId is not null && !blocks.ContainsKey(block.PaymentId)) is { } other)
        {
            return (null, other.PaymentId);
        }

        var told = report.Payments.GroupBy(payment => payment.EndToEndId, StringComparer.OrdinalIgnoreCase).ToDictionary(each => each.Key, each => each.Last(), StringComparer.OrdinalIgnoreCase);
        var ofBlocks = report.Blocks.Where(block => block.PaymentId is not null).GroupBy(block => blocks[block.PaymentId!]).ToDictionary(each => each.Key, each => each.Last());
        var (rejected, noted) = (0, 0);
        var contradicted = new List<string>();
        foreach (var collection in collections)
        {
            var own = told.GetValueOrDefault(collection.CollectionId);
            var block = collection.Block is { } number ? ofBlocks.GetValueOrDefault(number) : null;
            var (status, code) = own?.Status is { } single ? (single, own.Code)
                : block?.Status is { } ofBlock ? (ofBlock == "PART" ? null : ofBlock, block.Code)
                : (report.GroupStatus == "PART" ? null : report.GroupStatus, report.GroupCode);
            if (status is null)
            {
                continue;
            }

            await session.Connection.ExecuteAsync(
                "update collection set bank_status = @status, bank_text = @text where collection_id = @CollectionId",
                new { collection.CollectionId, status, text = own?.Text is { Length: > MaxText } text ? text[..MaxText] : own?.Text }, session.Transaction);

            // That it is paid the account knows by the day; only what is not paid changes anything.
            var isNews = status is "RJCT" or "CANC" && await store.FailAsync(session, collection, own?.Code ?? code ?? status, CollectionSettlement.Caller);
            rejected += isNews ? 1 : 0;
            noted += isNews ? 0 : 1;
            if (StatusReports.IsPaid(status) && (collection.Is(CollectionState.Rejected) || collection.Is(CollectionState.Cancelled)))
            {
                contradicted.Add(collection.CollectionId);
            }
        }

        return (new StatusReportView(report.MessageId, report.GroupStatus ?? report.Status, 0, rejected, noted, contradicted), null);
    }
}
