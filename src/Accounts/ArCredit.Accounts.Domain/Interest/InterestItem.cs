using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Interest;

/// <summary>Principal that came or went: it bears interest through this day, or from the day after it.</summary>
/// <param name="On">Of money its value date.</param>
/// <param name="Amount">Minor units; below 0 = less.</param>
public readonly record struct PrincipalChange(DateOnly On, long Amount);

/// <summary>
/// An instalment of an invoice, or a debit note, as far as interest goes: what was owed from when to when, and what was billed for
/// it. It may be paid long ago: interest that accrued meanwhile is owed all the same.
/// </summary>
/// <param name="Kind">Invoice or debit note.</param>
/// <param name="Invoice">Its number.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="Currency">Its currency.</param>
/// <param name="DueDate">Interest runs from the day after.</param>
/// <param name="Amount">Original, minor units; 0 while it is not posted.</param>
/// <param name="Changes">In any order; what is taken back stands with the day of what it takes back.</param>
/// <param name="Disputed">What is disputed now: nothing new is billed on it.</param>
/// <param name="Billed">In the order in which it was billed.</param>
public sealed record InterestItem(
    DebitKind Kind, DocumentNumber Invoice, int Instalment, Currency Currency, DateOnly DueDate, long Amount, IReadOnlyList<PrincipalChange> Changes,
    long Disputed, IReadOnlyList<InterestSlice> Billed)
{
    /// <summary>
    /// What has accrued up to the end of a day and is not billed. Days that were billed keep the rate that they were billed at: for
    /// them only principal that has turned out to be more or less since is billed or given back.
    /// </summary>
    public IReadOnlyList<InterestSlice> Unbilled(InterestTerms terms, DateOnly through)
    {
        var first = DueDate.AddDays(1);
        var slices = new List<InterestSlice>();
        if (through < first || (Amount == 0 && Billed.Count == 0))
        {
            return slices;
        }

        var graceEnds = DueDate.AddDays(terms.GraceDays);
        var starts = Changes.Select(change => change.On.AddDays(1)).Concat(terms.Rates.Select(rate => rate.From))
            .Concat(Billed.SelectMany(slice => new[] { slice.From, slice.To.AddDays(1) }))
            .Where(day => day > first && day <= through).Append(first).Distinct().Order().ToList();
        for (var i = 0; i < starts.Count; i++)
        {
            var (from, to) = (starts[i], i + 1 < starts.Count ? starts[i + 1].AddDays(-1) : through);
            var owed = Math.Max(0, Amount + Changes.Where(change => change.On < from).Sum(change => change.Amount));

            // What came within the days of grace bears none, and what is open bears none until they are over.
            var inGrace = through <= graceEnds ? owed : -Changes.Where(change => change.On >= from && change.On <= graceEnds).Sum(change => change.Amount);
            var bearing = Math.Max(0, owed - Math.Max(0, inGrace) - Disputed);
            var billed = Billed.Where(slice => slice.From <= from && slice.To >= from).ToList();
            var billedOn = billed.Sum(slice => slice.Principal);
            if (billedOn < bearing)
            {
                Add(slices, new InterestSlice(Invoice, Instalment, from, to, bearing - billedOn, terms.On(from), terms.Unit));
            }
            else if (billedOn > owed)
            {
                GiveBack(slices, billed, from, to, billedOn - owed);
            }
        }

        return slices;
    }

    /// <summary>What was billed last is given back first, at its own rate.</summary>
    private void GiveBack(List<InterestSlice> slices, List<InterestSlice> billed, DateOnly from, DateOnly to, long excess)
    {
        foreach (var rate in Enumerable.Reverse(billed).GroupBy(slice => (slice.Percent, slice.Unit)))
        {
            var part = Math.Min(excess, Math.Max(0, rate.Sum(slice => slice.Principal)));
            excess -= part;
            Add(slices, new InterestSlice(Invoice, Instalment, from, to, -part, rate.Key.Percent, rate.Key.Unit));
        }

        Require.That(excess == 0);
    }

    // Days of which nothing differs are one slice.
    private static void Add(List<InterestSlice> slices, InterestSlice more)
    {
        if (more.Principal == 0 || more.Percent == 0)
        {
            return;
        }

        var before = slices.FindIndex(slice => slice.To == more.From.AddDays(-1) && slice with { From = more.From, To = more.To } == more);
        if (before >= 0)
        {
            slices[before] = slices[before] with { To = more.To };
        }
        else
        {
            slices.Add(more);
        }
    }
}
