using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Accounts.Domain.Reservations;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>What events change. Decides nothing; every apply ends with the invariants.</summary>
public sealed partial class Account
{
    private DebitTraits? lastTraits;

    /// <summary>Makes an event so. Throws <see cref="InvariantException"/> when it cannot have happened to this state.</summary>
    public void Apply(AccountEvent happened)
    {
        Version++;
        switch (happened)
        {
            case AccountPut put:
                ApplyPut(put);
                break;
            case BlockSet set:
                ApplyBlock(set.Name, new BlockView(set.Name, set.AllSales, set.Reason));
                break;
            case BlockRemoved removed:
                ApplyBlock(removed.Name, null);
                break;
            case CreditReserved reserved:
                currencyFixed = true;
                reservations.Put(reserved.Reservation, Version);
                break;
            case CreditRefused:
                break;
            case ReservationChanged changed:
                reservations.Put(EndIfSpent(changed.Reservation), Version);
                break;
            case ReservationDelivered delivered:
                reservations.Put(delivered.Reservation, Version);
                break;
            case ReservationReleased released:
                reservations.Put(released.Reservation, Version);
                break;
            case ReservationLapsed lapsed:
                reservations.Put(lapsed.Reservation, Version);
                break;
            case InvoicePosted posted:
                ApplyInvoice(posted);
                break;
            case CreditNotePosted note:
                ApplyCreditNote(note);
                break;
            case PaymentReceived payment:
                ApplyPayment(payment);
                break;
            case PaymentReversed reversed:
                ApplyReversal(reversed);
                break;
            case DebitPosted debit:
                ApplyDebit(debit);
                break;
            case WrittenOff writtenOff:
                ApplyWriteOff(writtenOff);
                break;
            case WriteOffReversed back:
                ApplyWriteOffReversal(back);
                break;
            case CreditAllocated allocated:
                ApplyAllocated(allocated);
                break;
            case AllocationUndone undone:
                ApplyUndone(undone);
                break;
            case MoneyCleared cleared:
                Require.That(uncleared.Remove(cleared.PaymentId));
                break;
            default:
                ApplyAgreement(happened);
                break;
        }

        ReceiveAgreements(happened);
        CheckInvariants();
    }

    /// <summary>What promises and plans ask for moves with what is open.</summary>
    private void ReceiveAgreements(AccountEvent happened)
    {
        promises?.Receive(happened);
        items?.Plans?.Receive(happened);
    }

    /// <summary>What is agreed or argued about items that stay as they are.</summary>
    private void ApplyAgreement(AccountEvent happened)
    {
        switch (happened)
        {
            case DisputeRaised { Dispute: var dispute }:
                items.Raise(dispute);
                break;
            case DisputeChanged { Dispute: var dispute }:
                items.Change(dispute);
                break;
            case DisputeResolved { Dispute: var dispute }:
                items.Resolve(dispute.Id);
                items.CreditDisputed(dispute.Invoice, new Money(dispute.Credited, dispute.Currency).Convert(dispute.Rate, Currency).Minor);
                break;
            case PromiseMade { Promise: var promise }:
                (promises ??= new()).Add(new Promise(promise, [], OpenOf(promise), OpenOf(promise)));
                break;
            case PromiseChanged { Promise: var promise }:
                (promises ?? throw new InvariantException("Nothing was promised.")).Change(promise);
                break;
            case PlanRequested { Plan: var plan }:
                items.Add(new Plan(plan, []));
                break;
            case PlanDecided { Plan: var plan }:
                items.Change(plan);
                break;
            case PlanChanged { Plan: var plan }:
                items.Change(plan);
                break;
            case RetentionReleased released:
                ApplyRelease(released);
                break;
            case ReleaseReversed back:
                ApplyReleaseReversal(back);
                break;
            case ContactLogged:
                break;
            default:
                ApplyUsage(happened);
                break;
        }

        NoteRetained(happened);
    }

    private void ApplyBlock(string name, BlockView? stands)
    {
        if (stands is null)
        {
            Require.That(blocks.Remove(name));
        }
        else
        {
            blocks[name] = stands;
        }

        if (name == AccountView.WriteOffBlock)
        {
            writeOffBlockLifted = stands is null && writeOffs is not null && writeOffs.Values.Any(debt => debt.Left > 0);
        }
    }

    private void ApplyPut(AccountPut put)
    {
        Require.That(put.MasterVersion == MasterVersion + 1);
        if (!Exists || !ReferenceEquals(Master.Currency, put.Master.Currency))
        {
            Require.That(!currencyFixed);
            items = new OpenItemBook(put.Master.Currency);
            reservations = new ReservationBook(put.Master.Currency);
        }

        (MasterVersion, Master, Limits, Closed, Details) = (put.MasterVersion, put.Master, put.Limits, put.Closed, put.Details);
    }

    private void ApplyInvoice(InvoicePosted posted)
    {
        currencyFixed = true;
        foreach (var capture in posted.Captures)
        {
            reservations.Put(capture.Reservation, Version);
        }

        foreach (var billed in posted.Usage ?? [])
        {
            CloseUsage(billed, posted.Number);
        }

        var invoice = items.Add(new OpenInvoice(
            posted.Number, posted.Currency, posted.Amount, posted.Rate, posted.IssueDate, 0, TraitsOf(posted))
        {
            LastInstalment = posted.Instalments.Count,
        });
        for (var i = 0; i < posted.Instalments.Count; i++)
        {
            var instalment = posted.Instalments[i];
            items.Open(invoice, i + 1, instalment.DueDate, instalment.Amount, instalment.Amount, returned: false, instalment.Vat);
            items.OpenVat(invoice, i + 1, instalment.Vat);
        }

        Require.That(invoice.Open == posted.Amount);
    }

    // Nearly every invoice has none; those of an account in another currency than its company's share those of a day.
    private DebitTraits? TraitsOf(InvoicePosted posted)
    {
        if (posted is { Discount: null, Retention: null } && posted.CompanyRate == posted.Rate)
        {
            return null;
        }

        var traits = new DebitTraits(DebitKind.Invoice, posted.Discount, posted.CompanyRate, posted.Retention);
        return lastTraits = traits == lastTraits ? lastTraits : traits;
    }

    private void ApplyCreditNote(CreditNotePosted note)
    {
        currencyFixed = true;
        Settle(note.Allocations, note.Currency, CreditKind.CreditNote);
        if (note.Credited is { } credited)
        {
            items.Credit(credited, Version);
        }

        AddCredit(NumberKind.CreditNote, note.Number, note.Currency, note.Amount, note.Rate, note.IssueDate, note.Unapplied);
        Require.That(note.Allocations.Sum(allocation => allocation.Amount) + note.Unapplied == note.Amount);
    }

    private void ApplyPayment(PaymentReceived payment)
    {
        currencyFixed = true;
        Settle(payment.Allocations, payment.Currency, CreditKind.Payment);
        AddCredit(NumberKind.Payment, payment.PaymentId, payment.Currency, payment.Amount, payment.Rate, payment.ReceivedOn, payment.Unapplied);
        if (payment.ClearsOn is { } clearsOn)
        {
            uncleared.Add(new UnclearedPayment(payment.PaymentId, clearsOn, new Money(payment.Amount, payment.Currency).Convert(payment.Rate, Currency).Minor));
        }

        Require.That(payment.Allocations.Sum(allocation => allocation.Amount) + payment.Unapplied == payment.Amount);
    }

    private void ApplyReversal(PaymentReversed reversed)
    {
        reversedLately[reversed.PaymentId] = Version;
        uncleared.Remove(reversed.PaymentId);
        if (reversed.Unapplied > 0)
        {
            items.RemoveCredit(NumberKind.Payment, reversed.PaymentId);
        }

        creditsLately?.Remove(new NumberKey(NumberKind.Payment, reversed.PaymentId.Value));
        foreach (var allocation in reversed.Allocations)
        {
            Reopen(allocation, reversed.Currency, CreditKind.Payment, reversed.Reason == ReversalReason.Bounced);
        }
    }

    /// <summary>What was taken off an item is open again: as returned after a bounce, else as it was.</summary>
    private void Reopen(Allocation allocation, Currency currency, CreditKind by, bool bounced)
    {
        if (allocation.WriteOff is not null)
        {
            // It was given up before it was paid, and so it is again.
            ChangeRecovered(allocation, -1);
            return;
        }

        UseDifference(allocation, currency, -1);
        var invoice = items.Find(allocation.Invoice) ?? items.Add(new OpenInvoice(
            allocation.Invoice, currency, allocation.InvoiceAmount, allocation.Rate, allocation.IssueDate,
            items.FindCleared(allocation.Invoice)?.Invoice?.Credited, allocation.Traits)
        {
            LastInstalment = items.FindCleared(allocation.Invoice)?.LastInstalment,
        });
        var known = invoice.Find(allocation.Instalment);
        Open(bounced ? allocation.Taken : allocation.OfReturned);
        items.OpenVat(invoice, allocation.Instalment, allocation.Vat);
        if (allocation.EarnsDiscount)
        {
            // An instalment that was closed is known to the line only.
            var item = known ?? invoice.Find(allocation.Instalment)!;
            (item.Credited, item.Discounted) = known is null
                ? (allocation.Credited, allocation.Discounted)
                : (known.Credited - (by == CreditKind.CreditNote ? allocation.Amount : 0), known.Discounted - allocation.Discount);
            Require.That(item.Credited >= 0 && item.Discounted >= 0);
        }

        void Open(long returned)
        {
#if PLANTED_BUGS
            items.Open(invoice, allocation.Instalment, allocation.DueDate, allocation.InstalmentAmount, Planted.Is("bounce-counted-twice") && bounced ? allocation.Amount : 0, returned: false, allocation.InstalmentVat);
#endif
            // A mistake undone restores what a bounce had re-opened before it as returned.
            if (returned > 0)
            {
                items.Open(invoice, allocation.Instalment, allocation.DueDate, allocation.InstalmentAmount, returned, returned: true, allocation.InstalmentVat);
            }

            if (allocation.Taken > returned)
            {
                items.Open(
                    invoice, allocation.Instalment, allocation.DueDate, allocation.InstalmentAmount, allocation.Taken - returned, returned: false,
                    allocation.InstalmentVat);
            }
        }
    }

    private void Settle(IReadOnlyList<Allocation> allocations, Currency currency, CreditKind by)
    {
        foreach (var allocation in allocations)
        {
            if (allocation.WriteOff is not null)
            {
                ChangeRecovered(allocation, 1);
                continue;
            }

            if (allocation.EarnsDiscount)
            {
                var item = items.Find(allocation.Invoice)?.Find(allocation.Instalment) ?? throw new InvariantException("A closed item is settled.");
                item.Credited += by == CreditKind.CreditNote ? allocation.Amount : 0;
                item.Discounted += allocation.Discount;
                Require.That(allocation.Discount == 0 || item.Discounted <= EarlyPayment.Most(item));
            }

            items.Reduce(allocation.Invoice, allocation.Instalment, allocation.Taken, allocation.OfReturned, Version, allocation.Vat);
            UseDifference(allocation, currency, 1);
        }
    }

    private void AddCredit(
        NumberKind kind, DocumentNumber number, Currency currency, long amount, decimal rate, DateOnly date, long open, long earmarked = 0)
    {
        if (open + earmarked > 0)
        {
            items.AddCredit(new OpenCredit(kind, number, currency, amount, rate, date), open, earmarked);
        }
    }

    private void CheckInvariants()
    {
        Require.That(Exists);
        Require.That(items.OpenInvoices >= 0 && items.Returned >= 0 && items.Unapplied >= 0 && items.Earmarked >= 0);
        Require.That(uncleared.Total >= 0 && (uncleared.Total == 0 || uncleared.Count > 0));
        Require.That(items.Count > 0 || items.Balance == 0);
    }
}
