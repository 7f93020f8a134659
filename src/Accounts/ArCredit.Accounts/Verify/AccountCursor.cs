using System.Data.Common;
using ArCredit.Platform.Data;
using ArCredit.Platform.Verify;

namespace ArCredit.Accounts.Verify;

/// <summary>A table read along with the journal, account by account.</summary>
internal sealed class AccountCursor<T>(OrderedRows<T> rows, Func<T, string> accountOf, Action<T>? prepare)
{
    private List<T> page = [];
    private int at;

    /// <param name="session">Sees one state.</param>
    /// <param name="query">What to read.</param>
    /// <param name="read">Makes a row.</param>
    /// <param name="accountOf">Whose it is.</param>
    /// <param name="pageRows">Rows in memory.</param>
    /// <param name="prepare">Work on a row that needs no other; done for many at once.</param>
    public static AccountCursor<T> Over(
        DbSession session, OrderedQuery query, Func<DbDataReader, T> read, Func<T, string> accountOf, int pageRows, Action<T>? prepare = null) =>
        new(new OrderedRows<T>(session, query, read, pageRows), accountOf, prepare);

    /// <summary>The rows of accounts that sort before <paramref name="account"/> and were not read; null = all that are left.</summary>
    public IAsyncEnumerable<T> BeforeAsync(string? account, CancellationToken cancellation) =>
        TakeAsync(row => account is null || Utf8Order.Compare(accountOf(row), account) < 0, cancellation);

    /// <summary>The rows of an account that is next.</summary>
    public IAsyncEnumerable<T> OfAsync(string account, CancellationToken cancellation) =>
        TakeAsync(row => string.Equals(accountOf(row), account, StringComparison.Ordinal), cancellation);

    private async IAsyncEnumerable<T> TakeAsync(Func<T, bool> isWanted, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            if (at == page.Count)
            {
                (page, at) = (await rows.ReadPageAsync(cancellation), 0);
                if (prepare is not null)
                {
                    Parallel.ForEach(page, prepare);
                }
            }

            if (at == page.Count || !isWanted(page[at]))
            {
                yield break;
            }

            yield return page[at++];
        }
    }
}
