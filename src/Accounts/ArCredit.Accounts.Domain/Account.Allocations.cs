using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Settling with what is unapplied of a payment or credit note, and taking that back.</summary>
public sealed partial class Account
{
    /// <summary>
    /// Lines that a credit may settle at a time. By the policy's order the rest stays unapplied; what was asked for is refused.
    /// </summary>
    public const int MostLines = 1000;

    // Credits whose allocations were changed lately, as they stand; made when the first one is.
    private SmallMap<NumberKey, (CreditState State, long Version)>? creditsLately;

    private Verdict DecideAllocation(AllocateCredit command, Standing stand, KnownDocument? known)
    {
        if (FindStanding(command.Kind, command.Number, known, out var credit) is { } missing)
        {
            return missing;
        }

        if (credit.Unapplied == 0)
        {
            return new Verdict.Refuse(RefusalCode.AllocationExceedsPayment, $"Nothing of {NameOf(credit)} is unapplied.");
        }

        var postedOn = command.PostedOn ?? Later(stand.Today, credit.PostedOn);
        if (InOpenPeriod(command, stand, ref postedOn) is { } closed)
        {
            return closed;
        }

        if (postedOn < credit.PostedOn)
        {
            return new Verdict.Refuse(
                RefusalCode.AllocationBeforeCredit, $"{NameOf(credit)} was posted on {credit.PostedOn:yyyy-MM-dd}; it settles nothing before.");
        }

        var unapplied = new Money(credit.Unapplied, credit.Currency);
        var means = MeansOf(credit.Kind == CreditKind.Payment ? credit.Date : null, postedOn, credit.Currency, credit.CompanyRate, stand);
        List<Allocation> lines;
        if (command.Allocations is null)
        {
            lines = AllocateByPolicy(unapplied, null, means, OrderOf(credit.Kind));
        }
        else if (InMinorUnits(command.Allocations, credit, means, out var requests) is { } fault)
        {
            return fault;
        }
        else if (AllocateAsAsked(unapplied, requests, means, known, out lines, OrderOf(credit.Kind)) is { } refusal)
        {
            return refusal;
        }

        if (lines.Count == 0)
        {
            return new Verdict.Refuse(RefusalCode.AllocationExceedsOpen, $"Nothing is open that {NameOf(credit)} could settle.");
        }

        var no = credit.LastNo + 1;
        var allocated = new CreditAllocated(
            credit with
            {
                Unapplied = credit.Unapplied - lines.Sum(line => line.Amount),
                LastNo = no,
                Groups = [.. credit.Groups, new AllocationGroup(no, postedOn, lines)],
            },
            postedOn);
        return new Verdict.Append(WithBlock(allocated, lines, -1), []);
    }

    private Verdict DecideUndo(UndoAllocation command, Standing stand, KnownDocument? known)
    {
        if (FindStanding(command.Kind, command.Number, known, out var credit) is { } missing)
        {
            return missing;
        }

        var number = NumberKey.OfUndo(command.Kind, command.Number, command.No);
        if (credit.Groups.FirstOrDefault(group => group.No == command.No) is not { } undone)
        {
            return command.No <= credit.LastNo
                ? new Verdict.Taken(number)
                : new Verdict.Refuse(RefusalCode.NotFound, $"{NameOf(credit)} has no allocation {command.No}.");
        }

        var on = command.On ?? Later(stand.Today, undone.PostedOn);
        if (InOpenPeriod(command, stand, ref on) is { } closed)
        {
            return closed;
        }

        if (on < undone.PostedOn)
        {
            return new Verdict.Refuse(
                RefusalCode.AllocationBeforeCredit, $"The allocation was posted on {undone.PostedOn:yyyy-MM-dd}; it cannot be undone before.");
        }

        if (ToReopen(undone.Lines, credit.Kind, new DocumentRequest(NumberKey.KindOf(credit.Kind), credit.Number), known, out var lines) is { } missingGiven)
        {
            return missingGiven;
        }

        var back = new AllocationUndone(
            credit with
            {
                Unapplied = credit.Unapplied + undone.Lines.Sum(line => line.Amount),
                Groups = [.. credit.Groups.Where(group => group.No != command.No)],
            },
            command.No, on, lines, command.Note?.Reference);
        return new Verdict.Append(WithBlock(back, back.Allocations, 1), [number]);
    }

    /// <summary>A credit that was not taken back; otherwise why there is none.</summary>
    private Verdict? FindStanding(CreditKind kind, DocumentNumber number, KnownDocument? known, out CreditState credit)
    {
        credit = null!;
        var isReversed = kind == CreditKind.Payment && reversedLately.ContainsKey(number);
        return (isReversed ? null : FindCredit(kind, number, known, out credit, out isReversed))
            ?? (isReversed ? new Verdict.Refuse(RefusalCode.PaymentReversed, $"Payment {number} has been reversed.") : null);
    }

    /// <summary>A credit as it stands: from memory where it was changed lately, else read.</summary>
    private Verdict? FindCredit(CreditKind kind, DocumentNumber number, KnownDocument? known, out CreditState credit, out bool reversed)
    {
        (credit, reversed) = (null!, false);
        var key = new NumberKey(NumberKey.KindOf(kind), number.Value);
        if (creditsLately is not null && creditsLately.TryGetValue(key, out var lately))
        {
            credit = lately.State;
            return null;
        }

        // What changed it leaves memory like any closed document, so an older reading may miss something.
        var request = new DocumentRequest(key.Kind, number);
        if (known?.Of(request) is not { } reading || reading.AsOfVersion < items.ForgottenThrough)
        {
            return new Verdict.Needs(request);
        }

        if (reading.Credit is not { } stored)
        {
            return new Verdict.Refuse(
                RefusalCode.NotFound, kind == CreditKind.Payment ? $"There is no payment {number}." : $"There is no credit note {number}.");
        }

        (credit, reversed) = (stored.State, stored.Reversed);
        return null;
    }

    /// <summary>
    /// Lines that are to be opened again, each with what stays credited and discounted of its item. Other lines may have come
    /// and gone since it was written, so that is known of an open item, or of one closed lately, or read.
    /// </summary>
    private Verdict.Needs? ToReopen(
        IReadOnlyList<Allocation> lines, CreditKind by, DocumentRequest request, KnownDocument? known, out IReadOnlyList<Allocation> reopened)
    {
        reopened = lines;
        if (lines.All(line => !line.EarnsDiscount))
        {
            return null;
        }

        var reading = known?.Of(request) is { } read && read.AsOfVersion >= items.ForgottenThrough ? read : null;
        var stored = reading?.Given.ToDictionary(given => (given.Invoice, given.Instalment));
        var stands = new Dictionary<(DocumentNumber, int), ItemGiven>();
        var after = new List<Allocation>(lines.Count);
        foreach (var line in lines)
        {
            if (!line.EarnsDiscount || line.WriteOff is not null)
            {
                after.Add(line);
                continue;
            }

            var key = (line.Invoice, line.Instalment);
            var given = stands.GetValueOrDefault(key) ?? items.FindGiven(line.Invoice, line.Instalment);
            if (given is null && stored is null)
            {
                return new Verdict.Needs(request);
            }

            given ??= stored!.GetValueOrDefault(key) ?? new ItemGiven(line.Invoice, line.Instalment, 0, 0);
            given = given with
            {
                Credited = given.Credited - (by == CreditKind.CreditNote ? line.Amount : 0),
                Discounted = given.Discounted - line.Discount,
            };
            Require.That(given.Credited >= 0 && given.Discounted >= 0);
            stands[key] = given;
            after.Add(line with { Credited = given.Credited, Discounted = given.Discounted });
        }

        reopened = after;
        return null;
    }

    private Verdict? InMinorUnits(IReadOnlyList<SettlementRequest> asked, CreditState credit, Means means, out List<AllocationRequest> requests)
    {
        requests = [];
        var left = credit.Unapplied;
        foreach (var request in asked)
        {
            var money = Money.Zero(credit.Currency);
            if (request.Amount is not { } amount)
            {
                var named = items.Find(request.Invoice);
                var meant = named?.Items.Where(item => request.Instalment is { } no ? item.Instalment == no : !item.IsRetained).ToList();
                if (meant is [] && request.Instalment is null)
                {
                    return NotReleased(request.Invoice);
                }

                var open = meant?.Sum(item => request.Part is { } part ? item.OpenOf(part) : item.Open - means.Earned(item))
                    ?? left - Recover(credit.Currency, request.Invoice, request.Instalment, left, [], means);
                if (named is not null && named.OpenUnretained < named.Open && request.Instalment is null)
                {
                    // What is asked for of it before is not there any more: the retention does not stand in for it.
                    open -= requests.Where(earlier => earlier.Invoice == request.Invoice && (request.Part is null || earlier.Part == request.Part)
                        && meant!.Exists(item => (earlier.Instalment ?? item.Instalment) == item.Instalment))
                        .Sum(earlier => earlier.Amount);
                    if (open <= 0 && request.Part is null)
                    {
                        return NotReleased(request.Invoice);
                    }
                }

                // At least one minor unit, so that an invoice of which nothing is open is refused for that.
                money = money with { Minor = Math.Max(1, Math.Min(left, open)) };
            }
            else if (Money.TryFromAmount(amount, credit.Currency, out money) is not AmountFault.None and var fault)
            {
                return fault == AmountFault.TooLarge
                    ? new Verdict.Refuse(RefusalCode.AmountTooLarge, $"{amount} is more than can be held.")
                    : new Verdict.Refuse(RefusalCode.AmountDecimals, $"{amount} has more decimals than {credit.Currency} has ({credit.Currency.Decimals}).");
            }

            left = Math.Max(0, left - money.Minor);
            requests.Add(new AllocationRequest(request.Invoice, request.Instalment, money.Minor, request.Part));
        }

        return null;
    }

    private void ApplyAllocated(CreditAllocated happened)
    {
        Settle(happened.Allocations, happened.Credit.Currency, happened.Credit.Kind);
        Remember(happened.Credit);
    }

    private void ApplyUndone(AllocationUndone happened)
    {
        foreach (var line in happened.Allocations)
        {
            Reopen(line, happened.Credit.Currency, happened.Credit.Kind, bounced: false);
        }

        Remember(happened.Credit);
    }

    private void Remember(CreditState credit)
    {
        var kind = NumberKey.KindOf(credit.Kind);
        var earmarked = credit.Earmarked;
        Require.That(credit.Lines.Sum(line => line.Amount) + credit.Unapplied + earmarked + credit.Refunded == credit.Amount && credit.Unapplied >= 0);
        if (items.FindCredit(kind, credit.Number) is not null)
        {
            items.SetCredit(kind, credit.Number, credit.Unapplied, earmarked);
        }
        else
        {
            AddCredit(kind, credit.Number, credit.Currency, credit.Amount, credit.Rate, credit.Date, credit.Unapplied, earmarked);
        }

        (creditsLately ??= new())[new NumberKey(kind, credit.Number.Value)] = (credit, Version);
    }

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    private static string NameOf(CreditState credit) => credit.Kind == CreditKind.Payment ? $"Payment {credit.Number}" : $"Credit note {credit.Number}";
}
