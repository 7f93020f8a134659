using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>Interest, counted day by day.</summary>
internal sealed partial class ReferenceAccount
{
    public static string Billed(decimal amount) => string.Create(CultureInfo.InvariantCulture, $"billed {amount:0.000}");

    /// <summary>What was taken off items, with the day to whose end they bore interest; below 0 = put back.</summary>
    private IEnumerable<(ModelItem Item, DateOnly On, decimal Amount)> Reductions =>
        (from credit in credits
         from line in credit.Reversed ? [] : credit.Allocations
         where line.Debt is null
         select (line.Item, credit.IsOfDispute ? DateOnly.MinValue : (credit.IsPayment ? credit.ValueDate : credit.IssueDate)!.Value, line.Taken))
        .Concat(writeOffs.SelectMany(each => each.Debts, (each, debt) => (debt.Line.Item, each.On, debt.Line.Taken)))
        .Concat(writeOffs.Where(each => each.Reversed).SelectMany(each => each.Debts, (each, debt) => (debt.Line.Item, each.ReversedOn!.Value, -debt.Line.Taken)));

    private string Bill(BillInterest command)
    {
        if (FindInvoice(command.Number) is not null)
        {
            return Taken;
        }

        var through = command.Through ?? Today;
        if (through > Today)
        {
            return Refused(RefusalCode.InterestInFuture);
        }

        var of = command.Currency ?? currency;
        var days = terms.Interest is null ? [] : DaysToBill(of, through).ToList();
        var perYear = terms.Interest switch { InterestUnit.Year360 => 360, InterestUnit.Day => 1, _ => 365 };
        var sum = days.Sum(day => day.Principal * RateOn(day.On));
        var amount = Math.Sign(sum) * new ModelRate(1, 100 * perYear).Of(Math.Abs(sum), of.Decimals);
        if (amount <= 0)
        {
            return Refused(RefusalCode.NoInterest);
        }

        if (RateOf(of) is not { } rate)
        {
            return Refused(RefusalCode.NoRate);
        }

        days.ForEach(day => day.Item.Billed[day.On] = day.Item.Billed.GetValueOrDefault(day.On) + day.Principal);
        invoices.Add(new ModelInvoice(command.Number.Value, of, rate, Today, amount, [new ModelItem(1, Today.AddDays(30), amount)], [])
        {
            Kind = DebitKind.Interest,
            CompanyRate = CompanyRateOf(of),
        });
        return Billed(amount);
    }

    private decimal RateOn(DateOnly day) =>
        ModelTerms.InterestRates.Where(rate => ModelTerms.FirstDay.AddDays(rate.Day) <= day).Select(rate => rate.Percent).LastOrDefault();

    /// <summary>Each late day of each item with the principal that it has to be billed for, or that was billed too much.</summary>
    private IEnumerable<(ModelItem Item, DateOnly On, decimal Principal)> DaysToBill(Currency of, DateOnly through)
    {
        var reductions = Reductions.ToList();
        foreach (var (invoice, item) in from invoice in invoices where invoice.Currency == of && !invoice.IsClaim from item in invoice.Items select (invoice, item))
        {
            var disputed = disputes.Where(dispute => dispute.IsOpen && dispute.Invoice == invoice).Sum(dispute => dispute.Of(item));
            var lastOfGrace = item.DueDate.AddDays(terms.InterestGrace);
            for (var day = item.DueDate.AddDays(1); day <= through; day = day.AddDays(1))
            {
                var owed = Math.Max(0, (item.IsGone ? 0 : item.Amount) - reductions.Where(each => each.Item == item && each.On < day).Sum(each => each.Amount));
                var inGrace = through <= lastOfGrace
                    ? owed
                    : Math.Max(0, reductions.Where(each => each.Item == item && each.On >= day && each.On <= lastOfGrace).Sum(each => each.Amount));
                var bearing = Math.Max(0, owed - inGrace - disputed);
                var billed = item.Billed.GetValueOrDefault(day);
                yield return (item, day, billed < bearing ? bearing - billed : billed > owed ? owed - billed : 0);
            }
        }
    }
}
