using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

public sealed class RulePrecedenceTests
{
    private CreditPolicy policy = new()
    {
        CreditLimit = 10,
        Currencies = new([Currency.Parse("USD")], RuleAction.Decline),
        MaxDocument = new(0, RuleAction.Refer),
        OverdueDays = new(10, null, RuleAction.Decline),
        OverdueAmount = new(0, null, RuleAction.Refer),
        NearLimit = new(20, 95, RuleAction.Warn),
        Actions = new Dictionary<string, RuleAction> { [RuleCodes.BrokenPromise] = RuleAction.Warn },
    };

    private string? buyer = "stranger";
    private string? reference;
    private FxRate[] rates = [];

    [Fact]
    public void All_reasons_come_out_in_their_order_until_the_last_cause_is_gone()
    {
        var story = new AccountBuilder().In("EUR", ofCompany: "AZN").WithPolicy(policy).WithBuyer("aysel").AskingForReference()
            .WithLimitExpiringOn("2026-03-10").Open();
        story.Invoice("I-1", 96, due: "2026-03-05");
        story.Promise("M-1", "I-1", ("2026-03-06", 96));
        story.AfterDays(23);
        story.Put(closed: true);
        story.Block("credit");

        // Each step takes away the cause of the reason that stands first.
        Action[] remedies =
        [
            () => story.Put(closed: false),
            () => story.Ask(new RemoveBlock("credit")),
            () => policy = policy with { Currencies = new([Currency.Parse("EUR")], RuleAction.Decline) },
            () => rates = [new FxRate(Currency.Parse("AZN"), Currency.Parse("EUR"), "2026-03-01".Day(), 0.5m)],
            () => buyer = "aysel",
            () => reference = "PO-7",
            () => policy = policy with { MaxDocument = null },
            () => story.Put(LimitChanges.None with { CreditLimit = new(true, 100_00) }),
            () => story.Put(LimitChanges.None with { ExpiresOn = new(true, "2026-03-25".Day()) }),
            () => policy = policy with { OverdueDays = new(20, null, RuleAction.Decline) },
            () => policy = policy with { OverdueAmount = new(48 * 4, null, RuleAction.Refer) },
            () => policy = policy with { NearLimit = null },
            () => story.Ask(new CancelPromise("M-1".No(), true)),
        ];
        remedies.Length.ShouldBe(CreditRules.Codes.Count);
        for (var removed = 0; removed < remedies.Length; removed++)
        {
            var decision = Decide(story);

            // Without a rate nobody knows the limit that is inherited, so nothing is said to be above it or near it.
            string[] unknown = removed <= 3 ? [RuleCodes.LimitExceeded, RuleCodes.OverdueAndNearLimit] : [];
            decision.Codes().ShouldBe(CreditRules.Codes.Skip(removed).Except(unknown), $"after {removed} remedies");
            decision.Outcome.ShouldBe(removed switch { < 10 => DecisionOutcome.Declined, 10 => DecisionOutcome.Referred, _ => DecisionOutcome.Approved });
            remedies[removed]();
        }

        Decide(story).ShouldBeApproved();
    }

    [Fact]
    public void The_worst_action_wins()
    {
        var story = new AccountBuilder().WithLimit(1000).WithPolicy(new CreditPolicy { MaxDocument = new(100, RuleAction.Warn) }).Open();

        var warned = story.Check(101);
        warned.Codes().ShouldBe([RuleCodes.DocumentTooLarge]);
        warned.Outcome.ShouldBe(DecisionOutcome.Approved);

        story.Reference = Book(new CreditPolicy
        {
            MaxDocument = new(100, RuleAction.Refer), Actions = new Dictionary<string, RuleAction> { [RuleCodes.LimitExceeded] = RuleAction.Warn },
        });
        story.Check(1001).ShouldBeReferredFor(RuleCodes.DocumentTooLarge, RuleCodes.LimitExceeded);
        story.Check(1001).Reasons.Select(reason => reason.Action).ShouldBe([RuleAction.Refer, RuleAction.Warn]);
    }

    [Fact]
    public void A_rule_that_a_policy_turns_off_says_nothing()
    {
        var off = new Dictionary<string, RuleAction> { [RuleCodes.LimitExceeded] = RuleAction.Off };
        new AccountBuilder().WithLimit(10).WithPolicy(new CreditPolicy { Actions = off }).Open().Check(11).ShouldBeApproved();
    }

    [Fact]
    public void As_shipped_only_block_closed_limit_expiry_and_rate_rules_are_tested()
    {
        var story = new AccountBuilder().WithLimit(1000).WithLimitExpiringOn("2026-04-30").Open();
        story.Invoice("I-1", 1000, due: "2026-03-03");
        story.AfterDays(50);
        story.Check(0).ShouldBeApproved();
        story.Check(0.01m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        story.AfterDays(10).Check(0.01m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded, RuleCodes.LimitExpired);
    }

    [Fact]
    public void A_segments_policy_goes_before_the_companys_field_by_field()
    {
        var story = new AccountBuilder().WithLimit(1000)
            .WithPolicy(new CreditPolicy { MaxDocument = new(50, RuleAction.Decline), OverdueDays = new(5, null, RuleAction.Refer) })
            .WithSegmentPolicy("retail", new CreditPolicy { MaxDocument = new(80, RuleAction.Refer) }).Open();
        story.Invoice("I-1", 10, due: "2026-03-03");
        story.AfterDays(7);

        story.Check(80).ShouldBeReferredFor(RuleCodes.OverdueDays);
        var both = story.Check(80.01m);
        both.ShouldBeReferredFor(RuleCodes.DocumentTooLarge, RuleCodes.OverdueDays);
        both.ShouldCompare(RuleCodes.DocumentTooLarge, 80.01m, 80m, "segment:retail");
        both.ShouldCompare(RuleCodes.OverdueDays, 6, 5, "company:main");
    }

    private DecisionRecord Decide(AccountStory story)
    {
        story.Reference = Book(policy);
        return story.Check(4, buyer: buyer, reference: reference);
    }

    private ReferenceBook Book(CreditPolicy now) => new(
        [new Company(AccountStory.Company, Currency.Parse(rates.Length == 0 && now.CreditLimit is null ? "EUR" : "AZN"), TimeZoneInfo.Utc)],
        [new PolicyVersion(1, "company:main", now)], rates);
}
