using ArCredit.Platform.Data;
using Dapper;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Journal.Reading;

/// <summary>Reads by account, shared among the callers that wait at the moment.</summary>
internal sealed partial class JournalReader : IJournalReader
{
    private const int AccountsPerQuery = 256;
    private readonly IJournalQueries queries;
    private readonly IDatabase database;
    private readonly ILogger<JournalReader> log;
    private readonly Batcher<string, StoredAccount> loads;
    private readonly Batcher<string, JournalHead> heads;
    private readonly Batcher<KeyRequest, StoredKey?> keys;
    private readonly Batcher<RowsRequest, IReadOnlyList<JournalRow>> rows;
    private readonly Batcher<TextsRequest, IReadOnlyDictionary<Guid, ErasableText>> texts;

    public JournalReader(IJournalQueries queries, IDatabase database, ILogger<JournalReader> log)
    {
        this.queries = queries;
        this.database = database;
        this.log = log;
        loads = new(AccountsPerQuery, 2, LoadManyAsync);
        heads = new(AccountsPerQuery, 2, queries.ReadHeadsAsync);
        keys = new(AccountsPerQuery, 2, queries.FindKeysAsync);
        rows = new(AccountsPerQuery, 2, queries.ReadRowsAsync);
        texts = new(AccountsPerQuery, 2, queries.ReadTextsAsync);
    }

    public Task<StoredAccount> LoadAsync(string accountId, CancellationToken cancellation) => loads.AskAsync(accountId, cancellation);

    public Task<JournalHead> ReadHeadAsync(string accountId, CancellationToken cancellation) => heads.AskAsync(accountId, cancellation);

    public Task<StoredKey?> FindKeyAsync(string accountId, string kind, string value, CancellationToken cancellation) =>
        keys.AskAsync(new KeyRequest(accountId, kind, value), cancellation);

    public Task<IReadOnlyList<JournalRow>> ReadRowsAsync(string accountId, long fromVersion, int limit, CancellationToken cancellation) =>
        rows.AskAsync(new RowsRequest(accountId, fromVersion, limit), cancellation);

    public Task<IReadOnlyDictionary<Guid, ErasableText>> ReadTextsAsync(string accountId, IReadOnlyList<Guid> ids, CancellationToken cancellation) =>
        texts.AskAsync(new TextsRequest(accountId, ids), cancellation);

    private async Task<IReadOnlyList<StoredAccount>> LoadManyAsync(IReadOnlyList<string> accounts)
    {
        var loaded = await queries.LoadAsync(accounts);
        var found = new StoredAccount[loaded.Count];
        for (var i = 0; i < loaded.Count; i++)
        {
            found[i] = loaded[i].Account;
            if (loaded[i].Unproven is { } unproven)
            {
                LogUnproven(unproven.AccountId, unproven.Version);
                await DiscardAsync(unproven);
            }
        }

        return found;
    }

    // Only this very snapshot: a good one may have replaced it meanwhile.
    private async Task DiscardAsync(StoredSnapshot snapshot)
    {
        await using var session = await database.BeginWriteAsync(CancellationToken.None);
        var gone = await session.Connection.ExecuteAsync(
            "delete from snapshot where account_id = @AccountId and version = @Version and hash = @Hash", snapshot, session.Transaction);
        if (gone > 0)
        {
            await session.Connection.ExecuteAsync("delete from snapshot_page where account_id = @AccountId", snapshot, session.Transaction);
        }

        await session.CommitAsync(CancellationToken.None);
    }

    [LoggerMessage(LogLevel.Error, "The snapshot of account {AccountId} at version {Version} does not stand on its journal; it is deleted and the journal replayed")]
    private partial void LogUnproven(string accountId, long version);
}
