using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>What is open of the net and VAT parts of every item, added up from a journal; minor units.</summary>
internal static class PaperParts
{
    public static Dictionary<(DocumentNumber Invoice, int Instalment), (long Net, long Vat)> Of(IEnumerable<AccountEvent> events)
    {
        var parts = new Dictionary<(DocumentNumber, int), (long Net, long Vat)>();
        foreach (var happened in events)
        {
            if (happened is InvoicePosted posted)
            {
                for (var i = 0; i < posted.Instalments.Count; i++)
                {
                    parts.Add((posted.Number, i + 1), (posted.Instalments[i].Amount - posted.Instalments[i].Vat, posted.Instalments[i].Vat));
                }
            }

            if (happened is DebitPosted debit)
            {
                parts.Add((debit.Number, 1), (debit.Amount - debit.Vat, debit.Vat));
            }

            switch (happened)
            {
                case RetentionReleased { Released: var made }:
                    parts[(made.Invoice, made.Instalment)] = (made.Amount - made.Vat, made.Vat);
                    break;
                case ReleaseReversed { Released: var gone }:
                    parts[(gone.Invoice, gone.Instalment)] = (0, 0);
                    break;
            }

            var (lines, sign) = Moved(happened);
            foreach (var line in lines.Where(line => line.WriteOff is null))
            {
                var (net, vat) = parts[(line.Invoice, line.Instalment)];
                parts[(line.Invoice, line.Instalment)] = (net + (sign * (line.Taken - line.Vat)), vat + (sign * line.Vat));
            }
        }

        return parts;
    }

    private static (IReadOnlyList<Allocation> Lines, int Sign) Moved(AccountEvent happened) => happened switch
    {
        CreditNotePosted note => (note.Allocations, -1),
        PaymentReceived received => (received.Allocations, -1),
        CreditAllocated allocated => (allocated.Allocations, -1),
        WrittenOff off => (off.Lines, -1),
        RetentionReleased released => ([released.Retained], -1),
        ReleaseReversed back => ([back.Retained], 1),
        AllocationUndone undone => (undone.Allocations, 1),
        PaymentReversed reversed => (reversed.Allocations, 1),
        WriteOffReversed back => (back.Lines, 1),
        _ => ([], 0),
    };
}
