using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Reservations: the only way to earmark, pending until captured, released or lapsed.</summary>
public sealed partial class Account
{
    /// <summary>Ids made here begin with this; callers' ids may not.</summary>
    public const char OwnIdPrefix = '~';

    /// <summary>How long a sale at a till stays earmarked unless it says otherwise, in seconds.</summary>
    public const int PosExpirySeconds = 15 * 60;

    private Verdict DecideReserve(ReserveCredit command, Standing stand)
    {
        if (command.ReservationId is { } given && reservations.Find(given) is not null)
        {
            return new Verdict.Taken(new NumberKey(NumberKind.Reservation, given.Value));
        }

        if (PaidTooMuch(command.Purchase.Amount, command.Purchase.Paid) is { } refusal)
        {
            return refusal;
        }

        var purchase = command.Purchase;
        var decision = DecideOn(stand, DecisionIdAt(0), CheckpointOf(command.Kind), purchase, Claim.New with { DeliveryDate = command.DeliveryDate });
        if (decision.Outcome != DecisionOutcome.Approved)
        {
            return new Verdict.Append(new CreditRefused(command.ReservationId, decision));
        }

        if (Beyond(decision.Facts.Credit ?? 0) is { } beyond)
        {
            return beyond;
        }

        // A sale paid in full earmarks nothing, so it needs no rate.
        var rate = decision.Facts.Rate ?? 1m;
        var credit = purchase.CreditPart.Minor;
        var seconds = command.ExpiresInSeconds ?? (command.Kind == ReservationKind.Pos ? PosExpirySeconds : null);
        var id = command.ReservationId ?? DocumentNumber.Parse(string.Create(CultureInfo.InvariantCulture, $"{OwnIdPrefix}{Version + 1}"));
        var state = new ReservationState(
            id, command.Kind, ReservationStatus.Active, purchase.Amount.Currency, purchase.Amount.Minor, purchase.Paid?.Amount.Minor ?? 0,
            purchase.Paid?.Method, credit, credit, 0, 0, rate, stand.Context.Now,
            seconds is { } length ? stand.Context.Now.AddSeconds(length) : null, command.DeliveryDate, purchase.Buyer, purchase.Reference);
        return new Verdict.Append(
            [new CreditReserved(state, decision)],
            command.ReservationId is null ? [] : [new NumberKey(NumberKind.Reservation, id.Value)]);
    }

    private Verdict DecideChange(ChangeReservation command, Standing stand, KnownDocument? known)
    {
        if (!TryFindReservation(command.ReservationId, known, out var state, out var missing))
        {
            return missing;
        }

        if (NotActive(state) is { } refusal)
        {
            return refusal;
        }

        if (command.Amount is { } amount && !ReferenceEquals(amount.Currency, state.Currency))
        {
            return Mismatch(amount.Currency, state.Currency, "the reservation");
        }

        var change = command.Amount is { } newAmount ? newAmount.Minor - state.Amount : 0;
        var remaining = state.Remaining + change;
        if (remaining < state.Delivered)
        {
            return new Verdict.Refuse(RefusalCode.AmountBelowUsed, "The amount is below what is paid, invoiced or delivered already.");
        }

        var expiresAt = command.ExpiresInSeconds is { } seconds ? stand.Context.Now.AddSeconds(seconds) : state.ExpiresAt;
        var changed = state with
        {
            Amount = state.Amount + change,
            Remaining = remaining,

            // Raising first takes back what has lapsed of it.
            Rest = change > 0 ? Math.Max(state.Rest, remaining) : state.Rest + change,
            ExpiresAt = expiresAt,
        };

        if (changed == state)
        {
            return new Verdict.Unchanged(state);
        }

        if (EndIfSpent(changed) is { Status: not ReservationStatus.Active } ended)
        {
            return new Verdict.Append(new ReservationChanged(ended, null));
        }

        // What never expires cannot be made to last longer.
        if (change <= 0 && !(expiresAt > state.ExpiresAt))
        {
            return new Verdict.Append(new ReservationChanged(changed, null));
        }

        // Nothing earmarked has no rate to keep: a sale paid in full was reserved without one.
        decimal? agreedRate = state.Remaining == 0 ? null : state.Rate;
        var purchase = new Purchase(new Money(remaining, state.Currency), null, state.Buyer, state.Reference);
        var replaced = new Money(state.Remaining, state.Currency).Convert(state.Rate, Currency).Minor;
        long? whole = state.Captured > 0 && agreedRate is { } kept
            ? new Money(remaining + state.Captured - state.CapturedPaid, state.Currency).Convert(kept, Currency).Minor
            : null;
        var claim = new Claim(true, replaced, agreedRate, whole, state.DeliveryDate);
        var decision = DecideOn(stand, DecisionIdAt(0), CheckpointOf(state.Kind), purchase, claim);
        if (decision.Outcome != DecisionOutcome.Approved)
        {
            return new Verdict.Append(new CreditRefused(state.Id, decision, state));
        }

        return Beyond((decision.Facts.Credit ?? 0) - replaced) is { } beyond
            ? beyond
            : new Verdict.Append(new ReservationChanged(changed with { Rate = decision.Facts.Rate ?? state.Rate }, decision));
    }

    private Verdict DecideDeliver(DeliverReservation command, KnownDocument? known)
    {
        if (!TryFindReservation(command.ReservationId, known, out var state, out var missing))
        {
            return missing;
        }

        if (NotActive(state) is { } refusal)
        {
            return refusal;
        }

        if (state.Kind != ReservationKind.Order)
        {
            return new Verdict.Refuse(RefusalCode.NotAnOrder, $"Reservation {state.Id} is no order.");
        }

        if (command.Amount is { } amount && !ReferenceEquals(amount.Currency, state.Currency))
        {
            return Mismatch(amount.Currency, state.Currency, "the reservation");
        }

        var ordered = state.Remaining - state.Delivered;
        var moved = command.Amount?.Minor ?? ordered;
        if (moved > ordered)
        {
            return new Verdict.Refuse(
                RefusalCode.DeliveryExceedsOrder, $"{new Money(moved, state.Currency)} are more than the {new Money(ordered, state.Currency)} still ordered.");
        }

        return moved == 0
            ? new Verdict.Unchanged(state)
            : new Verdict.Append(new ReservationDelivered(state with { Delivered = state.Delivered + moved }, moved));
    }

    private Verdict DecideRelease(ReleaseReservation command, KnownDocument? known)
    {
        if (!TryFindReservation(command.ReservationId, known, out var state, out var missing))
        {
            return missing;
        }

        return state.Status switch
        {
            ReservationStatus.Active => new Verdict.Append(new ReservationReleased(
                state with { Status = ReservationStatus.Released, Remaining = 0, Rest = 0, Delivered = 0 })),
#if PLANTED_BUGS
            ReservationStatus.Released when Planted.Is("released-twice") => new Verdict.Append(new ReservationReleased(state)),
#endif
            ReservationStatus.Released or ReservationStatus.Lapsed => new Verdict.Unchanged(state),
            ReservationStatus.Captured => NotActive(state)!,
        };
    }

    private bool TryFindReservation(
        DocumentNumber id, KnownDocument? known, out ReservationState state, [NotNullWhen(false)] out Verdict? missing)
    {
        var request = new DocumentRequest(NumberKind.Reservation, id);
        var found = reservations.Find(id);
        var reading = found is null ? known?.Of(request) : null;
        var read = reading is not null && reading.AsOfVersion >= reservations.ForgottenThrough;
        found ??= read ? reading!.Reservation : null;
        state = found is null ? null! : EndIfSpent(found);
        missing = found is not null ? null
            : read ? new Verdict.Refuse(RefusalCode.NotFound, $"There is no reservation {id}.")
            : new Verdict.Needs(request);
        return found is not null;
    }

    /// <summary>What of the rest has lapsed; of one that has lapsed as a whole, all of it.</summary>
    private static long LapsedPart(ReservationState state) => state.Rest - state.Remaining;

    /// <summary>Nothing is earmarked any more; its amount is again that of the whole document, of which a capture may take the rest.</summary>
    private static ReservationState AsLapsed(ReservationState state) => state with
    {
        Status = ReservationStatus.Lapsed,
        Amount = state.Amount + LapsedPart(state),
        Remaining = 0,
    };

    /// <summary>
    /// A reservation is active as long as something of it is earmarked, or is paid and to be invoiced; else it would never
    /// end. Events and snapshots from before this rule hold such ones.
    /// </summary>
    private static ReservationState EndIfSpent(ReservationState state) =>
        state is not { Status: ReservationStatus.Active, Remaining: 0, Paid: 0 } ? state
        : state.Rest > 0 ? AsLapsed(state)
        : state with { Status = state.Captured > 0 ? ReservationStatus.Captured : ReservationStatus.Released };

    /// <summary>The refusal of whoever needs the reservation active; null when it is.</summary>
    public static Verdict.Refuse? NotActive(ReservationState state) => state.Status switch
    {
        ReservationStatus.Active => null,
        ReservationStatus.Captured => new(RefusalCode.ReservationCaptured, $"Reservation {state.Id} is captured."),
        ReservationStatus.Released => new(RefusalCode.ReservationReleased, $"Reservation {state.Id} is released."),
        ReservationStatus.Lapsed => new(RefusalCode.ReservationLapsed, $"Reservation {state.Id} has lapsed; reserve again."),
    };

    private static Verdict.Refuse Mismatch(Currency given, Currency wanted, string of) =>
        new(RefusalCode.CurrencyMismatch, $"The currency is {given}, but {of} is in {wanted}.");

    private static Verdict.Refuse? PaidTooMuch(Money amount, Payment? paid)
    {
        if (paid is null)
        {
            return null;
        }

        return ReferenceEquals(paid.Amount.Currency, amount.Currency)
            ? paid.Amount.Minor <= amount.Minor
                ? null
                : new Verdict.Refuse(RefusalCode.PaidExceedsAmount, $"{paid.Amount} paid is more than the amount of {amount}.")
            : Mismatch(paid.Amount.Currency, amount.Currency, "the document");
    }

    private static Checkpoint CheckpointOf(ReservationKind kind) => kind switch
    {
        ReservationKind.Pos => Checkpoint.Pos,
        ReservationKind.Order => Checkpoint.Order,
        ReservationKind.Delivery => Checkpoint.Delivery,
    };
}
