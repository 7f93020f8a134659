using System.Text.Json;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>A company whose items have a net and a VAT part. The clock stands on 1 January 2026.</summary>
public sealed class SplitVatTests
{
    [Fact]
    public async Task Both_parts_are_open_settled_and_opened_again_for_themselves()
    {
        await using var app = await RunningApp.StartAsync();
        var admin = app.Admin;
        (await admin.PutAsync("/api/v1/companies/baku", new { name = "Baku", currency = "AZN", timeZone = "Asia/Baku", splitVat = true })).ShouldBe(201);
        var customer = await Customer.OpenAsync(admin, new { company = "baku", currency = "AZN" });
        object Invoice(string number, decimal amount, decimal? taxAmount) => new { number, issueDate = "2026-01-01", dueDate = "2026-01-10", amount, taxAmount, currency = "AZN" };
        var posted = (await admin.PostAsync($"{customer.Path}/invoices", Invoice("I-1", 118m, 18m))).ShouldBe(201);
        posted["instalments"][0].Amount("vatAmount").ShouldBe(18m);
        (await admin.PostAsync($"{customer.Path}/invoices", Invoice("I-2", 50m, null))).ShouldBe(201);
        (await PartsAsync(admin, customer)).ShouldBe(["I-1 118.00 = 100.00 + 18.00", "I-2 50.00"]);

        object Payment(string paymentId, decimal amount, object? allocations = null) =>
            new { paymentId, amount, currency = "AZN", receivedOn = "2026-01-01", method = "transfer", allocations };
        (await admin.PostAsync($"{customer.Path}/payments", Payment("P-1", 20m, new[] { new { invoice = "I-1", amount = 19m, part = "vat" } }))).ShouldBeProblem(422, "ALLOCATION_EXCEEDS_OPEN");
        (await admin.PostAsync($"{customer.Path}/payments", Payment("P-1", 20m, new[] { new { invoice = "I-2", amount = 19m, part = "net" } }))).ShouldBeProblem(422, "ITEM_NOT_SPLIT");
        (await admin.PostAsync($"{customer.Path}/payments", Payment("P-1", 20m, new[] { new { invoice = "I-1", amount = 19m, part = "tax" } }))).ShouldBeProblem(400, "INVALID_REQUEST");
        var line = (await admin.PostAsync($"{customer.Path}/payments", Payment("P-1", 20m, new[] { new { invoice = "I-1", amount = 8m, part = "vat" } }))).ShouldBe(201)["allocations"][0];
        (line.Amount("amount"), line.Amount("vat")).ShouldBe((8m, 8m));
        (await PartsAsync(admin, customer)).ShouldContain("I-1 110.00 = 100.00 + 10.00");
        (await admin.PostAsync($"{customer.Path}/payments/P-1/allocations", new { allocations = new[] { new { invoice = "I-1", part = "vat" } } })).ShouldBe(201)["allocations"][0].Amount("vat").ShouldBe(10m);
        var net = (await admin.PostAsync($"{customer.Path}/payments", Payment("P-2", 100m))).ShouldBe(201)["allocations"][0];
        (net.Text("invoice"), net.Amount("vat")).ShouldBe(("I-1", 0m));
        (await PartsAsync(admin, customer)).ShouldBe(["P-1 -2.00", "I-2 50.00"]);

        (await admin.PostAsync($"{customer.Path}/payments/P-1/allocations/1/reversal")).ShouldBe(201);
        (await PartsAsync(admin, customer)).ShouldContain("I-1 8.00 = 0.00 + 8.00");
        var state = (await admin.GetAsync($"{customer.Path}/invoices/I-1")).ShouldBe(200)["instalments"][0];
        (state.Amount("netOpenAmount"), state.Amount("vatOpenAmount")).ShouldBe((0m, 8m));
        (await admin.PostAsync($"{customer.Path}/payments/P-2/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await admin.PostAsync($"{customer.Path}/credit-notes", new { number = "C-1", issueDate = "2026-01-01", amount = 59m, currency = "AZN", invoice = "I-1" })).ShouldBe(201)["allocations"][0]
            .Amount("vat").ShouldBe(8m, "9 by the invoice, of which 8 are open");
        (await PartsAsync(admin, customer)).ShouldContain("I-1 49.00 = 49.00 + 0.00");
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(49m + 50m - 10m);
    }

    private static async Task<List<string>> PartsAsync(ApiClient admin, Customer customer) =>
        [.. (await admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"].EnumerateArray().Select(item =>
            $"{item.Text("number")} {item.GetProperty("openAmount").GetRawText()}" + (item.GetProperty("netOpenAmount").ValueKind == JsonValueKind.Null
                ? string.Empty
                : $" = {item.GetProperty("netOpenAmount").GetRawText()} + {item.GetProperty("vatOpenAmount").GetRawText()}"))];
}
