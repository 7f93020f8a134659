using System.Buffers.Text;
using System.Text.Json;
using ArCredit.Accounts.Projections;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ArCredit.Accounts.Tests.Projections;

/// <summary>A database with the module's tables, fed by hand.</summary>
internal sealed class ProjectionRig : IAsyncDisposable
{
    private static readonly string[] Tables =
        ["ledger_entry", "open_item", "reservation", "invoice", "payment_due", "credit_state", "dispute", "dispute_log", "item_mark", "promise", "payment_plan", "plan_move", "retention", "interest_slice", "account_name", "account_party", "account_block", "account_view"];

    private readonly TestDatabase files;
    private readonly IHost host;

    private ProjectionRig(TestDatabase files, IHost host) => (this.files, this.host) = (files, host);

    public IDatabase Database => host.Services.GetRequiredService<IDatabase>();

    public AccountProjection Projection { get; } = new();

    public CaughtUpFeed Feed { get; } = new();

    public static async Task<ProjectionRig> StartAsync(Dialect dialect)
    {
        var files = await TestDatabase.CreateAsync(dialect);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddArCreditData(files.Options);
        builder.Services.AddMigrations(typeof(AccountProjection).Assembly);
        var host = builder.Build();
        await host.StartAsync();
        return new ProjectionRig(files, host);
    }

    /// <summary>Applies rows as the feed would, at most so many in one transaction.</summary>
    public async Task ApplyAsync(IEnumerable<JournalRow> rows, int batchSize = int.MaxValue)
    {
        foreach (var batch in rows.Chunk(batchSize))
        {
            await using var session = await Database.BeginWriteAsync(CancellationToken.None);
            await StoreAsync(session, batch);
            await Projection.ApplyAsync([.. batch.Select(row => new FeedRow(row))], session, CancellationToken.None);
            await session.CommitAsync(CancellationToken.None);
        }
    }

    // Reads of reservations end in the journal. Rows that are applied a second time are there.
    private static Task StoreAsync(DbSession session, IEnumerable<JournalRow> rows) => session.Connection.ExecuteAsync(
        """
        insert into journal (account_id, version, type, schema, payload, hash, recorded_at)
        values (@AccountId, @Version, @Type, @Schema, @Bytes, @Hash, @At) on conflict (account_id, version) do nothing
        """,
        rows.Select(row => new
        {
            row.AccountId,
            row.Version,
            row.Type,
            row.Schema,
            Bytes = row.Payload.ToArray(),
            row.Hash,
            At = session.Dialect == Dialect.Sqlite ? SqlTypes.ToMicroseconds(row.RecordedAt) : (object)row.RecordedAt,
        }),
        session.Transaction);

    /// <summary>Empties the tables: what is applied from then on builds them anew.</summary>
    public Task ResetAsync() => ExecuteAsync(
        """
        delete from ledger_entry; delete from open_item; delete from reservation; delete from invoice; delete from payment_due; delete from credit_state; delete from account_name; delete from account_party;
        delete from dispute; delete from dispute_log; delete from item_mark; delete from promise; delete from payment_plan; delete from plan_move; delete from retention; delete from interest_slice; delete from account_block; delete from account_view; delete from projection_checkpoint
        """);

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var session = await Database.BeginWriteAsync(CancellationToken.None);
        await session.Connection.ExecuteAsync(sql, parameters, session.Transaction);
        await session.CommitAsync(CancellationToken.None);
    }

    public async Task<T> ReadAsync<T>(Func<DbSession, Task<T>> read)
    {
        await using var session = await Database.OpenReadAsync(CancellationToken.None);
        return await read(session);
    }

    public Task<T?> ScalarAsync<T>(string sql, object? parameters = null) =>
        ReadAsync(session => session.Connection.ExecuteScalarAsync<T>(sql, parameters));

    /// <summary>Every row of every table, in one order.</summary>
    public Task<List<string>> DumpAsync() => ReadAsync(async session =>
    {
        var all = new List<string>();
        foreach (var table in Tables)
        {
            var rows = await session.Connection.QueryAsync($"select * from {table}");
            all.AddRange(rows.Select(row => table + " " + string.Join('|', ((IDictionary<string, object?>)row).Values)).Order(StringComparer.Ordinal));
        }

        return all;
    });

    /// <summary>All pages of a list.</summary>
    public static async Task<List<T>> AllAsync<T>(int limit, Func<Paging, Task<(IReadOnlyList<T> Items, string? Next)>> read)
    {
        var all = new List<T>();
        string[]? after = null;
        while (true)
        {
            var (items, next) = await read(new Paging(limit, after));
            all.AddRange(items);
            if (next is null)
            {
                return all;
            }

            after = JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(next));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        await files.DisposeAsync();
    }

    /// <summary>Rows are applied by hand, so there is never anything to wait for.</summary>
    internal sealed class CaughtUpFeed : IFeed
    {
        public int Asked { get; private set; }

        public Task CatchUpAsync(CancellationToken cancellation)
        {
            Asked++;
            return Task.CompletedTask;
        }
    }
}
