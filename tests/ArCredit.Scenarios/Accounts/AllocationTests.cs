using System.Text.Json;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Cash application by hand: settled, undone, bounced, as callers see it.</summary>
public sealed class AllocationTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task One_payment_settles_many_invoices_and_the_rest_stays_unapplied()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        (await customer.InvoiceAsync("I-2", 50m)).ShouldBe(201);
        (await customer.PayAsync("P-1", 160m, allocations: Array.Empty<object>())).ShouldBe(201);
        var path = $"{customer.Path}/payments/P-1/allocations";
        (await Admin.PostAsync(path, new { allocations = new[] { new { invoice = "I-1", amount = 0.001m } } })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await Admin.PostAsync(path, new { allocations = Array.Empty<object>() })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await Admin.PostAsync(path, new { allocations = new[] { new { invoice = "I-1", amount = 100.01m } } })).ShouldBeProblem(422, "ALLOCATION_EXCEEDS_OPEN");
        var body = new { allocations = new object[] { new { invoice = "I-2" }, new { invoice = "I-1", amount = 30m } } };
        var first = (await Admin.PostAsync(path, body, "key-1")).ShouldBe(201);
        (first["allocation"].GetInt32(), first["unapplied"].GetDecimal(), first["paymentId"].GetString()).ShouldBe((1, 80m, "P-1"));
        Lines(first["allocations"]).ShouldBe([("I-2", 1, 50m), ("I-1", 1, 30m)]);
        (await Admin.PostAsync(path, body, "key-1")).ShouldBe(201).Text.ShouldBe(first.Text);
        Lines((await Admin.PostAsync(path)).ShouldBe(201)["allocations"]).ShouldBe([("I-1", 1, 70m)]);
        var exposure = await customer.ExposureAsync();
        (exposure.Amount("openInvoices"), exposure.Amount("unappliedCredits")).ShouldBe((0m, -10m));
        (await Admin.PostAsync($"{customer.Path}/payments/P-9/allocations")).ShouldBeProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task Everything_can_be_undone_in_any_order_and_is_again_as_it_was()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        (await customer.InvoiceAsync("I-2", 50m)).ShouldBe(201);
        var before = await OpenItemsAsync(customer);
        (await customer.PayAsync("P-1", 120m, allocations: new[] { new { invoice = "I-1", amount = 80m } })).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/allocations", new { allocations = new[] { new { invoice = "I-2", amount = 40m } } })).ShouldBe(201);
        var undone = (await UndoAsync(customer, 1)).ShouldBe(201);
        Lines(undone["allocations"]).ShouldBe([("I-1", 1, 80m)]);
        undone["unapplied"].GetDecimal().ShouldBe(80m);
        (await UndoAsync(customer, 1)).ShouldBe(200).Text.ShouldBe(undone.Text);
        (await UndoAsync(customer, 3)).ShouldBeProblem(404, "NOT_FOUND");
        (await UndoAsync(customer, 0)).ShouldBeProblem(400, "INVALID_REQUEST");
        var stands = (await Admin.GetAsync($"{customer.Path}/payments/P-1")).ShouldBe(200);
        (stands["unapplied"].GetDecimal(), stands["reversed"].GetBoolean()).ShouldBe((80m, false));
        var standing = stands["allocations"].EnumerateArray().ShouldHaveSingleItem();
        (standing.GetProperty("allocation").GetInt32(), standing.GetProperty("lines")[0].Text("invoice")).ShouldBe((2, "I-2"));
        (await Admin.GetAsync($"{customer.Path}/payments/P-9")).ShouldBeProblem(404, "NOT_FOUND");
        (await UndoAsync(customer, 2)).ShouldBe(201);
        (await OpenItemsAsync(customer)).Where(item => !item.StartsWith("payment", StringComparison.Ordinal)).ShouldBe(before);
        var reversed = (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "mistake" })).ShouldBe(201);
        (reversed["reopened"].GetArrayLength(), reversed["unapplied"].GetDecimal()).ShouldBe((0, 120m));
        (await OpenItemsAsync(customer)).ShouldBe(before);
        (await UndoAsync(customer, 2)).ShouldBe(200);
        (await Admin.GetAsync($"{customer.Path}/payments/P-1")).ShouldBe(200)["reversed"].GetBoolean().ShouldBeTrue();
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/allocations")).ShouldBeProblem(409, "PAYMENT_REVERSED");
        var entries = (await Admin.GetAsync($"{customer.Path}/ledger")).ShouldBe(200)["items"].EnumerateArray().ToList();
        entries.Select(entry => (entry.Text("kind"), entry.Amount("amount"), entry.Amount("balance"))).ShouldBe(
        [
            ("posted", 100m, 100m), ("posted", 50m, 150m), ("posted", -120m, 30m), ("allocated", 0m, 30m), ("undone", 0m, 30m), ("undone", 0m, 30m),
            ("mistake", 120m, 150m),
        ]);
    }

    [Fact]
    public async Task A_bounce_takes_back_what_was_settled_later_by_hand()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        (await customer.PayAsync("P-1", 60m, allocations: Array.Empty<object>(), method: "cheque")).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/allocations")).ShouldBe(201);
        var reversed = (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "bounced" })).ShouldBe(201);
        Lines(reversed["reopened"]).ShouldBe([("I-1", 1, 60m)]);
        var exposure = await customer.ExposureAsync();
        (exposure.Amount("returnedPayments"), exposure.Amount("openInvoices"), exposure.Amount("total")).ShouldBe((60m, 40m, 100m));
    }

    [Fact]
    public async Task The_rest_of_a_credit_note_settles_another_invoice()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 60m)).ShouldBe(201);
        (await customer.PayAsync("P-1", 50m)).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/credit-notes", new { number = "C/1", issueDate = "2026-01-01", amount = 25m, currency = "EUR", invoice = "I-1" })).ShouldBe(201);
        (await customer.InvoiceAsync("I-2", 40m)).ShouldBe(201);
        var settled = (await Admin.PostAsync($"{customer.Path}/credit-notes/C%2F1/allocations", new { allocations = new[] { new { invoice = "I-2" } } })).ShouldBe(201);
        (settled["creditNote"].GetString(), settled["allocation"].GetInt32(), settled["unapplied"].GetDecimal()).ShouldBe(("C/1", 2, 0m));
        (await Admin.PostAsync($"{customer.Path}/credit-notes/C%2F1/allocations/2/reversal", new { note = "wrong invoice" })).ShouldBe(201)["unapplied"].GetDecimal().ShouldBe(15m);
        (await customer.ExposureAsync()).Amount("openInvoices").ShouldBe(40m);
    }

    private Task<Answer> UndoAsync(Customer customer, int allocation) => Admin.PostAsync($"{customer.Path}/payments/P-1/allocations/{allocation}/reversal");

    private async Task<List<string>> OpenItemsAsync(Customer customer) =>
        [.. (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"].EnumerateArray()
            .Select(item => $"{item.Text("type")} {item.Text("number")} {item.Amount("openAmount")} {item.Text("status")}")];

    private static List<(string?, int, decimal)> Lines(JsonElement allocations) =>
        [.. allocations.EnumerateArray().Select(each => (each.Text("invoice"), each.GetProperty("instalment").GetInt32(), each.Amount("amount")))];
}
