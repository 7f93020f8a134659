using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Features;

/// <summary>An account's events as entries of its timeline.</summary>
internal static class TimelineEntries
{
    /// <summary>What an event is about.</summary>
    public static TimelineKind KindOf(Type happened) => happened.Name switch
    {
        nameof(CreditReserved) or nameof(CreditRefused) or nameof(ReservationChanged) or nameof(ReservationDelivered)
            or nameof(ReservationReleased) or nameof(ReservationLapsed) => TimelineKind.Decision,
        nameof(DisputeRaised) or nameof(DisputeChanged) or nameof(DisputeResolved) or nameof(PromiseMade) or nameof(PromiseChanged)
            or nameof(PlanRequested) or nameof(PlanDecided) or nameof(PlanChanged) or nameof(RefundRequested) or nameof(RefundChanged) => TimelineKind.Agreement,
        nameof(ContactLogged) => TimelineKind.Contact,
        nameof(UsageRecorded) or nameof(UsageReleased) => TimelineKind.Usage,
        nameof(AccountPut) or nameof(BlockSet) or nameof(BlockRemoved) => TimelineKind.Change,
        nameof(InvoicePosted) or nameof(CreditNotePosted) or nameof(PaymentReceived) or nameof(PaymentReversed) or nameof(MoneyCleared)
            or nameof(CreditAllocated) or nameof(DebitPosted) or nameof(WrittenOff) or nameof(WriteOffReversed) or nameof(AllocationUndone)
            or nameof(RetentionReleased) or nameof(ReleaseReversed) or nameof(RefundBooked) or nameof(RefundEnded) => TimelineKind.Document,
        _ => throw new InvariantException($"The timeline does not know {happened.Name}."),
    };

    /// <summary>The entry of an event, without what is kept beside it.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="version">Its version.</param>
    /// <param name="at">When it was recorded.</param>
    /// <param name="on">The company's date of that.</param>
    /// <param name="note">The text given with it; null = none.</param>
    public static TimelineEntry Of(AccountEvent happened, long version, DateTimeOffset at, DateOnly on, out TextRef? note)
    {
        var type = happened.GetType();
        var entry = new TimelineEntry(version, at, on, KindOf(type), JsonNamingPolicy.CamelCase.ConvertName(type.Name), happened.By)
        {
            Decision = DecisionIn.Event(happened) is { } decision
                ? new TimelineDecision(decision.Id, decision.Outcome, [.. decision.Reasons.Select(reason => reason.Code)])
                : null,
        };

        // The text of master data is shown by what changed in it.
        note = happened is AccountPut ? null : TextIn.Event(happened);
        return entry.Kind switch
        {
            TimelineKind.Document => OfDocument(entry, happened),
            TimelineKind.Decision => OfDecision(entry, happened),
            _ => OfOther(entry, happened),
        };
    }

    /// <summary>The entry of what another module wrote down.</summary>
    /// <param name="record">As it was written.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="at">When it was recorded.</param>
    /// <param name="on">The company's date of that.</param>
    public static TimelineEntry Of(TimelineRecord record, TimelinePlace place, DateTimeOffset at, DateOnly on)
    {
        var entry = new TimelineEntry(place.Version, at, on, record.Kind, record.Type, record.By)
        {
            Record = place.Record,
            Number = record.Number,
            Invoices = record.Invoices,
            Status = record.Status,
            Reason = record.Reason,
            Mandate = record.Mandate,
            BankAccount = record.BankAccount,
            File = record.File,
        };
        return record is { Amount: { } amount, Currency: { } currency } ? Over(entry, amount, currency) : entry;
    }

    private static TimelineEntry OfDocument(TimelineEntry entry, AccountEvent happened) => happened switch
    {
        InvoicePosted posted => Over(entry with { On = posted.PostedOn, Number = posted.Number.Value }, posted.Amount, posted.Currency),
        DebitPosted debit => Over(entry with { On = debit.PostedOn, Number = debit.Number.Value, Status = EnumNames.Name(debit.Kind) }, debit.Amount, debit.Currency),
        CreditNotePosted note => Over(
            entry with { On = note.PostedOn, Number = note.Number.Value, Invoices = Of(note.Allocations, note.Invoice) }, note.Amount, note.Currency),
        PaymentReceived payment => Over(
            entry with { On = payment.PostedOn, Number = payment.PaymentId.Value, Invoices = Of(payment.Allocations) }, payment.Amount, payment.Currency),
        PaymentReversed reversed => Over(
            entry with { On = reversed.PostedOn, Number = reversed.PaymentId.Value, Status = EnumNames.Name(reversed.Reason), Invoices = Of(reversed.Allocations) },
            reversed.Amount, reversed.Currency),
        MoneyCleared cleared => entry with { Number = cleared.PaymentId.Value },
        CreditAllocated allocated => Settled(
            entry with { On = allocated.PostedOn, Number = allocated.Credit.Number.Value }, allocated.Allocations, allocated.Credit.Currency),
        AllocationUndone undone => Settled(entry with { On = undone.PostedOn, Number = undone.Credit.Number.Value }, undone.Allocations, undone.Credit.Currency),
        WrittenOff written => Settled(
            entry with { On = written.PostedOn, Number = written.Id.Value, Status = EnumNames.Name(written.Kind) }, written.Lines, written.Currency),
        RetentionReleased released => Settled(
            entry with { On = released.PostedOn, Number = released.Retained.Invoice.Value }, [released.Retained], released.Currency),
        ReleaseReversed back => Settled(entry with { On = back.PostedOn, Number = back.Retained.Invoice.Value }, [back.Retained], back.Currency),
        RefundBooked { Refund: var refund, PostedOn: var on } => OfRefund(entry with { On = on }, refund),
        RefundEnded { Refund: var refund, PostedOn: var on } => OfRefund(entry with { On = on ?? entry.On }, refund),
        WriteOffReversed back => Settled(entry with { On = back.PostedOn, Number = back.Id.Value, Status = EnumNames.Name(back.Kind) }, back.Lines, back.Currency),
        _ => entry,
    };

    private static TimelineEntry OfDecision(TimelineEntry entry, AccountEvent happened) => happened switch
    {
        CreditReserved { Reservation: var state } => OfReservation(entry, state),
        ReservationChanged { Reservation: var state } => OfReservation(entry, state),
        ReservationReleased { Reservation: var state } => OfReservation(entry, state),
        ReservationLapsed { Reservation: var state } => OfReservation(entry, state),
        ReservationDelivered delivered => Over(OfReservation(entry, delivered.Reservation), delivered.Amount, delivered.Reservation.Currency),
        CreditRefused refused => Over(
            entry with { Number = refused.ReservationId?.Value }, refused.Decision.Facts.Amount, refused.Decision.Facts.DocumentCurrency),
        _ => entry,
    };

    private static TimelineEntry OfOther(TimelineEntry entry, AccountEvent happened) => happened switch
    {
        DisputeRaised { Dispute: var dispute } => OfDispute(entry, dispute),
        DisputeChanged { Dispute: var dispute } => OfDispute(entry, dispute),
        DisputeResolved { Dispute: var dispute } => OfDispute(entry, dispute),
        PromiseMade { Promise: var promise } => OfPromise(entry, promise),
        PromiseChanged { Promise: var promise } => OfPromise(entry, promise),
        PlanRequested { Plan: var plan } => OfPlan(entry, plan),
        PlanDecided { Plan: var plan } => OfPlan(entry, plan),
        PlanChanged { Plan: var plan } => OfPlan(entry, plan),
        RefundRequested { Refund: var refund } => OfRefund(entry, refund),
        RefundChanged { Refund: var refund } => OfRefund(entry, refund),
        ContactLogged { Contact: var contact } => entry with
        {
            Number = contact.Id.Value,
            Invoices = contact.Invoices.Count == 0 ? null : [.. contact.Invoices.Select(number => number.Value)],
            Contact = ContactView.Of(contact),
        },
        UsageRecorded { Usage: var usage } => entry with { On = usage.UsedOn, Number = usage.Id.Value, Amount = usage.Amount, Currency = usage.Currency, Status = usage.Subscription },
        UsageReleased released => Over(
            entry with { Number = released.Id.Value, Status = released.Closed.Subscription, Reason = released.Reason }, released.Closed.Amount, released.Closed.Currency),
        BlockSet set => entry with { Number = set.Name },
        BlockRemoved removed => entry with { Number = removed.Name },
        _ => entry,
    };

    private static TimelineEntry OfReservation(TimelineEntry entry, ReservationState state) =>
        Over(entry with { Number = state.Id.Value, Status = EnumNames.Name(state.Status) }, state.Amount, state.Currency);

    private static TimelineEntry OfDispute(TimelineEntry entry, DisputeState dispute) => Over(
        entry with
        {
            Number = dispute.Id.Value,
            Invoices = [dispute.Invoice.Value],
            Status = dispute.Outcome is { } outcome ? EnumNames.Name(outcome) : EnumNames.Name(DisputeStatus.Open),
        },
        dispute.Amount, dispute.Currency);

    private static TimelineEntry OfPromise(TimelineEntry entry, PromiseState promise) => Over(
        entry with
        {
            Number = promise.Id.Value,
            Invoices = [.. promise.Lines.Select(line => line.Invoice.Value).Distinct()],
            Status = EnumNames.Name(promise.Status),
        },
        promise.Payments.Sum(payment => payment.Amount), promise.Currency);

    private static TimelineEntry OfRefund(TimelineEntry entry, RefundState refund) =>
        Over(entry with { Number = refund.Id.Value, Status = EnumNames.Name(refund.Status), Reason = refund.Code, File = refund.File }, refund.Amount, refund.Currency);

    private static TimelineEntry OfPlan(TimelineEntry entry, PlanState plan) => Over(
        entry with
        {
            Number = plan.Id.Value,
            Invoices = [.. plan.Lines.Select(line => line.Invoice.Value).Distinct()],
            Status = EnumNames.Name(plan.Status),
        },
        plan.Instalments.Sum(instalment => instalment.Amount), plan.Currency);

    private static TimelineEntry Settled(TimelineEntry entry, IReadOnlyList<Allocation> lines, Currency currency) =>
        Over(entry with { Invoices = Of(lines) }, lines.Sum(line => line.Amount), currency);

    private static TimelineEntry Over(TimelineEntry entry, long minor, Currency currency) =>
        entry with { Amount = Amounts.Of(minor, currency), Currency = currency };

    private static string[]? Of(IReadOnlyList<Allocation> lines, DocumentNumber? named = null)
    {
        var numbers = lines.Select(line => line.Invoice.Value).Concat(named is { } number ? [number.Value] : Array.Empty<string>()).Distinct().ToArray();
        return numbers.Length == 0 ? null : numbers;
    }
}
