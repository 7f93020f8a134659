using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Metered usage: exposure before there is an invoice, and no more once there is one.</summary>
public sealed partial class Account
{
    private static readonly UsageBook Nothing = new();

    private UsageBook? usage;

    private long UsageExposure => usage?.Total ?? 0;

    private Verdict DecideUsage(RecordUsage command, Standing stand)
    {
        var usedAt = command.UsedAt ?? stand.Context.Now;
        var day = stand.Company.DateOf(usedAt);
        if (day > stand.Today && !stand.Context.History)
        {
            return new Verdict.Refuse(RefusalCode.UsageInFuture, "It has not been used yet.", "usedAt");
        }

        var own = ReferenceEquals(command.Currency, Currency);
        if ((own ? 1m : command.FxRate ?? stand.Context.Reference.FindRate(command.Currency, Currency, day)?.Rate) is not { } rate)
        {
            return new Verdict.Refuse(RefusalCode.NoRate, $"No rate from {command.Currency} to the account's currency is published; publish one or send fxRate.");
        }

        var closed = command.Unbilled ? null : usage?.ClosingOf(command.Subscription, day);
        long raised = 0;
        if (closed is null)
        {
            var exact = Exact(command.Amount, rate);
            if (HoldsNot(command.Subscription, day, exact) is { } refusal)
            {
                return refusal;
            }

            raised = (usage ?? Nothing).RaisedBy(command.Subscription, exact);
            if (raised > 0 && Beyond(raised) is { } unheld)
            {
                return unheld;
            }
        }

        var exposure = ExposureOn(stand.Today).Total + raised;
        var policyRate = stand.Context.Reference.FindRate(stand.Company.Currency, Currency, stand.Today)?.Rate;
        var limit = EffectiveLimit.Of(Limits, stand.Policy, Currency, policyRate, stand.Today);
        return new Verdict.Append(
            [new UsageRecorded(new UsageState(
                command.Id, command.Subscription, usedAt, day, command.Currency, command.Amount, rate, command.Quantity, command.Unit, closed, Currency, exposure,
                limit.Amount - exposure - UnavailableDebt))],
            [new NumberKey(NumberKind.Usage, command.Id.Value)]);
    }

    private Verdict DecideUsageRelease(ReleaseUsage command, Standing stand) =>
        UsageAhead([command.Usage], stand) ?? (Verdict)new Verdict.Append(
            [new UsageReleased(command.Id, ClosedBy(command.Usage), command.Reason)], [new NumberKey(NumberKind.UsageRelease, command.Id.Value)]);

    /// <summary>A refusal when usage of days to come is to be billed, or more subscriptions than are kept.</summary>
    private Verdict.Refuse? UsageAhead(IReadOnlyList<BilledUsage> billed, Standing stand)
    {
        if (billed.FirstOrDefault(each => each.Through > stand.Today) is { } ahead && !stand.Context.History)
        {
            return new(RefusalCode.UsageInFuture, $"Usage of {ahead.Subscription} cannot be billed through {ahead.Through:yyyy-MM-dd} before that day.", "usage");
        }

        return billed.Count(each => !(usage ?? Nothing).Has(each.Subscription)) + (usage?.Count ?? 0) > UsageBook.MostSubscriptions ? TooMuchUsage : null;
    }

    private UsageClosed ClosedBy(BilledUsage billed) => new(billed.Subscription, billed.Through, (usage ?? Nothing).LoweredBy(billed), Currency);

    private Verdict.Refuse? HoldsNot(string subscription, DateOnly day, decimal exact)
    {
        var book = usage ?? Nothing;
        var before = book.On(subscription, day);
        return before + exact < 0
            ? new(RefusalCode.UsageBelowZero, $"More would be taken back than was metered of {subscription} on {day:yyyy-MM-dd}.", "amount")
            : book.Days >= UsageBook.MostDays || (!book.Has(subscription) && book.Count >= UsageBook.MostSubscriptions) ? TooMuchUsage : null;
    }

    // Eight decimals of the minor unit: finer than any meter, and coarse enough that a rate such as 1/1.2 leaves no trace in a sum.
    private decimal Exact(decimal amount, decimal rate) => decimal.Round(amount * rate * Currency.MinorPerMajor, 8, MidpointRounding.ToEven);

    private void ApplyUsage(AccountEvent happened)
    {
        switch (happened)
        {
            case UsageRecorded { Usage: var metered }:
                currencyFixed = true;
                if (metered.Closed is null)
                {
                    (usage ??= new()).Add(metered.Subscription, metered.UsedOn, Exact(metered.Amount, metered.Rate));
                }

                break;
            case UsageReleased released:
                CloseUsage(released.Closed, null);
                break;
            default:
                ApplyRefund(happened);
                break;
        }
    }

    private void CloseUsage(UsageClosed closed, DocumentNumber? invoice)
    {
        var before = UsageExposure;
        (usage ??= new()).Close(closed.Subscription, new UsageClosing(closed.Through, invoice));
        Require.That(before - UsageExposure == closed.Amount);
    }

    private static Verdict.Refuse TooMuchUsage => new(
        RefusalCode.TooMuchUsage, $"An account keeps {UsageBook.MostDays} days of open usage and {UsageBook.MostSubscriptions} subscriptions; bill or release some.");
}
