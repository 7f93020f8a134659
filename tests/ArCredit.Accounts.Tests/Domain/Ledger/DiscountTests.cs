using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>Early-payment discount: 3 % within 8 days, 2 % within 14, unless said otherwise. Today is 2 March.</summary>
public sealed class DiscountTests
{
    private static readonly PaymentTerms Terms = new(30, EndOfMonth.None, null, [new(2, 14), new(3, 8)]);
    private readonly AccountStory story = new AccountBuilder().WithLimit(10_000).WithTerms(Terms).Open();

    [Fact]
    public void The_textbook_2_10_net_30_after_a_return_of_goods()
    {
        // Sold for 1,000 at 2/10, n/30, goods for 100 come back: 882 settles the account within the ten days.
        var book = new AccountBuilder().WithLimit(10_000).WithTerms(new(30, EndOfMonth.None, null, [new(2, 10)])).Open();
        book.Invoice("I-1", 1000);
        book.CreditNote("C-1", 100, invoice: "I-1");
        var line = book.Pay("P-1", 882, received: "2026-03-12").ShouldAppend<PaymentReceived>().Allocations.ShouldHaveSingleItem();
        (line.Amount, line.Discount).ShouldBe((882_00, 18_00));
        book.Owed.ShouldBe(0);
        book.Forget().Undo("C-1", kind: CreditKind.CreditNote);
        book.Exposure.ShouldBe(new Exposure(100_00, 0, 0, 0, 0, 0, -100_00));
    }

    [Theory]
    [InlineData("2026-03-10", 97, 3, 0)]
    [InlineData("2026-03-11", 98, 2, 0)]
    [InlineData("2026-03-16", 98, 2, 0)]
    [InlineData("2026-03-17", 98, 0, 2)]
    [InlineData("2026-03-11", 97, 0, 3)]
    [InlineData("2026-03-10", 96.99, 0, 0)]
    [InlineData("2026-03-10", 100, 0, 0)]
    [InlineData("2026-03-10", 99, 1, 0)]
    public void It_is_earned_in_time_when_money_and_discount_clear_the_item(string received, decimal paid, decimal discount, decimal unearned)
    {
        story.Invoice("I-1", 100);
        var line = story.Pay("P-1", paid, received: received).ShouldAppend<PaymentReceived>().Allocations.ShouldHaveSingleItem();
        (line.Amount, line.Discount, line.Unearned).ShouldBe(((long)(paid * 100), (long)(discount * 100), (long)(unearned * 100)));
        story.Owed.ShouldBe(100 - paid - discount);
    }

    [Fact]
    public void What_was_paid_before_counts_and_the_last_part_earns_it()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 50);
        story.Pay("P-2", 47).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(3_00);
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void The_discount_that_a_late_payer_took_is_paid_and_not_given_to_other_money_in_time()
    {
        story.Pay("P-1", 50, allocations: []);
        story.Invoice("I-1", 100);
        story.Invoice("I-2", 100, due: "2026-05-01");
        story.Pay("P-2", 98, received: "2026-04-20", allocations: [("I-1", null, 98m)]).ShouldAppend<PaymentReceived>().Allocations[0].Unearned.ShouldBe(2_00);
        story.Allocate("P-1").ShouldAppend<CreditAllocated>().Allocations.Select(line => (line.Invoice.Value, line.Amount, line.Discount))
            .ShouldBe([("I-1", 2_00, 0), ("I-2", 48_00, 0)]);
    }

    [Fact]
    public void One_payment_over_many_invoices_takes_each_discount()
    {
        story.Invoice("I-1", 100);
        story.Invoice("I-2", 200);
        story.Pay("P-1", 291).ShouldAppend<PaymentReceived>().Allocations.Select(line => (line.Amount, line.Discount)).ShouldBe([(97_00, 3_00), (194_00, 6_00)]);
        story.Undo("P-1");
        story.Owed.ShouldBe(300 - 291);
        story.Allocate("P-1", allocations: [("I-2", null, null), ("I-1", null, 97)]).ShouldAppend<CreditAllocated>().Credit.Unapplied.ShouldBe(0);
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void Who_pays_everything_in_full_forgoes_it_and_what_is_more_is_unapplied()
    {
        story.Invoice("I-1", 100);
        story.Invoice("I-2", 200);
        story.Pay("P-1", 310).ShouldAppend<PaymentReceived>().Allocations.ShouldAllBe(line => line.Discount == 0);
        story.Owed.ShouldBe(-10);
    }

    [Fact]
    public void A_bounce_takes_it_back()
    {
        story.Invoice("I-1", 100);
        story.Pay("P-1", 97);
        story.Forget().Sleep();
        story.Reverse("P-1", ReversalReason.Bounced);
        story.Exposure.ShouldBe(new Exposure(0, 100_00, 0, 0, 0, 0, 0));
        story.Pay("P-2", 98, received: "2026-03-12").ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(2_00, "it is an invoice with its terms again");
        story.Reverse("P-2", ReversalReason.Mistake);
        story.Exposure.ShouldBe(new Exposure(0, 100_00, 0, 0, 0, 0, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_item_gets_more_discount_than_its_terms_give_when_an_earlier_part_comes_back(bool forgotten)
    {
        var book = TwoPercent(100);
        book.Pay("P-1", 60);
        book.Pay("P-2", 38).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(2_00);
        Pause(book, forgotten);
        book.Reverse("P-1", ReversalReason.Bounced);
        book.Pay("P-3", 58);
        book.Owed.ShouldBe(2, "the discount stands already");
        book.Undo("P-2");
        book.Undo("P-3");
        Pause(book, forgotten);
        book.Allocate("P-3").ShouldAppend<CreditAllocated>();
        book.Allocate("P-2").ShouldAppend<CreditAllocated>();
        book.Pay("P-4", 2).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(2_00, "what was given back may be given again");
        book.Owed.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_item_gets_more_discount_than_its_terms_give_when_a_credit_note_is_taken_off_it_again(bool forgotten)
    {
        var book = TwoPercent(100);
        book.CreditNote("C-1", 50, invoice: "I-1");
        book.Pay("P-1", 49).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(1_00);
        Pause(book, forgotten);
        book.Undo("C-1", kind: CreditKind.CreditNote);
        book.Pay("P-2", 48).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(0, "half of the two per cent stands already");
        book.Pay("P-3", 1).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(1_00);
        book.Owed.ShouldBe(-50);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_credited_is_what_stands_whatever_the_order_in_which_it_is_undone(bool forgotten)
    {
        // Two notes, and the first of them is taken back: the basis is 80.
        var book = TwoPercent(100);
        book.CreditNote("C-1", 30, invoice: "I-1");
        book.CreditNote("C-2", 20, invoice: "I-1");
        book.Pay("P-1", 50, allocations: [("I-1", null, 50m)]);
        Pause(book, forgotten);
        book.Undo("C-1", kind: CreditKind.CreditNote);
        book.Owed.ShouldBe(0);
        book.Pay("P-2", 28).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(0);
        book.Pay("P-3", 0.40m).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(1_60);

        // A payment between two notes is taken back, then the second note: the first stands, the basis is 70.
        book = TwoPercent(100);
        book.CreditNote("C-1", 30, invoice: "I-1");
        book.Pay("P-1", 40);
        book.CreditNote("C-2", 30, invoice: "I-1");
        Pause(book, forgotten);
        book.Undo("P-1");
        book.Undo("C-2", kind: CreditKind.CreditNote);
        book.Allocate("P-1");
        book.Pay("P-2", 28).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(0);
        book.Pay("P-3", 0.60m).ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(1_40);
    }

    private static AccountStory TwoPercent(decimal amount)
    {
        var book = new AccountBuilder().WithLimit(10_000).WithTerms(new(30, EndOfMonth.None, null, [new(2, 10)])).Open();
        book.Invoice("I-1", amount);
        return book;
    }

    private static void Pause(AccountStory book, bool forgotten)
    {
        if (forgotten)
        {
            book.Forget().Sleep();
        }
    }

    [Fact]
    public void The_base_may_be_net_and_days_may_have_grace()
    {
        var net = new AccountBuilder().WithLimit(10_000).WithTerms(new(30, EndOfMonth.None, null, [new(2, 10)], DiscountBase.Net, 3)).Open();
        net.Invoice("I-1", 119, tax: 19);
        net.Pay("P-1", 117, received: "2026-03-15").ShouldAppend<PaymentReceived>().Allocations[0].Discount.ShouldBe(2_00);
        net.Owed.ShouldBe(0);
    }

    [Fact]
    public void It_is_rounded_half_even_on_the_instalment()
    {
        story.Invoice("I-1", 40.50m, instalments: [("2026-03-20", 20.25m), ("2026-04-20", 20.25m)]);
        story.Pay("P-1", 19.64m).ShouldAppend<PaymentReceived>().Allocations.ShouldHaveSingleItem().Discount.ShouldBe(61);
        story.Owed.ShouldBe(20.25m);
    }

    [Fact]
    public void Small_differences_are_written_off_up_to_the_items_and_the_years_allowance()
    {
        var small = new AccountBuilder().WithLimit(10_000).WithPolicy(new CreditPolicy { SmallDifference = new(1, 1.50m) }).Open();
        foreach (var number in Enumerable.Range(1, 4))
        {
            small.Invoice($"I-{number}", 100);
        }

        small.Pay("P-1", 98.99m, allocations: [("I-1", null, 98.99m)]);
        small.Owed.ShouldBe(301.01m);
        small.Pay("P-2", 99, allocations: [("I-2", null, 99m)]).ShouldAppend<PaymentReceived>().Allocations[0].Difference.ShouldBe(1_00);
        small.Pay("P-3", 99.49m, allocations: [("I-3", null, 99.49m)]).ShouldAppend<PaymentReceived>().Allocations[0].Difference.ShouldBe(0);
        small.Sleep();
        small.Pay("P-4", 99.50m, allocations: [("I-4", null, 99.50m)]).ShouldAppend<PaymentReceived>().Allocations[0].Difference.ShouldBe(50);
        small.Owed.ShouldBe(1.52m);
        small.Forget().Undo("P-2");
        small.Owed.ShouldBe(2.52m);
        small.Allocate("P-2").ShouldAppend<CreditAllocated>();
        small.View.Blocks.ShouldBeEmpty();
        small.On("2027-01-04T09:00:00Z").Invoice("I-5", 100);
        small.Pay("P-5", 99, allocations: [("I-5", null, 99m)]).ShouldAppend<PaymentReceived>().Allocations[0].Difference.ShouldBe(1_00);
    }

    [Fact]
    public void Nothing_is_forgiven_while_the_payment_has_money_left()
    {
        var small = new AccountBuilder().WithLimit(10_000).WithPolicy(new CreditPolicy { SmallDifference = new(5, 20) }).Open();
        small.Invoice("I-1", 100);
        small.Invoice("I-2", 50);
        var line = small.Pay("P-1", 1000, allocations: [("I-1", null, 96m)]).ShouldAppend<PaymentReceived>().Allocations.ShouldHaveSingleItem();
        line.Difference.ShouldBe(0);
        small.Allocate("P-1", allocations: ("I-2", null, 48)).ShouldAppend<CreditAllocated>().Allocations[0].Difference.ShouldBe(0);
        small.Owed.ShouldBe(150 - 1000);

        // All of the money, in two parts: both items were paid short.
        small.Reverse("P-1", ReversalReason.Mistake);
        small.Pay("P-2", 144, allocations: [("I-1", null, 96m), ("I-2", null, 48m)]).ShouldAppend<PaymentReceived>().Allocations.Select(each => each.Difference)
            .ShouldBe([4_00, 2_00]);
        small.Owed.ShouldBe(0);

        story.Invoice("I-1", 100);
        story.Pay("P-1", 200, received: "2026-03-30", allocations: [("I-1", null, 98m)]).ShouldAppend<PaymentReceived>().Allocations[0].Unearned.ShouldBe(0);
    }

    [Fact]
    public void Each_year_has_its_own_allowance_for_small_differences_whatever_was_posted_before()
    {
        var small = new AccountBuilder().WithLimit(10_000).WithPolicy(new CreditPolicy { SmallDifference = new(5, 6) }).Open();
        foreach (var number in Enumerable.Range(1, 8))
        {
            small.Invoice($"I-{number}", 100);
        }

        Difference("P-1", "I-1", "2199-12-31").ShouldBe(5_00);
        Difference("P-2", "I-2", "2026-12-31").ShouldBe(5_00);
        small.Sleep();
        Difference("P-3", "I-3", "2026-12-31").ShouldBe(0);
        Difference("P-4", "I-4", "2027-01-04").ShouldBe(5_00);
        Difference("P-5", "I-5", "2026-12-31").ShouldBe(0, "2026 is used up, however late it is posted");
        small.Undo("P-4", on: "2027-01-05");
        small.Sleep();
        Difference("P-6", "I-6", "2026-12-31").ShouldBe(0);
        small.Undo("P-2", on: "2027-01-05");
        Difference("P-7", "I-7", "2026-12-31").ShouldBe(5_00);
        Difference("P-8", "I-8", "2027-01-04").ShouldBe(5_00);

        long Difference(string id, string invoice, string postedOn) => small.Ask(new PostPayment(
                id.No(), small.Amount(95), small.Today, postedOn.Day(), null, PaymentMethod.Transfer, null,
                [new AllocationRequest(invoice.No(), null, 95_00)], null))
            .ShouldAppend<PaymentReceived>().Allocations[0].Difference;
    }

    [Fact]
    public void A_documents_rates_are_those_of_its_accounting_date()
    {
        var manat = new AccountBuilder().In("EUR", "AZN").WithLimit(10_000).WithRate("USD", "EUR", "2026-02-01", 0.8m).WithRate("USD", "AZN", "2026-02-01", 1.6m)
            .WithRate("USD", "EUR", "2026-03-01", 0.9m).WithRate("USD", "AZN", "2026-03-01", 1.7m).Open();
        var received = manat.Ask(new PostPayment("P-1".No(), manat.Amount(100, "USD"), manat.Today, "2026-02-15".Day(), null, PaymentMethod.Transfer, null, null, null))
            .ShouldAppend<PaymentReceived>();
        (received.Rate, received.CompanyRate).ShouldBe((0.8m, 1.6m));
    }

    [Fact]
    public void The_exchange_difference_is_realised_with_each_part_and_taken_back_with_it()
    {
        // 1,000 USD sold at 0.90 and paid at 0.95: 50 EUR gained; the rest at 0.85: a loss.
        var foreign = new AccountBuilder().WithLimit(10_000).WithRate("USD", "EUR", "2026-03-01", 0.90m).Open();
        foreign.Invoice("I-1", 1000, of: "USD");
        Realised(foreign.Pay("P-1", 600, of: "USD", rate: 0.95m).ShouldAppend<PaymentReceived>().Allocations).ShouldBe([30_00]);
        Realised(foreign.Pay("P-2", 400, of: "USD", rate: 0.85m).ShouldAppend<PaymentReceived>().Allocations).ShouldBe([-20_00]);
        foreign.Owed.ShouldBe(0);
        Realised(foreign.Undo("P-2").ShouldAppend<AllocationUndone>().Allocations).ShouldBe([-20_00]);

        // An account in dollars of a company in manat: its rate to the company's currency is the one that counts.
        var manat = new AccountBuilder().In("USD", "AZN").WithLimit(10_000).WithRate("USD", "AZN", "2026-03-01", 1.7m).WithRate("USD", "AZN", "2026-03-05", 1.75m).Open();
        manat.Invoice("I-1", 100);
        manat.AfterDays(4).Pay("P-1", 60);
        manat.Forget().Sleep();
        Realised(manat.Reverse("P-1", ReversalReason.Mistake).ShouldAppend<PaymentReversed>().Allocations).ShouldBe([3_00]);
        Realised(manat.Pay("P-2", 100).ShouldAppend<PaymentReceived>().Allocations).ShouldBe([5_00]);
        manat.Forget();
        manat.Reverse("P-2", ReversalReason.Bounced);
        Realised(manat.Pay("P-3", 100).ShouldAppend<PaymentReceived>().Allocations).ShouldBe([5_00]);
    }

    [Fact]
    public void Money_for_what_was_written_off_realises_the_difference_to_the_posted_rate_too()
    {
        var story = new AccountBuilder().WithLimit(10_000).WithRate("USD", "EUR", "2026-01-01", 0.90m).Open();
        story.Invoice("I-1", 1_000, of: "USD");
        story.WriteOff("W-1", "I-1");
        Realised(story.Pay("P-1", 600, of: "USD", rate: 0.95m).ShouldAppend<PaymentReceived>().Allocations).ShouldBe([30_00]);
        story.Pay("P-2", 400, of: "USD", rate: 0.85m, allocations: []);
        Realised(story.Allocate("P-2", allocations: ("I-1", null, null)).ShouldAppend<CreditAllocated>().Allocations).ShouldBe([-20_00]);
        Realised(story.Undo("P-2").ShouldAppend<AllocationUndone>().Allocations).ShouldBe([-20_00]);
        story.View.WrittenOff.ShouldBe(360_00);
        var own = new AccountBuilder().WithLimit(10_000).Open();
        own.Invoice("I-1", 100);
        own.WriteOff("W-1", "I-1");
        Realised(own.Pay("P-1", 100).ShouldAppend<PaymentReceived>().Allocations).ShouldBe([null]);
    }

    private static long?[] Realised(IEnumerable<Allocation> lines) => [.. lines.Select(line => line.FxDifference?.Minor)];
}
