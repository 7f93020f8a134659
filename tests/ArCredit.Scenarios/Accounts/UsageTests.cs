using ArCredit.Platform.Data;
using ArCredit.Scenarios.Import;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Metered usage as a billing system sees it. The clock stands on 1 January 2026, 8:00.</summary>
public sealed class UsageTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_metered_customer_is_invoiced_in_the_middle_of_a_period(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (admin, customer) = (app.Admin, await Customer.OpenAsync(app.Admin, new { creditLimit = 100 }));
        await app.MoveClockAsync(DateTimeOffset.Parse("2026-01-31T20:00:00Z", null));
        for (var day = 1; day <= 31; day++)
        {
            var used = (await UseAsync(customer, $"U-{day}", 1.005m, $"2026-01-{day:00}T12:00:00Z")).ShouldBe(201).Json;
            (used.GetProperty("counted").GetBoolean(), used.Text("usedOn")).ShouldBe((true, $"2026-01-{day:00}"));
        }

        // 31 × 1.005 = 31.155, rounded once, half-even.
        (await customer.ExposureAsync()).Amount("deliveries").ShouldBe(31.16m);
        (await UseAsync(customer, "U-1", 1.005m, "2026-01-01T12:00:00Z")).ShouldBe(200);
        (await UseAsync(customer, "U-1", 1.006m, "2026-01-01T12:00:00Z")).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await customer.ReserveAsync(70m, reservationId: "R-1")).ShouldBe(200);

        var invoice = (await InvoiceAsync(customer, "I-1", 15.08m, "2026-01-15")).ShouldBe(201).Json;
        invoice.GetProperty("usage")[0].Amount("amount").ShouldBe(15.08m);
        (await customer.ExposureAsync()).Amount("deliveries").ShouldBe(16.08m);
        (await customer.ExposureAsync()).Amount("total").ShouldBe(31.16m);
        (await InvoiceAsync(customer, "I-1", 15.08m, "2026-01-15")).ShouldBe(200);
        var late = (await UseAsync(customer, "U-late", 3m, "2026-01-14T23:00:00Z")).ShouldBe(201).Json;
        (late.GetProperty("counted").GetBoolean(), late.Text("billedBy"), late.Amount("exposureAfter")).ShouldBe((false, "I-1", 31.16m));

        await using var again = await app.RestartAsync();
        (admin, customer) = (again.Admin, customer with { Client = again.Admin });
        (await UseAsync(customer, "U-late-2", 3m, "2026-01-15T23:00:00Z")).ShouldBe(201)["counted"].GetBoolean().ShouldBeFalse();
        (await customer.ExposureAsync()).Amount("deliveries").ShouldBe(16.08m);
        var open = (await admin.GetAsync($"{customer.Path}/usage")).ShouldBe(200)["items"][0];
        (open.Text("subscription"), open.Amount("amount"), open.Text("from"), open.Text("to"), open.Text("billedThrough"), open.Text("billedBy"))
            .ShouldBe(("grid", 16.08m, "2026-01-16", "2026-01-31", "2026-01-15", "I-1"));
        (await InvoiceAsync(customer, "I-2", 16.08m, "2026-01-31")).ShouldBe(201);
        (await customer.ExposureAsync()).Amount("deliveries").ShouldBe(0m);
        (await customer.ExposureAsync()).Amount("total").ShouldBe(31.16m);
        (await admin.GetAsync($"{customer.Path}/timeline?kind=usage&limit=1")).ShouldBe(200)["items"][0].Text("number").ShouldBe("U-late-2");
    }

    [Fact]
    public async Task What_is_no_usage_is_refused_by_field_and_nothing_happens()
    {
        await using var app = await RunningApp.StartAsync();
        var customer = await Customer.OpenAsync(app.Admin);
        (await UseAsync(customer, "U-1", 0m)).ShouldBeProblem(400, "INVALID_REQUEST")["errors"].GetProperty("amount")[0].GetString().ShouldBe("must not be 0");
        (await UseAsync(customer, "U-1", 0.00000000001m)).ShouldBeProblem(400, "INVALID_REQUEST");
        (await UseAsync(customer, "U-1", 5m, subscription: "the one upstairs")).ShouldBeProblem(400, "INVALID_REQUEST");
        (await UseAsync(customer, "U-1", 5m, "2026-01-02T00:00:00Z")).ShouldBeProblem(422, "USAGE_IN_FUTURE");
        (await UseAsync(customer, "U-1", -5m)).ShouldBeProblem(422, "USAGE_BELOW_ZERO");
        (await InvoiceAsync(customer, "I-1", 5m, "2026-01-02")).ShouldBeProblem(422, "USAGE_IN_FUTURE");
        (await app.Admin.PostAsync($"{customer.Path}/invoices", new
        {
            number = "I-1",
            issueDate = "2026-01-01",
            amount = 5m,
            currency = "EUR",
            usage = new[] { new { subscription = "grid", through = "2026-01-01" }, new { subscription = "grid", through = "2025-12-31" } },
        })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await app.Admin.PostAsync("/api/v1/accounts/nobody/usage", new { usageId = "U-1", subscription = "grid", amount = 1m, currency = "EUR" }))
            .ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
        (await app.Admin.GetAsync("/api/v1/accounts/nobody/usage")).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
        (await app.Admin.GetAsync($"{customer.Path}/usage")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(0);
        (await customer.ExposureAsync()).Amount("total").ShouldBe(0m);
    }

    [Fact]
    public async Task Usage_is_given_up_once_and_by_itself_is_no_invoice()
    {
        await using var app = await RunningApp.StartAsync();
        var customer = await Customer.OpenAsync(app.Admin);
        (await UseAsync(customer, "U-1", 5m)).ShouldBe(201);
        var body = new { releaseId = "L-1", subscription = "grid", through = "2026-01-01", reason = "goodwill" };
        (await app.Admin.PostAsync($"{customer.Path}/usage-releases", body)).ShouldBe(201)["amount"].GetDecimal().ShouldBe(5m);
        (await app.Admin.PostAsync($"{customer.Path}/usage-releases", body)).ShouldBe(200)["amount"].GetDecimal().ShouldBe(5m);
        (await customer.ExposureAsync()).Amount("deliveries").ShouldBe(0m);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
    }

    [Fact]
    public async Task Every_kind_of_document_is_imported_line_by_line()
    {
        await using var app = await RunningApp.StartAsync();
        var customer = await Customer.OpenAsync(app.Admin);
        var id = customer.Id;
        string[] usage = [
            $$"""{"accountId":"{{id}}","usageId":"U-1","subscription":"grid","amount":0.004,"currency":"EUR","usedAt":"2025-12-01T10:00:00Z"}""",
            $$"""{"accountId":"{{id}}","usageId":"U-2","subscription":"grid","amount":0.007,"currency":"EUR"}""",
            $$"""{"accountId":"{{id}}","usageId":"U-2","subscription":"grid","amount":0.007,"currency":"EUR"}""",
            $$"""{"accountId":"{{id}}","usageId":"U-3","subscription":"grid","amount":0,"currency":"EUR"}"""];
        (await app.Admin.ImportAsync("usage", usage)).Outcomes.ShouldBe(["created", "created", "unchanged", "refused"]);
        (await customer.ExposureAsync()).Amount("deliveries").ShouldBe(0.01m);
        (await app.Admin.ImportAsync("debit-notes", $$"""{"accountId":"{{id}}","number":"D-1","issueDate":"2025-12-01","amount":7,"currency":"EUR"}""")).Outcomes.ShouldBe(["created"]);
        (await app.Admin.ImportAsync("claims", $$"""{"accountId":"{{id}}","type":"fee","number":"F-1","issueDate":"2025-12-01","amount":3,"currency":"EUR"}""")).Outcomes.ShouldBe(["created"]);
        (await app.Admin.ImportAsync("contacts", $$"""{"accountId":"{{id}}","contactId":"K-1","channel":"call","at":"2025-12-01T10:00:00Z","note":"from the CRM"}""")).Outcomes.ShouldBe(["created"]);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(10m);
        (await app.Admin.GetAsync($"{customer.Path}/timeline?kind=contact")).ShouldBe(200)["items"][0].Text("note").ShouldBe("from the CRM");
    }

    private static Task<Answer> UseAsync(Customer customer, string id, decimal amount, string? usedAt = null, string subscription = "grid") =>
        customer.Client.PostAsync($"{customer.Path}/usage", new { usageId = id, subscription, usedAt, amount, currency = "EUR" });

    private static Task<Answer> InvoiceAsync(Customer customer, string number, decimal amount, string through) => customer.Client.PostAsync(
        $"{customer.Path}/invoices",
        new { number, issueDate = "2026-01-01", amount, currency = "EUR", usage = new[] { new { subscription = "grid", through } } });
}
