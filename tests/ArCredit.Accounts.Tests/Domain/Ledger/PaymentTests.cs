using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class PaymentTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(10_000).WithRate("USD", "EUR", "2026-03-01", 0.5m).Open();

    [Fact]
    public void The_policys_order_is_due_date_then_issue_date_then_number()
    {
        story.Invoice("C", 10, due: "2026-04-01", issued: "2026-02-01");
        story.Invoice("B", 10, due: "2026-04-01", issued: "2026-02-01");
        story.Invoice("A", 10, due: "2026-04-01", issued: "2026-02-02");
        story.Invoice("Z", 10, due: "2026-03-31", issued: "2026-03-01");
        Paid(story.Pay("P-1", 35)).ShouldBe([("Z", 1, 10m), ("B", 1, 10m), ("C", 1, 10m), ("A", 1, 5m)]);
        story.Owed.ShouldBe(5);
    }

    [Fact]
    public void An_exact_match_of_one_item_wins_and_the_oldest_of_several()
    {
        story.Invoice("A", 10, due: "2026-04-01");
        story.Invoice("B", 25, due: "2026-05-01");
        story.Invoice("C", 25, due: "2026-04-15");
        Paid(story.Pay("P-1", 25)).ShouldBe([("C", 1, 25m)]);
        Paid(story.Pay("P-2", 25)).ShouldBe([("B", 1, 25m)]);
        Paid(story.Pay("P-3", 8)).ShouldBe([("A", 1, 8m)]);
        Paid(story.Pay("P-4", 2)).ShouldBe([("A", 1, 2m)]);
    }

    [Fact]
    public void An_exact_match_of_a_whole_invoice_wins_after_single_items()
    {
        story.Invoice("A", 100, due: "2026-04-01");
        story.Invoice("B", 60, instalments: [("2026-04-10", 20), ("2026-05-10", 40)]);
        Paid(story.Pay("P-1", 60)).ShouldBe([("B", 1, 20m), ("B", 2, 40m)]);

        story.Invoice("C", 60, instalments: [("2026-04-10", 20), ("2026-05-10", 40)]);
        story.Invoice("D", 60, due: "2026-09-01");
        Paid(story.Pay("P-2", 60)).ShouldBe([("D", 1, 60m)]);
    }

    [Fact]
    public void What_is_left_over_is_unapplied_credit()
    {
        story.Invoice("A", 10);
        var payment = story.Pay("P-1", 35).ShouldAppend<PaymentReceived>();
        payment.Unapplied.ShouldBe(25_00);
        (story.Exposure.OpenInvoices, story.Exposure.UnappliedCredits, story.View.Balance).ShouldBe((0, -25_00, -25_00));
        story.Invoice("B", 30);
        story.Exposure.ShouldBe(new Exposure(30_00, 0, 0, 0, 0, 0, -25_00));
    }

    [Fact]
    public void An_empty_list_leaves_everything_unapplied()
    {
        story.Invoice("A", 10);
        Paid(story.Pay("P-1", 10, allocations: [])).ShouldBeEmpty();
        story.Exposure.ShouldBe(new Exposure(10_00, 0, 0, 0, 0, 0, -10_00));
    }

    [Fact]
    public void The_payers_purpose_wins()
    {
        story.Invoice("A", 10, due: "2026-04-01");
        story.Invoice("B", 60, instalments: [("2026-06-10", 20), ("2026-05-10", 40)]);
        Paid(story.Pay("P-1", 55, allocations: [("B", null, 45m), ("A", 1, 5m)])).ShouldBe([("B", 2, 40m), ("B", 1, 5m), ("A", 1, 5m)]);
        story.Exposure.ShouldBe(new Exposure(20_00, 0, 0, 0, 0, 0, -5_00));
    }

    [Fact]
    public void One_instalment_may_be_named_more_than_once_but_not_beyond_what_is_open()
    {
        story.Invoice("A", 10);
        story.Pay("P-1", 20, allocations: [("A", 1, 6m), ("A", null, 4.01m)]).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
        Paid(story.Pay("P-1", 20, allocations: [("A", 1, 6m), ("A", null, 4m)])).ShouldBe([("A", 1, 6m), ("A", 1, 4m)]);
    }

    [Fact]
    public void Allocations_are_within_payment_invoice_and_currency()
    {
        story.Invoice("A", 10);
        story.Pay("P-1", 9, allocations: [("A", null, 9.01m)]).ShouldRefuse(RefusalCode.AllocationExceedsPayment);
        story.Pay("P-1", 20, allocations: [("A", null, 10.01m)]).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
        story.Pay("P-1", 20, allocations: [("A", 2, 1m)]).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
        story.Pay("P-1", 20, allocations: [("X", null, 1m)]).ShouldRefuse(RefusalCode.InvoiceUnknown);
        story.Pay("P-1", 20, of: "USD", allocations: [("A", null, 1m)]).ShouldRefuse(RefusalCode.CurrencyMismatch);
        story.Owed.ShouldBe(10);
    }

    [Fact]
    public void Money_in_another_currency_pays_items_of_that_currency_only()
    {
        story.Invoice("A", 10, due: "2026-03-03");
        story.Invoice("B", 10, of: "USD", due: "2026-06-03");
        Paid(story.Pay("P-1", 10, of: "USD")).ShouldBe([("B", 1, 10m)]);
        Paid(story.Pay("P-2", 10, of: "USD")).ShouldBeEmpty();
        story.Exposure.ShouldBe(new Exposure(10_00, 0, 0, 0, 0, 0, -5_00));
    }

    [Fact]
    public void Money_that_can_come_back_counts_until_its_day_has_passed()
    {
        story.Invoice("A", 100);
        story.Pay("P-1", 100, clearsOn: "2026-03-05");
        story.Exposure.ShouldBe(new Exposure(0, 0, 100_00, 0, 0, 0, 0));
        story.View.Balance.ShouldBe(0);

        story.On("2026-03-05T23:59:59Z").RunDue().ShouldBeEmpty();
        story.Owed.ShouldBe(100);
        story.On("2026-03-06T00:00:00Z").Owed.ShouldBe(0, "also before it is recorded");
        story.RunDue().ShouldHaveSingleItem().ShouldBeOfType<MoneyCleared>();
        story.Owed.ShouldBe(0);
        story.RunDue().ShouldBeEmpty();
    }

    [Fact]
    public void Unapplied_money_that_can_come_back_gives_no_room()
    {
        story.Invoice("A", 60);
        story.Pay("P-1", 100, clearsOn: "2026-03-05");
        story.Exposure.ShouldBe(new Exposure(0, 0, 100_00, 0, 0, 0, -40_00));
        story.On("2026-03-06T00:00:00Z").Owed.ShouldBe(-40);
    }

    [Fact]
    public void Money_that_can_come_back_keeps_its_number_taken_while_it_counts()
    {
        story.Invoice("A", 100);
        story.Pay("P-1", 100, clearsOn: "2026-03-05");
        story.Forget().Sleep();
        story.Pay("P-1", 100, clearsOn: "2026-03-05").ShouldBe(new Verdict.Taken(new NumberKey(NumberKind.Payment, "P-1")));
    }

    [Fact]
    public void A_clearing_day_that_has_passed_already_counts_nothing()
    {
        story.Invoice("A", 100);
        story.Pay("P-1", 100, clearsOn: "2026-03-01").ShouldAppend<PaymentReceived>().ClearsOn.ShouldBeNull();
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void The_clearing_day_ends_at_midnight_in_the_companys_zone()
    {
        var baku = new AccountBuilder().InZone("Asia/Baku").WithLimit(10).Open();
        baku.Pay("P-1", 1, clearsOn: "2026-03-05", allocations: []);
        baku.On("2026-03-05T19:59:59Z").Exposure.Uncleared.ShouldBe(1_00);
        baku.On("2026-03-05T20:00:00Z").Exposure.Uncleared.ShouldBe(0);
    }

    [Fact]
    public void A_payment_id_is_taken_even_when_a_repeat_finds_nothing_open()
    {
        story.Invoice("A", 10);
        (string, int?, decimal)[] purpose = [("A", null, 10m)];
        story.Pay("P-1", 10, allocations: purpose).ShouldAppend<PaymentReceived>();
        story.Pay("P-1", 10, allocations: purpose).ShouldBeOfType<Verdict.Taken>();
        story.Pay("P-2", 10, allocations: purpose).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
        story.Pay("P-3", 5, allocations: []);
        story.Pay("P-3", 5, allocations: []).ShouldBeOfType<Verdict.Taken>();
    }

    [Fact]
    public void History_is_posted_on_its_value_date()
    {
        var payment = story.Ask(
            new PostPayment("P-1".No(), 1m.In("EUR"), "2020-05-05".Day(), null, null, PaymentMethod.Cash, null, [], null), history: true);
        payment.ShouldAppend<PaymentReceived>().PostedOn.ShouldBe("2020-05-05".Day());
    }

    private static IEnumerable<(string, int, decimal)> Paid(Verdict verdict) =>
        verdict.ShouldAppend<PaymentReceived>().Allocations.Select(part => (part.Invoice.Value, part.Instalment, part.Amount / 100m));
}
