using System.Text.Json;
using ArCredit.Banking.Statements.Csv;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.Storage;

/// <summary>Mappings of CSV files by their ids.</summary>
internal sealed class CsvMappingStore(IDatabase database)
{
    /// <summary>All, in the session's transaction.</summary>
    public static async Task<IReadOnlyList<CsvMapping>> AllAsync(DbSession session) =>
        [.. (await session.Connection.QueryAsync<string>("select body from bank_csv_mapping order by id", transaction: session.Transaction)).Select(Read)];

    /// <summary>True when it is new.</summary>
    public async Task<bool> PutAsync(string id, CsvMapping mapping, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        var known = await FindAsync(session, id);
        await session.Connection.ExecuteAsync(
            "insert into bank_csv_mapping (id, body) values (@id, @body) on conflict (id) do update set body = excluded.body",
            new { id, body = JsonSerializer.Serialize(mapping, ApiJson.Options) }, session.Transaction);
        await session.CommitAsync(cancellation);
        return known is null;
    }

    /// <summary>Null when there is none of that id.</summary>
    public async Task<CsvMapping?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await FindAsync(session, id);
    }

    /// <summary>False when there was none.</summary>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        var removed = await session.Connection.ExecuteAsync("delete from bank_csv_mapping where id = @id", new { id }, session.Transaction);
        await session.CommitAsync(cancellation);
        return removed == 1;
    }

    private static async Task<CsvMapping?> FindAsync(DbSession session, string id) =>
        await session.Connection.QueryFirstOrDefaultAsync<string?>("select body from bank_csv_mapping where id = @id", new { id }, session.Transaction) is { } body
            ? Read(body)
            : null;

    private static CsvMapping Read(string body) => JsonSerializer.Deserialize<CsvMapping>(body, ApiJson.Options)!;
}
