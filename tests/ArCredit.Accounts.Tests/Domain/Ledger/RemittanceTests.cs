using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>What payers write with their money decides what it pays, when nobody else says so.</summary>
public sealed class RemittanceTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(10_000).WithRate("USD", "EUR", "2026-03-01", 0.5m).Open();

    [Theory]
    [InlineData("INV-B")]
    [InlineData("Invoice inv-b of March")]
    [InlineData("#INV-B.")]
    [InlineData("(INV-B),")]
    [InlineData("RE:INV-B")]
    [InlineData("ref=\"INV-B\"; thanks")]
    [InlineData("'INV-B'/2026")]
    [InlineData("line one\r\n\tINV-B\u00A0line two")]
    [InlineData("„INV-B“")]
    public void A_named_invoice_is_paid_before_those_due_earlier(string text)
    {
        story.Invoice("INV-A", 50, due: "2026-04-01");
        story.Invoice("INV-B", 50, due: "2026-05-01");
        Paid(story.Pay("P-1", 50, remittance: text)).ShouldBe([("INV-B", 1, 50m)]);
        story.Account.Balance.ShouldBe(50_00);
    }

    [Theory]
    [InlineData("INV-9")]
    [InlineData("INV-BB XINV-B INV -B INV-")]
    [InlineData("thank you")]
    [InlineData(" \n ,;: ")]
    public void A_text_that_names_nothing_changes_nothing(string text)
    {
        story.Invoice("INV-A", 50, due: "2026-04-01");
        story.Invoice("INV-B", 30, due: "2026-05-01");
        Paid(story.Pay("P-1", 30, remittance: text)).ShouldBe([("INV-B", 1, 30m)], "an exact match");
        Paid(story.Pay("P-2", 20, remittance: text)).ShouldBe([("INV-A", 1, 20m)]);
    }

    [Fact]
    public void Several_named_invoices_are_paid_as_they_are_due_and_the_rest_goes_by_the_rule()
    {
        story.Invoice("INV-A", 10, due: "2026-04-01");
        story.Invoice("INV-B", 20, due: "2026-07-01");
        story.Invoice("INV-C", 60, instalments: [("2026-08-01", 40), ("2026-06-01", 20)]);
        story.Invoice("INV-D", 5, due: "2026-09-01");
        Paid(story.Pay("P-1", 25, remittance: "INV-B+INV-C")).ShouldBe([("INV-C", 2, 20m), ("INV-B", 1, 5m)]);
        Paid(story.Pay("P-2", 60, remittance: "INV-C,INV-B")).ShouldBe([("INV-B", 1, 15m), ("INV-C", 1, 40m), ("INV-D", 1, 5m)], "what is left matches D");
        var last = story.Pay("P-3", 12, remittance: "INV-B, INV-C, inv-a");
        Paid(last).ShouldBe([("INV-A", 1, 10m)]);
        last.ShouldAppend<PaymentReceived>().Unapplied.ShouldBe(2_00);
    }

    [Fact]
    public void The_payers_purpose_wins_over_an_exact_match_and_allocations_over_both()
    {
        story.Invoice("INV-A", 50);
        story.Invoice("INV-B", 70);
        Paid(story.Pay("P-1", 50, remittance: "INV-B")).ShouldBe([("INV-B", 1, 50m)]);
        Paid(story.Pay("P-2", 10, allocations: [("INV-A", null, 10m)], remittance: "INV-B")).ShouldBe([("INV-A", 1, 10m)]);
        Paid(story.Pay("P-3", 10, allocations: [], remittance: "INV-B")).ShouldBeEmpty();
    }

    [Fact]
    public void A_number_with_a_slash_is_read_as_a_whole_before_its_parts()
    {
        story.Invoice("2026", 50, due: "2026-04-01");
        story.Invoice("2026/117", 50, due: "2026-05-01");
        story.Invoice("118", 50, due: "2026-06-01");
        Paid(story.Pay("P-1", 10, remittance: "(2026/117)")).ShouldBe([("2026/117", 1, 10m)]);
        Paid(story.Pay("P-2", 60, remittance: "2026/118")).ShouldBe([("2026", 1, 50m), ("118", 1, 10m)]);
    }

    [Fact]
    public void Numbers_of_one_or_two_characters_are_not_looked_for()
    {
        story.Invoice("A", 50, due: "2026-04-01");
        story.Invoice("17", 50, due: "2026-05-01");
        Paid(story.Pay("P-1", 10, remittance: "17 (17) 17/17")).ShouldBe([("A", 1, 10m)]);
    }

    [Fact]
    public void Only_invoices_in_the_payments_currency_are_named()
    {
        story.Invoice("INV-A", 10, due: "2026-04-01");
        story.Invoice("INV-B", 10, of: "USD", due: "2026-04-01");
        Paid(story.Pay("P-1", 5, remittance: "INV-B")).ShouldBe([("INV-A", 1, 5m)]);
    }

    [Fact]
    public void The_first_200_tokens_are_looked_up()
    {
        story.Invoice("INV-A", 50, due: "2026-04-01");
        story.Invoice("INV-B", 50, due: "2026-05-01");
        string Words(int count) => string.Join(' ', Enumerable.Range(100, count));
        Paid(story.Pay("P-1", 10, remittance: $"{Words(199)} {Words(199)} a b c INV-B")).ShouldBe([("INV-B", 1, 10m)]);
        Paid(story.Pay("P-2", 10, remittance: $"{Words(200)} INV-B")).ShouldBe([("INV-A", 1, 10m)]);
    }

    [Fact]
    public void Among_many_open_invoices_the_named_ones_are_found_whatever_was_paid_and_taken_back_meanwhile()
    {
        for (var i = 100; i < 160; i++)
        {
            story.Invoice($"INV-{i}", 10, due: "2026-04-01");
        }

        story.Invoice("inv-159", 10, due: "2026-04-02");
        Paid(story.Pay("P-1", 20, remittance: "inv-150 INV-140")).ShouldBe([("INV-140", 1, 10m), ("INV-150", 1, 10m)]);
        Paid(story.Pay("P-2", 4, remittance: "INV-150")).ShouldBe([("INV-100", 1, 4m)], "it is paid");
        story.Reverse("P-1", ReversalReason.Bounced);
        story.Invoice("INV-200", 10, due: "2027-04-01");
        Paid(story.Pay("P-3", 25, remittance: "INV-150, INV-200 INV-140")).ShouldBe([("INV-140", 1, 10m), ("INV-150", 1, 10m), ("INV-200", 1, 5m)]);
        Paid(story.Pay("P-4", 15, remittance: "Inv-159")).ShouldBe([("INV-159", 1, 10m), ("inv-159", 1, 5m)], "capitals tell nothing apart");
        Paid(story.Pay("P-5", 2, remittance: "INV-159")).ShouldBe([("inv-159", 1, 2m)]);
        story.Sleep();
        Paid(story.Pay("P-6", 1, remittance: "INV-159")).ShouldBe([("inv-159", 1, 1m)]);
    }

    [Fact]
    public void The_text_is_not_in_the_event()
    {
        story.Invoice("INV-A", 50);
        var command = new PostPayment(
            "P-1".No(), 50m.In("EUR"), story.Today, null, null, PaymentMethod.Transfer, null, null, new FreeText("Ali pays INV-A"));
        var posted = story.Ask(command).ShouldAppend<PaymentReceived>();
        posted.Remittance.ShouldBe(command.Remittance!.Reference);
        posted.ToString().ShouldNotContain("Ali");
    }

    private static IEnumerable<(string, int, decimal)> Paid(Verdict verdict) =>
        verdict.ShouldAppend<PaymentReceived>().Allocations.Select(part => (part.Invoice.Value, part.Instalment, part.Amount / 100m));
}
