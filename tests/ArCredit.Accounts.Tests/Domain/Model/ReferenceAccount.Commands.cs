using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>What commands do to it. Answers are short texts, so that two answers can be compared and read.</summary>
internal sealed partial class ReferenceAccount
{
    public const string Taken = "taken";
    public const string Done = "done";
    public const string DoneAfterLapse = "done after lapse";
    public const string Unchanged = "unchanged";

    public static string Refused(RefusalCode code) => $"refused {code}";

    public string Ask(AccountCommand command)
    {
        var outcome = WithPlans(command, () => Outcome(command));
        foreach (var invoice in invoices.Where(each => each.Open == 0 && !disputes.Exists(dispute => dispute.IsOpen && dispute.Invoice == each)))
        {
            invoice.DisputeCredited = 0;
        }

        return outcome;
    }

    private string Outcome(AccountCommand command) => command switch
    {
        PutAccount put => Put(put),
        SetBlock set => Block(set),
        RemoveBlock remove => Lift(remove.Name),
        CheckCredit check => PaidTooMuch(check.Purchase.Amount, check.Purchase.Paid)
            ?? Decide(check.Purchase.Amount.Currency, check.Purchase.Amount.Amount, PaidOf(check.Purchase.Paid), 0, RateOf(check.Purchase.Amount.Currency)),
        ReserveCredit reserve => Reserve(reserve),
        ChangeReservation change => WithActive(change.ReservationId, change.Amount?.Currency, reservation => Change(reservation, change)),
        DeliverReservation deliver => Deliver(deliver),
        ReleaseReservation release => Release(release),
        CaptureReservation capture => Capture(capture),
        PostInvoice invoice => Post(invoice),
        PostCreditNote note => CreditNote(note),
        PostPayment payment => Pay(payment),
        ReversePayment reversal => Reverse(reversal),
        PostDebit debit => Bill(debit),
        WriteOff write => WriteOff(write),
        ReverseWriteOff back => TakeBack(back),
        AllocateCredit allocate => Allocate(allocate),
        UndoAllocation undo => Undo(undo),
        RequestRefund request => Refund(request),
        ApproveRefund approve => Approve(approve),
        VoidRefundApproval undo => Void(undo),
        FileRefund file => File(file),
        ReportRefund report => Report(report),
        EndRefund end => End(end),
        RaiseDispute raise => Raise(raise),
        ResolveDispute resolve => Resolve(resolve),
        RequestPlan request => RequestPlan(request),
        DecidePlan decide => DecidePlan(decide),
        CancelPlan cancel => CancelPlan(cancel),
        ReleaseRetention release => Release(release),
        ReverseRelease back => TakeBack(back),
        BillInterest bill => Bill(bill),
        RecordUsage record => Meter(record),
        ReleaseUsage release => GiveUp(release),
        _ => throw new ArgumentException($"The model knows no {command.GetType().Name}.", nameof(command)),
    };

    /// <summary>Lapses of what is due now.</summary>
    public void RunDue()
    {
        BreakPlans();
        foreach (var reservation in reservations.Where(each => each.IsActive && each.ExpiresAt <= Now))
        {
            if (reservation.Delivered == 0)
            {
                (reservation.Status, reservation.TimedOut) = (ReservationStatus.Lapsed, 0);
                continue;
            }

            (reservation.TimedOut, reservation.ExpiresAt) = (reservation.Rest - reservation.Delivered, null);
        }
    }

    private static decimal PaidOf(Payment? paid) => paid?.Amount.Amount ?? 0;

    private static string? PaidTooMuch(Money amount, Payment? paid)
    {
        if (paid is null)
        {
            return null;
        }

        return paid.Amount.Currency != amount.Currency ? Refused(RefusalCode.CurrencyMismatch)
            : paid.Amount.Minor > amount.Minor ? Refused(RefusalCode.PaidExceedsAmount) : null;
    }

    private string Put(PutAccount put)
    {
        var unlimited = put.Limits.Unlimited.IsSet ? put.Limits.Unlimited.Value == true : Limits.Unlimited && put.Limits.CreditLimit.Value is null;
        var number = put.Limits.CreditLimit.IsSet ? put.Limits.CreditLimit.Value : Limits.CreditLimit;
        Limits = new Limits(
            unlimited ? null : number, unlimited, put.Limits.Temporary.IsSet ? put.Limits.Temporary.Value : Limits.Temporary,
            put.Limits.ExpiresOn.IsSet ? put.Limits.ExpiresOn.Value : Limits.ExpiresOn);
        closed = put.Closed ?? closed;
        return Done;
    }

    private string Block(SetBlock set)
    {
        blocks[set.Name] = set.AllSales;
        writeOffBlockLifted &= set.Name != WriteOffBlock;
        return Done;
    }

    private string Lift(string name)
    {
        if (!blocks.Remove(name))
        {
            return Refused(RefusalCode.NotFound);
        }

        writeOffBlockLifted = name == WriteOffBlock ? Debts.Any(debt => debt.Left > 0) : writeOffBlockLifted;
        return Done;
    }

    private string Reserve(ReserveCredit command)
    {
        var (amount, of) = (command.Purchase.Amount.Amount, command.Purchase.Amount.Currency);
        if (reservations.Exists(each => each.Id == command.ReservationId!.Value.Value))
        {
            return Taken;
        }

        if (PaidTooMuch(command.Purchase.Amount, command.Purchase.Paid) is { } refused)
        {
            return refused;
        }

        var paid = PaidOf(command.Purchase.Paid);
        var answer = Decide(of, amount, paid, 0, RateOf(of));
        if (answer.StartsWith("approved", StringComparison.Ordinal))
        {
            int? seconds = command.ExpiresInSeconds ?? (command.Kind == ReservationKind.Pos ? 900 : null);
            reservations.Add(new ModelReservation(command.ReservationId!.Value.Value, command.Kind, of)
            {
                Ordered = amount,
                Paid = paid,
                Rest = amount - paid,
                Rate = RateOf(of) ?? ModelRate.One,
                ExpiresAt = seconds is { } length ? Now.AddSeconds(length) : null,
            });
        }

        return answer;
    }

    private ModelReservation? FindReservation(DocumentNumber id) => reservations.Find(each => each.Id == id.Value);

    private string WithActive(DocumentNumber id, Currency? of, Func<ModelReservation, string> then) => FindReservation(id) switch
    {
        null => Refused(RefusalCode.NotFound),
        { Status: ReservationStatus.Captured } => Refused(RefusalCode.ReservationCaptured),
        { Status: ReservationStatus.Released } => Refused(RefusalCode.ReservationReleased),
        { Status: ReservationStatus.Lapsed } => Refused(RefusalCode.ReservationLapsed),
        var found => of is null || of == found.Currency ? then(found) : Refused(RefusalCode.CurrencyMismatch),
    };

    private string Change(ModelReservation reservation, ChangeReservation command)
    {
        var raise = (command.Amount?.Amount ?? reservation.Amount) - reservation.Amount;
        var earmarked = reservation.Earmarked + raise;
        if (earmarked < reservation.Delivered)
        {
            return Refused(RefusalCode.AmountBelowUsed);
        }

        var expiresAt = command.ExpiresInSeconds is { } seconds ? Now.AddSeconds(seconds) : reservation.ExpiresAt;
        if (raise == 0 && expiresAt == reservation.ExpiresAt)
        {
            return Unchanged;
        }

        var isNew = reservation.Earmarked == 0;
        var rate = isNew ? RateOf(reservation.Currency) : reservation.Rate;
        var ends = earmarked == 0 && reservation.Paid == 0;
        var answer = Done;
        if (!ends && (raise > 0 || (reservation.ExpiresAt is { } before && expiresAt > before)))
        {
            answer = Decide(reservation.Currency, earmarked, 0, EarmarkedIn(reservation), rate, isNew ? 0 : reservation.CapturedOnCredit);
            if (!answer.StartsWith("approved", StringComparison.Ordinal))
            {
                return answer;
            }

            reservation.Rate = rate ?? reservation.Rate;
        }

        // What timed out and is wanted after all is taken back before more is added.
        var back = Math.Clamp(raise, 0, reservation.TimedOut);
        reservation.TimedOut -= back;
        reservation.Ordered += raise - back;
        reservation.Rest += raise - back;
        reservation.ExpiresAt = expiresAt;
        reservation.Settle();
        return answer;
    }

    private string Deliver(DeliverReservation command)
    {
        return WithActive(command.ReservationId, null, reservation =>
        {
            if (reservation.Kind != ReservationKind.Order)
            {
                return Refused(RefusalCode.NotAnOrder);
            }

            if (command.Amount is { } given && given.Currency != reservation.Currency)
            {
                return Refused(RefusalCode.CurrencyMismatch);
            }

            var ordered = reservation.Earmarked - reservation.Delivered;
            var part = command.Amount?.Amount ?? ordered;
            if (part > ordered)
            {
                return Refused(RefusalCode.DeliveryExceedsOrder);
            }

            reservation.Delivered += part;
            return part == 0 ? Unchanged : Done;
        });
    }

    private string Release(ReleaseReservation command)
    {
        switch (FindReservation(command.ReservationId))
        {
            case null:
                return Refused(RefusalCode.NotFound);
            case { Status: ReservationStatus.Captured }:
                return Refused(RefusalCode.ReservationCaptured);
            case { Status: ReservationStatus.Released or ReservationStatus.Lapsed }:
                return Unchanged;
            case var active:
                active.Ordered = active.Amount;
                (active.Status, active.Rest, active.TimedOut, active.Delivered) = (ReservationStatus.Released, 0, 0, 0);
                return Done;
        }
    }
}
