using System.Diagnostics;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>Money that can come back, against adding it up by hand; and an account that has a lot of it.</summary>
public sealed class UnclearedMoneyTests
{
    private const int Many = 50_000;
    private static readonly DateOnly Start = new(2026, 3, 2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sums_and_what_has_cleared_are_those_of_adding_it_up(int seed)
    {
        var random = new Random(seed);
        var money = new UnclearedMoney();
        var left = new List<UnclearedPayment>();
        for (var step = 0; step < 600; step++)
        {
            // Up to some seventy payments and down to none, twice.
            if (step / 150 % 2 == 0 || left.Count == 0)
            {
                left.Add(new UnclearedPayment($"P{random.Next(100)}-{step}".No(), Start.AddDays(random.Next(12)), random.Next(3) * random.Next(500)));
                money.Add(left[^1]);
            }
            else
            {
                var gone = left[random.Next(left.Count)];
                money.Remove(gone.PaymentId).ShouldBeTrue();
                money.Remove(gone.PaymentId).ShouldBeFalse();
                left.Remove(gone);
            }

            var today = Start.AddDays(random.Next(-1, 14));
            money.SumOn(today).ShouldBe(left.Where(payment => payment.ClearsOn >= today).Sum(payment => payment.Amount));
            money.ClearedBy(today).ShouldBe(left.Where(payment => payment.ClearsOn < today)
                .OrderBy(payment => payment.ClearsOn).ThenBy(payment => payment.PaymentId.Value, StringComparer.Ordinal));
            (money.Total, money.Count).ShouldBe((left.Sum(payment => payment.Amount), left.Count));
            money.Payments.ShouldBe(left, ignoreOrder: true);
        }
    }

    [Fact]
    public void What_clears_comes_by_day_and_number_also_after_a_sleep()
    {
        var story = new AccountBuilder().WithLimit(100).Open();
        story.Pay("P-2", 1, clearsOn: "2026-03-05", allocations: []);
        story.Pay("P-3", 2, clearsOn: "2026-03-04", allocations: []);
        story.Pay("P-1", 4, clearsOn: "2026-03-05", allocations: []);
        story.Pay("P-0", 8, clearsOn: "2026-03-06", allocations: []);
        story.Reverse("P-3", ReversalReason.Bounced);
        story.Sleep().Exposure.Uncleared.ShouldBe(13_00);
        story.On("2026-03-06T12:00:00Z").Exposure.Uncleared.ShouldBe(8_00, "also before it is recorded");
        story.RunDue().ShouldBe([new MoneyCleared("P-1".No(), "2026-03-05".Day()), new MoneyCleared("P-2".No(), "2026-03-05".Day())]);
        story.RunDue().ShouldBeEmpty();
        story.Account.DocumentCount.ShouldBe(4, "three credits and what is still underway");
    }

    [Fact]
    public void Fifty_thousand_open_direct_debits_slow_down_no_decision()
    {
        var (one, many) = (With(1).Story, With(Many).Story);
        Quickest(one);
        var (with, without) = (Quickest(many), Quickest(one));
        with.ShouldBeLessThan(10 * without, $"{with} against {without}");
    }

    [Fact]
    public void The_midnight_that_clears_fifty_thousand_direct_debits_takes_about_as_long_as_they_took_to_come()
    {
        With(Many / 10);
        var (story, taken) = With(Many);
        var before = Stopwatch.GetTimestamp();
        var due = story.AfterDays(40).Account.DecideDue(story.Context());
        due.Count.ShouldBe(Many);
        foreach (var cleared in due.Reverse())
        {
            story.Account.Apply(cleared);
        }

        story.Exposure.Uncleared.ShouldBe(0);
        Stopwatch.GetElapsedTime(before).ShouldBeLessThan(15 * taken, $"they took {taken} to come");
    }

    private static TimeSpan Quickest(AccountStory story) => Enumerable.Range(0, 7).Min(_ =>
    {
        var before = Stopwatch.GetTimestamp();
        for (var i = 0; i < 1_000; i++)
        {
            story.Check(1);
        }

        return Stopwatch.GetElapsedTime(before);
    });

    private static (AccountStory Story, TimeSpan Taken) With(int debits)
    {
        var story = new AccountBuilder().WithLimit(1_000_000).Open();
        var before = Stopwatch.GetTimestamp();
        for (var i = 0; i < debits; i++)
        {
            story.Account.Apply(new PaymentReceived(
                $"P-{i:00000}".No(), Start, Start, story.Currency, 1_00, 1, PaymentMethod.Transfer, Start.AddDays(30), [], 1_00, null, false));
        }

        return (story, Stopwatch.GetElapsedTime(before));
    }
}
