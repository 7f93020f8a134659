using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class WriteOffTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-03-01", 0.9137m).Open();

    [Fact]
    public void Bad_debt_leaves_exposure_blocks_and_makes_nothing_available()
    {
        story.Invoice("I-1", 400);
        story.Invoice("I-2", 100);
        story.WriteOff("W-1", "I-1").ShouldBeOfType<Verdict.Append>().Events.Select(happened => happened.GetType())
            .ShouldBe([typeof(WrittenOff), typeof(BlockSet)]);
        story.Owed.ShouldBe(100);
        story.Sleep();
        (story.View.WrittenOff, story.View.Available, story.View.Blocks[0].Name).ShouldBe((400_00, 500_00, "write-off"));
        var declined = story.Check(1);
        (declined.Outcome, declined.Available).ShouldBe((DecisionOutcome.Declined, 500_00));
        story.WriteOff("W-1", "I-1").ShouldBeOfType<Verdict.Taken>();
        story.WriteOff("W-2", "I-1").ShouldRefuse(RefusalCode.WriteOffExceedsOpen);
        story.WriteOff("W-2", "I-2", 100.01m).ShouldRefuse(RefusalCode.WriteOffExceedsOpen);
        story.WriteOff("W-2", "I-2", 1.001m).ShouldRefuse(RefusalCode.AmountDecimals);
        story.WriteOff("W-2", "I-9").ShouldRefuse(RefusalCode.InvoiceUnknown);
        story.WriteOff("W-2", "I-2", kind: WriteOffKind.Waiver).ShouldRefuse(RefusalCode.NotAClaim);
        story.WriteOff("W-2", "I-2", 10).ShouldBeOfType<Verdict.Append>().Events.ShouldHaveSingleItem();
        story.Ask(new RemoveBlock("write-off"));
        story.View.Available.ShouldBe(910_00);
    }

    [Fact]
    public void Undoing_a_recovery_leaves_lifted_what_somebody_lifted()
    {
        story.Invoice("I-1", 100);
        story.WriteOff("W-1", "I-1");
        story.Ask(new RemoveBlock("write-off"));
        story.Pay("P-1", 50);
        story.Sleep();
        story.Undo("P-1").ShouldBeOfType<Verdict.Append>().Events.ShouldHaveSingleItem();
        story.Allocate("P-1", allocations: ("I-1", null, null));
        story.Reverse("P-1", ReversalReason.Mistake).ShouldBeOfType<Verdict.Append>().Events.ShouldHaveSingleItem();
        story.View.Blocks.ShouldBeEmpty();

        // A bounce is news, and so is the next debt.
        story.Pay("P-2", 50);
        story.Reverse("P-2", ReversalReason.Bounced).ShouldBeOfType<Verdict.Append>().Events[1].ShouldBeOfType<BlockSet>();
        story.Pay("P-3", 100).ShouldBeOfType<Verdict.Append>().Events[1].ShouldBe(new BlockRemoved("write-off"));
        story.Reverse("P-3", ReversalReason.Mistake).ShouldBeOfType<Verdict.Append>().Events[1].ShouldBeOfType<BlockSet>();
    }

    [Fact]
    public void Later_money_is_a_recovery_and_the_block_goes_with_the_last_of_it()
    {
        story.Invoice("I-1", 100, due: "2026-03-10");
        story.Invoice("I-2", 50, due: "2026-03-05");
        story.WriteOff("W-1", "I-1");
        story.WriteOff("W-2", "I-2");
        story.Sleep();
        var line = story.Pay("P-1", 30, allocations: [("I-1", null, 30m)]).ShouldAppend<PaymentReceived>().Allocations.ShouldHaveSingleItem();
        line.WriteOff.ShouldBe("W-1".No());
        (story.Owed, story.View.WrittenOff).ShouldBe((0, 120_00));
        story.TakeBack("W-1").ShouldRefuse(RefusalCode.WriteOffRecovered);

        // What is left of a payment after everything open goes to what was due first.
        story.Invoice("I-3", 10);
        var payment = story.Pay("P-2", 140).ShouldBeOfType<Verdict.Append>();
        ((PaymentReceived)payment.Events[0]).Allocations.Select(each => (each.Invoice.Value, each.Amount)).ShouldBe([("I-3", 10_00), ("I-2", 50_00), ("I-1", 70_00)]);
        payment.Events[1].ShouldBe(new BlockRemoved("write-off"));
        (story.Owed, story.View.WrittenOff, story.View.Blocks.Count).ShouldBe((-10, 0, 0));

        story.Forget().Sleep();
        story.Reverse("P-2", ReversalReason.Bounced).ShouldBeOfType<Verdict.Append>().Events[1].ShouldBeOfType<BlockSet>().Name.ShouldBe("write-off");
        (story.Owed, story.View.WrittenOff, story.Exposure.ReturnedPayments).ShouldBe((10, 120_00, 10_00));
        story.Undo("P-1");
        (story.Owed, story.View.WrittenOff).ShouldBe((-20, 150_00));
        story.Allocate("P-1", allocations: ("I-1", null, null)).ShouldAppend<CreditAllocated>().Allocations[0].WriteOff.ShouldBe("W-1".No());
    }

    [Fact]
    public void A_write_off_is_taken_back_to_the_minor_unit()
    {
        story.Invoice("I-1", 100, of: "USD");
        story.Pay("P-1", 33.33m, of: "USD");
        story.Reverse("P-1", ReversalReason.Bounced);
        var before = story.Exposure;
        story.WriteOff("W-1", "I-1", 77.77m);
        story.Forget().Sleep();
        story.TakeBack("W-1").ShouldBeOfType<Verdict.Append>().Events.Select(happened => happened.GetType()).ShouldBe([typeof(WriteOffReversed), typeof(BlockRemoved)]);
        story.Exposure.ShouldBe(before);
        story.TakeBack("W-1").ShouldBeOfType<Verdict.Taken>();
        story.Forget().TakeBack("W-1").ShouldBeOfType<Verdict.Taken>();
        story.TakeBack("W-9").ShouldRefuse(RefusalCode.NotFound);
    }

    [Fact]
    public void A_small_difference_is_written_off_by_hand_within_the_tolerance_and_without_a_block()
    {
        var small = new AccountBuilder().WithLimit(1000).WithPolicy(new CreditPolicy { SmallDifference = new(1, 1.50m) }).Open();
        small.Invoice("I-1", 0.90m);
        small.Invoice("I-2", 0.90m);
        small.WriteOff("W-1", "I-1", kind: WriteOffKind.SmallDifference).ShouldAppend<WrittenOff>();
        small.WriteOff("W-2", "I-2", kind: WriteOffKind.SmallDifference).ShouldRefuse(RefusalCode.DifferenceTooLarge);
        (small.View.Blocks.Count, small.View.WrittenOff).ShouldBe((0, 0));
        small.Forget().Sleep().TakeBack("W-1").ShouldAppend<WriteOffReversed>();
        small.WriteOff("W-2", "I-2", kind: WriteOffKind.SmallDifference).ShouldAppend<WrittenOff>();
        small.Owed.ShouldBe(0.90m);
        story.Invoice("I-1", 1);
        story.WriteOff("W-1", "I-1", 0.01m, WriteOffKind.SmallDifference).ShouldRefuse(RefusalCode.DifferenceTooLarge);
    }

    [Fact]
    public void Claims_are_owed_but_never_overdue_and_settled_after_what_is_due()
    {
        story.Bill("F-1", 5, due: "2026-03-03");
        story.Bill("Z-1", 7, DebitKind.Interest, due: "2026-03-04");
        story.Bill("D-1", 20, DebitKind.DebitNote, due: "2026-03-05");
        story.Invoice("I-1", 100, due: "2026-03-06");
        story.Invoice("I-2", 100, due: "2026-04-06");
        story.On("2026-03-09T09:00:00Z").Sleep();
        story.Owed.ShouldBe(232);
        (story.View.Overdue.Amount, story.View.OverdueDays).ShouldBe((120_00, 4));
        story.Pay("P-1", 135, allocations: null).ShouldAppend<PaymentReceived>().Allocations.Select(line => (line.Invoice.Value, line.Amount))
            .ShouldBe([("D-1", 20_00), ("I-1", 100_00), ("Z-1", 7_00), ("F-1", 5_00), ("I-2", 3_00)]);
        story.Forget().Reverse("P-1", ReversalReason.Bounced);
        (story.Owed, story.Exposure.ReturnedPayments, story.View.Overdue.Amount).ShouldBe((232, 135_00, 120_00));
        story.WriteOff("W-1", "F-1", kind: WriteOffKind.Waiver).ShouldAppend<WrittenOff>();
        (story.Owed, story.View.Blocks.Count).ShouldBe((227, 0));
        story.Invoice("D-1", 1).ShouldBeOfType<Verdict.Taken>("debit notes, claims and invoices share their numbers");
        story.Bill("I-1", 1).ShouldBeOfType<Verdict.Taken>();
    }

    [Fact]
    public void An_account_with_write_offs_is_the_same_from_its_journal()
    {
        story.Invoice("I-1", 100, of: "USD");
        story.Bill("F-1", 5);
        story.WriteOff("W-1", "I-1", 60);
        story.Pay("P-1", 20, of: "USD", allocations: [("I-1", null, 20m)]);
        story.Pay("P-2", 25, of: "USD");
        var again = story.Replayed().View(story.Context());
        (again.Balance, again.WrittenOff, again.Exposure).ShouldBe((story.View.Balance, story.View.WrittenOff, story.View.Exposure));
        story.Sleep().View.Exposure.ShouldBe(again.Exposure);
        story.View.WrittenOff.ShouldBe(again.WrittenOff);
    }
}
