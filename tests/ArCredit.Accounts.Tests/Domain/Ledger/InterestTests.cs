using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>Interest for late payment. Stories begin on 2 March 2026.</summary>
public sealed class InterestTests
{
    private static InterestRule At(decimal percent, InterestUnit unit = InterestUnit.Year365, int grace = 0, params (string From, decimal Percent)[] later) =>
        new(unit, grace, [new InterestRate("2026-01-01".Day(), percent), .. later.Select(rate => new InterestRate(rate.From.Day(), rate.Percent))]);

    private static AccountStory With(InterestRule rule) => new AccountBuilder().WithPolicy(new CreditPolicy { Interest = rule }).Open();

    private static decimal Billed(Verdict verdict) => verdict.ShouldAppend<DebitPosted>().Amount / 100m;

    [Theory]
    [InlineData(10_000, 8, 45, InterestUnit.Year365, 98.63)]
    [InlineData(10_000, 8, 45, InterestUnit.Year360, 100.00)]
    [InlineData(50_000, 4.12, 90, InterestUnit.Year365, 507.95)]
    [InlineData(5_000, 11.5, 60, InterestUnit.Year365, 94.52)]
    [InlineData(1_000, 0.05, 30, InterestUnit.Day, 15.00)]
    [InlineData(100_000, 9.12, 365, InterestUnit.Year365, 9_120.00)]
    public void Published_examples_come_out(decimal principal, decimal percent, int days, InterestUnit unit, decimal interest)
    {
        var story = With(At(percent, unit));
        story.Invoice("I-1", principal, due: "2026-03-02");
        story.AfterDays(days);
        Billed(story.BillInterest("Z-1")).ShouldBe(interest);
    }

    [Fact]
    public void The_day_after_the_due_date_is_the_first_and_the_day_of_receipt_the_last()
    {
        var story = With(At(36.5m));
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.BillInterest("Z-0").ShouldRefuse(RefusalCode.NoInterest);
        story.AfterDays(5);
        story.Pay("P-1", 1_000);
        story.AfterDays(30);
        var slice = story.BillInterest("Z-1").ShouldAppend<DebitPosted>().Interest!.Slices.ShouldHaveSingleItem();
        (slice.From, slice.To, slice.Days, slice.Principal).ShouldBe(("2026-03-03".Day(), "2026-03-07".Day(), 5, 1_000_00));
        story.View.Balance.ShouldBe(5_00, "the principal is paid, its interest is owed all the same");
        story.View.Overdue.Amount.ShouldBe(0);
    }

    [Fact]
    public void Two_rates_in_one_period_share_its_days_exactly()
    {
        var story = With(At(8, later: ("2026-03-18", 10)));
        story.Invoice("I-1", 10_000, due: "2026-03-02");
        story.AfterDays(45);
        var posted = story.BillInterest("Z-1").ShouldAppend<DebitPosted>();
        posted.Interest!.Slices.Select(slice => (slice.Days, slice.Percent)).ShouldBe([(15, 8m), (30, 10m)]);
        posted.Amount.ShouldBe(115_07, "10,000 × (8 % × 15 + 10 % × 30) ÷ 365 = 115.068");
    }

    [Fact]
    public void A_part_payment_splits_the_period_and_the_claim_is_rounded_once()
    {
        var story = With(At(8));
        story.Invoice("I-1", 10_000, due: "2026-03-02");
        story.AfterDays(20);
        story.Pay("P-1", 4_000);
        story.AfterDays(25);
        var posted = story.BillInterest("Z-1").ShouldAppend<DebitPosted>();
        posted.Interest!.Slices.Select(slice => (slice.Days, slice.Principal)).ShouldBe([(20, 10_000_00), (25, 6_000_00)]);
        posted.Amount.ShouldBe(76_71, "43.8356 + 32.8767 = 76.7123");
    }

    [Fact]
    public void Many_small_items_are_rounded_as_one_sum()
    {
        var story = With(At(8));
        for (var i = 0; i < 10; i++)
        {
            story.Invoice($"I-{i}", 10, due: "2026-03-02");
        }

        story.AfterDays(2);
        Billed(story.BillInterest("Z-1")).ShouldBe(0.04m, "10 × 0.00438; each alone would be nothing");
    }

    [Fact]
    public void Who_pays_in_grace_pays_none_and_later_it_runs_from_the_due_date()
    {
        var story = With(At(36.5m, grace: 10));
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.AfterDays(10);
        story.BillInterest("Z-0").ShouldRefuse(RefusalCode.NoInterest);
        story.Pay("P-1", 400);
        story.AfterDays(1);
        var slice = story.BillInterest("Z-1").ShouldAppend<DebitPosted>().Interest!.Slices.ShouldHaveSingleItem();
        (slice.From, slice.Days, slice.Principal).ShouldBe(("2026-03-03".Day(), 11, 600_00));
    }

    [Fact]
    public void What_is_billed_never_accrues_again_and_the_next_claim_starts_the_day_after()
    {
        var story = With(At(36.5m));
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.AfterDays(30);
        Billed(story.BillInterest("Z-1", through: "2026-03-12")).ShouldBe(10);
        story.BillInterest("Z-1").ShouldBeOfType<Verdict.Taken>();
        story.BillInterest("Z-2", through: "2026-03-12").ShouldRefuse(RefusalCode.NoInterest);
        story.BillInterest("Z-2", through: "2026-04-02").ShouldRefuse(RefusalCode.InterestInFuture);
        story.Forget().Sleep();
        var next = story.BillInterest("Z-2").ShouldAppend<DebitPosted>();
        (next.Amount, next.Interest!.Slices[0].From).ShouldBe((20_00, "2026-03-13".Day()));
        story.AfterDays(100);
        Billed(story.BillInterest("Z-3")).ShouldBe(100, "none on the claims themselves");
    }

    [Fact]
    public void Money_with_an_earlier_value_date_gives_back_what_was_billed_too_much()
    {
        var story = With(At(36.5m, later: ("2026-03-20", 73)));
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.AfterDays(20);
        Billed(story.BillInterest("Z-1")).ShouldBe(17 + 6);
        story.Pay("P-1", 600, received: "2026-03-12");
        story.BillInterest("Z-2").ShouldRefuse(RefusalCode.NoInterest);
        story.AfterDays(20);
        var next = story.BillInterest("Z-2").ShouldAppend<DebitPosted>();
        next.Interest!.Slices.Select(slice => (slice.Days, slice.Principal, slice.Percent)).ShouldBe(
            [(7, -600_00, 36.5m), (3, -600_00, 73m), (20, 400_00, 73m)]);
        next.Amount.ShouldBe((20 * 80) - (7 * 60) - (3 * 120));
    }

    [Fact]
    public void A_payment_that_comes_back_is_billed_as_if_it_had_never_come()
    {
        var story = With(At(36.5m));
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.AfterDays(10);
        story.Pay("P-1", 1_000);
        story.AfterDays(10);
        Billed(story.BillInterest("Z-1")).ShouldBe(10);
        story.Reverse("P-1", ReversalReason.Bounced).ShouldAppend<PaymentReversed>();
        var next = story.BillInterest("Z-2").ShouldAppend<DebitPosted>();
        (next.Amount, next.Interest!.Slices.ShouldHaveSingleItem().From).ShouldBe((10_00, "2026-03-13".Day()));
    }

    [Fact]
    public void Disputed_amounts_are_billed_when_the_dispute_is_lost_and_never_when_it_is_won()
    {
        var story = With(At(36.5m));
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.AfterDays(10);
        story.Dispute("D-1", "I-1", 300);
        story.Dispute("D-2", "I-1", 200);
        Billed(story.BillInterest("Z-1")).ShouldBe(5);
        story.AfterDays(10);
        story.Resolve("D-1");
        Billed(story.BillInterest("Z-2")).ShouldBe(5 + 6, "ten more days on 500, all twenty on 300");
        story.Resolve("D-2", creditNote: "C-1");
        story.BillInterest("Z-3").ShouldRefuse(RefusalCode.NoInterest);
        story.AfterDays(1);
        Billed(story.BillInterest("Z-3")).ShouldBe(0.8m);
    }

    [Fact]
    public void What_was_billed_before_it_was_disputed_is_given_back_only_when_the_dispute_is_won()
    {
        var story = With(At(36.5m));
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.AfterDays(10);
        Billed(story.BillInterest("Z-1")).ShouldBe(10);
        story.Dispute("D-1", "I-1", 300);
        story.AfterDays(1);
        Billed(story.BillInterest("Z-2")).ShouldBe(0.7m);
        story.Resolve("D-1", creditNote: "C-1");
        story.AfterDays(10);
        Billed(story.BillInterest("Z-3")).ShouldBe(7 - 3);
    }

    [Fact]
    public void The_accounts_own_rate_goes_before_the_policys_and_another_rate_later_changes_nothing_billed()
    {
        var story = new AccountBuilder().WithPolicy(new CreditPolicy { Interest = At(8) }).WithInterestRate(36.5m).Open();
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.AfterDays(10);
        Billed(story.BillInterest("Z-1")).ShouldBe(10);
        story.Put(master: story.Account.Master with { InterestRate = 73 });
        story.BillInterest("Z-2").ShouldRefuse(RefusalCode.NoInterest);
        story.AfterDays(1);
        Billed(story.BillInterest("Z-2")).ShouldBe(2);
        new AccountBuilder().Open().BillInterest("Z-1").ShouldRefuse(RefusalCode.NoInterest);
    }

    [Fact]
    public void Claims_bear_none_and_are_waived_like_any_other()
    {
        var story = With(At(36.5m));
        story.Bill("F-1", 500, due: "2026-03-02");
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.AfterDays(10);
        Billed(story.BillInterest("Z-1")).ShouldBe(10);
        story.WriteOff("W-1", "Z-1", kind: WriteOffKind.Waiver).ShouldAppend<WrittenOff>();
        story.BillInterest("Z-2").ShouldRefuse(RefusalCode.NoInterest);
        story.View.Balance.ShouldBe(1_500_00);
        story.Replayed().View(story.Context()).Balance.ShouldBe(1_500_00);
    }

    [Fact]
    public void Each_currency_has_claims_of_its_own()
    {
        var story = new AccountBuilder().WithRate("USD", "EUR", "2026-01-01", 0.5m).WithPolicy(new CreditPolicy { Interest = At(36.5m) }).Open();
        story.Invoice("I-1", 1_000, due: "2026-03-02");
        story.Invoice("U-1", 400, due: "2026-03-02", of: "USD");
        story.AfterDays(10);
        Billed(story.BillInterest("Z-1", of: "USD")).ShouldBe(4);
        Billed(story.BillInterest("Z-2")).ShouldBe(10);
        story.View.Balance.ShouldBe(1_000_00 + 200_00 + 10_00 + 2_00);
    }
}
