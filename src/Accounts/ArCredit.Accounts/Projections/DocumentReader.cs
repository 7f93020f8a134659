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

/// <summary>
/// Reservations and invoices from the projection, once it has caught up; payments and credit notes from the journal itself,
/// or from the projection where their allocations were changed since.
/// </summary>
internal sealed class DocumentReader(IFeed feed, IDatabase database, IJournalReader journal) : IDocumentReader
{
    // SQLite takes as many parameters as a list has values, and no more than some thousands.
    private const int NumbersPerQuery = 500;

    public async Task<KnownDocument> ReadAsync(AccountId account, DocumentRequest request, long committedVersion, CancellationToken cancellation)
    {
        switch (request.Kind)
        {
            case NumberKind.Reservation:
                await feed.CatchUpAsync(cancellation);
                return new KnownDocument(request, committedVersion, Reservation: await FindReservationAsync(account, request.Number, cancellation));
            case NumberKind.Invoice:
                await feed.CatchUpAsync(cancellation);
                var (invoice, last, retainedOn) = await FindInvoiceAsync(account, request.Number, cancellation);
                return new KnownDocument(request, committedVersion, Invoice: invoice) { LastInstalment = last, RetainedOn = retainedOn };
            case NumberKind.Payment or NumberKind.CreditNote:
                var credit = await FindCreditAsync(account, request, cancellation);
                return new KnownDocument(request, committedVersion, Credit: credit)
                {
                    Given = await FindGivenAsync(account, credit?.State.Lines ?? [], cancellation),
                };
            case NumberKind.WriteOff:
                var writeOff = await FindWriteOffAsync(account, request.Number, cancellation);
                return new KnownDocument(request, committedVersion, WriteOff: writeOff)
                {
                    Given = await FindGivenAsync(account, writeOff?.Lines ?? [], cancellation),
                };
            case NumberKind.InterestBasis:
                await feed.CatchUpAsync(cancellation);
                await using (var session = await database.OpenSnapshotAsync(cancellation))
                {
                    return new KnownDocument(request, committedVersion)
                    {
                        Interest = await InterestReader.ReadAsync(session, account, default, DateOnly.MaxValue, cancellation),
                    };
                }

            case NumberKind.Refund:
                await feed.CatchUpAsync(cancellation);
                return new KnownDocument(request, committedVersion, Refund: await FindRefundAsync(account, request.Number, cancellation));
            default:
                throw new InvariantException($"No document is read by a number of kind {request.Kind}.");
        }
    }

    private async Task<ReservationState?> FindReservationAsync(AccountId account, DocumentNumber id, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var row = await session.Connection.QuerySingleOrDefaultAsync<StoredReservation>(new CommandDefinition(
            $"{StoredReservation.From} where r.account_id = @account and r.id = @id",
            new { account = account.Value, id = id.Value }, cancellationToken: cancellation));
        return row?.ToState();
    }

    private async Task<(StoredInvoice? Invoice, int LastInstalment, DateOnly RetainedOn)> FindInvoiceAsync(AccountId account, DocumentNumber number, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var row = await session.Connection.QuerySingleOrDefaultAsync<InvoiceRow>(new CommandDefinition(
            """
            select currency as Currency, amount as Amount, credited as Credited,
                   coalesce((select max(e.instalment) from ledger_entry e
                              where e.account_id = i.account_id and e.number = i.number and e.item_type = 'invoice'), 0) as LastInstalment,
                   (select max(e.posted_on) from ledger_entry e
                     where e.account_id = i.account_id and e.number = i.number and e.item_type = 'invoice' and e.due_date = @never) as RetainedOn
              from invoice i
             where account_id = @account and number = @number
            """,
            new { account = account.Value, number = number.Value, never = RetentionTerms.NoDueDate }, cancellationToken: cancellation));
        return row is null ? default : (new StoredInvoice(number, Currency.Parse(row.Currency), row.Amount, row.Credited), (int)row.LastInstalment, row.RetainedOn ?? default);
    }

    private async Task<StoredCredit?> FindCreditAsync(AccountId account, DocumentRequest request, CancellationToken cancellation)
    {
        var (kind, number) = (KeyKinds.Of(request.Kind), request.Number.Value);
        if (await journal.FindKeyAsync(account.Value, kind, number, cancellation) is not { } stored)
        {
            return null;
        }

        await feed.CatchUpAsync(cancellation);
        var changed = await FindChangedAsync(account, kind, number, cancellation);
        if (request.Kind == NumberKind.CreditNote)
        {
            return new StoredCredit(changed ?? CreditState.Of(await FirstAsync<CreditNotePosted>(note => note.Number == request.Number)), false);
        }

        var reversal = await journal.FindKeyAsync(account.Value, KeyKinds.Reversal, number, cancellation);
        return new StoredCredit(
            changed ?? CreditState.Of(await FirstAsync<PaymentReceived>(payment => payment.PaymentId == request.Number)), reversal is not null);

        // The key leads to the append's first event; lapses and the invoice it was paid with may stand before the payment.
        async Task<T> FirstAsync<T>(Func<T, bool> isIt) =>
            (await Entries.ReadAppendAsync(journal, account, stored.Version, cancellation)).Events.OfType<T>().Single(isIt);
    }

    /// <summary>What stands credited and discounted on the items of lines whose invoices have terms of discount.</summary>
    private async Task<IReadOnlyList<ItemGiven>> FindGivenAsync(AccountId account, IEnumerable<Allocation> lines, CancellationToken cancellation)
    {
        var numbers = lines.Where(line => line.Traits?.Discount is not null).Select(line => line.Invoice.Value).Distinct(StringComparer.Ordinal).ToList();
        if (numbers.Count == 0)
        {
            return [];
        }

        await feed.CatchUpAsync(cancellation);
        await using var session = await database.OpenReadAsync(cancellation);
        var given = new List<ItemGiven>();
        foreach (var chunk in numbers.Chunk(NumbersPerQuery))
        {
            var rows = await session.Connection.QueryAsync<GivenRow>(new CommandDefinition(
                $"""
                select number as Number, instalment as Instalment, cast(sum(discount) as bigint) as Discounted,
                       cast(sum(case when counterpart_type = 'creditNote' then -amount else 0 end) as bigint) as Credited
                  from ledger_entry
                 where account_id = @account and number {(session.Dialect == Dialect.PostgreSql ? "= any(@chunk)" : "in @chunk")} and item_type = 'invoice'
                 group by number, instalment
                """,
                new { account = account.Value, chunk }, cancellationToken: cancellation));
            given.AddRange(rows.Select(row => new ItemGiven(DocumentNumber.Parse(row.Number), (int)row.Instalment, row.Credited, row.Discounted)));
        }

        return given;
    }

    // Taken back is as good as never written off: the number of the reversal says what was.
    private async Task<WrittenOff?> FindWriteOffAsync(AccountId account, DocumentNumber id, CancellationToken cancellation)
    {
        if (await journal.FindKeyAsync(account.Value, KeyKinds.WriteOff, id.Value, cancellation) is not { } stored
            || await journal.FindKeyAsync(account.Value, KeyKinds.WriteOffReversal, id.Value, cancellation) is not null)
        {
            return null;
        }

        return (await Entries.ReadAppendAsync(journal, account, stored.Version, cancellation)).Events.OfType<WrittenOff>().Single(given => given.Id == id);
    }

    private async Task<RefundState?> FindRefundAsync(AccountId account, DocumentNumber id, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var state = await session.Connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select state from refund where account_id = @account and id = @id",
            new { account = account.Value, id = id.Value }, cancellationToken: cancellation));
        return state is null ? null : JsonSerializer.Deserialize<RefundState>(state, EventCodec.Options);
    }

    private async Task<CreditState?> FindChangedAsync(AccountId account, string kind, string number, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var state = await session.Connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select state from credit_state where account_id = @account and kind = @kind and number = @number",
            new { account = account.Value, kind, number }, cancellationToken: cancellation));
        return state is null ? null : JsonSerializer.Deserialize<CreditState>(state, EventCodec.Options);
    }

    private sealed class GivenRow
    {
        public string Number { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public long Credited { get; init; }

        public long Discounted { get; init; }
    }

    private sealed class InvoiceRow
    {
        public string Currency { get; init; } = string.Empty;

        public long Amount { get; init; }

        public long Credited { get; init; }

        public long LastInstalment { get; init; }

        public DateOnly? RetainedOn { get; init; }
    }
}
