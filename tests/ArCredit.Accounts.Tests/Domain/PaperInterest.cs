using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Interest;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>What interest is worked out from, as a journal tells it.</summary>
internal static class PaperInterest
{
    public static IReadOnlyList<InterestItem> Of(IEnumerable<AccountEvent> events)
    {
        var items = new Dictionary<(DocumentNumber Invoice, int Instalment), InterestItem>();
        var changes = new List<(DocumentNumber Invoice, int Instalment, DateOnly On, long Amount, DocumentNumber? Note)>();
        var disputes = new Dictionary<DocumentNumber, DisputeState>();
        void Taken(IReadOnlyList<Allocation> lines, DateOnly on, int sign, DocumentNumber? note = null) =>
            changes.AddRange(lines.Where(line => line.WriteOff is null).Select(line => (line.Invoice, line.Instalment, on, sign * line.Taken, note)));
        DocumentNumber? NoteOf(CreditState credit) => credit.Kind == CreditKind.CreditNote ? credit.Number : null;
        foreach (var happened in events)
        {
            switch (happened)
            {
                case InvoicePosted posted:
                    for (var i = 0; i < posted.Instalments.Count; i++)
                    {
                        var (due, amount) = (posted.Instalments[i].DueDate, posted.Instalments[i].Amount);
                        items.Add((posted.Number, i + 1), new InterestItem(DebitKind.Invoice, posted.Number, i + 1, posted.Currency, due, amount, [], 0, []));
                    }

                    break;
                case RetentionReleased { Released: var made, Currency: var of }:
                    items.Add(
                        (made.Invoice, made.Instalment), new InterestItem(DebitKind.Invoice, made.Invoice, made.Instalment, of, made.DueDate, made.Amount, [], 0, []));
                    break;
                case ReleaseReversed { Released: var gone }:
                    items[(gone.Invoice, gone.Instalment)] = items[(gone.Invoice, gone.Instalment)] with { Amount = 0 };
                    break;
                case DebitPosted { Kind: DebitKind.DebitNote } note:
                    items.Add((note.Number, 1), new InterestItem(DebitKind.DebitNote, note.Number, 1, note.Currency, note.DueDate, note.Amount, [], 0, []));
                    break;
                case DebitPosted { Interest: { } billed }:
                    foreach (var slice in billed.Slices)
                    {
                        var key = (slice.Invoice, slice.Instalment);
                        items[key] = items[key] with { Billed = [.. items[key].Billed, slice] };
                    }

                    break;
                case PaymentReceived received:
                    Taken(received.Allocations, received.ReceivedOn, -1);
                    break;
                case PaymentReversed reversed:
                    Taken(reversed.Allocations, reversed.ReceivedOn, 1);
                    break;
                case CreditNotePosted note:
                    Taken(note.Allocations, note.IssueDate, -1, note.Number);
                    break;
                case CreditAllocated { Credit: var credit } allocated:
                    Taken(allocated.Allocations, credit.Date, -1, NoteOf(credit));
                    break;
                case AllocationUndone { Credit: var credit } undone:
                    Taken(undone.Allocations, credit.Date, 1, NoteOf(credit));
                    break;
                case WrittenOff off:
                    Taken(off.Lines, off.PostedOn, -1);
                    break;
                case WriteOffReversed back:
                    Taken(back.Lines, back.PostedOn, 1);
                    break;
                case DisputeRaised { Dispute: var dispute }:
                    disputes[dispute.Id] = dispute;
                    break;
                case DisputeResolved { Dispute: var dispute }:
                    disputes[dispute.Id] = dispute;
                    break;
            }
        }

        return Completed(items, changes, [.. disputes.Values]);
    }

    private static InterestItem[] Completed(
        Dictionary<(DocumentNumber Invoice, int Instalment), InterestItem> items,
        List<(DocumentNumber Invoice, int Instalment, DateOnly On, long Amount, DocumentNumber? Note)> changes, DisputeState[] disputes)
    {
        var won = disputes.Where(dispute => dispute.CreditNote is not null).Select(dispute => dispute.CreditNote!.Value).ToHashSet();
        return
        [
            .. items.Select(item => item.Value with
            {
                Changes = [.. changes.Where(change => (change.Invoice, change.Instalment) == item.Key)
                    .Select(change => new PrincipalChange(change.Note is { } note && won.Contains(note) ? DateOnly.MinValue : change.On, change.Amount))],
                Disputed = disputes.Where(dispute => dispute.ResolvedOn is null && dispute.Invoice == item.Key.Invoice)
                    .SelectMany(dispute => dispute.Lines).Where(line => line.Instalment == item.Key.Instalment).Sum(line => line.Amount),
            }),
        ];
    }
}
