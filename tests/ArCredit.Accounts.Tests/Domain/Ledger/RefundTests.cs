using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Projections;
using ArCredit.Platform.Journal;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class RefundTests
{
    private static readonly JournalRow Row = new("C-1001", 1, string.Empty, 1, default, [], default);

    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.5m).Open();

    [Fact]
    public void A_request_earmarks_at_once_and_leaves_the_balance()
    {
        story.Pay("P-1", 100, allocations: []);
        var requested = story.Refund("F-1", 60).ShouldAppend<RefundRequested>();
        requested.Refund.Parts.ShouldBe([new RefundPart(CreditKind.Payment, "P-1".No(), 60_00)]);
        requested.Credits.ShouldHaveSingleItem().Unapplied.ShouldBe(40_00);
        story.Exposure.UnappliedCredits.ShouldBe(-40_00);
        (story.View.Balance, story.View.Earmarked, story.View.Available).ShouldBe((-100_00, 60_00, 1040_00));
        story.Invoice("I-1", 100);
        story.Allocate("P-1").ShouldAppend<CreditAllocated>().Credit.Unapplied.ShouldBe(0);
        story.Allocate("P-1").ShouldRefuse(RefusalCode.AllocationExceedsPayment);
        (story.View.Balance, story.Owed).ShouldBe((0, 60));
    }

    [Fact]
    public void Of_two_refunds_of_the_same_credit_one_is_too_many()
    {
        story.Pay("P-1", 100, allocations: []);
        story.Refund("F-1", 60, "P-1").ShouldAppend<RefundRequested>();
        story.Refund("F-1", 60, "P-1").ShouldBeOfType<Verdict.Taken>();
        story.Refund("F-2", 60, "P-1").ShouldRefuse(RefusalCode.RefundExceedsUnapplied);
        story.Refund("F-2", 60).ShouldRefuse(RefusalCode.RefundExceedsUnapplied);
        story.Refund("F-2", 40).ShouldAppend<RefundRequested>();
        story.Forget().Sleep().Refund("F-3", 0.01m, "P-1").ShouldRefuse(RefusalCode.RefundExceedsUnapplied);
    }

    [Fact]
    public void The_oldest_credits_pay_first_and_those_that_may_come_back_never()
    {
        story.Pay("P-2", 30, allocations: [], received: "2026-02-20");
        story.Pay("P-1", 50, allocations: [], received: "2026-02-10");
        story.Pay("P-3", 70, allocations: [], received: "2026-02-01", clearsOn: "2026-03-20");
        var refund = story.Refund("F-1", 60).ShouldAppend<RefundRequested>().Refund;
        refund.Parts.Select(part => (part.Number.Value, part.Amount)).ShouldBe([("P-1", 50_00), ("P-2", 10_00)]);
        story.Refund("F-2", 21).ShouldRefuse(RefusalCode.RefundExceedsUnapplied);
        story.Refund("F-2", 1, "P-3").ShouldRefuse(RefusalCode.RefundNotCleared);
        story.Refund("F-2", 1, "P-2", of: "USD").ShouldRefuse(RefusalCode.CurrencyMismatch);
        story.Refund("F-2", 1, "P-9").ShouldRefuse(RefusalCode.NotFound);
        story.On("2026-03-21T00:00:00Z").Refund("F-2", 70, "P-3").ShouldAppend<RefundRequested>();
    }

    [Fact]
    public void Nobody_approves_what_they_asked_for_and_a_void_approval_is_given_anew()
    {
        story.Pay("P-1", 100, allocations: []);
        story.Refund("F-1", 100);
        story.File("F-1").ShouldRefuse(RefusalCode.RefundState);
        story.Approve("F-1", by: "ayla").ShouldRefuse(RefusalCode.OwnRequest);
        story.Approve("F-9").ShouldRefuse(RefusalCode.NotFound);
        story.Approve("F-1").ShouldAppend<RefundChanged>().Refund.ApprovedBy.ShouldBe("murad");
        story.Approve("F-1").ShouldRefuse(RefusalCode.RefundUnchanged);
        story.File("F-1", payeeVersion: 2).ShouldRefuse(RefusalCode.PayeeChanged);
        story.Ask(new VoidRefundApproval("F-1".No(), "PAYEE_CHANGED")).ShouldAppend<RefundChanged>().Refund.Status.ShouldBe(RefundStatus.Requested);
        story.File("F-1").ShouldRefuse(RefusalCode.RefundState);
        story.Approve("F-1", payeeVersion: 2);
        story.Sleep().File("F-1", payeeVersion: 2).ShouldAppend<RefundBooked>();
    }

    [Fact]
    public void A_filed_refund_leaves_the_ledger_and_a_rejected_one_comes_back_to_the_minor_unit()
    {
        story.Pay("P-1", 33.33m, of: "USD", allocations: []);
        var before = (story.Exposure, story.View.Balance);
        story.Refund("F-1", 11.11m, of: "USD");
        story.Approve("F-1");
        story.File("F-1").ShouldAppend<RefundBooked>();
        story.File("F-1").ShouldRefuse(RefusalCode.RefundUnchanged);
        story.File("F-1", "G").ShouldRefuse(RefusalCode.RefundState);
        story.End("F-1", RefundStatus.Cancelled).ShouldRefuse(RefusalCode.RefundState);
        (story.View.Balance, story.View.Earmarked).ShouldBe((-11_11, 0));
        story.Report("F-1", settled: false).ShouldAppend<RefundChanged>();
        story.Forget().Sleep().End("F-1", RefundStatus.Rejected, "AC04").ShouldAppend<RefundEnded>().Credits.ShouldHaveSingleItem().Refunds.ShouldBeNull();
        (story.Exposure, story.View.Balance).ShouldBe(before);
        story.Forget().End("F-1", RefundStatus.Returned).ShouldRefuse(RefusalCode.RefundState);
        story.Report("F-1").ShouldRefuse(RefusalCode.RefundState);
        story.Refund("F-2", 33.33m, "P-1", of: "USD").ShouldAppend<RefundRequested>();
    }

    [Fact]
    public void What_is_paid_out_in_another_currency_realises_the_difference_of_the_rates()
    {
        var exchange = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.5m).WithRate("USD", "EUR", "2026-03-10", 0.6m).Open();
        exchange.Pay("P-1", 33.33m, of: "USD", allocations: [], rate: 0.5m);
        exchange.Refund("F-1", 11.11m, of: "USD").ShouldAppend<RefundRequested>().Refund.Parts[0].FxDifference.ShouldBeNull();
        exchange.Approve("F-1");
        exchange.On("2026-03-10T08:00:00Z").File("F-1").ShouldAppend<RefundBooked>().Refund.Parts.ShouldHaveSingleItem().FxDifference.ShouldBe((-1.11m).In("EUR"));
        exchange.End("F-1", RefundStatus.Rejected, "AC04").ShouldAppend<RefundEnded>().Refund.Parts[0].FxDifference.ShouldBe((-1.11m).In("EUR"));
        exchange.Pay("P-2", 5, allocations: []);
        exchange.Refund("F-2", 5, "P-2");
        exchange.Approve("F-2");
        exchange.File("F-2").ShouldAppend<RefundBooked>().Refund.Parts[0].FxDifference.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_refund_realised_that_was_never_paid_is_taken_back_whichever_comes_first(bool bounceFirst)
    {
        var exchange = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.5m).WithRate("USD", "EUR", "2026-03-10", 0.6m).Open();
        exchange.Pay("P-1", 100, of: "USD", allocations: [], rate: 0.5m);
        exchange.Refund("F-1", 100, of: "USD");
        exchange.Approve("F-1");
        exchange.On("2026-03-10T08:00:00Z").File("F-1").ShouldAppend<RefundBooked>();
        Action[] acts =
        [
            () => exchange.Reverse("P-1", ReversalReason.Bounced).ShouldBeOfType<Verdict.Append>(),
            () => exchange.End("F-1", RefundStatus.Rejected, "AC04").ShouldBeOfType<Verdict.Append>(),
        ];
        foreach (var act in bounceFirst ? acts : acts.Reverse())
        {
            act();
            exchange.Forget().Sleep();
        }

        Realised().ShouldBe(0);
        if (bounceFirst)
        {
            exchange.Undo("REFUND-F-1-1");
            Realised().ShouldBe(0);
            exchange.Reverse("REFUND-F-1-1", ReversalReason.Mistake).ShouldAppend<PaymentReversed>();
            Realised().ShouldBe(-10, "it was paid after all");
        }

        decimal Realised() => exchange.Journal.Events.SelectMany(happened => happened switch
        {
            PaymentReceived received => LedgerLines.Of(Row, received),
            PaymentReversed reversed => LedgerLines.Of(Row, reversed),
            RefundBooked booked => LedgerLines.Of(Row, booked),
            RefundEnded ended => LedgerLines.Of(Row, ended),
            AllocationUndone undone => LedgerLines.Of(Row, undone),
            _ => [],
        }).Sum(line => line.FxDifference?.Amount ?? 0);
    }

    [Fact]
    public void A_settled_refund_that_is_returned_is_credit_again_also_when_it_has_left_memory()
    {
        story.Pay("P-1", 100, allocations: []);
        Settle("F-1", 100);
        story.View.Balance.ShouldBe(0);
        story.Forget().Sleep().Report("F-1").ShouldRefuse(RefusalCode.RefundUnchanged);
        story.End("F-1", RefundStatus.Returned, "RETURNED", on: "2026-03-01").ShouldRefuse(RefusalCode.ReversalBeforePayment);
        story.End("F-1", RefundStatus.Returned, "RETURNED").ShouldAppend<RefundEnded>();
        story.Exposure.UnappliedCredits.ShouldBe(-100_00);
    }

    [Fact]
    public void A_refund_that_was_taken_for_returned_and_is_not_stands_as_before_unless_its_credit_was_used_meanwhile()
    {
        story.Pay("P-1", 100, allocations: []);
        Settle("F-1", 60);
        story.Reinstate("F-1").ShouldRefuse(RefusalCode.RefundUnchanged);
        var before = (story.Exposure, story.View.Balance);
        story.End("F-1", RefundStatus.Returned, "RETURNED");
        story.Forget().Sleep().Reinstate("F-1").ShouldAppend<RefundBooked>().Refund.ShouldSatisfyAllConditions(
            refund => refund.Status.ShouldBe(RefundStatus.Settled), refund => refund.Code.ShouldBeNull(), refund => refund.EndedOn.ShouldBeNull());
        (story.Exposure, story.View.Balance).ShouldBe(before);
        story.Reinstate("F-1", settled: false).ShouldRefuse(RefusalCode.RefundState);

        story.End("F-1", RefundStatus.Returned, "RETURNED").ShouldAppend<RefundEnded>();
        story.Reinstate("F-1", settled: false).ShouldAppend<RefundBooked>().Refund.Status.ShouldBe(RefundStatus.Sent);
        story.End("F-1", RefundStatus.Returned, "RETURNED").ShouldAppend<RefundEnded>();
        story.Refund("F-2", 90);
        story.Reinstate("F-1").ShouldRefuse(RefusalCode.RefundExceedsUnapplied);
        story.View.Balance.ShouldBe(-100_00);
    }

    [Fact]
    public void A_bounce_cancels_a_refund_that_is_not_filed_and_gives_the_other_credits_back()
    {
        story.Pay("P-1", 50, allocations: []);
        story.Pay("P-2", 30, allocations: []);
        story.Refund("F-1", 70);
        story.Approve("F-1");
        story.Forget().Sleep();
        var events = story.Reverse("P-1", ReversalReason.Bounced).ShouldBeOfType<Verdict.Append>().Events;
        var ended = events.OfType<RefundEnded>().ShouldHaveSingleItem();
        (ended.Refund.Status, ended.Refund.Code, ended.PostedOn).ShouldBe((RefundStatus.Cancelled, Account.SourceReversed, null));
        events.OfType<PaymentReversed>().ShouldHaveSingleItem().Unapplied.ShouldBe(50_00);
        story.Exposure.ShouldBe(new Exposure(0, 0, 0, 0, 0, 0, -30_00));
        story.File("F-1").ShouldRefuse(RefusalCode.RefundState);
        story.View.Balance.ShouldBe(-30_00);
    }

    [Fact]
    public void A_bounce_after_the_money_left_is_owed_by_the_customer_until_the_money_comes_back()
    {
        story.Invoice("I-1", 40);
        story.Pay("P-1", 100);
        Settle("F-1", 60);
        var events = story.Forget().Reverse("P-1", ReversalReason.Bounced).ShouldBeOfType<Verdict.Append>().Events;
        events.OfType<RefundChanged>().ShouldHaveSingleItem().Refund.Warnings.ShouldBe([Account.SourceReversed]);
        events.OfType<DebitPosted>().ShouldHaveSingleItem().Amount.ShouldBe(60_00);
        story.Exposure.ShouldBe(new Exposure(60_00, 40_00, 0, 0, 0, 0, 0));
        story.Pay("P-2", 25, allocations: [("REFUND-F-1-1", null, 25)]);
        var back = story.Forget().Sleep().End("F-1", RefundStatus.Returned).ShouldBeOfType<Verdict.Append>().Events.OfType<PaymentReceived>().ShouldHaveSingleItem();
        (back.Amount, back.Unapplied, back.Allocations.ShouldHaveSingleItem().Amount).ShouldBe((60_00, 25_00, 35_00));
        story.Exposure.ShouldBe(new Exposure(0, 40_00, 0, 0, 0, 0, -25_00));
    }

    [Fact]
    public void Who_approves_is_told_that_the_customer_owes()
    {
        story.Invoice("I-1", 100, due: "2026-03-01", issued: "2026-02-01");
        story.Pay("P-1", 50, allocations: []);
        story.AfterDays(5).Refund("F-1", 10).ShouldAppend<RefundRequested>().Refund.Warnings.ShouldBe(["OVERDUE_ITEMS"]);
        story.WriteOff("W-1", "I-1");
        story.Refund("F-2", 10).ShouldAppend<RefundRequested>().Refund.Warnings.ShouldBe(["WRITTEN_OFF"]);
    }

    [Fact]
    public void Money_that_goes_out_keeps_no_promise()
    {
        story.Invoice("I-1", 100, due: "2026-03-10");
        story.Promise("M-1", "I-1", ("2026-03-12", 100)).ShouldAppend<PromiseMade>();
        story.Pay("P-1", 100, allocations: []);
        story.Account.FindPromise("M-1".No())!.Status.ShouldBe(PromiseStatus.Kept);
        story.Refund("F-1", 100);
        story.Account.FindPromise("M-1".No())!.Status.ShouldBe(PromiseStatus.Open);
        story.End("F-1", RefundStatus.Cancelled);
        story.Account.FindPromise("M-1".No())!.Status.ShouldBe(PromiseStatus.Kept);
    }

    private void Settle(string refund, decimal amount)
    {
        story.Refund(refund, amount);
        story.Approve(refund);
        story.File(refund);
        story.Report(refund).ShouldAppend<RefundChanged>();
    }
}
