using System.Text.Json;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

public sealed class ReceivableTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task Three_instalments_are_paid_oldest_first()
    {
        var customer = await Customer.OpenAsync(Admin);
        var instalments = new[]
        {
            new { dueDate = "2026-02-01", amount = 30m }, new { dueDate = "2026-03-01", amount = 30m }, new { dueDate = "2026-04-01", amount = 40m },
        };
        var posted = (await customer.InvoiceAsync("I-1", 100m, instalments: instalments)).ShouldBe(201);
        posted["instalments"].GetArrayLength().ShouldBe(3);
        posted["dueDate"].GetString().ShouldBe("2026-04-01");
        var paid = (await customer.PayAsync("P-1", 45m)).ShouldBe(201);
        Allocations(paid["allocations"]).ShouldBe([("I-1", 1, 30m), ("I-1", 2, 15m)]);
        var open = (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"];
        open.EnumerateArray().Select(item => (item.GetProperty("instalment").GetInt32(), item.Amount("openAmount"), item.Text("status")))
            .ShouldBe([(2, 15m, "partPaid"), (3, 40m, "open")]);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(55m);
        (await customer.InvoiceAsync("I-2", 100m, instalments: instalments[..2])).ShouldBeProblem(422, "INSTALMENTS_MISMATCH");
    }

    [Fact]
    public async Task A_payment_pays_the_invoice_that_its_remittance_names()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("INV-A", 50m, dueDate: "2026-02-01")).ShouldBe(201);
        (await customer.InvoiceAsync("INV-B", 50m, dueDate: "2026-03-01")).ShouldBe(201);
        (await customer.InvoiceAsync("INV-C", 50m, dueDate: "2026-04-01")).ShouldBe(201);
        var named = (await customer.PayAsync("P-1", 50m, remittance: "Our ref.: (#inv-b)\nthank you")).ShouldBe(201);
        Allocations(named["allocations"]).ShouldBe([("INV-B", 1, 50m)]);
        named.Text.ShouldNotContain("thank you");
        Allocations((await customer.PayAsync("P-2", 50m, remittance: "INV-B again")).ShouldBe(201)["allocations"]).ShouldBe([("INV-A", 1, 50m)]);
        (await customer.PayAsync("P-3", 50m, remittance: "INV-C", allocations: Array.Empty<object>())).ShouldBe(201)["unapplied"].GetDecimal().ShouldBe(50m);
        var open = (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"];
        open.EnumerateArray().Count(item => item.Text("type") == "invoice" && item.Text("number") == "INV-C").ShouldBe(1);
    }

    [Fact]
    public async Task A_cheque_sent_again_before_it_clears_is_answered_as_before()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 60m)).ShouldBe(201);
        var cheque = new { paymentId = "P-1", amount = 60m, currency = "EUR", receivedOn = "2026-01-02", method = "cheque", clearsOn = "2036-01-02" };
        var posted = (await Admin.PostAsync($"{customer.Path}/payments", cheque)).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/payments", cheque)).ShouldBe(200).Text.ShouldBe(posted.Text);
        (await customer.ExposureAsync()).Amount("uncleared").ShouldBe(60m);
    }

    [Fact]
    public async Task A_bounced_payment_is_counted_once()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        (await customer.InvoiceAsync("I-1", 60m)).ShouldBe(201);
        (await customer.PayAsync("P-1", 60m, method: "directDebit")).ShouldBe(201);
        var path = $"{customer.Path}/payments/P-1/reversal";
        var reversed = (await Admin.PostAsync(path, new { reason = "bounced" })).ShouldBe(201);
        Allocations(reversed["reopened"]).ShouldBe([("I-1", 1, 60m)]);
        var exposure = await customer.ExposureAsync();
        (exposure.Amount("returnedPayments"), exposure.Amount("openInvoices"), exposure.Amount("total")).ShouldBe((60m, 0m, 60m));
        (await Admin.PostAsync(path, new { reason = "bounced" })).ShouldBe(200).Text.ShouldBe(reversed.Text);
        (await Admin.PostAsync(path, new { reason = "mistake" })).ShouldBeProblem(409, "NUMBER_CONFLICT")["detail"].GetString()!
            .ShouldContain("reversed already");
        (await Admin.PostAsync($"{customer.Path}/payments/P-9/reversal", new { reason = "bounced" })).ShouldBeProblem(404, "NOT_FOUND");
        (await customer.ExposureAsync()).Amount("total").ShouldBe(60m);
        (await customer.PayAsync("P-2", 60m)).ShouldBe(201);
        (await customer.ExposureAsync()).Amount("total").ShouldBe(0m);
    }

    [Fact]
    public async Task Unapplied_cash_is_set_against_what_is_overdue()
    {
        await using var app = await RunningApp.StartAsync();
        (await app.Admin.PutAsync("/api/v1/policies/company/main", new { creditLimit = 1000, overdueAmount = new { amount = 0 } })).ShouldBe(200);
        var customer = await Customer.OpenAsync(app.Admin);
        (await customer.InvoiceAsync("I-1", 60m, "2026-01-01")).ShouldBe(201);
        (await customer.PayAsync("P-1", 59.99m, allocations: Array.Empty<object>())).ShouldBe(201)["unapplied"].GetDecimal().ShouldBe(59.99m);
        await app.MoveClockAsync(new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));
        var overdue = (await customer.ProfileAsync()).GetProperty("overdue");
        (overdue.Amount("amount"), overdue.GetProperty("days").GetInt32()).ShouldBe((0.01m, 1));
        (await customer.CheckAsync(1m)).ShouldDecide("declined", "OVERDUE_AMOUNT");
        (await customer.PayAsync("P-2", 0.01m, allocations: Array.Empty<object>())).ShouldBe(201);
        (await customer.CheckAsync(1m)).ShouldDecide("approved");
        (await customer.ProfileAsync()).GetProperty("overdue").Amount("amount").ShouldBe(0m);
    }

    [Fact]
    public async Task An_item_is_overdue_from_midnight_in_the_companys_zone()
    {
        await using var app = await RunningApp.StartAsync();
        (await app.Admin.PutAsync("/api/v1/companies/baku", new { name = "Baku", currency = "AZN", timeZone = "Asia/Baku" })).ShouldBe(201);
        (await app.Admin.PutAsync("/api/v1/policies/company/baku", new { creditLimit = 1000, overdueDays = new { days = 0 } })).ShouldBe(200);
        var customer = await Customer.OpenAsync(app.Admin, new { company = "baku", currency = "AZN" });
        (await customer.InvoiceAsync("I-1", 60m, "2026-01-01", currency: "AZN")).ShouldBe(201);
        await app.MoveClockAsync(new(2026, 1, 1, 19, 59, 59, TimeSpan.Zero));
        (await customer.CheckAsync(1m, "AZN")).ShouldDecide("approved");
        await app.MoveClockAsync(new(2026, 1, 1, 20, 0, 0, TimeSpan.Zero));
        var reason = (await customer.CheckAsync(1m, "AZN")).ShouldDecide("declined", "OVERDUE_DAYS")["reasons"][0];
        (reason.Amount("actual"), reason.Amount("threshold"), reason.Text("scope")).ShouldBe((1m, 0m, "company:baku"));
        reason.Text("message").ShouldBe("The oldest overdue item is 1 day overdue; up to 0 are allowed.");
        (await customer.ProfileAsync()).GetProperty("overdue").GetProperty("days").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task An_enforced_invoice_that_does_not_pass_posts_nothing_and_says_why()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 50 });
        var body = new { number = "I-1", issueDate = "2026-01-01", amount = 50.01m, currency = "EUR", enforce = true };
        var refused = (await Admin.PostAsync($"{customer.Path}/invoices", body)).ShouldBeProblem(422, "CREDIT_DECLINED");
        refused["decision"].GetProperty("reasons")[0].Text("code").ShouldBe("LIMIT_EXCEEDED");
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
        (await customer.InvoiceAsync("I-1", 50.01m)).ShouldBe(201);
        (await customer.ProfileAsync()).Amount("available").ShouldBe(-0.01m);
    }

    [Fact]
    public async Task The_same_document_again_is_a_200_and_another_content_a_409()
    {
        var customer = await Customer.OpenAsync(Admin);
        var first = (await customer.InvoiceAsync("I-1", 60m)).ShouldBe(201);
        (await customer.InvoiceAsync("I-1", 60m)).ShouldBe(200).Text.ShouldBe(first.Text);
        (await customer.InvoiceAsync("I-1", 61m)).ShouldBeProblem(409, "NUMBER_CONFLICT");
        var payment = (await customer.PayAsync("P-1", 60m)).ShouldBe(201);
        (await customer.PayAsync("P-1", 60m)).ShouldBe(200).Text.ShouldBe(payment.Text);
        (await customer.PayAsync("P-1", 61m)).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await customer.InvoiceAsync("I-1", 60m)).ShouldBe(200).Text.ShouldBe(first.Text);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
    }

    [Fact]
    public async Task A_credit_note_reduces_its_invoice_and_the_rest_is_unapplied()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 60m)).ShouldBe(201);
        (await customer.PayAsync("P-1", 50m)).ShouldBe(201);
        object Note(string number, decimal amount, string? invoice) => new { number, issueDate = "2026-01-01", amount, currency = "EUR", invoice };
        var note = (await Admin.PostAsync($"{customer.Path}/credit-notes", Note("C-1", 25m, "I-1"))).ShouldBe(201);
        Allocations(note["allocations"]).ShouldBe([("I-1", 1, 10m)]);
        note["unapplied"].GetDecimal().ShouldBe(15m);
        (await Admin.PostAsync($"{customer.Path}/credit-notes", Note("C-2", 35.01m, "I-1"))).ShouldBeProblem(422, "CREDIT_EXCEEDS_INVOICE");
        (await Admin.PostAsync($"{customer.Path}/credit-notes", Note("C-2", 1m, "I-9"))).ShouldBeProblem(422, "INVOICE_UNKNOWN");
        (await Admin.PostAsync($"{customer.Path}/credit-notes", Note("C-2", 5m, null))).ShouldBe(201)["unapplied"].GetDecimal().ShouldBe(5m);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(-20m);
        (await customer.ExposureAsync()).Amount("unappliedCredits").ShouldBe(-20m);
    }

    [Fact]
    public async Task A_due_date_before_the_issue_date_is_marked()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 60m, dueDate: "2025-12-31")).ShouldBe(201)["flags"][0].GetString().ShouldBe("dueBeforeIssue");
    }

    [Fact]
    public async Task The_currency_is_fixed_once_a_document_exists()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.PutAsync(new { currency = "USD" })).ShouldBe(200)["currency"].GetString().ShouldBe("USD");
        (await customer.InvoiceAsync("I-1", 60m, currency: "USD")).ShouldBe(201);
        (await customer.PutAsync()).ShouldBeProblem(409, "CURRENCY_FIXED");
        (await customer.InvoiceAsync("I-2", 60m, currency: "GBP")).ShouldBeProblem(422, "NO_RATE");
    }

    private static List<(string?, int, decimal)> Allocations(JsonElement allocations) =>
        [.. allocations.EnumerateArray().Select(each => (each.Text("invoice"), each.GetProperty("instalment").GetInt32(), each.Amount("amount")))];
}
