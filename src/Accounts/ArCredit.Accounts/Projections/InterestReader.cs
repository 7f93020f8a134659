using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Interest;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Accounts.Projections;

/// <summary>
/// The invoices and debit notes of an account as interest is worked out from them. Money counts from its value date, whenever it
/// was posted or allocated, a credit note from its issue date, what is given up from its accounting date.
/// </summary>
internal static class InterestReader
{
    /// <summary>Items that were due before a day, in settlement order.</summary>
    public static async Task<IReadOnlyList<InterestItem>> ReadAsync(
        DbSession session, AccountId account, AsKnown asKnown, DateOnly dueBefore, CancellationToken cancellation)
    {
        var parameters = new DynamicParameters();
        var where = asKnown.Where(parameters, account);
        parameters.Add("dueBefore", dueBefore);
        var rows = await session.Connection.QueryAsync<MovementRow>(new CommandDefinition(
            $"""
            select e.item_type as ItemType, e.number as Number, e.instalment as Instalment, e.issue_date as IssueDate, e.due_date as DueDate,
                   e.currency as Currency, e.kind as Kind, e.posted_on as PostedOn, e.amount as Amount, e.counterpart_type as CounterpartType,
                   e.counterpart_number as CounterpartNumber,
                   (select min(c.issue_date) from ledger_entry c
                     where c.account_id = e.account_id and c.number = e.counterpart_number and c.item_type = e.counterpart_type) as CounterpartDate
              from ledger_entry e
             where {where} and item_type in ('invoice', 'debitNote') and due_date < @dueBefore
             order by due_date, issue_date, number, item_type, instalment
            """,
            parameters, session.Transaction, cancellationToken: cancellation));
        var (disputed, won) = await DisputesAsync(session, account, asKnown, cancellation);
        var billed = (await session.Connection.QueryAsync<SliceRow>(new CommandDefinition(
            $"""
            select number as Number, instalment as Instalment, from_on as FromOn, to_on as ToOn, principal as Principal, percent as Percent, unit as Unit
              from interest_slice where {where} order by version, line
            """,
            parameters, session.Transaction, cancellationToken: cancellation))).ToLookup(row => (row.Number, row.Instalment), row => row.ToSlice());
        return
        [
            .. rows.GroupBy(row => (row.DueDate, row.IssueDate, row.Number, row.ItemType, row.Instalment)).Select(item =>
            {
                var first = item.First();
                var key = (first.Number, first.Instalment);
                return new InterestItem(
                    first.ItemType == EnumNames.Name(ItemType.Invoice) ? DebitKind.Invoice : DebitKind.DebitNote, DocumentNumber.Parse(first.Number),
                    (int)first.Instalment, Currency.Parse(first.Currency), first.DueDate, item.Where(row => row.IsPosted).Sum(row => row.Amount),
                    [.. item.Where(row => !row.IsPosted).Select(row => new PrincipalChange(row.EffectiveOn(won), row.Amount))],
                    disputed.GetValueOrDefault(key), [.. billed[key]]);
            }),
        ];
    }

    /// <summary>What is disputed of items, and the credit notes that customers were given in disputes.</summary>
    private static async Task<(Dictionary<(string Number, long Instalment), long> Disputed, HashSet<string> Won)> DisputesAsync(
        DbSession session, AccountId account, AsKnown asKnown, CancellationToken cancellation)
    {
        var states = await session.Connection.QueryAsync<string>(new CommandDefinition(
            "select state from dispute where account_id = @account", new { account = account.Value }, session.Transaction, cancellationToken: cancellation));
        var disputed = new Dictionary<(string, long), long>();
        var won = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in states)
        {
            var dispute = StateList.Parse<DisputeState>(text);
            if (dispute.CreditNote is { } note)
            {
                won.Add(note.Value);
            }

            // As item marks: raised by then, and not yet resolved then.
            var isRaised = !(dispute.RaisedOn > asKnown.AsOf) && !(dispute.RaisedAt > asKnown.At);
            var isOpen = dispute.ResolvedOn is null || dispute.ResolvedOn > asKnown.AsOf || dispute.ResolvedAt > asKnown.At;
            foreach (var line in isRaised && isOpen ? dispute.Lines : [])
            {
                var key = (dispute.Invoice.Value, (long)line.Instalment);
                disputed[key] = disputed.GetValueOrDefault(key) + line.Amount;
            }
        }

        return (disputed, won);
    }

    private sealed class MovementRow
    {
        public string ItemType { get; init; } = string.Empty;

        public string Number { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public DateOnly IssueDate { get; init; }

        public DateOnly DueDate { get; init; }

        public string Currency { get; init; } = string.Empty;

        public string Kind { get; init; } = string.Empty;

        public DateOnly PostedOn { get; init; }

        public long Amount { get; init; }

        public string? CounterpartType { get; init; }

        public string? CounterpartNumber { get; init; }

        public DateOnly? CounterpartDate { get; init; }

        // What was released is owed like any invoice, from its own due date.
        public bool IsPosted => Kind == EnumNames.Name(Movement.Posted) || Kind == EnumNames.Name(Movement.Released);

        /// <summary>What the customer was right about in a dispute never bore interest.</summary>
        public DateOnly EffectiveOn(HashSet<string> won) =>
            CounterpartType == EnumNames.Name(Projections.ItemType.CreditNote) && won.Contains(CounterpartNumber!) ? DateOnly.MinValue : CounterpartDate ?? PostedOn;
    }

    private sealed class SliceRow
    {
        public string Number { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public DateOnly FromOn { get; init; }

        public DateOnly ToOn { get; init; }

        public long Principal { get; init; }

        public string Percent { get; init; } = string.Empty;

        public string Unit { get; init; } = string.Empty;

        public InterestSlice ToSlice() => new(
            DocumentNumber.Parse(Number), (int)Instalment, FromOn, ToOn, Principal, decimal.Parse(Percent, CultureInfo.InvariantCulture),
            EnumNames.TryParse<InterestUnit>(Unit, out var unit) ? unit : throw new InvariantException($"Interest was billed per {Unit}."));
    }
}
