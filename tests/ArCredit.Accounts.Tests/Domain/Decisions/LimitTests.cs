using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

public sealed class LimitTests
{
    [Fact]
    public void Exposure_that_equals_the_limit_passes_and_one_cent_more_does_not()
    {
        var story = new AccountBuilder().WithLimit(1000).Open();
        story.Reserve("R-1", 400).ShouldBeApproved();

        var equal = story.Check(600);
        equal.ShouldBeApproved();
        (equal.Limit, equal.LimitScope, equal.ExposureAfter).ShouldBe((1000_00, "account", 1000_00));

        var above = story.Check(600.01m);
        above.ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        above.ShouldCompare(RuleCodes.LimitExceeded, 1000.01m, 1000m, "account");
        (above.ExposureAfter, above.Available).ShouldBe((1000_01, 600_00));
        above.Reasons[0].Message.ShouldContain("1000.01 against 1000.00 EUR");
    }

    [Fact]
    public void The_answer_to_a_reservation_shows_what_is_left()
    {
        var story = new AccountBuilder().WithLimit(1000).Open();
        story.Reserve("R-1", 400).Available.ShouldBe(600_00);
        story.Reserve("R-2", 700).Available.ShouldBe(600_00);
        story.Owed.ShouldBe(400);
    }

    [Theory]
    [InlineData("10.81", true)]
    [InlineData("10.82", false)]
    public void Tolerance_is_compared_exactly(string amount, bool passes)
    {
        var story = new AccountBuilder().WithLimit(10.30m).WithPolicy(new CreditPolicy { TolerancePercent = 5 }).Open();
        var decision = story.Check(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));
        if (passes)
        {
            decision.ShouldBeApproved();
        }
        else
        {
            decision.ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
            decision.ShouldCompare(RuleCodes.LimitExceeded, 10.82m, 10.815m, "account");
        }

        decision.Limit.ShouldBe(10_30);
    }

    [Fact]
    public void A_limit_of_zero_means_no_credit_and_is_not_inherited()
    {
        var story = new AccountBuilder().WithLimit(0).WithPolicy(new CreditPolicy { CreditLimit = 500 }).Open();
        story.Check(0.01m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        (story.View.Limit, story.View.LimitScope, story.View.Utilization).ShouldBe((0, "account", null));
    }

    [Fact]
    public void Without_any_limit_the_shipped_default_of_zero_holds()
    {
        var decision = new AccountBuilder().Open().Check(0.01m);
        decision.ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        (decision.Limit, decision.LimitScope).ShouldBe((0, "shipped"));
    }

    [Fact]
    public void An_unset_limit_is_inherited_from_the_company()
    {
        var decision = new AccountBuilder().WithPolicy(new CreditPolicy { CreditLimit = 500 }).Open().Check(500.01m);
        decision.ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        (decision.Limit, decision.LimitScope).ShouldBe((500_00, "company:main"));
    }

    [Fact]
    public void The_segments_limit_goes_before_the_companys()
    {
        var story = new AccountBuilder().WithPolicy(new CreditPolicy { CreditLimit = 500 })
            .WithSegmentPolicy("retail", new CreditPolicy { CreditLimit = 700 }).Open();
        story.Check(700).ShouldBeApproved();
        story.Check(700.01m).ShouldCompare(RuleCodes.LimitExceeded, 700.01m, 700m, "segment:retail");
    }

    [Fact]
    public void Unlimited_has_no_ceiling_and_no_utilization()
    {
        var story = new AccountBuilder().Unlimited().WithPolicy(new CreditPolicy { CreditLimit = 1 }).Open();
        var decision = story.Reserve("R-1", 1_000_000);
        decision.ShouldBeApproved();
        (decision.Limit, decision.Available, decision.LimitScope).ShouldBe((null, null, "account"));
        (story.View.Limit, story.View.Available, story.View.Utilization).ShouldBe((null, null, null));
    }

    [Fact]
    public void A_company_may_give_no_ceiling_by_default()
    {
        var decision = new AccountBuilder().WithPolicy(new CreditPolicy { CreditLimit = 5, Unlimited = true }).Open().Check(1_000_000);
        decision.ShouldBeApproved();
        (decision.Limit, decision.LimitScope).ShouldBe((null, "company:main"));
    }

    [Fact]
    public void An_inherited_limit_is_converted_into_the_accounts_currency()
    {
        var story = new AccountBuilder().In("USD", ofCompany: "EUR").WithPolicy(new CreditPolicy { CreditLimit = 100 })
            .WithRate("EUR", "USD", "2026-03-01", 1.10m).Open();
        story.Check(110).ShouldBeApproved();
        story.Check(110.01m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
    }

    [Fact]
    public void An_inherited_limit_that_cannot_be_converted_refers_and_gives_no_credit()
    {
        var story = new AccountBuilder().In("USD", ofCompany: "EUR").WithPolicy(new CreditPolicy { CreditLimit = 100 }).Open();
        var decision = story.Reserve("R-1", 1);
        decision.ShouldBeReferredFor(RuleCodes.NoRate);
        (decision.Limit, decision.LimitScope, decision.ExposureAfter, decision.Available).ShouldBe((null, "company:main", 1_00, null));
        story.Owed.ShouldBe(0);
        story.Check(1, paid: 1).ShouldBeApproved();
    }

    [Fact]
    public void A_limit_that_is_not_known_is_shown_as_such_and_not_as_a_number()
    {
        var story = new AccountBuilder().In("USD", ofCompany: "EUR").WithPolicy(new CreditPolicy { CreditLimit = 100 }).Open();
        story.Invoice("I-1", 30);
        (story.View.Limit, story.View.Available, story.View.Utilization).ShouldBe((null, null, null));
        (story.View.LimitScope, story.View.LimitRateMissing).ShouldBe(("company:main", true));

        story.Put(LimitChanges.None with { CreditLimit = new(true, 60_00) });
        (story.View.Limit, story.View.Available, story.View.Utilization, story.View.LimitRateMissing).ShouldBe((60_00, 30_00, 0.5m, false));
        story.Put(LimitChanges.None with { Unlimited = new(true, true) });
        (story.View.Limit, story.View.LimitRateMissing).ShouldBe((null, false));
        new AccountBuilder().In("USD", ofCompany: "EUR").Open().Check(1).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
    }

    [Fact]
    public void No_rule_that_is_softened_or_off_lets_a_sale_pass_while_the_limit_is_not_known()
    {
        var off = CreditRules.Codes.ToDictionary(code => code, _ => RuleAction.Off);
        var story = new AccountBuilder().In("USD", ofCompany: "EUR").WithPolicy(new CreditPolicy { CreditLimit = 100, Actions = off }).Open();
        story.Invoice("I-1", 30, due: "2026-03-02");
        story.AfterDays(30).Check(0.01m).ShouldBeReferredFor(RuleCodes.NoRate);
    }

    [Fact]
    public void A_missing_rate_to_the_companys_currency_stops_no_decision_that_needs_none()
    {
        new AccountBuilder().In("USD", ofCompany: "EUR").WithLimit(100).Open().Check(100).ShouldBeApproved();
    }

    [Fact]
    public void A_rule_whose_amount_cannot_be_converted_refers_instead_of_passing()
    {
        var story = new AccountBuilder().In("USD", ofCompany: "EUR").WithLimit(1000)
            .WithPolicy(new CreditPolicy { MaxDocument = new(50, RuleAction.Decline) }).Open();
        story.Check(900).ShouldBeReferredFor(RuleCodes.NoRate);
        story.Check(900, paid: 900).ShouldBeApproved();
    }

    [Fact]
    public void An_overdue_rule_whose_amount_cannot_be_converted_refers_only_when_something_is_overdue()
    {
        var story = new AccountBuilder().In("USD", ofCompany: "EUR").WithLimit(1000)
            .WithPolicy(new CreditPolicy { OverdueAmount = new(50, null, RuleAction.Decline), OverdueDays = new(5, 1, RuleAction.Decline) }).Open();
        story.Invoice("I-1", 10, due: "2026-03-02");
        story.Check(1).ShouldBeApproved();
        story.AfterDays(1).Check(1).ShouldBeReferredFor(RuleCodes.NoRate);
    }

    [Fact]
    public void Lowering_a_limit_below_exposure_warns_and_stops_only_new_credit()
    {
        var story = new AccountBuilder().WithLimit(1000).Open();
        story.Reserve("R-1", 500);

        story.Put(LimitChanges.None with { CreditLimit = new(true, 100_00) }).ShouldAppend<AccountPut>().Warnings.ShouldBe([Account.LimitBelowExposure]);
        story.View.Available.ShouldBe(-400_00);
        story.Check(0.01m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        story.Capture("R-1", "I-1").ShouldAppend<InvoicePosted>();
    }

    [Fact]
    public void Whatever_lowers_what_holds_today_below_exposure_warns()
    {
        IReadOnlyList<string> Warnings(AccountBuilder builder, LimitChanges limits, string? segment = null)
        {
            var story = builder.WithSegmentPolicy("small", new CreditPolicy { CreditLimit = 100 }).OfSegment("usual")
                .WithPolicy(new CreditPolicy { CreditLimit = 300 }).Open();
            story.Invoice("I-1", 500);
            return story.Put(limits, master: story.Account.Master with { Segment = segment ?? "usual" }).ShouldAppend<AccountPut>().Warnings;
        }

        AccountBuilder Of(decimal limit) => new AccountBuilder().WithLimit(limit);
        var none = LimitChanges.None;
        string[] below = [Account.LimitBelowExposure];
        TemporaryLimit Temporary(long amount, string from) => new(amount, from.Day(), "2026-03-31".Day());

        Warnings(Of(1000), none with { CreditLimit = new(true, null) }).ShouldBe(below);
        Warnings(new AccountBuilder().Unlimited(), none with { Unlimited = new(true, false) }).ShouldBe(below);
        Warnings(Of(1000), none with { Temporary = new(true, Temporary(100_00, "2026-03-02")) }).ShouldBe([Account.TemporaryBelowPermanent, .. below]);
        Warnings(Of(400).WithTemporaryLimit(1000, "2026-03-01", "2026-03-31"), none with { Temporary = new(true, null) }).ShouldBe(below);
        Warnings(new AccountBuilder(), none, segment: "small").ShouldBe(below);
        Warnings(Of(400).WithTemporaryLimit(1000, "2026-03-01", "2026-03-31"), none with { CreditLimit = new(true, 100_00) }).ShouldBe(below);

        // Not yet, not below, not lowered.
        Warnings(Of(1000), none with { Temporary = new(true, Temporary(100_00, "2026-03-03")) }).ShouldBe([Account.TemporaryBelowPermanent]);
        Warnings(Of(1000), none with { CreditLimit = new(true, 500_00) }).ShouldBeEmpty();
        Warnings(Of(100), none with { CreditLimit = new(true, 400_00) }).ShouldBeEmpty();
        Warnings(Of(100), none).ShouldBeEmpty();
    }

    [Fact]
    public void Credits_give_room_above_the_limit()
    {
        var story = new AccountBuilder().WithLimit(100).Open();
        story.Pay("P-1", 50);
        story.Owed.ShouldBe(-50);
        story.View.Utilization.ShouldBe(0);
        story.Check(150).ShouldBeApproved();
        story.Check(150.01m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
    }

    [Fact]
    public void The_largest_document_is_measured_by_its_credit_part()
    {
        var story = new AccountBuilder().WithLimit(1000).WithPolicy(new CreditPolicy { MaxDocument = new(100, RuleAction.Decline) }).Open();
        story.Check(150, paid: 50).ShouldBeApproved();
        var large = story.Check(150, paid: 49.99m);
        large.ShouldBeDeclinedFor(RuleCodes.DocumentTooLarge);
        large.ShouldCompare(RuleCodes.DocumentTooLarge, 100.01m, 100m, "company:main");
    }

    [Fact]
    public void What_was_paid_on_the_spot_does_not_make_a_part_captured_document_too_large_to_last_longer()
    {
        var story = new AccountBuilder().WithLimit(1000).WithPolicy(new CreditPolicy { MaxDocument = new(100, RuleAction.Decline) }).Open();
        story.Reserve("R-1", 150, paid: 80, expiresInSeconds: 60).ShouldBeApproved();
        story.Capture("R-1", "I-1", 100);
        var longer = story.Change("R-1", expiresInSeconds: 3600).ShouldDecide();
        longer.ShouldBeApproved();
        longer.Facts.WholeCredit.ShouldBe(70_00);
        story.Change("R-1", 180).ShouldDecide().ShouldBeApproved();
        story.Change("R-1", 180.01m).ShouldDecide().ShouldBeDeclinedFor(RuleCodes.DocumentTooLarge);
        story.Capture("R-1", "I-2", 30, paid: 10);
        story.Reservation("R-1").CapturedPaid.ShouldBe(90_00);
    }

    [Fact]
    public void A_decision_keeps_the_agreed_terms_and_an_orders_delivery_date()
    {
        var own = PaymentTerms.Shipped with { NetDays = 45 };
        new AccountBuilder().WithLimit(100).WithTerms(own).Open().Check(1).Facts.AgreedTerms.ShouldBe(own);
        var policy = PaymentTerms.Shipped with { NetDays = 14 };
        var story = new AccountBuilder().WithLimit(100).WithPolicy(new CreditPolicy { PaymentTerms = policy }).Open();
        story.Check(1).Facts.AgreedTerms.ShouldBe(policy);

        var order = new ReserveCredit(
            "R-1".No(), ReservationKind.Order, new Purchase(10m.In("EUR"), null, null, null), "2026-05-01".Day(), null);
        story.Ask(order).ShouldDecide().Facts.DeliveryDate.ShouldBe("2026-05-01".Day());
        story.Change("R-1", 20).ShouldDecide().Facts.DeliveryDate.ShouldBe("2026-05-01".Day());
        story.Check(1).Facts.DeliveryDate.ShouldBeNull();
    }

    [Fact]
    public void A_check_takes_nothing_from_what_is_available()
    {
        var story = new AccountBuilder().WithLimit(1000).Open();
        var check = story.Check(400);
        (check.ExposureAfter, check.Available).ShouldBe((400_00, 1000_00));
    }
}
