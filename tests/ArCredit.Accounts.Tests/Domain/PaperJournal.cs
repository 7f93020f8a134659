using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>What the database does for an account: keeps events in order, numbers unique, and finds documents again.</summary>
internal sealed class PaperJournal
{
    private readonly HashSet<NumberKey> numbers = [];
    private readonly Dictionary<DocumentNumber, ReservationState> reservations = [];
    private readonly Dictionary<DocumentNumber, StoredInvoice> invoices = [];
    private readonly Dictionary<NumberKey, StoredCredit> credits = [];

    private readonly Dictionary<DocumentNumber, WrittenOff> writeOffs = [];
    private readonly Dictionary<DocumentNumber, RefundState> refunds = [];
    private readonly Dictionary<(DocumentNumber Invoice, int Instalment), ItemGiven> given = [];

    public List<AccountEvent> Events { get; } = [];

    public bool Holds(NumberKey number) => numbers.Contains(number);

    public void Append(IReadOnlyList<AccountEvent> events, IReadOnlyList<NumberKey> taken)
    {
        numbers.UnionWith(taken);
        foreach (var happened in events)
        {
            Events.Add(happened);
            Note(happened);
        }
    }

    public KnownDocument Read(DocumentRequest request, KnownDocument? earlier)
    {
        var read = new KnownDocument(request, Events.Count) { Earlier = earlier, Given = [.. given.Values] };
        return request.Kind switch
        {
            NumberKind.Reservation => read with { Reservation = reservations.GetValueOrDefault(request.Number) },
            NumberKind.Invoice => read with { Invoice = invoices.GetValueOrDefault(request.Number), LastInstalment = LastInstalmentOf(request.Number), RetainedOn = RetainedOn(request.Number) },
            NumberKind.Payment or NumberKind.CreditNote => read with { Credit = credits.GetValueOrDefault(new NumberKey(request.Kind, request.Number.Value)) },
            NumberKind.WriteOff => read with { WriteOff = writeOffs.GetValueOrDefault(request.Number) },
            NumberKind.InterestBasis => read with { Interest = PaperInterest.Of(Events) },
            NumberKind.Refund => read with { Refund = refunds.GetValueOrDefault(request.Number) },
            _ => throw new InvariantException($"Nobody reads a {request.Kind}."),
        };
    }

    private int LastInstalmentOf(DocumentNumber invoice) => Events.Select(happened => happened switch
    {
        InvoicePosted posted when posted.Number == invoice => posted.Instalments.Count,
        RetentionReleased released when released.Retained.Invoice == invoice => released.Instalment,
        _ => 0,
    }).DefaultIfEmpty(0).Max();

    private DateOnly RetainedOn(DocumentNumber invoice)
    {
        IEnumerable<DateOnly> Of(DateOnly on, params IEnumerable<Allocation> lines) => lines.Where(line => line.Invoice == invoice && line.DueDate == RetentionTerms.NoDueDate).Select(_ => on);
        return Events.SelectMany(happened => happened switch
        {
            InvoicePosted posted when posted.Number == invoice => [posted.PostedOn],
            PaymentReceived paid => Of(paid.PostedOn, paid.Allocations),
            PaymentReversed back => Of(back.PostedOn, back.Allocations),
            CreditNotePosted note => Of(note.PostedOn, note.Allocations),
            CreditAllocated paid => Of(paid.PostedOn, paid.Allocations),
            AllocationUndone back => Of(back.PostedOn, back.Allocations),
            WrittenOff given => Of(given.PostedOn, given.Lines),
            WriteOffReversed back => Of(back.PostedOn, back.Lines),
            RetentionReleased released => Of(released.PostedOn, released.Retained),
            ReleaseReversed back => Of(back.PostedOn, back.Retained),
            _ => [],
        }).DefaultIfEmpty().Max();
    }

    private void Note(AccountEvent happened)
    {
        foreach (var state in StatesIn(happened))
        {
            reservations[state.Id] = state;
        }

        NoteGiven(happened);
        switch (happened)
        {
            case InvoicePosted posted:
                invoices.Add(posted.Number, new StoredInvoice(posted.Number, posted.Currency, posted.Amount, 0));
                break;
            case CreditNotePosted note:
                if (note.Credited is { } credited)
                {
                    invoices[credited.Number] = credited;
                }

                Put(CreditState.Of(note));
                break;
            case PaymentReceived received:
                Put(CreditState.Of(received));
                break;
            case DebitPosted debit:
                invoices.Add(debit.Number, new StoredInvoice(debit.Number, debit.Currency, debit.Amount, 0));
                break;
            case WrittenOff given:
                writeOffs.Add(given.Id, given);
                break;
            case WriteOffReversed back:
                writeOffs.Remove(back.Id);
                break;
            case CreditAllocated allocated:
                Put(allocated.Credit);
                break;
            case AllocationUndone undone:
                Put(undone.Credit);
                break;
            case RefundRequested requested:
                Put(requested.Refund, requested.Credits);
                break;
            case RefundChanged changed:
                Put(changed.Refund, []);
                break;
            case RefundBooked booked:
                Put(booked.Refund, booked.Credits);
                break;
            case RefundEnded ended:
                Put(ended.Refund, ended.Credits);
                break;
            case PaymentReversed reversed:
                var key = new NumberKey(NumberKind.Payment, reversed.PaymentId.Value);
                credits[key] = credits[key] with { Reversed = true };
                break;
        }
    }

    private void NoteGiven(AccountEvent happened)
    {
        var (lines, byNote, sign) = happened switch
        {
            CreditNotePosted note => (note.Allocations, true, 1),
            PaymentReceived received => (received.Allocations, false, 1),
            CreditAllocated allocated => (allocated.Allocations, allocated.Credit.Kind == CreditKind.CreditNote, 1),
            AllocationUndone undone => (undone.Allocations, undone.Credit.Kind == CreditKind.CreditNote, -1),
            PaymentReversed reversed => (reversed.Allocations, false, -1),
            _ => ([], false, 0),
        };
        foreach (var line in lines.Where(line => line.WriteOff is null))
        {
            var key = (line.Invoice, line.Instalment);
            var before = given.GetValueOrDefault(key) ?? new ItemGiven(line.Invoice, line.Instalment, 0, 0);
            given[key] = before with { Credited = before.Credited + (byNote ? sign * line.Amount : 0), Discounted = before.Discounted + (sign * line.Discount) };
        }
    }

    private void Put(RefundState refund, IReadOnlyList<CreditState> after)
    {
        refunds[refund.Id] = refund;
        foreach (var credit in after)
        {
            Put(credit);
        }
    }

    private void Put(CreditState credit) =>
        credits[new NumberKey(NumberKey.KindOf(credit.Kind), credit.Number.Value)] = new StoredCredit(credit, false);

    private static IEnumerable<ReservationState> StatesIn(AccountEvent happened) => happened switch
    {
        CreditReserved reserved => [reserved.Reservation],
        ReservationChanged changed => [changed.Reservation],
        ReservationDelivered delivered => [delivered.Reservation],
        ReservationReleased released => [released.Reservation],
        ReservationLapsed lapsed => [lapsed.Reservation],
        InvoicePosted posted => posted.Captures.Select(capture => capture.Reservation),
        _ => [],
    };
}
