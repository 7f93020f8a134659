using System.Text.Json;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Discounts, small differences and exchange differences as callers see them.</summary>
public sealed class DiscountTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private static readonly object Terms = new { paymentTerms = new { netDays = 30, discount = new[] { new { percent = 2, days = 10 } } } };

    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task A_discount_taken_in_time_clears_the_invoice_and_a_bounce_takes_it_back()
    {
        var customer = await Customer.OpenAsync(Admin, Terms);
        (await customer.InvoiceAsync("I-1", 1000m)).ShouldBe(201)["discount"][0].Text("until").ShouldBe("2026-01-11");
        (await Admin.PostAsync($"{customer.Path}/credit-notes", new { number = "C-1", issueDate = "2026-01-03", amount = 100m, currency = "EUR", invoice = "I-1" })).ShouldBe(201);
        var line = (await PayAsync(customer, "P-1", 882m, "2026-01-11")).ShouldBe(201)["allocations"][0];
        (line.Amount("amount"), line.Amount("discount"), line.TryGetProperty("unearnedDiscount", out _)).ShouldBe((882m, 18m, false));
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
        var entry = (await Admin.GetAsync($"{customer.Path}/ledger")).ShouldBe(200)["items"].EnumerateArray().Last();
        entry.Amount("amount").ShouldBe(-900m);
        entry.GetProperty("lines").EnumerateArray().Select(each => (each.Text("kind"), each.Amount("amount"))).ShouldBe([("paid", -882m), ("discounted", -18m)]);
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await customer.ExposureAsync()).Amount("returnedPayments").ShouldBe(900m);
    }

    [Fact]
    public async Task A_discount_that_stands_is_not_given_again_when_another_part_comes_back()
    {
        var customer = await Customer.OpenAsync(Admin, Terms);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        (await PayAsync(customer, "P-1", 60m, "2026-01-05")).ShouldBe(201);
        (await PayAsync(customer, "P-2", 38m, "2026-01-05")).ShouldBe(201)["allocations"][0].Amount("discount").ShouldBe(2m);
        (await Admin.GetAsync($"{customer.Path}/ledger")).ShouldBe(200);
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await PayAsync(customer, "P-3", 58m, "2026-01-05")).ShouldBe(201)["allocations"][0].TryGetProperty("discount", out _).ShouldBeFalse();
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(2m);
    }

    [Fact]
    public async Task A_discount_taken_too_late_stays_open_under_its_own_reason()
    {
        var customer = await Customer.OpenAsync(Admin, Terms);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        (await PayAsync(customer, "P-1", 98m, "2026-01-12")).ShouldBe(201)["allocations"][0].Amount("unearnedDiscount").ShouldBe(2m);
        Flags(await OpenItemAsync(customer)).ShouldBe(["unearnedDiscount"]);
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/allocations/1/reversal")).ShouldBe(201);
        Flags(await OpenItemAsync(customer)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_invoice_may_have_a_discount_of_its_own_or_none()
    {
        var customer = await Customer.OpenAsync(Admin, Terms);
        object Invoice(string number, object discount) => new { number, issueDate = "2026-01-01", amount = 100m, currency = "EUR", discount };
        (await Admin.PostAsync($"{customer.Path}/invoices", Invoice("I-1", Array.Empty<object>()))).ShouldBe(201).Json.TryGetProperty("discount", out _).ShouldBeFalse();
        (await Admin.PostAsync($"{customer.Path}/invoices", Invoice("I-2", new[] { new { percent = 5, days = 3 } }))).ShouldBe(201)["discount"][0].Text("until").ShouldBe("2026-01-04");
        (await Admin.PostAsync($"{customer.Path}/invoices", Invoice("I-3", new[] { new { percent = 101, days = 3 } }))).ShouldBeProblem(400, "INVALID_REQUEST");
        var lines = (await PayAsync(customer, "P-1", 195m, "2026-01-04")).ShouldBe(201)["allocations"].EnumerateArray().ToList();
        lines.Select(line => line.Amount("amount")).ShouldBe([100m, 95m]);
    }

    [Fact]
    public async Task A_small_difference_within_the_policy_clears_the_invoice()
    {
        await using var app = await RunningApp.StartAsync();
        (await app.Admin.PutAsync("/api/v1/policies/company/main", new { creditLimit = 1000, smallDifference = new { perItem = 0.5, perYear = 0.7 } })).ShouldBe(200);
        var customer = await Customer.OpenAsync(app.Admin);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        (await customer.InvoiceAsync("I-2", 100m)).ShouldBe(201);
        (await customer.PayAsync("P-1", 99.5m, allocations: new[] { new { invoice = "I-1", amount = 99.5m } })).ShouldBe(201)["allocations"][0].Amount("difference").ShouldBe(0.5m);
        (await customer.PayAsync("P-2", 99.7m)).ShouldBe(201)["allocations"][0].TryGetProperty("difference", out _).ShouldBeFalse();
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0.3m);
    }

    [Fact]
    public async Task The_exchange_difference_is_shown_in_the_companys_currency()
    {
        var customer = await Customer.OpenAsync(Admin);
        object At(string number, string date, decimal rate) => new { number, issueDate = date, amount = 1000m, currency = "USD", fxRate = rate };
        (await Admin.PostAsync($"{customer.Path}/invoices", At("I-1", "2026-01-01", 0.9m))).ShouldBe(201);
        var paid = (await Admin.PostAsync(
            $"{customer.Path}/payments",
            new { paymentId = "P-1", amount = 1000m, currency = "USD", receivedOn = "2026-01-20", method = "transfer", fxRate = 0.95m })).ShouldBe(201);
        var realised = paid["allocations"][0].GetProperty("fxDifference");
        (realised.Amount("amount"), realised.Text("currency")).ShouldBe((50m, "EUR"));
        var entries = (await Admin.GetAsync($"{customer.Path}/ledger")).ShouldBe(200)["items"].EnumerateArray().ToList();
        entries[^1].GetProperty("lines")[0].GetProperty("fxDifference").Amount("amount").ShouldBe(50m);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
    }

    private Task<Answer> PayAsync(Customer customer, string paymentId, decimal amount, string receivedOn) => Admin.PostAsync(
        $"{customer.Path}/payments", new { paymentId, amount, currency = "EUR", receivedOn, method = "transfer" });

    private async Task<JsonElement> OpenItemAsync(Customer customer) =>
        (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"].EnumerateArray().Single(item => item.Text("type") == "invoice");

    private static IEnumerable<string?> Flags(JsonElement item) => item.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString());
}
