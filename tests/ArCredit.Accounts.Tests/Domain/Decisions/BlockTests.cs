using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

/// <summary>Blocks, closed accounts and what may still be sold for cash.</summary>
public sealed class BlockTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(100).Open();

    [Fact]
    public void A_block_stops_credit_and_lifting_it_lets_it_through()
    {
        story.Block("late");
        story.Block("dispute");
        var decision = story.Check(1);
        decision.ShouldBeDeclinedFor(RuleCodes.AccountBlocked);
        decision.Reasons[0].Message.ShouldContain("dispute, late");

        story.Ask(new RemoveBlock("late"));
        story.Check(1).ShouldBeDeclinedFor(RuleCodes.AccountBlocked);
        story.Ask(new RemoveBlock("dispute"));
        story.Check(1).ShouldBeApproved();
        story.Ask(new RemoveBlock("dispute")).ShouldRefuse(RefusalCode.NotFound);
    }

    [Fact]
    public void A_part_paid_sale_is_tested_with_what_is_not_paid()
    {
        story.Check(500, paid: 400).ShouldBeApproved();
        story.Check(500, paid: 399.99m).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        story.Block();
        story.Check(500, paid: 400).ShouldBeDeclinedFor(RuleCodes.AccountBlocked);
    }

    [Fact]
    public void A_sale_paid_in_full_passes_a_credit_block_but_not_a_block_of_all_sales()
    {
        story.Block("late");
        story.Check(500, paid: 500).ShouldBeApproved();
        story.Block("fraud", allSales: true);
        var decision = story.Check(500, paid: 500);
        decision.ShouldBeDeclinedFor(RuleCodes.AccountBlocked);
        decision.Reasons[0].Message.ShouldContain("fraud");
        decision.Reasons[0].Message.ShouldNotContain("late");
    }

    [Fact]
    public void Setting_a_block_again_replaces_it()
    {
        story.Block("late", allSales: true);
        story.Block("late", allSales: false);
        story.Check(5, paid: 5).ShouldBeApproved();
        story.View.Blocks.ShouldHaveSingleItem().AllSales.ShouldBeFalse();
    }

    [Fact]
    public void A_closed_account_sells_nothing_not_even_for_cash()
    {
        story.Put(closed: true);
        story.Check(5, paid: 5).ShouldBeDeclinedFor(RuleCodes.AccountClosed);
        story.Check(0).ShouldBeDeclinedFor(RuleCodes.AccountClosed);
        story.Put(closed: null);
        story.Check(5).ShouldBeDeclinedFor(RuleCodes.AccountClosed);
        story.Put(closed: false);
        story.Check(5).ShouldBeApproved();
    }

    [Fact]
    public void A_sale_paid_in_full_is_tested_for_closed_and_blocks_only()
    {
        var everything = new AccountBuilder().In("EUR", ofCompany: "AZN").WithLimit(0).WithLimitExpiringOn("2026-01-01").WithBuyer("aysel")
            .AskingForReference().WithPolicy(new CreditPolicy
            {
                MaxDocument = new(1, RuleAction.Decline), Currencies = new([Currency.Parse("EUR")], RuleAction.Decline),
                OverdueDays = new(1, 5, RuleAction.Decline), OverdueAmount = new(1, null, RuleAction.Decline), NearLimit = new(1, 1, RuleAction.Decline),
            }).Open();
        everything.Invoice("I-1", 10, due: "2026-02-01", issued: "2026-01-01");
        everything.Check(10, paid: 10, of: "USD").ShouldBeApproved();
        everything.Check(0, of: "USD").ShouldBeApproved();
    }

    [Fact]
    public void A_sale_paid_in_full_earmarks_nothing_and_its_money_pays_its_own_invoice()
    {
        story.Invoice("I-1", 80, due: "2026-03-02");
        story.Block();
        story.Reserve("R-1", 500, paid: 500, kind: ReservationKind.Pos).ShouldBeApproved();
        story.Owed.ShouldBe(80);

        var captured = story.Capture("R-1", "I-2");
        var payment = captured.ShouldAppend<PaymentReceived>();
        (payment.PaymentId.Value, payment.Amount, payment.Unapplied).ShouldBe(("paid:I-2", 500_00, 0));
        payment.Allocations.ShouldHaveSingleItem().Invoice.Value.ShouldBe("I-2");
        story.Owed.ShouldBe(80);
    }

    [Fact]
    public void More_than_the_amount_cannot_be_paid_on_the_spot()
    {
        Purchase Bought(Money paid) => new(Money.Zero(story.Currency) with { Minor = 10_00 }, paid.By(), null, null);
        story.Ask(new CheckCredit(Bought(10.01m.In("EUR")), Checkpoint.Pos)).ShouldRefuse(RefusalCode.PaidExceedsAmount);
        story.Ask(new CheckCredit(Bought(1m.In("USD")), Checkpoint.Pos)).ShouldRefuse(RefusalCode.CurrencyMismatch);
        story.Ask(new ReserveCredit("R-1".No(), ReservationKind.Pos, Bought(10.01m.In("EUR")), null, null)).ShouldRefuse(RefusalCode.PaidExceedsAmount);
        story.Invoice("I-1", 10, paid: 10.01m).ShouldRefuse(RefusalCode.PaidExceedsAmount);
    }

    [Fact]
    public void Facts_are_recorded_also_on_a_closed_and_blocked_account()
    {
        story.Reserve("R-1", 50).ShouldBeApproved();
        story.Block("fraud", allSales: true);
        story.Put(closed: true);

        story.Capture("R-1", "I-1").ShouldAppend<InvoicePosted>();
        story.Invoice("I-2", 5000).ShouldAppend<InvoicePosted>();
        story.Pay("P-1", 50).ShouldAppend<PaymentReceived>();
        story.CreditNote("C-1", 10, invoice: "I-2").ShouldAppend<CreditNotePosted>();
        story.Owed.ShouldBe(4990);
    }
}
