using System.Text.Json;
using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Projections;

/// <summary>Reservations and invoices from the projection, once it has caught up; payments from the journal itself.</summary>
internal sealed class DocumentReader(IFeed feed, IDatabase database, IJournalReader journal) : IDocumentReader
{
    public async Task<KnownDocument> ReadAsync(AccountId account, DocumentRequest request, long committedVersion, CancellationToken cancellation)
    {
        switch (request.Kind)
        {
            case NumberKind.Reservation:
                await feed.CatchUpAsync(cancellation);
                return new KnownDocument(request, committedVersion, Reservation: await FindReservationAsync(account, request.Number, cancellation));
            case NumberKind.Invoice:
                await feed.CatchUpAsync(cancellation);
                return new KnownDocument(request, committedVersion, Invoice: await FindInvoiceAsync(account, request.Number, cancellation));
            case NumberKind.Payment:
                return new KnownDocument(request, committedVersion, Payment: await FindPaymentAsync(account, request.Number, cancellation));
            default:
                throw new InvariantException($"No document is read by a number of kind {request.Kind}.");
        }
    }

    private async Task<ReservationState?> FindReservationAsync(AccountId account, DocumentNumber id, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var state = await session.Connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select state from reservation where account_id = @account and id = @id",
            new { account = account.Value, id = id.Value }, cancellationToken: cancellation));
        return state is null ? null : JsonSerializer.Deserialize<ReservationState>(state, EventCodec.Options);
    }

    private async Task<StoredInvoice?> FindInvoiceAsync(AccountId account, DocumentNumber number, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var row = await session.Connection.QuerySingleOrDefaultAsync<InvoiceRow>(new CommandDefinition(
            "select currency, amount, credited from invoice where account_id = @account and number = @number",
            new { account = account.Value, number = number.Value }, cancellationToken: cancellation));
        return row is null ? null : new StoredInvoice(number, Currency.Parse(row.Currency), row.Amount, row.Credited);
    }

    private async Task<StoredPayment?> FindPaymentAsync(AccountId account, DocumentNumber id, CancellationToken cancellation)
    {
        if (await journal.FindKeyAsync(account.Value, KeyKinds.Payment, id.Value, cancellation) is not { } stored)
        {
            return null;
        }

        // The key leads to the append's first event; lapses and the invoice it was paid with may stand before the payment.
        var (events, _) = await Entries.ReadAppendAsync(journal, account, stored.Version, cancellation);
        var received = events.OfType<PaymentReceived>().Single(payment => payment.PaymentId == id);
        var reversal = await journal.FindKeyAsync(account.Value, KeyKinds.Reversal, id.Value, cancellation);
        return new StoredPayment(received, reversal is not null);
    }

    private sealed class InvoiceRow
    {
        public string Currency { get; init; } = string.Empty;

        public long Amount { get; init; }

        public long Credited { get; init; }
    }
}
