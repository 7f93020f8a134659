using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Decisions;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

/// <summary>Limits that hold for some days only.</summary>
public sealed class LimitDaysTests
{
    [Theory]
    [InlineData("2026-03-09T23:59:59Z", 100, "account")]
    [InlineData("2026-03-10T00:00:00Z", 300, "temporary")]
    [InlineData("2026-03-20T23:59:59Z", 300, "temporary")]
    [InlineData("2026-03-21T00:00:00Z", 100, "account")]
    public void A_temporary_limit_holds_on_its_first_and_last_day(string instant, int limit, string scope)
    {
        var story = new AccountBuilder().WithLimit(100).WithTemporaryLimit(300, "2026-03-10", "2026-03-20").Open().On(instant);
        story.Check(limit).ShouldBeApproved();
        story.Check(limit + 0.01m).ShouldCompare(RuleCodes.LimitExceeded, limit + 0.01m, limit, scope);
    }

    [Theory]
    [InlineData("2026-03-09T19:59:59Z", 100)]
    [InlineData("2026-03-09T20:00:00Z", 300)]
    [InlineData("2026-03-20T19:59:59Z", 300)]
    [InlineData("2026-03-20T20:00:00Z", 100)]
    public void Its_days_begin_at_midnight_in_the_companys_zone(string instant, int limit)
    {
        // Baku is four hours ahead of UTC, without summer time.
        var story = new AccountBuilder().InZone("Asia/Baku").WithLimit(100).WithTemporaryLimit(300, "2026-03-10", "2026-03-20").Open().On(instant);
        story.View.Limit.ShouldBe(limit * 100);
    }

    [Fact]
    public void A_temporary_limit_wins_over_a_higher_permanent_one_which_warns()
    {
        var story = new AccountBuilder().WithLimit(1000).Open();
        story.Put(LimitChanges.None with { Temporary = new(true, new TemporaryLimit(300_00, "2026-03-01".Day(), "2026-03-31".Day())) })
            .ShouldAppend<AccountPut>().Warnings.ShouldBe([Account.TemporaryBelowPermanent]);
        story.Check(300.01m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
    }

    [Fact]
    public void A_temporary_limit_holds_back_an_unlimited_account_which_warns()
    {
        var story = new AccountBuilder().Unlimited().WithTemporaryLimit(300, "2026-03-01", "2026-03-31").Open();
        story.Journal.Events[0].ShouldBeOfType<AccountPut>().Warnings.ShouldBe([Account.TemporaryBelowPermanent]);
        story.Check(300.01m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
    }

    [Fact]
    public void A_temporary_limit_of_zero_is_a_limit()
    {
        new AccountBuilder().WithLimit(1000).WithTemporaryLimit(0, "2026-03-01", "2026-03-31").Open().Check(0.01m)
            .ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
    }

    [Theory]
    [InlineData("2026-03-10T23:59:59Z", 0)]
    [InlineData("2026-03-11T00:00:00Z", 1)]
    [InlineData("2026-04-10T00:00:00Z", 31)]
    public void A_limit_is_good_through_its_last_day(string instant, int daysExpired)
    {
        var decision = new AccountBuilder().WithLimit(100).WithLimitExpiringOn("2026-03-10").Open().On(instant).Check(1);
        if (daysExpired == 0)
        {
            decision.ShouldBeApproved();
        }
        else
        {
            decision.ShouldBeDeclinedFor(RuleCodes.LimitExpired);
            decision.ShouldCompare(RuleCodes.LimitExpired, daysExpired, 0, "account");
        }
    }

    [Fact]
    public void Expiry_is_not_tested_inside_a_temporary_limit()
    {
        var story = new AccountBuilder().WithLimit(100).WithLimitExpiringOn("2026-03-10").WithTemporaryLimit(300, "2026-03-12", "2026-03-13").Open();
        story.On("2026-03-11T12:00:00Z").Check(1).ShouldBeDeclinedFor(RuleCodes.LimitExpired);
        story.On("2026-03-12T12:00:00Z").Check(300).ShouldBeApproved();
        story.On("2026-03-14T12:00:00Z").Check(1).ShouldBeDeclinedFor(RuleCodes.LimitExpired);
    }

    [Fact]
    public void Also_an_unlimited_account_expires()
    {
        new AccountBuilder().Unlimited().WithLimitExpiringOn("2026-03-10").Open().On("2026-03-11T00:00:00Z").Check(1)
            .ShouldBeDeclinedFor(RuleCodes.LimitExpired);
    }
}
