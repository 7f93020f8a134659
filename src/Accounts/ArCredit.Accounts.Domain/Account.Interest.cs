using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Interest;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>
/// Interest for late payment. It is worked out from the ledger when it is asked for and is no part of the account until it is
/// billed: then it is a claim like any other.
/// </summary>
public sealed partial class Account
{
    /// <summary>Slices that one claim holds; more are left for the next.</summary>
    public const int MostInterestSlices = 2000;

    // What was read before does not know this claim.
    private long interestBilledAt;

    private Verdict DecideInterest(BillInterest command, Standing stand, KnownDocument? known)
    {
        var number = new NumberKey(NumberKind.Invoice, command.Number.Value);
        if (items.Find(command.Number) is not null)
        {
            return new Verdict.Taken(number);
        }

        var through = command.Through ?? stand.Today;
        if (through > stand.Today)
        {
            return new Verdict.Refuse(
                RefusalCode.InterestInFuture, $"Interest is billed up to today, {stand.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, at the latest.");
        }

        if (InterestTerms.Of(Master.InterestRate, stand.Policy.Interest) is not { } terms)
        {
            return new Verdict.Refuse(RefusalCode.NoInterest, "Neither the account nor its policy has an interest rate.");
        }

        var postedOn = command.PostedOn ?? stand.Today;
        if (InOpenPeriod(command, stand, ref postedOn) is { } closed)
        {
            return closed;
        }

        var request = new DocumentRequest(NumberKind.InterestBasis, command.Number);
        if (known?.Of(request) is not { } basis || basis.AsOfVersion < interestBilledAt)
        {
            return new Verdict.Needs(request);
        }

        var currency = command.Currency ?? Currency;
        var statement = StatementOf(basis.Interest.Where(item => ReferenceEquals(item.Currency, currency)), terms, through);
        var amount = new Money(InterestSum.Of(statement.Slices).Rounded, currency);
        if (amount.Minor <= 0)
        {
            return new Verdict.Refuse(
                RefusalCode.NoInterest,
                $"Up to {through.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} no interest in {currency} has accrued that is not billed.");
        }

        if (amount.Minor > Money.MaxMinor)
        {
            return new Verdict.Refuse(RefusalCode.AmountTooLarge, "The interest is more than a claim can be of.");
        }

        if (PostedRate(amount, command.FxRate, postedOn, stand, out var rate) is { } unheld)
        {
            return unheld;
        }

        var issued = command.IssueDate ?? stand.Today;
        var due = command.DueDate ?? (Master.PaymentTerms ?? stand.Policy.PaymentTerms).DueDate(issued);
        return new Verdict.Append(
            [new DebitPosted(
                DebitKind.Interest, command.Number, issued, due, postedOn, currency, amount.Minor, rate, CompanyRate(currency, rate, postedOn, stand),
                null, command.Reference, false, statement)],
            [number]);
    }

    /// <summary>Whole items only, so that what is left over is the same as if it had not been looked at.</summary>
    private static InterestStatement StatementOf(IEnumerable<InterestItem> basis, InterestTerms terms, DateOnly through)
    {
        var slices = new List<InterestSlice>();
        foreach (var item in basis)
        {
            var more = item.Unbilled(terms, through);
            if (slices.Count > 0 && slices.Count + more.Count > MostInterestSlices)
            {
                return new InterestStatement(through, slices, More: true);
            }

            slices.AddRange(more);
        }

        return new InterestStatement(through, slices);
    }

    private void ApplyInterest(DebitPosted posted)
    {
        if (posted.Interest is { } billed)
        {
            Require.That(posted.Kind == DebitKind.Interest && InterestSum.Of(billed.Slices).Rounded == posted.Amount);
            interestBilledAt = Version;
        }
    }
}
