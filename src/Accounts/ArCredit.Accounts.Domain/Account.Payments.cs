using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Payments and their reversal.</summary>
public sealed partial class Account
{
    private readonly SmallMap<DocumentNumber, long> reversedLately = new();

    private Verdict DecidePayment(PostPayment command, Standing stand, KnownDocument? known)
    {
        if (items.FindCredit(NumberKind.Payment, command.PaymentId) is not null || uncleared.Contains(command.PaymentId))
        {
            return new Verdict.Taken(new NumberKey(NumberKind.Payment, command.PaymentId.Value));
        }

        if (PostedRate(command.Amount, command.FxRate, command.ReceivedOn, stand, out var rate) is { } unheld)
        {
            return unheld;
        }

        List<Allocation> allocations;
        if (command.Allocations is null)
        {
            allocations = AllocateByPolicy(command.Amount, command.Remittance?.Body);
        }
        else if (AllocateAsAsked(command.Amount, command.Allocations, known, out allocations) is { } refusal)
        {
            return refusal;
        }

        var postedOn = command.PostedOn ?? (stand.Context.History ? command.ReceivedOn : stand.Today);
        return new Verdict.Append(
            [new PaymentReceived(
                command.PaymentId, command.ReceivedOn, postedOn, command.Amount.Currency, command.Amount.Minor, rate, command.Method,
                command.ClearsOn >= stand.Today ? command.ClearsOn : null, allocations,
                command.Amount.Minor - allocations.Sum(allocation => allocation.Amount), command.Remittance?.Reference, stand.Context.History,
                CompanyRate(command.Amount.Currency, rate, postedOn, stand))],
            [new NumberKey(NumberKind.Payment, command.PaymentId.Value)]);
    }

    /// <summary>
    /// The invoices that the payer's text names come first, as they are due; then an exact match of one item or one whole
    /// invoice; then due date, issue date, number. Only items of the payment's currency.
    /// </summary>
    private List<Allocation> AllocateByPolicy(Money payment, string? remittance)
    {
        if (items.BookOf(payment.Currency) is not { IsEmpty: false } book)
        {
            return [];
        }

        HashSet<OpenInvoice> named = remittance is null ? [] : Remittance.InvoicesIn(
            remittance, number => items.FindAnyCase(number).Where(invoice => ReferenceEquals(invoice.Currency, payment.Currency)));
        if (named.Count == 0)
        {
            return Allocate(ByRule(book.InOrder, payment.Minor), payment.Minor);
        }

        var allocations = Allocate(named.SelectMany(invoice => invoice.Items).Order(DueBook.InSettlementOrder), payment.Minor);
        var left = payment.Minor - allocations.Sum(allocation => allocation.Amount);
        return left == 0
            ? allocations
            : [.. allocations, .. Allocate(ByRule(book.InOrder.Where(item => !named.Contains(item.Invoice)), left), left)];
    }

    private static IEnumerable<OpenItem> ByRule(IEnumerable<OpenItem> inOrder, long amount)
    {
        var exact = inOrder.FirstOrDefault(item => item.Open == amount)
            ?? inOrder.FirstOrDefault(item => item.Invoice.Items.Length > 1 && item.Invoice.Open == amount);
        return exact is null ? inOrder : exact.Open == amount ? [exact] : exact.Invoice.Items;
    }

    private static List<Allocation> Allocate(IEnumerable<OpenItem> order, long amount)
    {
        var allocations = new List<Allocation>();
        foreach (var item in order)
        {
            if (amount == 0)
            {
                break;
            }

            var part = Math.Min(amount, item.Open);
            allocations.Add(AllocationOf(item, part, Math.Min(item.Returned, part)));
            amount -= part;
        }

        return allocations;
    }

    private Verdict? AllocateAsAsked(
        Money amount, IReadOnlyList<AllocationRequest> requests, KnownDocument? known, out List<Allocation> allocations)
    {
        allocations = [];
        var left = new Dictionary<(DocumentNumber, int), long>();
        if (requests.Sum(request => request.Amount) > amount.Minor)
        {
            return new Verdict.Refuse(RefusalCode.AllocationExceedsPayment, $"The allocations sum up to more than {amount}.");
        }

        foreach (var request in requests)
        {
            if (items.Find(request.Invoice) is not { } invoice)
            {
                // Nothing is open; whether the invoice ever was decides which answer is true.
                return CreditedInvoice(request.Invoice, known, out var stored) ?? NothingOpen(request, stored.Currency);
            }

            if (!ReferenceEquals(invoice.Currency, amount.Currency))
            {
                return Mismatch(amount.Currency, invoice.Currency, $"invoice {invoice.Number}");
            }

            var wanted = request.Amount;
            foreach (var item in invoice.Items.Where(item => request.Instalment is null || item.Instalment == request.Instalment).OrderBy(item => item.DueDate))
            {
                var key = (invoice.Number, item.Instalment);
                var open = left.GetValueOrDefault(key, item.Open);
                var part = Math.Min(wanted, open);
                if (part > 0)
                {
                    var ofReturned = Math.Min(part, Math.Max(0, item.Returned - (item.Open - open)));
                    allocations.Add(AllocationOf(item, part, ofReturned));
                    left[key] = open - part;
                    wanted -= part;
                }
            }

            if (wanted > 0)
            {
                return NothingOpen(request, invoice.Currency);
            }
        }

        return null;
    }

    private static Verdict.Refuse NothingOpen(AllocationRequest request, Currency currency) => new(
        RefusalCode.AllocationExceedsOpen,
        $"{new Money(request.Amount, currency)} are more than is open on invoice {request.Invoice}{(request.Instalment is { } no ? $", instalment {no}" : string.Empty)}.");

    private static Allocation AllocationOf(OpenItem item, long amount, long ofReturned) => new(
        item.Invoice.Number, item.Instalment, amount, ofReturned, item.Invoice.IssueDate, item.DueDate, item.Amount, item.Invoice.Amount,
        item.Invoice.Rate);

    private Verdict DecideReversal(ReversePayment command, Standing stand, KnownDocument? known)
    {
        var taken = new Verdict.Taken(new NumberKey(NumberKind.Reversal, command.PaymentId.Value));
        if (reversedLately.ContainsKey(command.PaymentId))
        {
            return taken;
        }

        if (FindCredit(CreditKind.Payment, command.PaymentId, known, out var payment, out var reversed) is { } missing)
        {
            return missing;
        }

        if (reversed)
        {
            return taken;
        }

        var on = command.On ?? stand.Today;
        if (on < payment.LastPostedOn)
        {
            return new Verdict.Refuse(
                RefusalCode.ReversalBeforePayment,
                $"The payment, or what it settles, was posted on {payment.LastPostedOn:yyyy-MM-dd}; it cannot be taken back before.");
        }

        return new Verdict.Append(
            [new PaymentReversed(
                command.PaymentId, command.Reason, payment.Date, on, payment.Currency, payment.Amount, payment.Rate, [.. payment.Lines],
                payment.Unapplied, command.Note?.Reference)],
            [taken.Number]);
    }
}
