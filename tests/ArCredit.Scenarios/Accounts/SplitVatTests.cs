using System.Text.Json;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
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

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_debit_note_has_both_parts_too_for_everything_that_takes_from_it(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var admin = app.Admin;
        (await admin.PutAsync("/api/v1/companies/baku", new { name = "Baku", currency = "AZN", timeZone = "Asia/Baku", splitVat = true })).ShouldBe(201);
        var customer = await Customer.OpenAsync(admin, new { company = "baku", currency = "AZN" });
        object Note(string number, decimal amount, decimal? taxAmount) => new { number, issueDate = "2026-01-01", dueDate = "2026-01-10", amount, taxAmount, currency = "AZN" };
        var path = $"{customer.Path}/debit-notes";
        (await admin.PostAsync(path, Note("D-1", 118m, 118.01m))).ShouldBeProblem(400, "INVALID_REQUEST")["errors"].EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("taxAmount");
        (await admin.PostAsync(path, Note("D-1", 118m, -1m))).ShouldBeProblem(400, "INVALID_REQUEST");
        var posted = (await admin.PostAsync(path, Note("D-1", 118m, 18m), "note-1")).ShouldBe(201);
        (posted.Json.Amount("taxAmount"), posted.Json.Amount("vatAmount")).ShouldBe((18m, 18m));
        (await admin.PostAsync(path, Note("D-1", 118m, 18m), "note-1")).ShouldBe(201).Text.ShouldBe(posted.Text);
        (await admin.PostAsync(path, Note("D-1", 118m, 18m))).ShouldBe(200).Text.ShouldBe(posted.Text);
        (await admin.PostAsync(path, Note("D-1", 118m, 17m))).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await admin.PostAsync($"{customer.Path}/claims", new { type = "fee", number = "F-1", issueDate = "2026-01-01", amount = 5, taxAmount = 1, currency = "AZN" }))
            .ShouldBeProblem(400, "INVALID_REQUEST");
        (await admin.PostAsync(path, Note("D-2", 50m, null))).ShouldBe(201)["vatAmount"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await PartsAsync(admin, customer)).ShouldBe(["D-1 118.00 = 100.00 + 18.00", "D-2 50.00"]);

        object Payment(string paymentId, decimal amount, object? allocations = null) =>
            new { paymentId, amount, currency = "AZN", receivedOn = "2026-01-01", method = "transfer", allocations };
        (await admin.PostAsync($"{customer.Path}/payments", Payment("P-1", 8m, new[] { new { invoice = "D-1", amount = 8m, part = "vat" } }))).ShouldBe(201);
        (await admin.PostAsync($"{customer.Path}/payments", Payment("P-2", 100m))).ShouldBe(201)["allocations"][0].Text("invoice").ShouldBe("D-1");
        (await PartsAsync(admin, customer)).ShouldBe(["D-1 10.00 = 0.00 + 10.00", "D-2 50.00"]);
        (await admin.PostAsync($"{customer.Path}/payments/P-2/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await admin.PostAsync($"{customer.Path}/credit-notes", new { number = "C-1", issueDate = "2026-01-01", amount = 11.8m, currency = "AZN", invoice = "D-1" })).ShouldBe(201)["allocations"][0]
            .Amount("vat").ShouldBe(1.8m);
        (await PartsAsync(admin, customer)).ShouldContain("D-1 98.20 = 90.00 + 8.20");
        (await admin.PostAsync($"{customer.Path}/write-offs", new { writeOffId = "W-1", kind = "badDebt", invoice = "D-1", amount = 11.8m, reason = "x" })).ShouldBe(201);

        await using var again = await app.RestartAsync();
        (await PartsAsync(again.Admin, customer)).ShouldContain("D-1 86.40 = 80.00 + 6.40");
        (await again.Admin.PostAsync($"{customer.Path}/write-offs/W-1/reversal", new { })).ShouldBe(201);
        (await again.Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "mistake" })).ShouldBe(201);
        var state = (await again.Admin.GetAsync($"{customer.Path}/invoices/D-1")).ShouldBe(200)["instalments"][0];
        (state.Amount("openAmount"), state.Amount("netOpenAmount"), state.Amount("vatOpenAmount")).ShouldBe((106.2m, 90m, 16.2m));
    }

    private static async Task<List<string>> PartsAsync(ApiClient admin, Customer customer) =>
        [.. (await admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"].EnumerateArray().Select(item =>
            $"{item.Text("number")} {item.GetProperty("openAmount").GetRawText()}" + (item.GetProperty("netOpenAmount").ValueKind == JsonValueKind.Null
                ? string.Empty
                : $" = {item.GetProperty("netOpenAmount").GetRawText()} + {item.GetProperty("vatOpenAmount").GetRawText()}"))];
}
