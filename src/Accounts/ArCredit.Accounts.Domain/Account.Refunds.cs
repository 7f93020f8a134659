using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>
/// Unapplied credit that is paid out. A request earmarks it: it stays on the ledger, and settles nothing any more. In a file it
/// leaves the ledger; what the bank does not pay comes back to where it was.
/// </summary>
public sealed partial class Account
{
    /// <summary>Refunds that may be open, each part of every snapshot; and credits that one takes.</summary>
    public const int MostRefunds = 100, MostRefundParts = 10;

    /// <summary>Numbers of debit notes and payments that begin so are the account's own, see <see cref="OwedNumber"/>.</summary>
    public const string OwedPrefix = "REFUND-";

    /// <summary>The payment that a refund stood on was taken back.</summary>
    public const string SourceReversed = "PAYMENT_REVERSED";

    // Open ones, and those that ended lately; made when the first one is.
    private SmallMap<DocumentNumber, (RefundState State, long Version)>? refunds;

    private IReadOnlyList<RefundState> OpenRefunds => refunds is null ? [] : [.. refunds.Values.Where(each => each.State.IsOpen).Select(each => each.State)
        .OrderBy(refund => refund.Id.Value, StringComparer.Ordinal)];

    /// <summary>A refund that is open, or ended lately.</summary>
    public RefundState? FindRefund(DocumentNumber id) => refunds?.GetValueOrDefault(id).State;

    private Verdict DecideRefund(RequestRefund command, Standing stand, KnownDocument? known)
    {
        var number = new NumberKey(NumberKind.Refund, command.Id.Value);
        if (FindRefund(command.Id) is not null)
        {
            return new Verdict.Taken(number);
        }

        if (OpenRefunds.Count >= MostRefunds)
        {
            return new Verdict.Refuse(RefusalCode.TooManyRefunds, $"The account has {MostRefunds} open refunds; finish some first.");
        }

        if (PartsOf(command, known, out var parts) is { } refusal)
        {
            return refusal;
        }

        var credits = new List<CreditState>(parts.Count);
        foreach (var part in parts)
        {
            if (FindStanding(part.Kind, part.Number, known, out var credit) is { } missing)
            {
                return missing;
            }

            Require.That(credit.Unapplied >= part.Amount);
            credits.Add(credit with
            {
                Unapplied = credit.Unapplied - part.Amount,
                Refunds = [.. credit.Refunds ?? [], new CreditRefund(command.Id, part.Amount)],
            });
        }

        var warnings = WarningsOf(stand.Today).ToList();
        return new Verdict.Append(
            [new RefundRequested(
                new RefundState(
                    command.Id, command.Amount.Currency, command.Amount.Minor, parts, command.Payee, command.Reason, RefundStatus.Requested, command.By,
                    stand.Today, stand.Context.Now, warnings.Count == 0 ? null : warnings),
                credits, command.Note?.Reference)],
            [number]);
    }

    /// <summary>The credits that pay for a refund, or why there are none: named, or the oldest first, and cleared.</summary>
    private Verdict? PartsOf(RequestRefund command, KnownDocument? known, out List<RefundPart> parts)
    {
        parts = [];
        var currency = command.Amount.Currency;
        if (command.Number is not { } named)
        {
            var left = command.Amount.Minor;
            foreach (var credit in items.OldestCredits(currency).Where(credit => !IsUncleared(credit)))
            {
                var part = Math.Min(left, credit.Open);
                parts.Add(new RefundPart(credit.Kind == NumberKind.Payment ? CreditKind.Payment : CreditKind.CreditNote, credit.Number, part));
                left -= part;
                if (left == 0)
                {
                    break;
                }
            }

            return left > 0 ? Exceeds($"{new Money(command.Amount.Minor - left, currency)} is unapplied and cleared")
                : parts.Count > MostRefundParts ? new Verdict.Refuse(
                    RefusalCode.TooManyRefunds, $"A refund takes at most {MostRefundParts} credits, the oldest first; ask for less at a time, or name one.")
                : null;
        }

        var kind = command.Kind ?? CreditKind.Payment;
        if (items.FindCredit(NumberKey.KindOf(kind), named) is not { } found)
        {
            return FindStanding(kind, named, known, out _) ?? Exceeds($"{Money.Zero(currency)} of {named} is unapplied");
        }

        if (!ReferenceEquals(found.Currency, currency))
        {
            return Mismatch(currency, found.Currency, kind == CreditKind.Payment ? $"payment {named}" : $"credit note {named}");
        }

        if (IsUncleared(found))
        {
            return new Verdict.Refuse(RefusalCode.RefundNotCleared, $"Payment {named} may still come back; it is paid out once it has cleared.");
        }

        parts.Add(new RefundPart(kind, named, command.Amount.Minor));
        return found.Open >= command.Amount.Minor ? null : Exceeds($"{new Money(found.Open, currency)} of {named} is unapplied");

        static Verdict.Refuse Exceeds(string what) => new(RefusalCode.RefundExceedsUnapplied, $"No more than {what}.");
    }

    private bool IsUncleared(OpenCredit credit) => credit.Kind == NumberKind.Payment && uncleared.Contains(credit.Number);

    /// <summary>What whoever approves should know: money goes out to a customer who owes.</summary>
    private IEnumerable<string> WarningsOf(DateOnly today)
    {
        if (items.HasDueBefore(today))
        {
            yield return "OVERDUE_ITEMS";
        }

        if (WrittenOffDebts > 0)
        {
            yield return "WRITTEN_OFF";
        }
    }

    private Verdict DecideApproval(ApproveRefund command, KnownDocument? known) =>
        Find(command.Id, known, out var refund) is { } missing ? missing
        : refund.Status != RefundStatus.Requested ? NotSo(refund, RefundStatus.Approved)
        : refund.RequestedBy == command.By
            ? new Verdict.Refuse(RefusalCode.OwnRequest, $"{command.By} asked for refund {refund.Id}; somebody else has to approve it.")
        : new Verdict.Append(new RefundChanged(refund with
        {
            Status = RefundStatus.Approved,
            ApprovedBy = command.By,
            PayeeVersion = command.PayeeVersion,
            Code = null,
        }));

    private Verdict DecideVoid(VoidRefundApproval command, KnownDocument? known) =>
        Find(command.Id, known, out var refund) is { } missing ? missing
        : refund.Status != RefundStatus.Approved ? NotSo(refund, RefundStatus.Requested)
        : new Verdict.Append(new RefundChanged(refund with { Status = RefundStatus.Requested, ApprovedBy = null, PayeeVersion = 0, Code = command.Code }));

    private Verdict DecideFiling(FileRefund command, Standing stand, KnownDocument? known)
    {
        if (Find(command.Id, known, out var refund) is { } missing)
        {
            return missing;
        }

        if (refund.Status != RefundStatus.Approved)
        {
            // In another file it would be paid twice.
            return refund.File == command.File && refund.EndToEndId == command.EndToEndId
                ? NotSo(refund, refund.Status)
                : new Verdict.Refuse(RefusalCode.RefundState, $"Refund {refund.Id} is {Name(refund.Status)}; only an approved one goes into a file.");
        }

        if (refund.PayeeVersion != command.PayeeVersion)
        {
            return new Verdict.Refuse(RefusalCode.PayeeChanged, $"Refund {refund.Id} was approved for another version of payee {refund.Payee}.");
        }

        var standing = new List<CreditState>(refund.Parts.Count);
        foreach (var part in refund.Parts)
        {
            if (FindStanding(part.Kind, part.Number, known, out var credit) is { } unread)
            {
                return unread;
            }

            standing.Add(credit);
        }

        var on = standing.Aggregate(stand.Today, (latest, credit) => Later(latest, credit.PostedOn));
        if (InOpenPeriod(command, stand, ref on) is { } closed)
        {
            return closed;
        }

        var credits = standing.ConvertAll(credit => credit with
        {
            Refunds = [.. credit.Refunds!.Select(each => each.Id == refund.Id ? each with { PostedOn = on } : each)],
        });
        return new Verdict.Append(new RefundBooked(
            refund with
            {
                Status = RefundStatus.Filed,
                File = command.File,
                EndToEndId = command.EndToEndId,
                PostedOn = on,
                Parts = [.. refund.Parts.Zip(standing, (part, credit) => part with { FxDifference = RefundDifference(part, credit, on, stand) })],
            },
            credits, on));
    }

    /// <summary>What is paid out is worth more or less of the company's currency than when it came in; null without both rates.</summary>
    private static Money? RefundDifference(RefundPart part, CreditState credit, DateOnly on, Standing stand) =>
        ReferenceEquals(credit.Currency, stand.Company.Currency)
            ? null
            : new Means(null, credit.CompanyRate, credit.Currency, stand.Company.Currency, stand.Today)
                .Difference(part.Amount, stand.Context.Reference.FindRate(credit.Currency, stand.Company.Currency, on)?.Rate);

    private Verdict DecideReport(ReportRefund command, KnownDocument? known)
    {
        if (Find(command.Id, known, out var refund) is { } missing)
        {
            return missing;
        }

        var wanted = command.Settled ? RefundStatus.Settled : RefundStatus.Sent;
        return refund.Status is RefundStatus.Filed || (refund.Status is RefundStatus.Sent && command.Settled)
            ? new Verdict.Append(new RefundChanged(refund with { Status = wanted }))
            : NotSo(refund, wanted);
    }

    private Verdict DecideRefundEnd(EndRefund command, Standing stand, KnownDocument? known)
    {
        if (Find(command.Id, known, out var refund) is { } missing)
        {
            return missing;
        }

        var may = command.Outcome switch
        {
            RefundStatus.Cancelled => refund.IsPending,
            RefundStatus.Rejected => refund.Status is RefundStatus.Filed or RefundStatus.Sent,
            RefundStatus.Returned => refund.Status is RefundStatus.Filed or RefundStatus.Sent or RefundStatus.Settled,
            _ => throw new InvariantException($"No refund ends as {command.Outcome}."),
        };
        if (!may)
        {
            return NotSo(refund, command.Outcome);
        }

        var on = command.On ?? Later(stand.Today, refund.PostedOn ?? stand.Today);
        if (refund.PostedOn is { } posted)
        {
            if (InOpenPeriod(command, stand, ref on) is { } closed)
            {
                return closed;
            }

            if (on < posted)
            {
                return new Verdict.Refuse(RefusalCode.ReversalBeforePayment, $"Refund {refund.Id} was posted on {Day(posted)}; it cannot come back before.");
            }
        }

        return GiveBack(refund with { Status = command.Outcome, Code = command.Code, EndedOn = on }, command.Note, on, stand, known);
    }

    private Verdict DecideReinstatement(ReinstateRefund command, Standing stand, KnownDocument? known)
    {
        if (Find(command.Id, known, out var refund) is { } missing)
        {
            return missing;
        }

        var wanted = command.Settled ? RefundStatus.Settled : RefundStatus.Sent;
        if (refund.Status != RefundStatus.Returned)
        {
            return NotSo(refund, wanted);
        }

        if (!command.Settled && OpenRefunds.Count >= MostRefunds)
        {
            return new Verdict.Refuse(RefusalCode.TooManyRefunds, $"The account has {MostRefunds} open refunds; finish some first.");
        }

        var standing = new List<CreditState>(refund.Parts.Count);
        foreach (var part in refund.Parts)
        {
            if (FindStanding(part.Kind, part.Number, known, out var credit) is { } unread)
            {
                return unread;
            }

            if (credit.Unapplied < part.Amount)
            {
                return new Verdict.Refuse(
                    RefusalCode.RefundExceedsUnapplied,
                    $"What came back of refund {refund.Id} has been used: {new Money(credit.Unapplied, refund.Currency)} of {part.Number} is unapplied.");
            }

            standing.Add(credit);
        }

        var on = standing.Aggregate(Later(stand.Today, refund.EndedOn ?? stand.Today), (latest, credit) => Later(latest, credit.PostedOn));
        if (InOpenPeriod(command, stand, ref on) is { } closed)
        {
            return closed;
        }

        var credits = standing.Zip(refund.Parts, (credit, part) => credit with
        {
            Unapplied = credit.Unapplied - part.Amount,
            Refunds = [.. credit.Refunds ?? [], new CreditRefund(refund.Id, part.Amount, on)],
        }).ToList();
        return new Verdict.Append(new RefundBooked(refund with { Status = wanted, PostedOn = on, EndedOn = null, Code = null }, credits, on));
    }

    private Verdict GiveBack(RefundState ended, FreeText? note, DateOnly on, Standing stand, KnownDocument? known)
    {
        var credits = new List<CreditState>();
        var received = new List<PaymentReceived>();
        foreach (var (at, part) in ended.Parts.Index())
        {
            switch (FindStanding(part.Kind, part.Number, known, out var credit))
            {
                case null:
                    credits.Add(Without(credit, ended.Id));
                    break;
                case Verdict.Refuse { Code: RefusalCode.PaymentReversed }:
                    if (FindCredit(part.Kind, part.Number, known, out var source, out _) is { } unknown)
                    {
                        return unknown;
                    }

                    received.Add(CameBack(ended, at, source, on, stand));
                    break;
                case var unread:
                    return unread;
            }
        }

        return new Verdict.Append(
            [new RefundEnded(ended, credits, ended.PostedOn is null ? null : on, note?.Reference), .. received],
            [.. received.Select(payment => new NumberKey(NumberKind.Payment, payment.PaymentId.Value))]);
    }

    /// <summary>
    /// Money that came back of a payment that is not there any more: it settles what the customer owed for it. What the refund
    /// realised is taken back with it, as it is for a payment that still stands.
    /// </summary>
    private PaymentReceived CameBack(RefundState refund, int at, CreditState source, DateOnly on, Standing stand)
    {
        var part = refund.Parts[at];
        var number = OwedNumber(refund, at);
        var lines = new List<Allocation>();
        if (items.Find(number) is { } debit)
        {
            var plain = new Means(null, null, refund.Currency, stand.Company.Currency, stand.Today);
            Spread(Targets(debit.Items), part.Amount, plain, lines, out _);
        }

        return new PaymentReceived(
            number, on, on, refund.Currency, part.Amount, source.Rate, PaymentMethod.Transfer, null, lines, part.Amount - lines.Sum(line => line.Amount), null,
            false, source.CompanyRate, part.FxDifference is { } realised ? realised with { Minor = -realised.Minor } : null);
    }

    // Of the debit note for what a customer has had of a payment that bounced, and of the money when it comes back.
    private static DocumentNumber OwedNumber(RefundState refund, int at) =>
        DocumentNumber.Parse(string.Create(CultureInfo.InvariantCulture, $"{OwedPrefix}{refund.Id}-{at + 1}"));

    /// <summary>
    /// What the refunds of a payment that is taken back come to: those that are not in a file yet are cancelled, and what has left is
    /// owed by the customer, who has had it.
    /// </summary>
    private Verdict? WithoutRefunds(
        CreditState payment, DateOnly on, Standing stand, KnownDocument? known, out (long Unapplied, List<AccountEvent> Changed, List<DebitPosted> Owed) found)
    {
        found = (payment.Unapplied, [], []);
        var changed = new Dictionary<NumberKey, CreditState> { [KeyOf(payment)] = payment };
        foreach (var refund in OpenRefunds.Where(each => each.IsPending && each.Parts.Any(part => IsOf(part, payment))))
        {
            var credits = new List<CreditState>();
            foreach (var part in refund.Parts)
            {
                var key = new NumberKey(NumberKey.KindOf(part.Kind), part.Number.Value);
                if (!changed.TryGetValue(key, out var credit) && FindStanding(part.Kind, part.Number, known, out credit) is { } unread)
                {
                    return unread;
                }

                credits.Add(changed[key] = Without(credit!, refund.Id));
            }

            found.Changed.Add(new RefundEnded(
                refund with { Status = RefundStatus.Cancelled, Code = SourceReversed, EndedOn = stand.Today }, credits, null, null));
        }

        found.Unapplied = changed[KeyOf(payment)].Unapplied;
        foreach (var paid in (payment.Refunds ?? []).Where(each => each.PostedOn is not null))
        {
            if (Find(paid.Id, known, out var refund) is { } missing)
            {
                return missing;
            }

            var at = refund.Parts.Index().First(part => IsOf(part.Item, payment)).Index;
            found.Changed.Add(new RefundChanged(refund with { Warnings = [.. refund.Warnings ?? [], SourceReversed] }));
            found.Owed.Add(new DebitPosted(
                DebitKind.DebitNote, OwedNumber(refund, at), on, on, on, payment.Currency, paid.Amount, payment.Rate, payment.CompanyRate, null, null, false));
        }

        return null;
    }

    /// <summary>A refund as it stands: from memory while it is open, else read.</summary>
    private Verdict? Find(DocumentNumber id, KnownDocument? known, out RefundState refund)
    {
        refund = FindRefund(id)!;
        if (refund is not null)
        {
            return null;
        }

        var request = new DocumentRequest(NumberKind.Refund, id);
        if (known?.Of(request) is not { } reading || reading.AsOfVersion < items.ForgottenThrough)
        {
            return new Verdict.Needs(request);
        }

        refund = reading.Refund!;
        return refund is null ? new Verdict.Refuse(RefusalCode.NotFound, $"There is no refund {id}.") : null;
    }

    private void ApplyRefund(AccountEvent happened)
    {
        switch (happened)
        {
            case RefundRequested { Refund: var refund, Credits: var credits }:
                Require.That(FindRefund(refund.Id) is null && refund.Parts.Sum(part => part.Amount) == refund.Amount);
                Take(refund, credits);
                break;
            case RefundChanged { Refund: var refund }:
                Keep(refund, Version);
                break;
            case RefundBooked { Refund: var refund, Credits: var credits }:
                Take(refund, credits);
                break;
            case RefundEnded { Refund: var refund, Credits: var credits }:
                Take(refund, credits);
                break;
            default:
                throw new InvariantException($"Unknown event {happened.GetType().Name}.");
        }
    }

    private void Take(RefundState refund, IReadOnlyList<CreditState> credits)
    {
        Keep(refund, Version);
        foreach (var credit in credits)
        {
            Remember(credit);
        }
    }

    private void Wake(IReadOnlyList<RefundState> open, long version)
    {
        foreach (var refund in open)
        {
            Keep(refund, version);
        }
    }

    private void Keep(RefundState refund, long version) => (refunds ??= new())[refund.Id] = (refund, version);

    private static CreditState Without(CreditState credit, DocumentNumber refund)
    {
        var left = (credit.Refunds ?? []).Where(each => each.Id != refund).ToList();
        return credit with
        {
            Unapplied = credit.Unapplied + (credit.Refunds ?? []).Where(each => each.Id == refund).Sum(each => each.Amount),
            Refunds = left.Count == 0 ? null : left,
        };
    }

    private static NumberKey KeyOf(CreditState credit) => new(NumberKey.KindOf(credit.Kind), credit.Number.Value);

    private static bool IsOf(RefundPart part, CreditState credit) => part.Kind == credit.Kind && part.Number == credit.Number;

    private static Verdict.Refuse NotSo(RefundState refund, RefundStatus wanted) => refund.Status == wanted
        ? new(RefusalCode.RefundUnchanged, $"Refund {refund.Id} is {Name(wanted)} already.")
        : new(RefusalCode.RefundState, $"Refund {refund.Id} is {Name(refund.Status)}; it cannot become {Name(wanted)}.");

    private static string Name(RefundStatus status) => status.ToString().ToLowerInvariant();

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
