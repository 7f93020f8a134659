using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

/// <summary>Policies and rates as known at a moment, and the ids of decisions.</summary>
public sealed class ReferenceBookTests
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly Currency Usd = Currency.Parse("USD");

    [Fact]
    public void Each_version_shows_what_held_then()
    {
        var book = new ReferenceBook(
            [],
            [
                new(3, "company:main", new CreditPolicy { CreditLimit = 30 }),
                new(1, "company:main", new CreditPolicy { CreditLimit = 10, TolerancePercent = 5 }),
                new(2, "segment:retail", new CreditPolicy { CreditLimit = 20 }),
            ],
            []);
        book.PolicyVersion.ShouldBe(3);
        book.PolicyFor("main", null).CreditLimit.ShouldBe(new(30, "company:main"));
        book.PolicyFor("main", null).TolerancePercent.ShouldBe(new(0, "shipped"), "a version is the whole policy of its scope");
        book.PolicyFor("main", "retail").CreditLimit.ShouldBe(new(20, "segment:retail"));
        book.PolicyFor("main", "retail", 1).CreditLimit.ShouldBe(new(10, "company:main"));
        book.PolicyFor("main", "retail", 1).TolerancePercent.ShouldBe(new(5, "company:main"));
        book.PolicyFor("main", "retail", 0).CreditLimit.ShouldBe(new(0, "shipped"));
        book.PolicyFor("other", "retail").CreditLimit.ShouldBe(new(20, "segment:retail"));
        book.PolicyFor("other", null).CreditLimit.ShouldBe(new(0, "shipped"));
    }

    [Fact]
    public void A_segment_may_lift_the_companys_ceiling_or_set_one_below_it()
    {
        EffectivePolicy Over(CreditPolicy company, CreditPolicy segment) => new([("company:main", company), ("segment:a", segment)]);
        Over(new() { CreditLimit = 5 }, new() { Unlimited = true }).CreditLimit.ShouldBe(new(null, "segment:a"));
        Over(new() { Unlimited = true }, new() { CreditLimit = 0 }).CreditLimit.ShouldBe(new(0, "segment:a"));
        Over(new() { Unlimited = true }, new() { TolerancePercent = 1 }).CreditLimit.ShouldBe(new(null, "company:main"));
        Over(new() { Actions = new Dictionary<string, RuleAction> { ["X"] = RuleAction.Off } }, new()).ActionOf("X", new(RuleAction.Warn, "shipped"))
            .ShouldBe(new(RuleAction.Off, "company:main"));
    }

    [Fact]
    public void A_segment_may_end_the_companys_having_no_ceiling_without_naming_a_number()
    {
        EffectivePolicy Over(CreditPolicy company, CreditPolicy segment) => new([("company:main", company), ("segment:a", segment)]);
        Over(new() { Unlimited = true }, new() { Unlimited = false }).CreditLimit.ShouldBe(new(0, "shipped"));
        Over(new() { Unlimited = true, CreditLimit = 5 }, new() { Unlimited = false }).CreditLimit.ShouldBe(new(5, "company:main"));
        Over(new() { Unlimited = true }, new() { Unlimited = false, CreditLimit = 7 }).CreditLimit.ShouldBe(new(7, "segment:a"));
        Over(new() { Unlimited = false, CreditLimit = 5 }, new() { Unlimited = true }).CreditLimit.ShouldBe(new(null, "segment:a"));
        Over(new() { Unlimited = false, CreditLimit = 5 }, new()).CreditLimit.ShouldBe(new(5, "company:main"));
        Over(new() { CreditLimit = 5 }, new() { Unlimited = false }).CreditLimit.ShouldBe(new(5, "company:main"));

        var story = new AccountBuilder().WithPolicy(new CreditPolicy { Unlimited = true }).WithSegmentPolicy("retail", new CreditPolicy { Unlimited = false }).Open();
        story.Check(1).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        story.Put(master: story.Account.Master with { Segment = null });
        story.Check(1_000_000).ShouldBeApproved();
    }

    [Fact]
    public void A_book_without_policies_is_what_ships()
    {
        var shipped = new ReferenceBook([], [], []);
        shipped.PolicyVersion.ShouldBe(0);
        var policy = shipped.PolicyFor("main", "retail");
        (policy.CreditLimit.Value, policy.TolerancePercent.Value).ShouldBe((0, 0));
        (policy.MaxDocument, policy.OverdueDays, policy.OverdueAmount, policy.NearLimit, policy.Currencies).ShouldBe((null, null, null, null, null));
        policy.PaymentTerms.ShouldBe(PaymentTerms.Shipped);
    }

    [Fact]
    public void A_currency_is_worth_itself_and_an_inverse_is_not_rounded()
    {
        var book = new ReferenceBook([], [], [new FxRate(Eur, Usd, "2026-03-02".Day(), 3m)]);
        book.FindRate(Eur, Eur, "1999-01-01".Day())!.Rate.ShouldBe(1);
        book.FindRate(Usd, Eur, "2026-03-02".Day()).ShouldBe(new FxRate(Usd, Eur, "2026-03-02".Day(), 1m / 3m));
        book.FindRate(Usd, Eur, "2026-03-01".Day()).ShouldBeNull();
        book.FindRate(Usd, Currency.Parse("AZN"), "2026-03-02".Day()).ShouldBeNull("there is no crossing over a third currency");
    }

    [Theory]
    [InlineData("C-1001", 1)]
    [InlineData("0007 ümlaut 客户 😀 ?#%&=+", long.MaxValue)]
    public void The_id_of_a_decision_finds_its_account_and_event(string number, long version)
    {
        var id = DecisionIds.ForEvent(AccountId.Parse(number), version);
        id.ShouldAllBe(character => char.IsAsciiLetterOrDigit(character) || character == '-' || character == '_');
        DecisionIds.TryParse(id, out var account, out var found).ShouldBeTrue();
        (account.Value, found).ShouldBe((number, version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("d1")]
    [InlineData("d1-")]
    [InlineData("d-QQ")]
    [InlineData("x1-QQ")]
    [InlineData("d+1-QQ")]
    [InlineData("d1-Q!")]
    [InlineData("d99999999999999999999-QQ")]
    [InlineData("c0a8b7f2d1")]
    public void Other_texts_name_no_journaled_decision(string id) => DecisionIds.TryParse(id, out _, out _).ShouldBeFalse();
}
