using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>What customers hold back of invoices until acceptance or the end of a warranty, and its release.</summary>
public sealed partial class Account
{
    // When what is retained of an invoice last moved, as far as a reading may not know it yet; made when the first one is.
    private SmallMap<DocumentNumber, (DateOnly On, long Version)>? retainedLately;

    // As early-payment discounts: half-even to the minor unit, percentages with four decimals at most.
    private static Verdict.Refuse? RetainedOf(InvoiceFacts facts, Money amount, out long retained)
    {
        var asked = facts.Retention;
        retained = asked is null ? 0 : asked.Amount ?? Share((long)(asked.Percent!.Value * 10_000m), amount.Minor, 100 * 10_000);
        if (asked is not null && (retained <= 0 || retained >= amount.Minor))
        {
            return new Verdict.Refuse(
                RefusalCode.RetentionMismatch, $"{amount with { Minor = retained }} cannot be held back of {amount}: it has to be above 0 and below that.");
        }

        var rest = amount with { Minor = amount.Minor - retained };
        return facts.Instalments.Count == 0 || facts.Instalments.Sum(instalment => instalment.Amount) == rest.Minor
            ? null
            : new Verdict.Refuse(RefusalCode.InstalmentsMismatch, $"The instalments do not sum up to {rest}.");
    }

    private static RetentionTerms? TermsOf(RetentionFacts? asked, IReadOnlyList<Instalment> instalments) => asked is null
        ? null
        : new RetentionTerms(instalments.Count, instalments[^1].Amount, instalments[^1].Vat, asked.ExpectedOn, asked.DueDays);

    private static Verdict.Refuse NotReleased(DocumentNumber invoice) =>
        new(RefusalCode.NotReleased, $"Of invoice {invoice} only what is retained is open; release it first.");

    /// <summary>The items of one invoice that are exactly the amount without what is retained, with their discounts or without; null = none.</summary>
    private OpenItem[]? UnretainedOf(IEnumerable<OpenItem> trade, long amount, Means means)
    {
        if (items.RetainedItems is not { Count: > 0 } retained)
        {
            return null;
        }

        var held = retained.Select(item => item.Invoice).ToHashSet();
        var invoices = trade.Select(item => item.Invoice).Where(held.Contains).Distinct().ToList();
        var exact = invoices.Find(invoice => invoice.OpenUnretained == amount)
            ?? invoices.Find(invoice => invoice.Items.Sum(means.Earned) is > 0 and var discount && invoice.OpenUnretained - discount == amount);
        return exact is null ? null : Array.FindAll(exact.Items, item => !item.IsRetained);
    }

    private Verdict DecideRelease(ReleaseRetention command, Standing stand, KnownDocument? known)
    {
        if (items.Find(command.Invoice) is not { } invoice)
        {
            return CreditedInvoice(command.Invoice, known, out _) switch
            {
                null => Exceeds(command.Invoice),
                Verdict.Refuse { Detail: var detail } => new Verdict.Refuse(RefusalCode.NotFound, detail),
                var needs => needs,
            };
        }

        if (invoice.Traits?.Retention is not { } terms || invoice.Find(terms.Instalment) is not { } item)
        {
            return Exceeds(invoice.Number);
        }

        var amount = item.Open - (items.Disputes?.Of(item) ?? 0);
        if (command.Amount is { } asked)
        {
            var most = amount;
            if (InMinorUnits(asked, invoice.Currency, out amount) is { } fault)
            {
                return fault;
            }

            amount = amount > most ? 0 : amount;
        }

        if (amount == 0)
        {
            return Exceeds(invoice.Number);
        }

        if (HistoryOf(invoice, known, out var last, out var movedOn) is { } needed)
        {
            return needed;
        }

        var on = command.On ?? stand.Today;
        var due = command.DueDate ?? (terms.DueDays is { } days ? on.AddDays(days) : (Master.PaymentTerms ?? stand.Policy.PaymentTerms).DueDate(on));
        if (on > stand.Today || on < invoice.IssueDate || due < on)
        {
            return new Verdict.Refuse(
                RefusalCode.ReleaseDate, $"What was invoiced on {invoice.IssueDate:yyyy-MM-dd} is released from then on until today, {stand.Today:yyyy-MM-dd}, and due from its release on.",
                on > stand.Today || on < invoice.IssueDate ? "on" : "dueDate");
        }

        if (command.On is not null && on < movedOn)
        {
            return new Verdict.Refuse(
                RefusalCode.ReleaseDate, $"The invoice was posted, or what is retained of it last moved, on {movedOn:yyyy-MM-dd}; it is not released on a day before.", "on");
        }

        var postedOn = Later(on, movedOn);
        if (InOpenPeriod(command, stand, ref postedOn) is { } closed)
        {
            return closed;
        }

        var line = PartOf(item, amount, stand);
        return new Verdict.Append(new RetentionReleased(line, last + 1, due, invoice.Currency, on, postedOn, command.Reason.Reference));

        Verdict.Refuse Exceeds(DocumentNumber number) => new(
            RefusalCode.ReleaseExceedsRetained, $"{(command.Amount is { } more ? $"Less than {more}" : "Nothing")} is retained of invoice {number} and not disputed.");
    }

    /// <summary>A part of an item as a line: what a bounce had re-opened of it first, VAT in proportion.</summary>
    private Allocation PartOf(OpenItem item, long amount, Standing stand)
    {
        var lines = new List<Allocation>();
        var rest = Spread(Targets([item]), amount, new Means(null, null, item.Invoice.Currency, stand.Company.Currency, stand.Today), lines, out _);
        Require.That(rest == 0);
        new VatParts(items).Take(lines, 0, VatOrder.InProportion);
        return lines[0];
    }

    /// <summary>The highest number an instalment of an invoice ever had, and when it was posted or what is retained of it last moved.</summary>
    private Verdict.Needs? HistoryOf(OpenInvoice invoice, KnownDocument? known, out int last, out DateOnly movedOn)
    {
        (last, movedOn) = (0, default);
        var request = new DocumentRequest(NumberKind.Invoice, invoice.Number);
        if (known?.Of(request) is not { } reading || reading.AsOfVersion < items.ForgottenThrough)
        {
            return new Verdict.Needs(request);
        }

        last = invoice.LastInstalment ?? Math.Max(reading.LastInstalment, invoice.Items[^1].Instalment);
        movedOn = Later(reading.RetainedOn, retainedLately is null ? default : retainedLately.GetValueOrDefault(invoice.Number).On);
        return null;
    }

    /// <summary>Remembers on which day an event moves what is retained of invoices.</summary>
    private void NoteRetained(AccountEvent happened)
    {
        var (on, lines) = happened switch
        {
            PaymentReceived payment => (payment.PostedOn, payment.Allocations),
            PaymentReversed reversed => (reversed.PostedOn, reversed.Allocations),
            CreditNotePosted note => (note.PostedOn, note.Allocations),
            CreditAllocated allocated => (allocated.PostedOn, allocated.Allocations),
            AllocationUndone undone => (undone.PostedOn, undone.Allocations),
            WrittenOff given => (given.PostedOn, given.Lines),
            WriteOffReversed back => (back.PostedOn, back.Lines),
            RetentionReleased released => (released.PostedOn, [released.Retained]),
            ReleaseReversed back => (back.PostedOn, [back.Retained]),
            _ => (default, (IReadOnlyList<Allocation>)[]),
        };
        if (happened is InvoicePosted { Retention: not null } posted)
        {
            Note(posted.Number, posted.PostedOn);
        }

        foreach (var line in lines)
        {
            if (line.Traits?.Retention is { } terms && terms.Instalment == line.Instalment && line.WriteOff is null)
            {
                Note(line.Invoice, on);
            }
        }

        void Note(DocumentNumber invoice, DateOnly movedOn)
        {
            retainedLately ??= new();
            retainedLately[invoice] = (Later(movedOn, retainedLately.GetValueOrDefault(invoice).On), Version);
        }
    }

    private Verdict DecideReleaseReversal(ReverseRelease command, Standing stand)
    {
        if (items.Find(command.Invoice) is not { Traits.Retention: { } terms } invoice || command.Instalment <= terms.Instalment
            || invoice.Find(command.Instalment) is not { } item)
        {
            return new Verdict.Refuse(RefusalCode.NotFound, $"Of invoice {command.Invoice}, instalment {command.Instalment}, nothing is open that was released.");
        }

        var isAgreed = items.Disputes?.PartsOf(command.Invoice, item.Instalment) > 0 || promises?.IsPromised(item) == true
            || items.Plans?.OpenOf(command.Invoice, item.Instalment) is not null;
        if (isAgreed || item.Open < item.Amount)
        {
            return new Verdict.Refuse(
                RefusalCode.ReleaseUsed,
                isAgreed ? "What was released is disputed, promised or in a payment plan; end that first." : "Something was taken off what was released; undo that first.");
        }

        var postedOn = stand.Today;
        if (InOpenPeriod(command, stand, ref postedOn) is { } closed)
        {
            return closed;
        }

        var retained = PartOf(item, item.Open, stand) with
        {
            Instalment = terms.Instalment,
            DueDate = RetentionTerms.NoDueDate,
            InstalmentAmount = terms.Amount,
            InstalmentVat = terms.Vat,
        };
        return new Verdict.Append(new ReleaseReversed(retained, item.Instalment, item.DueDate, invoice.Currency, postedOn, command.Note?.Reference));
    }

    // What comes is there before what goes: an invoice never leaves memory between the two.
    private void ApplyRelease(RetentionReleased happened)
    {
        var invoice = items.Find(happened.Retained.Invoice) ?? throw new InvariantException("A closed invoice is released.");
        Require.That(invoice.Find(happened.Retained.Instalment)?.IsRetained == true && invoice.Find(happened.Instalment) is null);
        invoice.LastInstalment = Math.Max(invoice.LastInstalment ?? 0, happened.Instalment);
        Reopen(happened.Released, happened.Currency, CreditKind.Payment, bounced: false);
        Settle([happened.Retained], happened.Currency, CreditKind.Payment);
    }

    private void ApplyReleaseReversal(ReleaseReversed happened)
    {
        Reopen(happened.Retained, happened.Currency, CreditKind.Payment, bounced: false);
        Settle([happened.Released], happened.Currency, CreditKind.Payment);
        Require.That(items.Find(happened.Retained.Invoice)?.Find(happened.Instalment) is null);
    }
}
