using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Projections;

/// <summary>
/// Events as movements of items. All lines of an event sum up to what the document did to the ledger: a payment of 100 that
/// paid 60 is -60 on the invoice and -40 on the payment; what it forgave beside that are lines of their own.
/// </summary>
internal static class LedgerLines
{
    public static IEnumerable<LedgerLine> Of(JournalRow row, InvoicePosted posted)
    {
        var flags = posted.Flags.Count == 0 ? null : string.Join(',', posted.Flags);
        for (var i = 0; i < posted.Instalments.Count; i++)
        {
            var (due, amount, vat) = posted.Instalments[i];
            var item = new ItemKey(row.AccountId, ItemType.Invoice, posted.Number.Value, i + 1, posted.IssueDate, due);
            yield return new LedgerLine(
                item, row.Version, i, row.RecordedAt, posted.PostedOn, Movement.Posted, posted.Currency, amount, 0, amount, posted.Rate, null, flags,
                Vat: vat, OriginalVat: vat);
        }
    }

    public static IEnumerable<LedgerLine> Of(JournalRow row, CreditNotePosted note)
    {
        var flags = note.Flags.Count == 0 ? null : string.Join(',', note.Flags);
        var item = new ItemKey(row.AccountId, ItemType.CreditNote, note.Number.Value, 0, note.IssueDate, note.IssueDate);
        yield return new LedgerLine(
            item, row.Version, 0, row.RecordedAt, note.PostedOn, Movement.Posted, note.Currency, -note.Unapplied, 0, note.Amount, note.Rate,
            note.Invoice is { } named ? (ItemType.Invoice, named.Value) : null, flags);
        foreach (var line in Settled(row, note.PostedOn, note.Currency, note.Allocations, Movement.Credited, (ItemType.CreditNote, note.Number.Value)))
        {
            yield return line;
        }
    }

    public static IEnumerable<LedgerLine> Of(JournalRow row, PaymentReceived payment)
    {
        var item = new ItemKey(row.AccountId, ItemType.Payment, payment.PaymentId.Value, 0, payment.ReceivedOn, payment.ReceivedOn);
        yield return new LedgerLine(
            item, row.Version, 0, row.RecordedAt, payment.PostedOn, Movement.Posted, payment.Currency, -payment.Unapplied, 0, payment.Amount,
            payment.Rate, null, null, FxDifference: payment.FxDifference);
        foreach (var line in Settled(row, payment.PostedOn, payment.Currency, payment.Allocations, Movement.Paid, (ItemType.Payment, payment.PaymentId.Value)))
        {
            yield return line;
        }
    }

    public static IEnumerable<LedgerLine> Of(JournalRow row, PaymentReversed reversed)
    {
        var bounced = reversed.Reason == ReversalReason.Bounced;
        var item = new ItemKey(row.AccountId, ItemType.Payment, reversed.PaymentId.Value, 0, reversed.ReceivedOn, reversed.ReceivedOn);
        yield return new LedgerLine(
            item, row.Version, 0, row.RecordedAt, reversed.PostedOn, bounced ? Movement.Bounced : Movement.Mistake, reversed.Currency, reversed.Unapplied, 0,
            reversed.Amount, reversed.Rate, null, null, FxDifference: Less(reversed.FxDifference));
        foreach (var line in Reopened(row, reversed.PostedOn, reversed.Currency, reversed.Allocations, (ItemType.Payment, reversed.PaymentId.Value), bounced))
        {
            yield return line;
        }
    }

    public static IEnumerable<LedgerLine> Of(JournalRow row, CreditAllocated allocated)
    {
        var credit = allocated.Credit;
        yield return Own(row, credit, allocated.PostedOn, Movement.Allocated, allocated.Allocations.Sum(line => line.Amount));
        var kind = credit.Kind == CreditKind.Payment ? Movement.Paid : Movement.Credited;
        foreach (var line in Settled(row, allocated.PostedOn, credit.Currency, allocated.Allocations, kind, (TypeOf(credit), credit.Number.Value)))
        {
            yield return line;
        }
    }

    public static IEnumerable<LedgerLine> Of(JournalRow row, AllocationUndone undone)
    {
        var credit = undone.Credit;
        yield return Own(row, credit, undone.PostedOn, Movement.Undone, -undone.Allocations.Sum(line => line.Amount));
        foreach (var line in Reopened(row, undone.PostedOn, credit.Currency, undone.Allocations, (TypeOf(credit), credit.Number.Value), bounced: false))
        {
            yield return line;
        }
    }

    public static IEnumerable<LedgerLine> Of(JournalRow row, DebitPosted debit)
    {
        var item = new ItemKey(row.AccountId, TypeOf(debit.Kind), debit.Number.Value, 1, debit.IssueDate, debit.DueDate);
        yield return new LedgerLine(
            item, row.Version, 0, row.RecordedAt, debit.PostedOn, Movement.Posted, debit.Currency, debit.Amount, 0, debit.Amount, debit.Rate,
            debit.Invoice is { } about ? (ItemType.Invoice, about.Value) : null, null, Vat: debit.Vat, OriginalVat: debit.Vat);
    }

    public static IEnumerable<LedgerLine> Of(JournalRow row, WrittenOff writtenOff)
    {
        var kind = writtenOff.Kind switch
        {
            WriteOffKind.BadDebt => Movement.WrittenOff,
            WriteOffKind.SmallDifference => Movement.Difference,
            WriteOffKind.Waiver => Movement.Waived,
        };
        for (var i = 0; i < writtenOff.Lines.Count; i++)
        {
            var line = writtenOff.Lines[i];
            yield return Moved(row, i, writtenOff.PostedOn, writtenOff.Currency, line, kind, -line.Taken, -line.OfReturned, null) with { Vat = -line.Vat };
        }
    }

    public static IEnumerable<LedgerLine> Of(JournalRow row, WriteOffReversed back)
    {
        for (var i = 0; i < back.Lines.Count; i++)
        {
            var line = back.Lines[i];
            yield return Moved(row, i, back.PostedOn, back.Currency, line, Movement.Reopened, line.Taken, line.OfReturned, null) with { Vat = line.Vat };
        }
    }

    public static IEnumerable<LedgerLine> Of(JournalRow row, RetentionReleased released) =>
        Released(row, released.PostedOn, released.Currency, released.Retained, released.Released);

    public static IEnumerable<LedgerLine> Of(JournalRow row, ReleaseReversed back) => Released(row, back.PostedOn, back.Currency, back.Released, back.Retained);

    private static IEnumerable<LedgerLine> Released(JournalRow row, DateOnly postedOn, Currency currency, Allocation from, Allocation to) =>
    [
        Moved(row, 0, postedOn, currency, from, Movement.Released, -from.Amount, -from.OfReturned, null) with { Vat = -from.Vat },
        Moved(row, 1, postedOn, currency, to, Movement.Released, to.Amount, to.OfReturned, null) with { Vat = to.Vat },
    ];

    public static IEnumerable<LedgerLine> Of(JournalRow row, RefundBooked booked) =>
        booked.Credits.Select((credit, line) => Own(row, credit, booked.PostedOn, Movement.Refunded, PartOf(booked.Refund, credit)) with
        {
            Line = line,
            FxDifference = RealisedOf(booked.Refund, credit),
        });

    public static IEnumerable<LedgerLine> Of(JournalRow row, RefundEnded ended) => ended.PostedOn is not { } on
        ? []
        : ended.Credits.Select((credit, line) => Own(row, credit, on, Movement.RefundReturned, -PartOf(ended.Refund, credit)) with
        {
            Line = line,
            FxDifference = Less(RealisedOf(ended.Refund, credit)),
        });

    // A refund takes of a credit once.
    private static Money? RealisedOf(RefundState refund, CreditState credit) =>
        refund.Parts.FirstOrDefault(part => part.Kind == credit.Kind && part.Number == credit.Number)?.FxDifference;

    private static long PartOf(RefundState refund, CreditState credit) =>
        refund.Parts.Where(part => part.Kind == credit.Kind && part.Number == credit.Number).Sum(part => part.Amount);

    private static LedgerLine Own(JournalRow row, CreditState credit, DateOnly postedOn, Movement kind, long amount) => new(
        new ItemKey(row.AccountId, TypeOf(credit), credit.Number.Value, 0, credit.Date, credit.Date), row.Version, 0, row.RecordedAt, postedOn, kind,
        credit.Currency, amount, 0, credit.Amount, credit.Rate, null, null);

    private static ItemType TypeOf(DebitTraits? traits) => traits is null ? ItemType.Invoice : TypeOf(traits.Kind);

    private static ItemType TypeOf(DebitKind kind) => kind switch
    {
        DebitKind.Invoice => ItemType.Invoice,
        DebitKind.DebitNote => ItemType.DebitNote,
        DebitKind.Interest => ItemType.Interest,
        DebitKind.Fee => ItemType.Fee,
    };

    private static ItemType TypeOf(CreditState credit) => credit.Kind switch
    {
        CreditKind.Payment => ItemType.Payment,
        CreditKind.CreditNote => ItemType.CreditNote,
    };

    private static IEnumerable<LedgerLine> Settled(
        JournalRow row, DateOnly postedOn, Currency currency, IReadOnlyList<Allocation> allocations, Movement kind, (ItemType, string) by)
    {
        var line = 0;
        foreach (var allocation in allocations)
        {
            if (allocation.WriteOff is not null)
            {
                yield return Moved(row, ++line, postedOn, currency, allocation, Movement.Reinstated, allocation.Amount, 0, by);
            }

            yield return Moved(row, ++line, postedOn, currency, allocation, kind, -allocation.Amount, -allocation.OfReturned, by) with
            {
                Unearned = allocation.Unearned,
                FxDifference = allocation.FxDifference,

                // Of all that is taken, with what is forgiven beside the amount.
                Vat = -allocation.Vat,
            };
            if (allocation.Discount > 0)
            {
                yield return Moved(row, ++line, postedOn, currency, allocation, Movement.Discounted, -allocation.Discount, 0, by) with { Discount = allocation.Discount };
            }

            if (allocation.Difference > 0)
            {
                yield return Moved(row, ++line, postedOn, currency, allocation, Movement.Difference, -allocation.Difference, 0, by);
            }
        }
    }

    // A mistake undone restores what a bounce had re-opened before it; a bounce makes all of it returned.
    private static IEnumerable<LedgerLine> Reopened(
        JournalRow row, DateOnly postedOn, Currency currency, IReadOnlyList<Allocation> allocations, (ItemType, string) by, bool bounced)
    {
        var line = 0;
        foreach (var allocation in allocations)
        {
            if (allocation.WriteOff is not null)
            {
                yield return Moved(row, ++line, postedOn, currency, allocation, Movement.Reopened, allocation.Amount, 0, by) with { FxDifference = Less(allocation.FxDifference) };
                yield return Moved(row, ++line, postedOn, currency, allocation, Movement.WrittenOff, -allocation.Amount, 0, by);
                continue;
            }

            yield return Moved(
                row, ++line, postedOn, currency, allocation, Movement.Reopened, allocation.Taken, bounced ? allocation.Taken : allocation.OfReturned, by) with
            {
                Unearned = -allocation.Unearned,
                Discount = -allocation.Discount,
                Vat = allocation.Vat,
                FxDifference = Less(allocation.FxDifference),
            };
        }
    }

    private static Money? Less(Money? realised) => realised is { } known ? known with { Minor = -known.Minor } : null;

    private static LedgerLine Moved(
        JournalRow row, int line, DateOnly postedOn, Currency currency, Allocation allocation, Movement kind, long amount, long returned, (ItemType, string)? by)
    {
        var item = new ItemKey(row.AccountId, TypeOf(allocation.Traits), allocation.Invoice.Value, allocation.Instalment, allocation.IssueDate, allocation.DueDate);
        return new LedgerLine(
            item, row.Version, line, row.RecordedAt, postedOn, kind, currency, amount, returned, allocation.InstalmentAmount, allocation.Rate, by,
            null, OriginalVat: allocation.InstalmentVat);
    }
}
