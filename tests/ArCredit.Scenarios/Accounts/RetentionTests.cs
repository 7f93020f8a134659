using System.Text.Json;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>What customers hold back of invoices. The clock stands on 1 January 2026.</summary>
public sealed class RetentionTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Held_back_released_overdue_paid_bounced_and_taken_back_as_everybody_sees_it(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var admin = app.Admin;
        var customer = await Customer.OpenAsync(admin, new { creditLimit = 5000 });
        var posted = (await InvoiceAsync(customer, "I-1", 1000m, new { percent = 10, expectedReleaseOn = "2026-01-20", dueDays = 14 })).ShouldBe(201).Json;
        (posted.Amount("openAmount"), posted.Text("dueDate"), posted.GetProperty("instalments").GetArrayLength()).ShouldBe((1000m, "2026-01-10", 1));
        (posted.GetProperty("retention").Amount("amount"), posted.GetProperty("retention").GetProperty("instalment").GetInt32()).ShouldBe((100m, 2));
        (await InvoiceAsync(customer, "I-2", 50m, new { amount = 5 })).ShouldBe(201);
        (await ItemsAsync(customer)).ShouldBe(["I-1/1 900.00 of 900.00 2026-01-10", "I-2/1 45.00 of 45.00 2026-01-10", "I-1/2 100.00 of 100.00 - retained", "I-2/2 5.00 of 5.00 - retained"]);
        (await customer.PayAsync("P-1", 900m)).ShouldBe(201);

        await app.MoveClockAsync(DateTimeOffset.Parse("2026-01-21T09:00:00Z", null));
        (await ListAsync(admin, "/api/v1/retentions?expectedTo=2026-01-21")).ShouldBe(["I-1 100.00"]);
        (await ListAsync(admin, "/api/v1/retentions?company=main")).ShouldBe(["I-1 100.00", "I-2 5.00"]);
        (await ListAsync(admin, "/api/v1/retentions?company=other")).ShouldBeEmpty();
        var released = (await ReleaseAsync(customer, "I-1", new { amount = 60, reason = "accepted" })).ShouldBe(201).Json;
        (released.GetProperty("instalment").GetInt32(), released.Text("dueDate"), released.Amount("amount")).ShouldBe((3, "2026-02-04", 60m));
        (await ItemsAsync(customer)).ShouldBe(
            ["I-2/1 45.00 of 45.00 2026-01-10 overdue", "I-1/3 60.00 of 60.00 2026-02-04", "I-1/2 40.00 of 40.00 - retained", "I-2/2 5.00 of 5.00 - retained"]);
        (await ItemsAsync(customer, "?asOf=2026-01-20")).ShouldContain("I-1/2 100.00 of 100.00 - retained");
        var state = (await admin.GetAsync($"{customer.Path}/invoices/I-1")).ShouldBe(200).Json;
        (state.Amount("amount"), state.Amount("openAmount"), state.Text("status")).ShouldBe((1000m, 100m, "partPaid"));
        state.GetProperty("instalments").EnumerateArray().Select(each => each.Amount("amount")).ShouldBe([900m, 40m, 60m]);

        await app.MoveClockAsync(DateTimeOffset.Parse("2026-02-05T09:00:00Z", null));
        (await customer.ProfileAsync()).GetProperty("overdue").Amount("amount").ShouldBe(105m);
        (await customer.ProfileAsync()).Amount("retained").ShouldBe(45m);
        (await customer.PayAsync("P-2", 60m)).ShouldBe(201)["allocations"][0].GetProperty("instalment").GetInt32().ShouldBe(3);
        (await ReverseAsync(customer, "I-1", 3)).ShouldBeProblem(404, "NOT_FOUND");
        (await admin.PostAsync($"{customer.Path}/payments/P-2/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await customer.ExposureAsync()).Amount("returnedPayments").ShouldBe(60m);
        (await ReverseAsync(customer, "I-1", 3, "back-1")).ShouldBe(201);
        (await ReverseAsync(customer, "I-1", 3, "back-1")).ShouldBe(201).Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await ReverseAsync(customer, "I-1", 3, "back-2")).ShouldBeProblem(404, "NOT_FOUND");
        (await ItemsAsync(customer)).ShouldBe(
            ["I-2/1 45.00 of 45.00 2026-01-10 overdue", "I-1/2 100.00 of 100.00 - returned retained", "I-2/2 5.00 of 5.00 - retained"]);
        (await ListAsync(admin, $"{customer.Path}/retentions")).ShouldBe(["I-1 100.00", "I-2 5.00"]);
        (await ListAsync(admin, $"{customer.Path}/retentions?asOf=2026-01-25")).ShouldBe(["I-1 40.00", "I-2 5.00"]);
        (await admin.GetAsync($"{customer.Path}/invoices/I-1")).ShouldBe(200)["instalments"].GetArrayLength().ShouldBe(2);
        (await ReleaseAsync(customer, "I-1", new { reason = "now" })).ShouldBe(201)["instalment"].GetInt32().ShouldBe(4);
        (await admin.GetAsync($"{customer.Path}/timeline?kind=document")).ShouldBe(200)["items"][0].Text("type").ShouldBe("retentionReleased");
    }

    [Fact]
    public async Task What_is_wrong_is_said_by_field_and_rule()
    {
        await using var app = await RunningApp.StartAsync();
        var customer = await Customer.OpenAsync(app.Admin, new { creditLimit = 5000 });
        (await InvoiceAsync(customer, "I-1", 100m, new { })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await InvoiceAsync(customer, "I-1", 100m, new { percent = 10, amount = 10 })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await InvoiceAsync(customer, "I-1", 100m, new { percent = 100 })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await InvoiceAsync(customer, "I-1", 100m, new { percent = 10, until = "2026-05-01" })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await InvoiceAsync(customer, "I-1", 100m, new { amount = 100 })).ShouldBeProblem(422, "RETENTION_MISMATCH");
        (await InvoiceAsync(customer, "I-1", 100m, new { amount = 10 })).ShouldBe(201);
        (await InvoiceAsync(customer, "I-1", 100m, new { amount = 10 })).ShouldBe(200);
        (await InvoiceAsync(customer, "I-1", 100m, new { amount = 11 })).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await ReleaseAsync(customer, "I-9", new { reason = "x" })).ShouldBeProblem(404, "NOT_FOUND");
        (await ReleaseAsync(customer, "I-1", new { amount = 10.01m, reason = "x" })).ShouldBeProblem(422, "RELEASE_EXCEEDS_RETAINED");
        (await ReleaseAsync(customer, "I-1", new { amount = 0, reason = "x" })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await ReleaseAsync(customer, "I-1", new { amount = 1 })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await ReleaseAsync(customer, "I-1", new { on = "2026-01-02", reason = "x" })).ShouldBeProblem(422, "RELEASE_DATE").ErrorFields.ShouldBe(["on"]);
        (await ReleaseAsync(customer, "I-1", new { on = "2025-01-01", dueDate = "2026-02-01", reason = "x" })).ShouldBeProblem(422, "RELEASE_DATE").ErrorFields.ShouldBe(["on"]);
        (await ReleaseAsync(customer, "I-1", new { dueDate = "2025-12-31", reason = "x" })).ShouldBeProblem(422, "RELEASE_DATE").ErrorFields.ShouldBe(["dueDate"]);
        (await app.Admin.PutAsync("/api/v1/companies/main/periods/2026-01", new { status = "closed" })).ShouldBe(200);
        (await ReleaseAsync(customer, "I-1", new { reason = "x" })).ShouldBeProblem(422, "PERIOD_CLOSED");
        (await app.Admin.PostAsync($"{customer.Path}/invoices/I-1/retention/releases?ifPeriodClosed=nextOpenDay", new { reason = "x" })).ShouldBe(201)["postedOn"].GetString().ShouldBe("2026-02-01");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_policy_counts_claims_and_what_is_not_released_in_time_as_overdue(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var admin = app.Admin;
        (await admin.PutAsync("/api/v1/policies/segments/strict", new { claims = new { countAsOverdue = "yes" }, retentions = new { counts = true } })).ShouldBeProblem(400, "INVALID_REQUEST")
            ["errors"].EnumerateObject().Select(each => each.Name).Order().ShouldBe(["claims.countAsOverdue", "retentions.counts"]);
        var rule = new { overdueDays = new { days = 3 }, claims = new { countAsOverdue = true }, retentions = new { countAsOverdue = true } };
        (await admin.PutAsync("/api/v1/policies/segments/strict", rule)).ShouldBe(200);
        var shown = (await admin.GetAsync("/api/v1/policies/segments/strict")).ShouldBe(200);
        (shown["claims"].GetProperty("countAsOverdue").GetBoolean(), shown["retentions"].GetProperty("countAsOverdue").GetBoolean()).ShouldBe((true, true));
        var (strict, plain) = (await Customer.OpenAsync(admin, new { creditLimit = 5000, segment = "strict" }), await Customer.OpenAsync(admin, new { creditLimit = 5000 }));
        foreach (var customer in new[] { strict, plain })
        {
            (await InvoiceAsync(customer, "I-1", 1000m, new { percent = 10, expectedReleaseOn = "2026-01-05", dueDays = 2 })).ShouldBe(201);
            (await InvoiceAsync(customer, "I-2", 100m, new { percent = 10 })).ShouldBe(201);
            (await customer.Client.PostAsync($"{customer.Path}/claims", new { type = "fee", number = "F-1", issueDate = "2026-01-01", dueDate = "2026-01-06", amount = 7, currency = "EUR" })).ShouldBe(201);
            (await customer.PayAsync("P-1", 990m, new[] { new { invoice = "I-1", amount = 900m }, new { invoice = "I-2", amount = 90m } })).ShouldBe(201);
        }

        await app.MoveClockAsync(DateTimeOffset.Parse("2026-01-08T09:00:00Z", null));
        (await ItemsAsync(strict)).ShouldBe(["F-1/1 7.00 of 7.00 2026-01-06 overdue", "I-1/2 100.00 of 100.00 - overdue retained", "I-2/2 10.00 of 10.00 - retained"]);
        (await ItemsAsync(strict, "?asOf=2026-01-07")).ShouldBe(["F-1/1 7.00 of 7.00 2026-01-06 overdue", "I-1/2 100.00 of 100.00 - retained", "I-2/2 10.00 of 10.00 - retained"]);
        (await ItemsAsync(plain)).ShouldBe(["F-1/1 7.00 of 7.00 2026-01-06", "I-1/2 100.00 of 100.00 - retained", "I-2/2 10.00 of 10.00 - retained"]);
        (await admin.GetAsync($"{strict.Path}/invoices/I-1")).ShouldBe(200)["instalments"][1].GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()).ShouldBe(["overdue", "retained"]);
        (await admin.GetAsync($"{strict.Path}/invoices/F-1")).ShouldBe(200)["flags"][0].GetString().ShouldBe("overdue");
        ((await strict.ProfileAsync()).GetProperty("overdue").Amount("amount"), (await plain.ProfileAsync()).GetProperty("overdue").Amount("amount")).ShouldBe((107m, 0m));
        (await strict.CheckAsync(1m)).ShouldDecide("approved");
        await app.MoveClockAsync(DateTimeOffset.Parse("2026-01-10T09:00:00Z", null));
        (await plain.CheckAsync(1m)).ShouldDecide("approved");
        var declined = (await strict.ReserveAsync(1m, reservationId: "R-1")).ShouldDecide("declined", "OVERDUE_DAYS");
        var facts = (await admin.GetAsync($"/api/v1/decisions/{declined["decisionId"].GetString()}")).ShouldBe(200)["facts"];
        facts.GetProperty("overdueWithMore").EnumerateArray().Select(each => each.GetProperty("overdue").Amount("amount")).ShouldBe([7m, 100m, 107m]);
        (await admin.PutAsync("/api/v1/policies/segments/strict", new { overdueDays = new { days = 3 } })).ShouldBe(200);
        (await strict.CheckAsync(1m)).ShouldDecide("approved");
    }

    private static Task<Answer> InvoiceAsync(Customer customer, string number, decimal amount, object retention) =>
        customer.Client.PostAsync($"{customer.Path}/invoices", new { number, issueDate = "2026-01-01", dueDate = "2026-01-10", amount, currency = "EUR", retention });

    private static Task<Answer> ReleaseAsync(Customer customer, string invoice, object body) =>
        customer.Client.PostAsync($"{customer.Path}/invoices/{invoice}/retention/releases", body);

    private static Task<Answer> ReverseAsync(Customer customer, string invoice, int instalment, string? key = null) =>
        customer.Client.PostAsync($"{customer.Path}/invoices/{invoice}/retention/releases/{instalment}/reversal", new { note = "n" }, key);

    private static async Task<List<string>> ListAsync(ApiClient admin, string path) =>
        [.. (await admin.GetAsync(path)).ShouldBe(200)["items"].EnumerateArray().Select(item => $"{item.Text("invoice")} {item.GetProperty("openAmount").GetRawText()}")];

    private static async Task<List<string>> ItemsAsync(Customer customer, string query = "") =>
        [.. (await customer.Client.GetAsync($"{customer.Path}/open-items{query}")).ShouldBe(200)["items"].EnumerateArray()
            .Where(item => item.GetProperty("instalment").ValueKind == JsonValueKind.Number).Select(item => string.Join(' ', [
                $"{item.Text("number")}/{item.GetProperty("instalment").GetRawText()} {item.GetProperty("openAmount").GetRawText()} of {item.GetProperty("amount").GetRawText()}",
                item.GetProperty("dueDate").GetString() ?? "-", .. item.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!)]))];
}
