using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>Where a promise to pay stands. Stored: only ever add.</summary>
public enum PromiseStatus
{
    /// <summary>Its dates are still to come, or are kept so far.</summary>
    Open,

    /// <summary>Everything promised has arrived in time.</summary>
    Kept,

    /// <summary>A date has passed by which only a part had arrived.</summary>
    PartlyKept,

    /// <summary>A date has passed by which nothing had arrived.</summary>
    Broken,

    /// <summary>Taken back by the collector.</summary>
    Cancelled,
}

/// <summary>An item that a promise is about.</summary>
/// <param name="Invoice">The invoice, debit note or claim.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="Amount">What was open of it then, minor units.</param>
public sealed record PromisedLine(DocumentNumber Invoice, int Instalment, long Amount);

/// <summary>A payment that was promised.</summary>
/// <param name="On">The promised day.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="LastOn">The last day in time, with the grace that held when it was promised.</param>
public sealed record PromisedPayment(DateOnly On, long Amount, DateOnly LastOn);

/// <summary>Money that counts for a promise.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="ReceivedOn">Its value date.</param>
/// <param name="Amount">What it takes off lines of the promise, with discounts and differences, and what counts of the rest; minor units.</param>
/// <param name="Unapplied">The part of the amount that settles nothing: it counts for one promise only.</param>
public sealed record PromiseReceipt(DocumentNumber PaymentId, DateOnly ReceivedOn, long Amount, long Unapplied = 0);

/// <summary>A promise as it stands after an event.</summary>
/// <param name="Id">Unique within the account.</param>
/// <param name="Currency">Of its items and payments.</param>
/// <param name="Lines">At least one.</param>
/// <param name="Payments">At least one, by day.</param>
/// <param name="Tolerance">So much less is still kept, minor units.</param>
/// <param name="MadeOn">Company's date.</param>
/// <param name="MadeAt">Business instant.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Received">What has arrived for it, minor units.</param>
/// <param name="BreaksOn">The last day of its next payment; null unless it is open.</param>
/// <param name="EndedOn">Company's date; null while it is open.</param>
/// <param name="EndedAt">Business instant; null while it is open.</param>
/// <param name="Note">For people.</param>
/// <param name="Lifted">Of one that was cancelled after it had ended: how.</param>
public sealed record PromiseState(
    DocumentNumber Id, Currency Currency, IReadOnlyList<PromisedLine> Lines, IReadOnlyList<PromisedPayment> Payments, long Tolerance,
    DateOnly MadeOn, DateTimeOffset MadeAt, PromiseStatus Status = PromiseStatus.Open, long Received = 0, DateOnly? BreaksOn = null,
    DateOnly? EndedOn = null, DateTimeOffset? EndedAt = null, TextRef? Note = null, PromiseStatus? Lifted = null);

/// <summary>An item that shall be promised; instalment null = all that are open.</summary>
public sealed record PromiseItem(DocumentNumber Invoice, int? Instalment);

/// <summary>A payment as it is promised; major units of the items' currency, which only the account knows.</summary>
public sealed record PromisePayment(DateOnly On, decimal Amount);

/// <summary>Records a promise to pay.</summary>
/// <param name="Id">The caller's own id, unique within the account.</param>
/// <param name="Items">Null = everything overdue in the account's currency.</param>
/// <param name="Payments">At least one.</param>
/// <param name="Note">For people.</param>
public sealed record MakePromise(DocumentNumber Id, IReadOnlyList<PromiseItem>? Items, IReadOnlyList<PromisePayment> Payments, FreeText? Note)
    : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Takes a promise back.</summary>
/// <param name="Id">The promise.</param>
/// <param name="MayLift">The caller's right; without it one that was not kept is refused with <see cref="RefusalCode.ApprovalRequired"/>.</param>
public sealed record CancelPromise(DocumentNumber Id, [property: JsonIgnore] bool MayLift) : AccountCommand;

/// <summary>A promise was made.</summary>
public sealed record PromiseMade(PromiseState Promise) : AccountEvent;

/// <summary>Money or the clock has moved a promise, or it was cancelled.</summary>
public sealed record PromiseChanged(PromiseState Promise) : AccountEvent;
