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
    private readonly Dictionary<DocumentNumber, StoredPayment> payments = [];

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
        var read = new KnownDocument(request, Events.Count) { Earlier = earlier };
        return request.Kind switch
        {
            NumberKind.Reservation => read with { Reservation = reservations.GetValueOrDefault(request.Number) },
            NumberKind.Invoice => read with { Invoice = invoices.GetValueOrDefault(request.Number) },
            NumberKind.Payment => read with { Payment = payments.GetValueOrDefault(request.Number) },
            _ => throw new InvariantException($"Nobody reads a {request.Kind}."),
        };
    }

    private void Note(AccountEvent happened)
    {
        foreach (var state in StatesIn(happened))
        {
            reservations[state.Id] = state;
        }

        switch (happened)
        {
            case InvoicePosted posted:
                invoices.Add(posted.Number, new StoredInvoice(posted.Number, posted.Currency, posted.Amount, 0));
                break;
            case CreditNotePosted { Credited: { } credited }:
                invoices[credited.Number] = credited;
                break;
            case PaymentReceived received:
                payments.Add(received.PaymentId, new StoredPayment(received, false));
                break;
            case PaymentReversed reversed:
                payments[reversed.PaymentId] = payments[reversed.PaymentId] with { Reversed = true };
                break;
        }
    }

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
