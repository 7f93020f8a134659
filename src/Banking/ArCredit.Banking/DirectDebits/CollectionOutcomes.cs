using ArCredit.Accounts.Contracts;
using ArCredit.Banking.MoneyOut;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>What a person says became of a collection, because the bank told it in a way that is not read.</summary>
internal sealed class CollectionOutcomes(IDatabase database, CollectionStore store, PaymentFileStore files, ICompanyRates companies, TimeProvider technical)
{
    public const string State = "COLLECTION_STATE", NotDue = "COLLECTION_NOT_DUE", OwnRequest = "OWN_REQUEST";

    /// <summary>
    /// Null when it stands so, or will as soon as its account was told. <paramref name="told"/> is settled, rejected, or returned, which is rejected
    /// where nothing was paid yet.
    /// </summary>
    public async Task<ProblemResult?> SayAsync(string collectionId, CollectionState told, string reason, string by, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if (await CollectionStore.WhereAsync(session, "c.collection_id = @collectionId", new { collectionId }, cancellation) is not [var collection])
        {
            return Problems.NotFound("COLLECTION_NOT_FOUND", "There is no such collection.");
        }

        if ((await CollectionStore.FindRunAsync(session, collection.RunId))?.CreatedBy == by)
        {
            return new ProblemResult(403, OwnRequest, "Nobody says what became of what they asked for.");
        }

        if (Stands(collection, told))
        {
            return null;
        }

        var isFiled = collection.Is(CollectionState.Filed) && collection.MessageId is not null;
        var moved = told switch
        {
            CollectionState.Settled when isFiled && companies.TodayOf(collection.Company) < collection.CollectOn =>
                Problems.Conflict(NotDue, "The bank pays on the day that was announced.", $"It is collected on {collection.CollectOn:yyyy-MM-dd}."),
            CollectionState.Settled => isFiled && await SettleAsync(session, collection, reason) ? null : Not(collection),
            CollectionState.Rejected when !isFiled => Not(collection),
            _ => await IsSentAsync(session, collection) && await store.FailAsync(session, collection, reason, by) ? null : Not(collection),
        };
        if (moved is null)
        {
            await session.Connection.ExecuteAsync(
                "update collection set told_by = @by, attempts = 0, error = null where collection_id = @collectionId", new { collectionId, by }, session.Transaction);
            await session.CommitAsync(cancellation);
        }

        return moved;
    }

    private static bool Stands(Collection collection, CollectionState told) => told switch
    {
        CollectionState.Settled => collection.Wanted is null && (collection.Is(CollectionState.Settling) || collection.Is(CollectionState.Settled)),
        CollectionState.Rejected => collection.Is(CollectionState.Rejected),
        _ => collection.Wanted is not null || collection.Is(CollectionState.Rejected) || collection.Is(CollectionState.Returned),
    };

    // That it was paid says that the file has gone, whoever sent it: the same as the bank's report, or its booking.
    private async Task<bool> SettleAsync(DbSession session, Collection collection, string reason)
    {
        await files.WasSentAsync(session, collection.MessageId!, technical.GetUtcNow(), CancellationToken.None);
        return await IsSentAsync(session, collection) && await store.MoveAsync(session, collection, CollectionState.Filed, CollectionState.Settling, reason);
    }

    // The bank would still collect what is in a file that leaves later.
    private static async Task<bool> IsSentAsync(DbSession session, Collection collection) => collection.MessageId is { } messageId
        && (await PaymentFileStore.FindAsync(session, messageId))?.State == PaymentFileStore.Name(FileState.Sent);

    private static ProblemResult Not(Collection collection) => Problems.Conflict(State, "This cannot become of the collection.", $"It is {collection.State}.");
}
