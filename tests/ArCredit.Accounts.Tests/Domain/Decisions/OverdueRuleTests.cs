using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

public sealed class OverdueRuleTests
{
    [Theory]
    [InlineData("2026-03-14T19:59:59Z", 0)]
    [InlineData("2026-03-14T20:00:00Z", 1)]
    public void An_item_is_overdue_from_midnight_after_its_due_date_in_the_companys_zone(string instant, int days)
    {
        var story = With(new CreditPolicy { OverdueDays = new(0, null, RuleAction.Decline) }, zone: "Asia/Baku");
        story.Invoice("I-1", 100, due: "2026-03-14");
        var decision = story.On(instant).Check(1);
        (story.View.OverdueDays, story.View.Overdue.Amount).ShouldBe((days, days * 100_00));
        if (days == 0)
        {
            decision.ShouldBeApproved();
        }
        else
        {
            decision.ShouldCompare(RuleCodes.OverdueDays, 1, 0, "company:main");
        }
    }

    [Fact]
    public void As_many_days_as_allowed_pass_and_one_more_does_not()
    {
        var story = With(new CreditPolicy { OverdueDays = new(30, null, RuleAction.Refer) });
        story.Invoice("I-1", 100, due: "2026-03-02");
        story.AfterDays(30).Check(1).ShouldBeApproved();
        story.AfterDays(1).Check(1).ShouldBeReferredFor(RuleCodes.OverdueDays);
    }

    [Fact]
    public void Items_below_the_small_amount_are_ignored_and_one_of_that_amount_is_not()
    {
        var story = With(new CreditPolicy { OverdueDays = new(5, 20, RuleAction.Decline) });
        story.Invoice("I-1", 19.99m, due: "2026-03-02");
        story.Invoice("I-2", 20m, due: "2026-03-10");
        story.Invoice("I-3", 500m, due: "2026-03-12");
        story.On("2026-03-15T09:00:00Z").Check(1).ShouldBeApproved();
        story.On("2026-03-16T09:00:00Z").Check(1).ShouldCompare(RuleCodes.OverdueDays, 6, 5, "company:main");
    }

    [Fact]
    public void Unapplied_credits_are_set_against_the_oldest_due_items_first()
    {
        var story = With(new CreditPolicy { OverdueDays = new(5, null, RuleAction.Decline), OverdueAmount = new(100, null, RuleAction.Decline) });
        story.Invoice("I-1", 60, due: "2026-03-02");
        story.Invoice("I-2", 60, due: "2026-03-10");
        story.Invoice("I-3", 60, due: "2026-03-11");
        story.On("2026-03-16T09:00:00Z").Check(1).ShouldBeDeclinedFor(RuleCodes.OverdueDays, RuleCodes.OverdueAmount);

        story.Pay("P-1", 30, allocations: []);
        story.CreditNote("C-1", 40);
        story.View.Overdue.ShouldBe(new OverdueFacts(110_00, "2026-03-10".Day(), []), Overdues.WithoutSteps);
        story.Check(1).ShouldCompare(RuleCodes.OverdueDays, 6, 5, "company:main");

        story.Pay("P-2", 50, allocations: []);
        story.View.Overdue.ShouldBe(new OverdueFacts(60_00, "2026-03-11".Day(), []), Overdues.WithoutSteps);
        story.Check(1).ShouldBeApproved();

        story.Pay("P-3", 60, allocations: []);
        story.View.Overdue.ShouldBe(OverdueFacts.None, Overdues.WithoutSteps);
        story.View.OverdueDays.ShouldBe(0);
    }

    [Fact]
    public void What_is_left_of_an_item_after_credits_is_held_against_the_small_amount()
    {
        var story = With(new CreditPolicy { OverdueDays = new(5, 20, RuleAction.Decline) });
        story.Invoice("I-1", 60, due: "2026-03-02");
        story.AfterDays(10).Check(1).ShouldBeDeclinedFor(RuleCodes.OverdueDays);
        story.Pay("P-1", 40.01m, allocations: []);
        story.Check(1).ShouldBeApproved();
    }

    [Fact]
    public void Credits_of_another_currency_do_not_lessen_what_is_overdue()
    {
        var story = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.5m).Open();
        story.Invoice("I-1", 60, due: "2026-03-02");
        story.Invoice("I-2", 100, of: "USD", due: "2026-03-03");
        story.Pay("P-1", 80, of: "USD", allocations: []);
        story.AfterDays(5);
        story.View.Overdue.ShouldBe(new OverdueFacts(70_00, "2026-03-02".Day(), []), Overdues.WithoutSteps);
    }

    [Fact]
    public void The_overdue_amount_may_reach_the_threshold()
    {
        var story = With(new CreditPolicy { OverdueAmount = new(100, null, RuleAction.Decline) });
        story.Invoice("I-1", 100, due: "2026-03-02");
        story.AfterDays(1).Check(1).ShouldBeApproved();
        story.Invoice("I-2", 0.01m, due: "2026-03-02");
        story.Check(1).ShouldCompare(RuleCodes.OverdueAmount, 100.01m, 100m, "company:main");
    }

    [Fact]
    public void With_a_share_the_overdue_amount_must_be_above_both()
    {
        var story = With(new CreditPolicy { OverdueAmount = new(100, 20, RuleAction.Decline) });
        story.Invoice("I-1", 200, due: "2026-03-02");
        story.AfterDays(1).Check(1).ShouldBeApproved();
        story.Invoice("I-2", 0.01m, due: "2026-03-02");
        var above = story.Check(1);
        above.ShouldBeDeclinedFor(RuleCodes.OverdueAmount);
        above.ShouldCompare(RuleCodes.OverdueAmount, 200.01m, 200m, "company:main");
        above.Reasons[0].Message.ShouldBe("The overdue amount is above 20 % of the limit: 200.01 against 200.00 EUR.");
        story.Put(LimitChanges.None with { Unlimited = new(true, true) });
        story.Check(1).ShouldBeApproved();
    }

    [Theory]
    [InlineData(100, 10, 1000, "above 10 % of the limit: 1200.00 against 1000.00 EUR")]
    [InlineData(1100, 10, 1100, "above what is allowed and above 10 % of the limit: 1200.00 against 1100.00 EUR")]
    [InlineData(1000, 10, 1000, "above what is allowed and above 10 % of the limit: 1200.00 against 1000.00 EUR")]
    [InlineData(100, 0, 100, "above what is allowed and above 0 % of the limit: 1200.00 against 100.00 EUR")]
    public void Of_amount_and_share_the_larger_is_what_the_overdue_amount_was_held_against(int amount, int share, int threshold, string message)
    {
        var story = new AccountBuilder().WithLimit(10_000).WithPolicy(new CreditPolicy { OverdueAmount = new(amount, share, RuleAction.Decline) }).Open();
        story.Invoice("I-1", 1200, due: "2026-03-02");
        var decision = story.AfterDays(1).Check(1);
        decision.ShouldCompare(RuleCodes.OverdueAmount, 1200, threshold, "company:main");
        decision.Reasons[0].Message.ShouldContain(message);
    }

    [Theory]
    [InlineData(1, "1 day")]
    [InlineData(2, "2 days")]
    public void One_day_is_a_day(int days, string said)
    {
        var story = With(new CreditPolicy { OverdueDays = new(0, null, RuleAction.Decline), NearLimit = new(1, 0, RuleAction.Warn) });
        story.Invoice("I-1", 10, due: "2026-03-02");
        story.Put(LimitChanges.None with { ExpiresOn = new(true, "2026-03-02".Day()) });
        story.AfterDays(days).Check(1).Reasons.Select(reason => reason.Message.Split(" (from")[0]).ShouldBe([
            $"The limit expired on 2026-03-02, {said} ago.", $"The oldest overdue item is {said} overdue; up to 0 are allowed.",
            $"The customer is {said} overdue"]);
    }

    [Fact]
    public void Overdue_and_near_the_limit_says_from_how_many_days_and_from_how_much_it_holds()
    {
        var story = With(new CreditPolicy { NearLimit = new(15, 95, RuleAction.Refer) });
        story.Invoice("I-1", 960, due: "2026-03-02");
        var reached = story.AfterDays(20).Check(1);
        reached.ShouldCompare(RuleCodes.OverdueAndNearLimit, 0.96m, 0.95m, "company:main");
        reached.Reasons[0].Message.ShouldBe("The customer is 20 days overdue (from 15) and has reached 96 % of the credit limit (from 95 %).");
        story.Put(LimitChanges.None with { CreditLimit = new(true, 0) });
        story.Check(1).Reasons[^1].Message.ShouldBe("The customer is 20 days overdue (from 15) and has no limit to use.");
    }

    [Fact]
    public void Any_overdue_amount_is_above_every_share_of_a_limit_of_zero()
    {
        var story = new AccountBuilder().WithLimit(0).WithPolicy(new CreditPolicy { OverdueAmount = new(0, 50, RuleAction.Refer) }).Open();
        story.Invoice("I-1", 0.01m, due: "2026-03-02");
        story.AfterDays(1).Check(1).Codes().ShouldBe([RuleCodes.LimitExceeded, RuleCodes.OverdueAmount]);
    }

    [Fact]
    public void Twenty_days_overdue_and_95_per_cent_of_the_limit_reached()
    {
        var story = With(new CreditPolicy { NearLimit = new(20, 95, RuleAction.Refer) });
        story.Invoice("I-1", 950, due: "2026-03-02");
        story.AfterDays(19).Check(1).ShouldBeApproved();

        var reached = story.AfterDays(1).Check(1);
        reached.ShouldBeReferredFor(RuleCodes.OverdueAndNearLimit);
        reached.ShouldCompare(RuleCodes.OverdueAndNearLimit, 0.95m, 0.95m, "company:main");
        reached.Reasons[0].Message.ShouldBe("The customer is 20 days overdue (from 20) and has reached 95 % of the credit limit (from 95 %).");

        story.Pay("P-1", 0.01m);
        story.Check(1).ShouldBeApproved();
    }

    [Fact]
    public void With_a_limit_of_zero_any_exposure_is_near_it()
    {
        var story = new AccountBuilder().WithLimit(0).WithPolicy(new CreditPolicy { NearLimit = new(1, 95, RuleAction.Refer) }).Open();
        story.Invoice("I-1", 1, due: "2026-03-02");
        story.AfterDays(1).Check(1).Codes().ShouldBe([RuleCodes.LimitExceeded, RuleCodes.OverdueAndNearLimit]);
    }

    [Fact]
    public void Overdue_is_a_function_of_today_and_not_of_the_last_write()
    {
        var story = With(CreditPolicy.Empty);
        story.Invoice("I-1", 10, due: "2026-03-04");
        story.Invoice("I-2", 20, due: "2026-03-05");
        story.View.Overdue.Amount.ShouldBe(0);
        story.AfterDays(3).View.Overdue.Amount.ShouldBe(10_00);
        story.AfterDays(1).View.Overdue.Amount.ShouldBe(30_00);
        story.AfterDays(-1).View.Overdue.Amount.ShouldBe(10_00);
    }

    [Fact]
    public void A_decision_holds_at_most_32_steps_and_among_them_the_one_its_rule_asks_for()
    {
        var story = With(new CreditPolicy { OverdueDays = new(5, 40, RuleAction.Decline) });
        for (var i = 1; i <= 45; i++)
        {
            story.Invoice($"I-{i}", i, due: new DateOnly(2026, 3, 2).AddDays(i).ToString("yyyy-MM-dd", null));
        }

        var decision = story.AfterDays(60).Check(1);
        decision.ShouldCompare(RuleCodes.OverdueDays, 20, 5, "company:main");
        decision.Facts.Overdue.Steps.Count.ShouldBe(32);
        decision.Facts.Overdue.Steps.Select(step => step.LargestItem).ShouldBeInOrder();
        decision.Facts.Overdue.Steps[^1].LargestItem.ShouldBe(40_00);
    }

    private static AccountStory With(CreditPolicy policy, string zone = "UTC") =>
        new AccountBuilder().InZone(zone).WithLimit(1000).WithPolicy(policy).Open();
}
