using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

public sealed class CurrencyTests
{
    [Fact]
    public void Yen_have_no_decimals()
    {
        var story = new AccountBuilder().In("JPY").WithLimit(10_000).WithPolicy(new CreditPolicy { TolerancePercent = 0.005m }).Open();
        story.Reserve("R-1", 10_000).ShouldBeApproved();
        story.Exposure.Orders.ShouldBe(10_000);
        var above = story.Check(1);
        above.ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        above.ShouldCompare(RuleCodes.LimitExceeded, 10_001, 10_000.5m, "account");
        story.Capture("R-1", "I-1", 3_333);
        (story.Exposure.OpenInvoices, story.Exposure.Orders).ShouldBe((3_333, 6_667));
        Money.TryFromAmount(0.5m, Currency.Parse("JPY"), out _).ShouldBe(AmountFault.TooManyDecimals);
    }

    [Fact]
    public void Kuwaiti_dinars_have_three_decimals()
    {
        var story = new AccountBuilder().In("KWD").WithLimit(1.005m).Open();
        story.Reserve("R-1", 1.005m).ShouldBeApproved();
        story.Exposure.Orders.ShouldBe(1005);
        var above = story.Check(0.001m);
        above.ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        above.ShouldCompare(RuleCodes.LimitExceeded, 1.006m, 1.005m, "account");
        above.Reasons[0].Message.ShouldContain("1.006 against 1.005 KWD");
    }

    [Fact]
    public void A_currency_outside_the_policys_list_is_declined()
    {
        var story = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 1)
            .WithPolicy(new CreditPolicy { Currencies = new([Currency.Parse("EUR"), Currency.Parse("AZN")], RuleAction.Decline) }).Open();
        story.Check(1).ShouldBeApproved();
        var decision = story.Check(1, of: "USD");
        decision.ShouldBeDeclinedFor(RuleCodes.CurrencyNotAllowed);
        decision.Reasons[0].Message.ShouldBe("USD is not among the allowed currencies (EUR, AZN).");
    }

    [Theory]
    [InlineData("USD", "EUR", "0.5", "0.5")]
    [InlineData("EUR", "USD", "2", "0.5")]
    public void A_published_rate_is_used_in_either_direction_and_stored(string from, string to, string published, string rate)
    {
        var story = new AccountBuilder().WithLimit(100)
            .WithRate(from, to, "2026-03-01", decimal.Parse(published, System.Globalization.CultureInfo.InvariantCulture)).Open();
        var decision = story.Reserve("R-1", 200, of: "USD");
        decision.ShouldBeApproved();
        (decision.Facts.Rate, decision.Facts.RateDate, decision.Facts.Credit, decision.ExposureAfter)
            .ShouldBe((decimal.Parse(rate, System.Globalization.CultureInfo.InvariantCulture), "2026-03-01".Day(), 100_00, 100_00));
        story.Reservation("R-1").Rate.ShouldBe(0.5m);
        story.Check(0.02m, of: "USD").ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
    }

    [Fact]
    public void The_newest_rate_on_or_before_the_day_is_used()
    {
        var story = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.9m).WithRate("USD", "EUR", "2026-03-03", 0.8m)
            .WithRate("EUR", "USD", "2026-03-02", 2m).Open();
        story.Check(100, of: "USD").Facts.Credit.ShouldBe(50_00);
        story.AfterDays(1).Check(100, of: "USD").Facts.Credit.ShouldBe(80_00);
        story.AfterDays(-2).Check(100, of: "USD").Facts.Credit.ShouldBe(90_00);
        story.AfterDays(-1).Check(100, of: "USD").ShouldBeReferredFor(RuleCodes.NoRate);
    }

    [Fact]
    public void Of_two_directions_of_one_day_the_direct_one_is_used()
    {
        new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.9m).WithRate("EUR", "USD", "2026-03-01", 2m).Open()
            .Check(100, of: "USD").Facts.Credit.ShouldBe(90_00);
    }

    [Fact]
    public void Without_a_rate_a_sale_is_referred_and_never_converted_at_one()
    {
        var story = new AccountBuilder().WithLimit(100).Open();
        var decision = story.Reserve("R-1", 10, of: "USD");
        decision.ShouldBeReferredFor(RuleCodes.NoRate);
        (decision.Facts.Rate, decision.Facts.Credit, decision.ExposureAfter, decision.Available).ShouldBe((null, null, null, 100_00));
        story.Owed.ShouldBe(0);
    }

    [Theory]
    [InlineData(RuleAction.Off)]
    [InlineData(RuleAction.Warn)]
    public void No_policy_lets_an_unknown_amount_pass(RuleAction action)
    {
        var soft = new Dictionary<string, RuleAction> { [RuleCodes.NoRate] = action };
        new AccountBuilder().WithLimit(100).WithPolicy(new CreditPolicy { Actions = soft }).Open()
            .Check(10, of: "USD").ShouldBeReferredFor(RuleCodes.NoRate);
    }

    [Fact]
    public void A_policy_may_decline_where_no_rate_is_known()
    {
        var hard = new Dictionary<string, RuleAction> { [RuleCodes.NoRate] = RuleAction.Decline };
        new AccountBuilder().WithLimit(100).WithPolicy(new CreditPolicy { Actions = hard }).Open()
            .Check(10, of: "USD").ShouldBeDeclinedFor(RuleCodes.NoRate);
    }

    [Fact]
    public void A_threshold_without_a_rate_refers_only_where_the_policys_actions_leave_its_rule_on()
    {
        CreditPolicy Policy(RuleAction own, RuleAction? action) => new()
        {
            MaxDocument = new(50, own),
            Actions = action is { } chosen ? new Dictionary<string, RuleAction> { [RuleCodes.DocumentTooLarge] = chosen } : null,
        };
        DecisionRecord Check(RuleAction own, RuleAction? action) =>
            new AccountBuilder().In("EUR", ofCompany: "AZN").WithLimit(100).WithPolicy(Policy(own, action)).Open().Check(10);

        Check(RuleAction.Decline, null).ShouldBeReferredFor(RuleCodes.NoRate);
        Check(RuleAction.Decline, RuleAction.Off).ShouldBeApproved();
        Check(RuleAction.Off, null).ShouldBeApproved();
        Check(RuleAction.Off, RuleAction.Warn).ShouldBeReferredFor(RuleCodes.NoRate);
    }

    [Theory]
    [InlineData(RuleCodes.OverdueAmount)]
    [InlineData(RuleCodes.OverdueDays)]
    public void An_overdue_threshold_without_a_rate_follows_the_policys_actions_too(string code)
    {
        DecisionRecord Check(RuleAction own, RuleAction action)
        {
            var other = code == RuleCodes.OverdueAmount ? RuleCodes.OverdueDays : RuleCodes.OverdueAmount;
            var story = new AccountBuilder().In("EUR", ofCompany: "AZN").WithLimit(100).WithPolicy(new CreditPolicy
            {
                OverdueAmount = new(5, null, own), OverdueDays = new(1, 5, own),
                Actions = new Dictionary<string, RuleAction> { [code] = action, [other] = RuleAction.Off },
            }).Open();
            story.Invoice("I-1", 10, due: "2026-03-03");
            return story.AfterDays(20).Check(1);
        }

        Check(RuleAction.Decline, RuleAction.Off).ShouldBeApproved();
        Check(RuleAction.Off, RuleAction.Refer).ShouldBeReferredFor(RuleCodes.NoRate);
    }

    [Fact]
    public void A_document_without_a_rate_is_refused_unless_it_brings_one()
    {
        var story = new AccountBuilder().WithLimit(100).Open();
        story.Invoice("I-1", 10, of: "USD").ShouldRefuse(RefusalCode.NoRate);
        story.CreditNote("C-1", 10, of: "USD").ShouldRefuse(RefusalCode.NoRate);
        story.Pay("P-1", 10, of: "USD").ShouldRefuse(RefusalCode.NoRate);
        story.Invoice("I-1", 10, of: "USD", rate: 0.9m).ShouldAppend<InvoicePosted>().Rate.ShouldBe(0.9m);
        story.Owed.ShouldBe(9);
    }

    [Fact]
    public void The_accounts_own_currency_is_worth_itself_whatever_rate_is_sent()
    {
        var story = new AccountBuilder().WithLimit(100).Open();
        story.Invoice("I-1", 10, rate: 3m).ShouldAppend<InvoicePosted>().Rate.ShouldBe(1m);
        story.Owed.ShouldBe(10);
    }

    [Fact]
    public void A_posted_item_stands_at_its_posted_rate()
    {
        var story = new AccountBuilder().WithLimit(100).WithRate("USD", "EUR", "2026-03-01", 0.9m).WithRate("USD", "EUR", "2026-03-03", 0.5m).Open();
        story.Invoice("I-1", 10, of: "USD");
        story.AfterDays(2);
        story.Owed.ShouldBe(9);
        story.Pay("P-1", 4, of: "USD");
        story.Owed.ShouldBe(5.40m);
        story.Pay("P-2", 6, of: "USD");
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void Parts_of_a_foreign_item_never_leave_a_cent_behind()
    {
        // 0.333 rounds: three parts of 0.01 USD are worth 0, 0 and 0 cents, but the whole 0.03 is worth 1.
        var story = new AccountBuilder().WithLimit(100).WithRate("USD", "EUR", "2026-03-01", 0.333m).Open();
        story.Invoice("I-1", 0.03m, of: "USD");
        story.Exposure.OpenInvoices.ShouldBe(1);
        story.Pay("P-1", 0.01m, of: "USD");
        story.Pay("P-2", 0.01m, of: "USD");
        story.Exposure.OpenInvoices.ShouldBe(0);
        story.Pay("P-3", 0.01m, of: "USD");
        story.Exposure.ShouldBe(new Exposure(0, 0, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void Conversion_rounds_half_to_even()
    {
        var story = new AccountBuilder().WithLimit(100).WithRate("USD", "EUR", "2026-03-01", 0.5m).Open();
        story.Check(0.01m, of: "USD").Facts.Credit.ShouldBe(0);
        story.Check(0.03m, of: "USD").Facts.Credit.ShouldBe(2);
        story.Check(0.05m, of: "USD").Facts.Credit.ShouldBe(2);
    }

    [Fact]
    public void What_cannot_be_held_is_refused_and_not_an_exception()
    {
        var story = new AccountBuilder().Unlimited().WithRate("USD", "EUR", "2026-03-01", 1_000_000m).Open();
        const decimal most = 10_000_000_000_000m;
        story.Ask(new CheckCredit(new Purchase(most.In("USD"), null, null, null), Checkpoint.Pos)).ShouldRefuse(RefusalCode.AmountTooLarge);
        story.Ask(new ReserveCredit("R-1".No(), ReservationKind.Order, new Purchase(most.In("USD"), null, null, null), null, null))
            .ShouldRefuse(RefusalCode.AmountTooLarge);
        story.Invoice("I-1", most, of: "USD").ShouldRefuse(RefusalCode.AmountTooLarge);
        story.Pay("P-1", most, of: "USD").ShouldRefuse(RefusalCode.AmountTooLarge);
        story.CreditNote("C-1", most, of: "USD").ShouldRefuse(RefusalCode.AmountTooLarge);
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void Sums_are_refused_long_before_they_cannot_be_held()
    {
        var story = new AccountBuilder().Unlimited().WithRate("USD", "EUR", "2026-03-01", 1000m).Open();
        story.Invoice("I-1", 10_000_000_000_000m, of: "USD").ShouldAppend<InvoicePosted>();
        story.Invoice("I-2", 10_000_000_000_000m, of: "USD").ShouldRefuse(RefusalCode.AmountTooLarge);
        story.Check(1).ShouldBeApproved();
    }

    [Fact]
    public void A_policys_limit_beyond_what_can_be_held_holds_nobody_back()
    {
        var story = new AccountBuilder().In("IDR", ofCompany: "EUR").WithRate("EUR", "IDR", "2026-03-01", 20_000m)
            .WithPolicy(new CreditPolicy { CreditLimit = 10_000_000_000_000m }).Open();
        story.Check(1_000_000).ShouldBeApproved();
    }
}
