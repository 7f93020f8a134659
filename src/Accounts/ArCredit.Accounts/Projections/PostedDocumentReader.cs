using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Projections;

/// <summary>Reads documents by the key of their number, and reservations from the projection.</summary>
internal sealed class PostedDocumentReader(IJournalReader journal, IDatabase database) : IPostedDocuments
{
    // An account that has more reservations than this at once is not searched by what they refer to.
    private const int MaxReservations = 10_000;

    public Task<InvoicePosted?> InvoiceAsync(AccountId account, DocumentNumber number, CancellationToken cancellation) =>
        FindAsync<InvoicePosted>(account, KeyKinds.Invoice, number, posted => posted.Number == number, cancellation);

    public Task<CreditNotePosted?> CreditNoteAsync(AccountId account, DocumentNumber number, CancellationToken cancellation) =>
        FindAsync<CreditNotePosted>(account, KeyKinds.CreditNote, number, posted => posted.Number == number, cancellation);

    public async Task<IReadOnlyList<ReservationState>> ReservationsAsync(
        AccountId account, Currency currency, IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        if (names.Count == 0)
        {
            return [];
        }

        await using var session = await database.OpenReadAsync(cancellation);
        var rows = await session.Connection.QueryAsync<StoredReservation>(new CommandDefinition(
            $"{StoredReservation.From} where r.account_id = @account and r.status = 'active' order by r.id limit {MaxReservations + 1}",
            new { account = account.Value }, cancellationToken: cancellation));
        var all = rows.AsList();
        return all.Count > MaxReservations
            ? []
            : [.. all.Select(row => row.ToState()).Where(state =>
                ReferenceEquals(state.Currency, currency) && (names.Contains(state.Id.Value) || (state.Reference is { } reference && names.Contains(reference))))];
    }

    private async Task<T?> FindAsync<T>(AccountId account, string kind, DocumentNumber number, Func<T, bool> isIt, CancellationToken cancellation)
        where T : AccountEvent
    {
        var key = await journal.FindKeyAsync(account.Value, kind, number.Value, cancellation);
        return key is null ? null : (await Entries.ReadAppendAsync(journal, account, key.Version, cancellation)).Events.OfType<T>().FirstOrDefault(isIt);
    }
}
