using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Debit notes, claims and write-offs as callers see them.</summary>
public sealed class WriteOffTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task Bad_debt_is_written_off_recovered_and_taken_back()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 1000 });
        (await customer.InvoiceAsync("I-1", 400m)).ShouldBe(201);
        object Body(string id, string invoice, decimal? amount = null) => new { writeOffId = id, kind = "badDebt", invoice, amount, reason = "insolvent" };
        (await Admin.PostAsync($"{customer.Path}/write-offs", Body("W-1", "I-9"))).ShouldBeProblem(422, "INVOICE_UNKNOWN");
        (await Admin.PostAsync($"{customer.Path}/write-offs", Body("W-1", "I-1", 400.01m))).ShouldBeProblem(422, "WRITE_OFF_EXCEEDS_OPEN");
        var given = (await Admin.PostAsync($"{customer.Path}/write-offs", Body("W-1", "I-1"))).ShouldBe(201);
        given["amount"].GetDecimal().ShouldBe(400m);
        (await Admin.PostAsync($"{customer.Path}/write-offs", Body("W-1", "I-1"))).ShouldBe(200).Text.ShouldBe(given.Text);
        (await Admin.PostAsync($"{customer.Path}/write-offs", Body("W-1", "I-1", 3m))).ShouldBeProblem(409, "NUMBER_CONFLICT");
        var profile = await customer.ProfileAsync();
        (profile.Amount("balance"), profile.Amount("writtenOff"), profile.Amount("available"), profile.Text("status")).ShouldBe((0m, 400m, 600m, "blocked"));
        (profile.GetProperty("blocks")[0].Text("name"), profile.GetProperty("blocks")[0].Text("reason")).ShouldBe(("write-off", "insolvent"));
        (await customer.CheckAsync(1m)).ShouldDecide("declined", "ACCOUNT_BLOCKED");

        var paid = (await customer.PayAsync("P-1", 150m)).ShouldBe(201)["allocations"][0];
        (paid.Text("recoversWriteOff"), paid.Amount("amount")).ShouldBe(("W-1", 150m));
        (await customer.ProfileAsync()).Amount("writtenOff").ShouldBe(250m);
        (await Admin.PostAsync($"{customer.Path}/write-offs/W-1/reversal")).ShouldBeProblem(409, "WRITE_OFF_RECOVERED");
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "mistake" })).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/write-offs/W-1/reversal", new { note = "they pay after all" })).ShouldBe(201)["amount"].GetDecimal().ShouldBe(400m);
        (await Admin.PostAsync($"{customer.Path}/write-offs/W-1/reversal", new { note = "they pay after all" })).ShouldBe(200);
        (await Admin.PostAsync($"{customer.Path}/write-offs", Body("W-1", "I-1"))).ShouldBeProblem(409, "WRITE_OFF_REVERSED");
        profile = await customer.ProfileAsync();
        (profile.Amount("balance"), profile.Amount("writtenOff"), profile.Amount("available"), profile.Text("status")).ShouldBe((400m, 0m, 600m, "active"));
        var entries = (await Admin.GetAsync($"{customer.Path}/ledger")).ShouldBe(200)["items"].EnumerateArray().ToList();
        entries.Select(entry => (entry.Text("kind"), entry.Amount("amount"), entry.Amount("balance"))).ShouldBe(
            [("posted", 400m, 400m), ("writtenOff", -400m, 0m), ("posted", 0m, 0m), ("mistake", 0m, 0m), ("reopened", 400m, 400m)]);
    }

    [Fact]
    public async Task The_block_of_write_offs_is_not_set_by_hand()
    {
        var customer = await Customer.OpenAsync(Admin);
        var refused = (await Admin.PutAsync($"{customer.Path}/blocks/write-off", new { reason = "a dispute with the owner" })).ShouldBeProblem(400, "INVALID_REQUEST");
        refused["errors"].GetProperty("name")[0].GetString().ShouldBe("is set and lifted with write-offs; choose another name");
        (await Admin.PutAsync($"{customer.Path}/blocks/write-offs", new { reason = "a dispute with the owner" })).ShouldBe(200);
    }

    [Fact]
    public async Task An_invoice_shows_where_it_stands_from_open_to_written_off_and_recovered()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I/1", 100m, instalments: new[] { new { dueDate = "2025-12-31", amount = 40m }, new { dueDate = "2026-02-01", amount = 60m } })).ShouldBe(201);
        (await StateAsync(customer)).ShouldBe("open 100.00 0.00 open,open");
        (await customer.PayAsync("P-1", 50m)).ShouldBe(201);
        (await StateAsync(customer)).ShouldBe("partPaid 50.00 0.00 cleared,partPaid");
        (await Admin.PostAsync($"{customer.Path}/write-offs", new { writeOffId = "W-1", kind = "badDebt", invoice = "I/1", reason = "insolvent" })).ShouldBe(201);
        (await StateAsync(customer)).ShouldBe("writtenOff 0.00 50.00 cleared,writtenOff");
        (await customer.PayAsync("P-2", 20m)).ShouldBe(201);
        (await StateAsync(customer)).ShouldBe("writtenOff 0.00 30.00 cleared,writtenOff");
        (await Admin.PostAsync($"{customer.Path}/payments/P-2/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await StateAsync(customer)).ShouldBe("writtenOff 0.00 50.00 cleared,writtenOff");
        (await Admin.PostAsync($"{customer.Path}/write-offs/W-1/reversal")).ShouldBe(201);
        (await StateAsync(customer)).ShouldBe("partPaid 50.00 0.00 cleared,partPaid");
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await StateAsync(customer)).ShouldBe("open 100.00 0.00 open,open");
        var flags = (await Admin.GetAsync($"{customer.Path}/invoices/I%2F1")).ShouldBe(200)["flags"];
        flags.EnumerateArray().Select(flag => flag.GetString()).ShouldBe(["dueBeforeIssue", "overdue", "returned"]);
        (await Admin.GetAsync($"{customer.Path}/invoices/I-9")).ShouldBeProblem(404, "NOT_FOUND");
    }

    private async Task<string> StateAsync(Customer customer)
    {
        var state = (await Admin.GetAsync($"{customer.Path}/invoices/I%2F1")).ShouldBe(200);
        var parts = state["instalments"].EnumerateArray().Select(each => each.Text("status"));
        return $"{state["status"].GetString()} {state["openAmount"].GetRawText()} {state["writtenOff"].GetRawText()} {string.Join(',', parts)}";
    }

    [Fact]
    public async Task Claims_are_billed_beside_the_invoice_and_waived()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 100m, "2025-12-01", "2025-11-01")).ShouldBe(201);
        object Claim(string type, string number, decimal amount) => new { type, number, issueDate = "2025-12-20", dueDate = "2025-12-20", amount, currency = "EUR", invoice = "I-1" };
        var billed = (await Admin.PostAsync($"{customer.Path}/claims", Claim("interest", "Z-1", 3.5m))).ShouldBe(201);
        (billed["type"].GetString(), billed["dueDate"].GetString()).ShouldBe(("interest", "2025-12-20"));
        (await Admin.PostAsync($"{customer.Path}/claims", Claim("interest", "Z-1", 3.5m))).ShouldBe(200).Text.ShouldBe(billed.Text);
        (await Admin.PostAsync($"{customer.Path}/claims", Claim("fee", "I-1", 3.5m))).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await Admin.PostAsync($"{customer.Path}/claims", Claim("fee", "F-1", 5m))).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/debit-notes", new { number = "D-1", issueDate = "2025-12-20", amount = 20m, currency = "EUR" })).ShouldBe(201);
        var profile = await customer.ProfileAsync();
        (profile.Amount("balance"), profile.GetProperty("overdue").Amount("amount")).ShouldBe((128.5m, 100m));
        var items = (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"].EnumerateArray().ToList();
        items.Select(item => (item.Text("type"), item.Text("number"), item.GetProperty("flags").GetArrayLength())).ShouldBe(
            [("invoice", "I-1", 1), ("fee", "F-1", 0), ("interest", "Z-1", 0), ("debitNote", "D-1", 0)]);
        var waiver = new { writeOffId = "W-1", kind = "waiver", invoice = "F-1", reason = "goodwill" };
        (await Admin.PostAsync($"{customer.Path}/write-offs", waiver)).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/write-offs", new { writeOffId = "W-2", kind = "waiver", invoice = "I-1", reason = "goodwill" })).ShouldBeProblem(422, "NOT_A_CLAIM");
        var paid = (await customer.PayAsync("P-1", 110m)).ShouldBe(201)["allocations"].EnumerateArray().ToList();
        paid.Select(line => (line.Text("invoice"), line.Amount("amount"))).ShouldBe([("I-1", 100m), ("Z-1", 3.5m), ("D-1", 6.5m)]);
        (await Admin.PostAsync($"{customer.Path}/write-offs/W-1/reversal")).ShouldBe(201);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(18.5m);
    }
}
