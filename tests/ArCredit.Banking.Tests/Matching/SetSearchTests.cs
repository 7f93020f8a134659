using System.Diagnostics;
using ArCredit.Banking.Matching;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Matching;

public sealed class SetSearchTests
{
    private readonly SetSearch search = new(TimeProvider.System);

    /// <summary>Every set of up to six items, looked at one by one.</summary>
    [Fact]
    public void Finds_what_looking_at_every_set_finds()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var amounts = Enumerable.Range(0, random.Next(0, 13)).Select(_ => (long)random.Next(1, seed % 2 == 0 ? 30 : 2000)).ToArray();
            long target = random.Next(1, seed % 2 == 0 ? 90 : 6000);
            var sets = Enumerable.Range(1, (1 << amounts.Length) - 1).Where(set => int.PopCount(set) <= SetSearch.MaxItems)
                .Count(set => amounts.Where((_, at) => (set >> at & 1) == 1).Sum() == target);
            var found = search.Find(amounts, target);
            found.Outcome.ShouldBe(sets switch { 0 => SetOutcome.None, 1 => SetOutcome.One, _ => SetOutcome.Several }, $"seed {seed}");
            if (sets > 0)
            {
                found.Items.Sum(index => amounts[index]).ShouldBe(target);
                found.Items.Distinct().Count().ShouldBe(found.Items.Count);
            }
        }
    }

    [Fact]
    public void A_run_begins_with_the_oldest()
    {
        SetSearch.RunOf([10, 20, 30], 30).ShouldBe(2);
        SetSearch.RunOf([10, 20, 30], 60).ShouldBe(3);
        SetSearch.RunOf([10, 20, 30], 50).ShouldBe(0);
        SetSearch.RunOf([], 50).ShouldBe(0);
        SetSearch.RunOf([.. Enumerable.Repeat(1L, 5000)], 3000).ShouldBe(0);
    }

    /// <summary>However many items: the search ends in its time, and what it did not finish it does not claim.</summary>
    [Fact]
    public void Five_thousand_items_are_searched_within_the_budget()
    {
        var random = new Random(1);
        var many = Enumerable.Range(0, 5000).Select(_ => (long)random.Next(10_000, 10_000_000) * 2).ToArray();
        search.Find(many, many[17] + 1);
        var started = Stopwatch.GetTimestamp();
        var odd = search.Find(many, (many[17] + many[4000] + many[123] + many[9] + many[1000] + many[77]) | 1);
        var took = Stopwatch.GetElapsedTime(started);
        odd.Outcome.ShouldBe(SetOutcome.CutShort);
        took.ShouldBeLessThan(SetSearch.Budget + TimeSpan.FromMilliseconds(50), "the budget, and what a busy machine adds to it");
        search.Find(many, many[17] + many[4000]).Outcome.ShouldBeOneOf(SetOutcome.CutShort, SetOutcome.Several);
    }
}
