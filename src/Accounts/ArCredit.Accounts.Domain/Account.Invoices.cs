using System.Security.Cryptography;
using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Invoices and credit notes: facts that go on the ledger, and captures that turn reservations into them.</summary>
public sealed partial class Account
{
    private Verdict DecideCapture(CaptureReservation command, Standing stand, KnownDocument? known)
    {
        if (!TryFindReservation(command.ReservationId, known, out var state, out var missing))
        {
            return missing;
        }

        // The goods of a lapsed reservation are gone, so its capture is a fact; released and captured ones are over.
        if (state.Status is ReservationStatus.Released or ReservationStatus.Captured)
        {
            return NotActive(state)!;
        }

        if (command.Amount is { } asked && !ReferenceEquals(asked.Currency, state.Currency))
        {
            return Mismatch(asked.Currency, state.Currency, "the reservation");
        }

        // Who names no amount means what is reserved, not what has lapsed beside it.
        var rest = state.Status == ReservationStatus.Active ? state.Remaining : state.Rest;
        var amount = command.Amount ?? new Money(rest + state.Paid, state.Currency);
        if (amount.Minor == 0)
        {
            return new Verdict.Refuse(RefusalCode.CaptureExceedsReservation, $"Nothing is left of reservation {state.Id}.");
        }

        return DecidePosting(
            new PostInvoice(
                amount, command.Invoice, [new CaptureRequest(command.ReservationId, amount.Minor, command.Final)], command.Paid, false)
            {
                NextOpenDay = command.NextOpenDay,
            },
            stand, known);
    }

    private Verdict DecidePosting(PostInvoice command, Standing stand, KnownDocument? known)
    {
        var facts = command.Facts;
        var taken = new Verdict.Taken(new NumberKey(NumberKind.Invoice, facts.Number.Value));
        if (items.Find(facts.Number) is not null)
        {
            return taken;
        }

        if (PaidTooMuch(command.Amount, command.Paid) is { } tooMuch)
        {
            return tooMuch;
        }

        if (facts.TaxAmount > command.Amount.Minor)
        {
            // The edge knows no amount where a capture takes the rest.
            return TaxExceeds(facts.TaxAmount.Value, command.Amount);
        }

        if (RetainedOf(facts, command.Amount, out var retained) is { } mismatch)
        {
            return mismatch;
        }

        var postedOn = facts.PostedOn ?? (stand.Context.History ? facts.IssueDate : stand.Today);
        if (InOpenPeriod(command, stand, ref postedOn) is { } closed)
        {
            return closed;
        }

        if (PostedRate(command.Amount, facts.FxRate, postedOn, stand, out var rate) is { } unheld)
        {
            return unheld;
        }

        if ((TakeCaptures(command, known, out var captures, out var paid) ?? UsageAhead(command.Usage, stand)) is { } refusal)
        {
            return refusal;
        }

        UsageClosed[]? billed = command.Usage is [] ? null : [.. command.Usage.Select(ClosedBy)];
        var instalments = InstalmentsOf(facts, command.Amount.Minor, retained, stand);
        DecisionRecord? decision = null;
        if (command.Enforce && !stand.Context.History)
        {
            var replaced = EarmarkedFor(captures) + (billed?.Sum(each => each.Amount) ?? 0);
            decision = DecideEnforced(command, paid, rate, BuyerPartsOf(captures, rate), replaced, stand);
            if (decision.Outcome != DecisionOutcome.Approved)
            {
                return new Verdict.Append(new CreditRefused(null, decision));
            }
        }

        var posted = new InvoicePosted(
            facts.Number, facts.IssueDate, postedOn, command.Amount.Currency, command.Amount.Minor, facts.TaxAmount, rate,
            CompanyRate(command.Amount.Currency, rate, postedOn, stand), instalments, captures, facts.Department,
            facts.Reference, decision, FlagsOf(facts.IssueDate, instalments, captures), stand.Context.History,
            DiscountOf(facts, stand), TermsOf(facts.Retention, instalments), billed);
        var number = new NumberKey(NumberKind.Invoice, facts.Number.Value);
        if (paid is null || paid.Amount.Minor == 0)
        {
            return new Verdict.Append([posted], [number]);
        }

        var payment = BoundPayment(posted, TraitsOf(posted), paid, postedOn, stand.Context.History);
        return new Verdict.Append([posted, payment], [number, new NumberKey(NumberKind.Payment, payment.PaymentId.Value)]);
    }

    private DecisionRecord DecideEnforced(PostInvoice command, Payment? paid, decimal rate, List<BuyerPart>? parts, long replaced, Standing stand)
    {
        var purchase = new Purchase(command.Amount, paid, parts is [var only] ? only.BuyerId : null, command.Facts.Reference);
        return DecideOn(
            stand, DecisionIdAt(0), Checkpoint.Invoice, purchase, new Claim(true, replaced, command.Facts.FxRate is null ? null : rate, BuyerParts: parts));
    }

    private IReadOnlyList<Instalment> InstalmentsOf(InvoiceFacts facts, long amount, long retained, Standing stand)
    {
        IReadOnlyList<Instalment> instalments = facts.Instalments.Count > 0
            ? facts.Instalments
            : [new Instalment(facts.DueDate ?? (Master.PaymentTerms ?? stand.Policy.PaymentTerms).DueDate(facts.IssueDate), amount - retained)];
        instalments = retained == 0 ? instalments : [.. instalments, new Instalment(RetentionTerms.NoDueDate, retained)];
        return stand.Company.SplitVat && facts.TaxAmount > 0 ? WithVat(instalments, amount, facts.TaxAmount.Value) : instalments;
    }

    private DiscountTerms? DiscountOf(InvoiceFacts facts, Standing stand)
    {
        var terms = Master.PaymentTerms ?? stand.Policy.PaymentTerms;
        return facts.Discount is null && terms.Discount.Count == 0
            ? null
            : (terms with { Discount = facts.Discount ?? terms.Discount }).DiscountOf(facts.TaxAmount);
    }

    /// <summary>What was paid on the spot pays this invoice and no other, oldest instalment first.</summary>
    private static PaymentReceived BoundPayment(InvoicePosted invoice, DebitTraits? traits, Payment paid, DateOnly postedOn, bool history)
    {
        var left = paid.Amount.Minor;
        var allocations = new List<Allocation>();
        var ordered = invoice.Instalments.Select((instalment, index) => (instalment, Number: index + 1)).OrderBy(each => each.instalment.DueDate);
        foreach (var (instalment, number) in ordered)
        {
            var amount = Math.Min(left, instalment.Amount);
            if (amount > 0)
            {
                allocations.Add(new Allocation(
                    invoice.Number, number, amount, 0, invoice.IssueDate, instalment.DueDate, instalment.Amount, invoice.Amount, invoice.Rate,
                    traits, Vat: VatOf(amount, instalment.Amount - instalment.Vat, instalment.Vat, paid.Amount.Minor == amount), InstalmentVat: instalment.Vat));
                left -= amount;
            }
        }

        return new PaymentReceived(
            PaymentIdOf(invoice.Number), invoice.IssueDate, postedOn, invoice.Currency, paid.Amount.Minor, invoice.Rate, paid.Method, null,
            allocations, left, null, history, invoice.CompanyRate);
    }

    // An id has at most 64 characters; the hash of a longer one still tells any two invoices apart.
    private static DocumentNumber PaymentIdOf(DocumentNumber invoice) =>
        DocumentNumber.Parse(invoice.Value.Length <= 59
            ? $"paid:{invoice.Value}"
            : $"paid:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(invoice.Value)))[..40]}");

    private Verdict? TakeCaptures(PostInvoice command, KnownDocument? known, out List<CaptureState> captures, out Payment? paid)
    {
        captures = [];
        paid = command.Paid;
        var uncaptured = command.Amount.Minor;
        var credit = command.Amount.Minor - (command.Paid?.Amount.Minor ?? 0);
        foreach (var request in command.Captures)
        {
            if (!TryFindReservation(request.ReservationId, known, out var state, out var missing))
            {
                return missing;
            }

            if (state.Status is ReservationStatus.Released or ReservationStatus.Captured)
            {
                return NotActive(state)!;
            }

            if (!ReferenceEquals(state.Currency, command.Amount.Currency))
            {
                return Mismatch(command.Amount.Currency, state.Currency, $"reservation {state.Id}");
            }

            var gross = request.Amount ?? Math.Min(uncaptured, state.Rest + state.Paid);
            if (gross > uncaptured)
            {
                return new Verdict.Refuse(RefusalCode.CaptureExceedsInvoice, $"The captures sum up to more than {command.Amount}.");
            }

            var taken = command.Paid is null ? gross - Math.Min(state.Paid, gross) : Math.Min(gross, credit);
            var prepaid = Math.Min(state.Paid, gross - taken);
#if PLANTED_BUGS
            state = Planted.Is("capture-beyond-the-rest") ? state with { Rest = Math.Max(state.Rest, taken) } : state;
#endif
            if (taken > state.Rest)
            {
                return new Verdict.Refuse(
                    RefusalCode.CaptureExceedsReservation,
                    $"{new Money(taken, state.Currency)} are more than the {new Money(state.Rest, state.Currency)} left of reservation {state.Id}.");
            }

            if (command.Paid is null && prepaid > 0)
            {
                paid = new Payment(new Money((paid?.Amount.Minor ?? 0) + prepaid, state.Currency), state.PaidMethod ?? PaymentMethod.Other);
            }

            uncaptured -= gross;
            credit -= taken;
            captures.Add(new CaptureState(taken, TakesLapsed(state, gross, taken), AfterCapture(state, gross, prepaid, taken, request.Final)));
        }

        return captures.Select(capture => capture.Reservation.Id).Distinct().Count() == captures.Count
            ? null
            : new Verdict.Refuse(RefusalCode.CaptureExceedsReservation, "A reservation is captured twice by one invoice.");
    }

    /// <summary>Whether a capture takes more than is still reserved: the goods of what has lapsed are gone too.</summary>
    private static bool TakesLapsed(ReservationState state, long gross, long taken) =>
        state.Status == ReservationStatus.Lapsed
        || (LapsedPart(state) > 0 && (taken > state.Remaining || state.Captured + gross > state.Amount));

    private static ReservationState AfterCapture(ReservationState state, long gross, long prepaid, long taken, bool final)
    {
        var active = state.Status == ReservationStatus.Active;
        var whole = state.Amount + (active ? LapsedPart(state) : 0);
        var (captured, paid) = (state.Captured + gross, state.Paid - prepaid);
        state = state with { Captured = captured, CapturedPaid = state.CapturedPaid + gross - taken, Paid = paid };

        // More paid now than was said when it was reserved: what is still to come cannot ask for more than itself.
        var rest = Math.Min(state.Rest - taken, whole - captured - paid);
        if (final || captured >= whole || (rest == 0 && paid == 0))
        {
            return state with
            {
                Status = ReservationStatus.Captured,
                Amount = Math.Clamp(captured, state.Amount, whole),
                Remaining = 0,
                Rest = 0,
                Delivered = 0,
            };
        }

        var remaining = active ? Math.Clamp(state.Amount - captured - paid, 0, Math.Max(0, state.Remaining - taken)) : 0;

        // What is reserved goes before what has lapsed, and of that what was delivered goes first.
        return EndIfSpent(state with
        {
            Amount = active ? whole - (rest - remaining) : whole,
            Remaining = remaining,
            Rest = rest,
            Delivered = Math.Min(remaining, Math.Max(0, state.Delivered - taken)),
        });
    }

    /// <summary>What each buyer's reservations have of the invoice; null when no buyer has any. The rest of it is nobody's.</summary>
    private List<BuyerPart>? BuyerPartsOf(List<CaptureState> captures, decimal rate)
    {
        List<BuyerPart>? parts = null;
        foreach (var bought in captures.Where(capture => capture.Reservation.Buyer is not null).GroupBy(capture => capture.Reservation.Buyer!))
        {
            var credit = new Money(bought.Sum(capture => capture.Amount), bought.First().Reservation.Currency).Convert(rate, Currency).Minor;
            (parts ??= []).Add(new BuyerPart(bought.Key, FindBuyer(bought.Key), credit));
        }

        return parts;
    }

    /// <summary>What the captured reservations still earmark for this very document.</summary>
    private long EarmarkedFor(List<CaptureState> captures)
    {
        long earmarked = 0;
        foreach (var capture in captures)
        {
            var before = reservations.Find(capture.Reservation.Id);
            if (before is { Status: ReservationStatus.Active })
            {
                var after = new Money(capture.Reservation.Remaining, before.Currency).Convert(before.Rate, Currency).Minor;
                earmarked += new Money(before.Remaining, before.Currency).Convert(before.Rate, Currency).Minor - after;
            }
        }

        return earmarked;
    }

    private static List<string> FlagsOf(DateOnly issueDate, IReadOnlyList<Instalment> instalments, List<CaptureState> captures)
    {
        var flags = new List<string>(0);
        if (instalments.Any(instalment => instalment.DueDate < issueDate))
        {
            flags.Add("dueBeforeIssue");
        }

        if (captures.Exists(capture => capture.AfterLapse))
        {
            flags.Add("capturedAfterLapse");
        }

        return flags;
    }

    private Verdict DecideCreditNote(
        PostCreditNote command, Standing stand, KnownDocument? known, DisputeState? disputed = null)
    {
        if (items.FindCredit(NumberKind.CreditNote, command.Number) is not null)
        {
            return new Verdict.Taken(new NumberKey(NumberKind.CreditNote, command.Number.Value));
        }

        var postedOn = command.PostedOn ?? (stand.Context.History ? command.IssueDate : stand.Today);
        if (InOpenPeriod(command, stand, ref postedOn) is { } closed)
        {
            return closed;
        }

        if (PostedRate(command.Amount, command.FxRate, postedOn, stand, out var rate) is { } unheld)
        {
            return unheld;
        }

        List<string> flags = new(0);
        StoredInvoice? invoice = null;
        if (command.Invoice is { } number)
        {
            if (CreditedInvoice(number, known, out invoice) is { } refusal)
            {
                return refusal;
            }

            if (!ReferenceEquals(invoice.Currency, command.Amount.Currency))
            {
                return Mismatch(command.Amount.Currency, invoice.Currency, $"invoice {number}");
            }

            if (invoice.Credited + command.Amount.Minor > invoice.Amount)
            {
                if (!stand.Context.History)
                {
                    return new Verdict.Refuse(
                        RefusalCode.CreditExceedsInvoice,
                        $"Credits of {new Money(invoice.Credited + command.Amount.Minor, invoice.Currency)} are above the invoice of {new Money(invoice.Amount, invoice.Currency)}.");
                }

                flags.Add("creditAboveInvoice");
            }
        }

        // What was never owed was neither gained nor lost by a rate: a dispute is credited at both of the invoice's.
        var companyRate = disputed?.CompanyRate ?? CompanyRate(command.Amount.Currency, rate, postedOn, stand);
        var allocations = new List<Allocation>();
        if (command.Invoice is { } named && items.Find(named) is { } open)
        {
            Spread(
                disputed is null ? Targets(open.Items.OrderBy(item => item.DueDate)) : DisputedFirst(open, disputed.Lines), command.Amount.Minor,
                MeansOf(null, postedOn, command.Amount.Currency, companyRate, stand), allocations, out _);
            new VatParts(items).Take(allocations, 0, VatOrder.InProportion);
        }

        return new Verdict.Append(
            [new CreditNotePosted(
                command.Number, command.IssueDate, postedOn, command.Amount.Currency, command.Amount.Minor, rate, command.Invoice, allocations,
                command.Amount.Minor - allocations.Sum(allocation => allocation.Amount),
                invoice is null ? null : invoice with { Credited = invoice.Credited + command.Amount.Minor }, flags, stand.Context.History,
                companyRate)],
            [new NumberKey(NumberKind.CreditNote, command.Number.Value)]);
    }

    /// <summary>An invoice with its credits so far: from memory, or read.</summary>
    private Verdict? CreditedInvoice(DocumentNumber number, KnownDocument? known, out StoredInvoice invoice)
    {
        if (items.Find(number) is { Credited: { } credited } open)
        {
            invoice = new StoredInvoice(number, open.Currency, open.Amount, credited);
            return null;
        }

        var cleared = items.FindCleared(number);
        if (cleared?.Invoice is { } remembered)
        {
            invoice = remembered;
            return null;
        }

        var request = new DocumentRequest(NumberKind.Invoice, number);
        var reading = known?.Of(request);
        invoice = reading?.Invoice!;
        if (reading is null || reading.AsOfVersion < (cleared?.Version ?? items.ForgottenThrough))
        {
            return new Verdict.Needs(request);
        }

        return invoice is null ? new Verdict.Refuse(RefusalCode.InvoiceUnknown, $"There is no invoice {number}.") : null;
    }

    /// <summary>
    /// The rate a document is posted at: sent, or, like the company's, the newest on or before the accounting date; of the
    /// account's own currency always 1.
    /// </summary>
    private Verdict.Refuse? PostedRate(Money amount, decimal? sent, DateOnly postedOn, Standing stand, out decimal rate)
    {
        var own = ReferenceEquals(amount.Currency, Currency);
        var found = own ? 1m : sent ?? stand.Context.Reference.FindRate(amount.Currency, Currency, postedOn)?.Rate;
        rate = found ?? 0m;
        return found is null
            ? new(RefusalCode.NoRate, $"No rate from {amount.Currency} to the account's currency is published; publish one or send fxRate.")
            : Beyond(amount.Convert(rate, Currency).Minor);
    }

    /// <summary>The posted rate to the company's currency: the one to the account's where that is the same; null = none published by then.</summary>
    private decimal? CompanyRate(Currency document, decimal rate, DateOnly postedOn, Standing stand) =>
        ReferenceEquals(stand.Company.Currency, Currency)
            ? rate
            : stand.Context.Reference.FindRate(document, stand.Company.Currency, postedOn)?.Rate;

    // Far from what a long holds, so that no sum on the way can be beyond it.
    private const long MostHeld = long.MaxValue / 8;

    /// <summary>A refusal when the account's sums could not hold this much more: what is appended must always apply.</summary>
    private Verdict.Refuse? Beyond(long value) =>
        value + items.OpenInvoices + items.Returned + items.Unapplied + uncleared.Total
            + reservations.Orders + reservations.Deliveries + reservations.Pos + UsageExposure > MostHeld
            ? new(RefusalCode.AmountTooLarge, "The amount is more than the account's sums can hold.")
            : null;
}
