using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class InvoiceTests
{
    [Fact]
    public void An_invoice_never_holds_more_tax_than_it_amounts_to()
    {
        var taxed = new AccountBuilder().WithLimit(1000).Open();
        taxed.Reserve("R-1", 100);
        var facts = new InvoiceFacts("I-1".No(), taxed.Today, null, null, 100_01, null, [], null, null);
        taxed.Ask(new CaptureReservation("R-1".No(), null, false, null, facts)).ShouldRefuse(RefusalCode.TaxExceedsAmount);
        taxed.Ask(new CaptureReservation("R-1".No(), null, false, null, facts with { TaxAmount = 100_00 })).ShouldAppend<InvoicePosted>();
    }

    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).Open();

    [Fact]
    public void An_invoice_of_three_instalments_is_paid_oldest_first()
    {
        story.Invoice("I-1", 90, instalments: [("2026-04-01", 30), ("2026-05-01", 40), ("2026-06-01", 20)]);
        var payment = story.Pay("P-1", 50).ShouldAppend<PaymentReceived>();
        payment.Allocations.Select(part => (part.Instalment, part.Amount)).ShouldBe([(1, 30_00), (2, 20_00)]);
        story.Owed.ShouldBe(40);

        story.On("2026-05-02T00:00:00Z").View.Overdue.Amount.ShouldBe(20_00);
        story.On("2026-06-02T00:00:00Z").View.Overdue.Amount.ShouldBe(40_00);
        story.View.OverdueDays.ShouldBe(32);
    }

    [Fact]
    public void Instalments_are_numbered_as_given_and_paid_by_due_date()
    {
        story.Invoice("I-1", 90, instalments: [("2026-06-01", 20), ("2026-04-01", 30), ("2026-05-01", 40)]);
        story.Pay("P-1", 80).ShouldAppend<PaymentReceived>().Allocations.Select(part => (part.Instalment, part.Amount))
            .ShouldBe([(2, 30_00), (3, 40_00), (1, 10_00)]);
    }

    [Fact]
    public void Instalments_sum_up_to_the_amount()
    {
        story.Invoice("I-1", 90, instalments: [("2026-04-01", 30), ("2026-05-01", 40)]).ShouldRefuse(RefusalCode.InstalmentsMismatch);
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void What_is_paid_on_the_spot_pays_the_invoices_own_instalments()
    {
        story.Invoice("I-0", 500, due: "2026-01-01", issued: "2025-12-01");
        var posted = story.Invoice("I-1", 90, paid: 50, instalments: [("2026-05-01", 60), ("2026-04-01", 30)]);
        posted.ShouldAppend<PaymentReceived>().Allocations.Select(part => (part.Invoice.Value, part.Instalment, part.Amount))
            .ShouldBe([("I-1", 2, 30_00), ("I-1", 1, 20_00)]);
        story.Owed.ShouldBe(540);
    }

    [Fact]
    public void The_due_date_comes_from_the_account_else_the_policy_else_thirty_days()
    {
        story.Invoice("I-1", 1, issued: "2026-03-02").ShouldAppend<InvoicePosted>().Instalments.ShouldBe([new Instalment("2026-04-01".Day(), 1_00)]);
        story.Invoice("I-2", 1, issued: "2026-03-02", due: "2026-03-05").ShouldAppend<InvoicePosted>().Instalments[0].DueDate.ShouldBe("2026-03-05".Day());

        var policy = new CreditPolicy { CreditLimit = 9, PaymentTerms = new(10, EndOfMonth.Before, null, []) };
        new AccountBuilder().WithPolicy(policy).Open().Invoice("I-1", 1, issued: "2026-03-02").ShouldAppend<InvoicePosted>()
            .Instalments[0].DueDate.ShouldBe("2026-04-10".Day());
        new AccountBuilder().WithPolicy(policy).WithTerms(new PaymentTerms(10, EndOfMonth.After, null, [])).Open()
            .Invoice("I-1", 1, issued: "2026-03-25").ShouldAppend<InvoicePosted>().Instalments[0].DueDate.ShouldBe("2026-04-30".Day());
    }

    [Theory]
    [InlineData(0, EndOfMonth.None, 15, "2026-03-10", "2026-03-15")]
    [InlineData(0, EndOfMonth.None, 15, "2026-03-15", "2026-03-15")]
    [InlineData(0, EndOfMonth.None, 15, "2026-03-16", "2026-04-15")]
    [InlineData(0, EndOfMonth.None, 31, "2026-02-10", "2026-02-28")]
    [InlineData(14, EndOfMonth.None, 31, "2026-12-20", "2027-01-31")]
    [InlineData(0, EndOfMonth.Before, null, "2028-02-01", "2028-02-29")]
    [InlineData(30, EndOfMonth.After, null, "2026-01-31", "2026-03-31")]
    public void Terms_find_their_day(int days, EndOfMonth endOfMonth, int? dayOfMonth, string issued, string due) =>
        new PaymentTerms(days, endOfMonth, dayOfMonth, []).DueDate(issued.Day()).ShouldBe(due.Day());

    [Fact]
    public void A_due_date_before_the_issue_date_is_accepted_and_marked() =>
        story.Invoice("I-1", 1, issued: "2026-03-02", due: "2026-03-01").ShouldAppend<InvoicePosted>().Flags.ShouldBe(["dueBeforeIssue"]);

    [Fact]
    public void A_fact_is_recorded_whatever_the_limit_says()
    {
        story.Invoice("I-1", 5000).ShouldAppend<InvoicePosted>().Decision.ShouldBeNull();
        story.View.Available.ShouldBe(-4000_00);
    }

    [Fact]
    public void History_is_posted_at_its_document_date_and_never_checked()
    {
        var posted = story.Invoice("I-1", 5000, issued: "2020-05-05", enforce: true, history: true).ShouldAppend<InvoicePosted>();
        (posted.PostedOn, posted.History, posted.Decision).ShouldBe(("2020-05-05".Day(), true, null));
        story.Invoice("I-2", 1, issued: "2020-05-05").ShouldAppend<InvoicePosted>().PostedOn.ShouldBe("2026-03-02".Day());
    }

    [Fact]
    public void A_rate_to_the_companys_currency_is_stored_when_there_is_one()
    {
        var foreign = new AccountBuilder().In("USD", ofCompany: "EUR").WithLimit(10).WithRate("USD", "EUR", "2026-03-03", 0.9m).Open();
        foreign.Invoice("I-1", 1).ShouldAppend<InvoicePosted>().CompanyRate.ShouldBeNull();
        foreign.AfterDays(1).Invoice("I-2", 1).ShouldAppend<InvoicePosted>().CompanyRate.ShouldBe(0.9m);
    }

    [Fact]
    public void A_number_is_taken_also_after_its_invoice_was_paid_and_forgotten()
    {
        story.Invoice("I-1", 10);
        story.Invoice("I-1", 10).ShouldBeOfType<Verdict.Taken>();
        story.Pay("P-1", 10);
        story.Forget();
        story.Invoice("I-1", 10).ShouldBeOfType<Verdict.Taken>();
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void Long_numbers_that_end_alike_have_payments_of_their_own()
    {
        var end = new string('7', 59) + "😀";
        var first = story.Invoice("A-" + end, 10, paid: 10).ShouldAppend<PaymentReceived>().PaymentId;
        var second = story.Invoice("B-" + end, 10, paid: 10).ShouldAppend<PaymentReceived>().PaymentId;
        first.ShouldNotBe(second);
        first.Value.Length.ShouldBeLessThanOrEqualTo(64);
        story.Owed.ShouldBe(0);
    }

    [Fact]
    public void An_order_delivered_and_invoiced_is_never_counted_twice_and_never_gone()
    {
        story.Reserve("R-1", 100, kind: ReservationKind.Order);
        story.Owed.ShouldBe(100);
        story.Deliver("R-1", 60);
        story.Owed.ShouldBe(100);
        story.Capture("R-1", "I-1", 60);
        story.Exposure.ShouldBe(new Exposure(60_00, 0, 0, 40_00, 0, 0, 0));
        story.Deliver("R-1");
        story.Exposure.ShouldBe(new Exposure(60_00, 0, 0, 0, 40_00, 0, 0));
        story.Capture("R-1", "I-2");
        story.Exposure.ShouldBe(new Exposure(100_00, 0, 0, 0, 0, 0, 0));
        story.Pay("P-1", 100);
        story.Exposure.ShouldBe(new Exposure(0, 0, 0, 0, 0, 0, 0));
    }
}
