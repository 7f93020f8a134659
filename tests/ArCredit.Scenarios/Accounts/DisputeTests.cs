using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Disputes as callers see them.</summary>
public sealed class DisputeTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task A_dispute_is_raised_worked_on_and_resolved_by_a_credit_note()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 1000 });
        (await customer.InvoiceAsync("I/1", 100m, "2025-12-01", "2025-11-01")).ShouldBe(201);
        var path = $"{customer.Path}/invoices/I%2F1/disputes";
        var body = new { disputeId = "D-1", reason = "price", amount = 30m, owner = "anna", note = "the agreed price was 70" };
        (await Admin.PostAsync(path, new { disputeId = "D-1", reason = "price", amount = 100.01m })).ShouldBeProblem(422, "DISPUTE_EXCEEDS_OPEN");
        (await Admin.PostAsync(path, new { disputeId = "D-1", reason = "price", amount = 0m })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await Admin.PostAsync($"{customer.Path}/invoices/I-9/disputes", body)).ShouldBeProblem(404, "NOT_FOUND");
        var raised = (await Admin.PostAsync(path, body)).ShouldBe(201);
        (raised["status"].GetString(), raised["amount"].GetDecimal(), raised["invoice"].GetString()).ShouldBe(("open", 30m, "I/1"));
        (await Admin.PostAsync(path, body)).ShouldBe(200).Text.ShouldBe(raised.Text);
        (await Admin.PostAsync(path, new { disputeId = "D-1", reason = "damaged" })).ShouldBeProblem(409, "NUMBER_CONFLICT");
        var profile = await customer.ProfileAsync();
        (profile.Amount("balance"), profile.Amount("disputed"), profile.GetProperty("overdue").Amount("amount")).ShouldBe((100m, 30m, 70m));
        var item = (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"][0];
        (item.Amount("disputedAmount"), string.Join(' ', item.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()))).ShouldBe((30m, "overdue disputed"));

        var state = (await Admin.GetAsync($"{customer.Path}/invoices/I%2F1")).ShouldBe(200);
        state["flags"].EnumerateArray().Select(flag => flag.GetString()).ShouldBe(["overdue", "disputed"]);
        (await Admin.PostAsync($"{customer.Path}/disputes/D-1/log", new { })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await Admin.PostAsync($"{customer.Path}/disputes/D-1/log", new { dueOn = "2026-02-01", note = "asked sales" })).ShouldBe(201)["dueOn"].GetString().ShouldBe("2026-02-01");
        var resolution = new { outcome = "partly", amount = 20m, creditNote = new { number = "C-1" }, note = "we meet halfway" };
        (await Admin.PostAsync($"{customer.Path}/disputes/D-1/resolution", new { outcome = "partly", amount = 20m })).ShouldBeProblem(400, "INVALID_REQUEST");
        var resolved = (await Admin.PostAsync($"{customer.Path}/disputes/D-1/resolution", resolution)).ShouldBe(201);
        (resolved["status"].GetString(), resolved["credited"].GetDecimal(), resolved["creditNote"].GetString()).ShouldBe(("resolved", 20m, "C-1"));
        (await Admin.PostAsync($"{customer.Path}/disputes/D-1/resolution", resolution)).ShouldBe(200).Text.ShouldBe(resolved.Text);
        (await Admin.PostAsync($"{customer.Path}/disputes/D-1/resolution", new { outcome = "rejected" })).ShouldBeProblem(409, "DISPUTE_RESOLVED");
        (await Admin.PostAsync($"{customer.Path}/disputes/D-2/resolution", new { outcome = "rejected" })).ShouldBeProblem(404, "NOT_FOUND");
        profile = await customer.ProfileAsync();
        (profile.Amount("balance"), profile.Amount("disputed"), profile.GetProperty("overdue").Amount("amount")).ShouldBe((80m, 0m, 80m));
        var log = (await Admin.GetAsync($"{customer.Path}/disputes/D-1")).ShouldBe(200)["log"].EnumerateArray().ToList();
        log.Select(entry => (entry.Text("kind"), entry.Text("owner"), entry.Text("note"))).ShouldBe(
            [("raised", "anna", "the agreed price was 70"), ("changed", "anna", "asked sales"), ("resolved", "anna", "we meet halfway")]);
    }

    [Fact]
    public async Task Disputes_are_listed_by_status_page_by_page()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        foreach (var id in new[] { "D-1", "D-2", "D-3" })
        {
            (await Admin.PostAsync($"{customer.Path}/invoices/I-1/disputes", new { disputeId = id, reason = "quantity", amount = 10m })).ShouldBe(201);
        }

        (await Admin.PostAsync($"{customer.Path}/disputes/D-2/resolution", new { outcome = "rejected" })).ShouldBe(201);
        var page = (await Admin.GetAsync($"{customer.Path}/disputes?status=open&limit=1")).ShouldBe(200);
        Ids(page).ShouldBe(["D-1"]);
        Ids((await Admin.GetAsync($"{customer.Path}/disputes?status=open&limit=1&cursor={page["nextCursor"].GetString()}")).ShouldBe(200)).ShouldBe(["D-3"]);
        Ids((await Admin.GetAsync($"{customer.Path}/disputes?status=resolved")).ShouldBe(200)).ShouldBe(["D-2"]);
        Ids((await Admin.GetAsync($"{customer.Path}/disputes")).ShouldBe(200)).ShouldBe(["D-1", "D-2", "D-3"]);
        (await Admin.GetAsync("/api/v1/accounts/none/disputes")).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
    }

    [Fact]
    public async Task A_collector_raises_logs_and_rejects_but_credits_nothing()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        var made = (await Admin.PutAsync($"/api/v1/api-keys/collector-{customer.Id}", new { roles = new[] { "collector", "credit-controller" } })).ShouldBe(201);
        var collector = Admin.As(made["key"].GetString());
        var path = $"{customer.Path}/disputes";
        (await collector.PostAsync($"{customer.Path}/invoices/I-1/disputes", new { disputeId = "D-1", reason = "price" })).ShouldBe(201);
        (await collector.PostAsync($"{path}/D-1/log", new { owner = "u-7" })).ShouldBe(201);
        var credit = new { outcome = "creditNote", creditNote = new { number = "C-1" } };
        (await collector.PostAsync($"{path}/D-1/resolution", credit)).ShouldBeProblem(403, "APPROVAL_REQUIRED");
        (await collector.PostAsync($"{path}/D-1/resolution", new { outcome = "rejected" })).ShouldBe(201);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(100m);
    }

    [Theory]
    [InlineData("the agreed price", "u-7")]
    [InlineData("price", "Anna Meyer")]
    [InlineData("preis/mängel", "u-7")]
    public async Task Reason_and_owner_are_codes(string reason, string owner)
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        var path = $"{customer.Path}/invoices/I-1/disputes";
        (await Admin.PostAsync(path, new { disputeId = "D-1", reason, owner })).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields
            .ShouldBe([reason == "price" ? "owner" : "reason"]);
        (await Admin.PostAsync(path, new { disputeId = "D-1", reason = "PRICE_2.b:x", owner = new string('u', 64) })).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/disputes/D-1/log", new { owner = new string('u', 65) })).ShouldBeProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task A_dispute_raised_again_is_answered_as_it_stands_until_it_is_resolved()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        var path = $"{customer.Path}/invoices/I-1/disputes";
        var body = new { disputeId = "D-1", reason = "price" };
        (await Admin.PostAsync(path, body, "raised-first")).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/disputes/D-1/log", new { owner = "u-7" })).ShouldBe(201);
        (await Admin.PostAsync(path, body))["owner"].GetString().ShouldBe("u-7");
        (await Admin.PostAsync($"{customer.Path}/disputes/D-1/resolution", new { outcome = "rejected" })).ShouldBe(201);
        (await Admin.PostAsync(path, body)).ShouldBeProblem(409, "DISPUTE_RESOLVED");
        (await Admin.PostAsync(path, body, "raised-first")).ShouldBe(201);
    }

    private static List<string?> Ids(Answer page) => [.. page["items"].EnumerateArray().Select(each => each.Text("disputeId"))];
}
