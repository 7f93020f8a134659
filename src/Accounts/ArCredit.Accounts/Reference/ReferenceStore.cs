using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Accounts.Reference;

/// <summary>
/// Companies, policies and rates: in the database for all nodes, and here as one immutable book that decisions stand on. A
/// write of this node is in the book before it is answered; other nodes find it by the stamp within seconds.
/// </summary>
internal sealed class ReferenceStore(IDatabase database) : IReference, IDisposable
{
    private readonly SemaphoreSlim reading = new(1, 1);
    private volatile Loaded? loaded;

    /// <inheritdoc/>
    public ReferenceBook Current => loaded?.Book ?? throw new InvariantException("Reference data is not loaded yet.");

    /// <inheritdoc/>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            await using var session = await database.OpenReadAsync(cancellation);
            var stamp = await ReferenceTables.StampAsync(session);

            // Read anew only when the stamp says that something has changed.
            while (loaded?.Stamp != stamp)
            {
                var closed = (await ReferenceTables.ClosedPeriodsAsync(session)).ToLookup(row => row.Company, row => row.Month, StringComparer.Ordinal);
                var book = new ReferenceBook(
                    (await ReferenceTables.CompaniesAsync(session)).Select(row => row.ToCompany(closed[row.Id])),
                    (await ReferenceTables.PoliciesAsync(session)).Select(row => new PolicyVersion(row.Version, row.Scope, row.Policy)),
                    (await ReferenceTables.RatesAsync(session)).Select(row => row.ToRate()));

                // A write between two of these reads would leave a book that never was: the stamp tells.
                var after = await ReferenceTables.StampAsync(session);
                if (after == stamp)
                {
                    loaded = new Loaded(stamp, book);
                }

                stamp = after;
            }
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>Runs a write after all writes before it, and returns when this node's book holds it.</summary>
    public async Task<T> WriteAsync<T>(Func<DbSession, Task<T>> write, CancellationToken cancellation)
    {
        T result;
        await using (var session = await database.BeginWriteAsync(cancellation))
        {
            await session.Connection.ExecuteAsync("update reference_stamp set stamp = stamp + 1 where one = 1", transaction: session.Transaction);
            result = await write(session);
            await session.CommitAsync(cancellation);
        }

        await RefreshAsync(CancellationToken.None);
        return result;
    }

    /// <summary>A session for reads of what is not in the book.</summary>
    public Task<DbSession> ReadAsync(CancellationToken cancellation) => database.OpenReadAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    private sealed record Loaded(long Stamp, ReferenceBook Book);
}
