using System.Text.Json;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Payment plans as callers see them.</summary>
public sealed class PlanTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task A_plan_is_requested_approved_by_somebody_else_kept_and_shown_on_its_items()
    {
        var (collector, manager) = (await fixture.App.CallerAsync(Roles.Collector), await fixture.App.CallerAsync(Roles.CreditManager));
        var customer = await OverdueAsync();
        var path = $"{customer.Path}/plans";
        object Body(string id, decimal second) => new
        {
            planId = id,
            invoices = new[] { new { number = "I-1" } },
            instalments = new[] { new { on = "2026-01-09", amount = 40m }, new { on = "2026-02-09", amount = second } },
            reference = "RV-1",
            note = "by phone",
        };
        (await collector.PostAsync(path, Body("L-1", 59.99m))).ShouldBeProblem(422, "INSTALMENTS_MISMATCH").Text.ShouldContain("come to 99.99 EUR, what is open of the items to 100.00 EUR");
        var requested = (await collector.PostAsync(path, Body("L-1", 60m), "same-key")).ShouldBe(201);
        (requested["status"].GetString(), requested.Json.Amount("amount"), requested["instalments"][0].Text("lastOn")).ShouldBe(("requested", 100m, "2026-01-13"));
        (await collector.PostAsync(path, Body("L-1", 60m), "same-key")).ShouldBe(201).Text.ShouldBe(requested.Text);
        (await collector.PostAsync(path, Body("L-1", 60m))).ShouldBe(200).Text.ShouldBe(requested.Text);
        (await collector.PostAsync(path, Body("L-1", 61m))).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await collector.PostAsync(path, Body("L-2", 60m))).ShouldBeProblem(409, "PLAN_OVERLAPS");
        (await FlagsAsync(customer)).ShouldBe(["overdue"]);

        (await collector.PostAsync($"{path}/L-1/approval")).ShouldBeProblem(403, "FORBIDDEN");
        (await manager.PostAsync($"{path}/L-9/approval")).ShouldBeProblem(404, "NOT_FOUND");
        (await manager.PostAsync($"{path}/L-1/cancellation")).ShouldBeProblem(409, "PLAN_NOT_ACTIVE");
        var approved = (await manager.PostAsync($"{path}/L-1/approval", new { note = "they will manage" })).ShouldBe(201);
        (approved["status"].GetString(), approved["breaksOn"].GetString()).ShouldBe(("active", "2026-01-13"));
        (await manager.PostAsync($"{path}/L-1/approval", new { note = "they will manage" })).ShouldBe(200);
        (await manager.PostAsync($"{path}/L-1/rejection")).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await FlagsAsync(customer)).ShouldBe(["inPlan"]);
        var profile = await customer.ProfileAsync();
        (profile.GetProperty("overdue").Amount("amount"), profile.Amount("inPlans"), profile.Amount("balance")).ShouldBe((0m, 100m, 100m));

        (await customer.PayAsync("P-1", 55m, allocations: new[] { new { invoice = "I-1", amount = 55m } })).ShouldBe(201);
        var one = (await Admin.GetAsync($"{path}/L-1")).ShouldBe(200);
        (one["note"].GetString(), one["decisionNote"].GetString()).ShouldBe(("by phone", "they will manage"));
        one["plan"].GetProperty("instalments").EnumerateArray().Select(each => (each.Amount("paid"), each.Amount("open"))).ShouldBe([(40m, 0m), (15m, 45m)]);
        (await customer.PayAsync("P-2", 45m)).ShouldBe(201);
        var kept = (await Admin.GetAsync($"{path}?status=kept")).ShouldBe(200)["items"][0];
        (kept.Text("planId"), kept.Amount("received"), kept.Text("endedOn")).ShouldBe(("L-1", 100m, "2026-01-01"));
        (await Admin.GetAsync($"{path}?status=active")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(0);
        (await collector.PostAsync(path, Body("L-1", 60m))).ShouldBeProblem(409, "PLAN_ENDED");
        (await manager.PostAsync($"{path}/L-1/cancellation")).ShouldBeProblem(409, "PLAN_ENDED");

        (await customer.Client.PostAsync($"{customer.Path}/payments/P-2/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await FlagsAsync(customer)).ShouldBe(["returned", "inPlan"], "it goes on while there is time");
        (await Admin.GetAsync($"{path}/L-9")).ShouldBeProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task Nobody_signs_their_own_request_an_admin_neither()
    {
        var customer = await OverdueAsync();
        var path = $"{customer.Path}/plans";
        object Body(string id) => new { planId = id, schedule = new { count = 3, every = "month", first = "2026-01-31" }, graceDays = 0 };
        var requested = (await Admin.PostAsync(path, Body("L-1"))).ShouldBe(201);
        requested["instalments"].EnumerateArray().Select(each => (each.Text("on"), each.Amount("amount"), each.Text("lastOn")))
            .ShouldBe([("2026-01-31", 33.33m, "2026-01-31"), ("2026-02-28", 33.33m, "2026-02-28"), ("2026-03-31", 33.34m, "2026-03-31")]);
        (await Admin.PostAsync($"{path}/L-1/approval")).ShouldBeProblem(403, "OWN_REQUEST");
        (await Admin.PostAsync($"{path}/L-1/withdrawal")).ShouldBe(201)["status"].GetString().ShouldBe("withdrawn");
        (await Admin.PostAsync(path, Body("L-1"))).ShouldBeProblem(409, "PLAN_ENDED");
        (await Admin.PostAsync(path, Body("L-2"))).ShouldBe(201);
        var finance = await fixture.App.CallerAsync(Roles.Finance);
        (await finance.PostAsync($"{path}/L-2/rejection", new { note = "too long" })).ShouldBe(201)["status"].GetString().ShouldBe("rejected");
        (await Admin.PostAsync(path, Body("L-3"))).ShouldBe(201);

        // Sent at once, one of them approves and the others hear of it.
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => finance.PostAsync($"{path}/L-3/approval")));
        answers.Select(answer => answer.Status).Order().ShouldBe([200, 200, 200, 200, 200, 200, 200, 201]);
        (await finance.PostAsync($"{path}/L-3/cancellation")).ShouldBe(201)["status"].GetString().ShouldBe("cancelled");
        (await FlagsAsync(customer)).ShouldBe(["overdue"]);
        (await Admin.GetAsync($"{path}?limit=2")).ShouldBe(200)["items"].EnumerateArray().Select(each => each.Text("status")).ShouldBe(["withdrawn", "rejected"]);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_said_field_by_field()
    {
        var customer = await OverdueAsync();
        var path = $"{customer.Path}/plans";
        async Task<string[]> FieldsAsync(object body) =>
            [.. (await Admin.PostAsync(path, body)).ShouldBeProblem(400, "INVALID_REQUEST")["errors"].EnumerateObject().Select(each => each.Name).Order(StringComparer.Ordinal)];
        (await FieldsAsync(new { planId = "L-1" })).ShouldBe(["instalments"]);
        (await FieldsAsync(new { planId = "L-1", instalments = Array.Empty<object>() })).ShouldBe(["instalments"]);
        (await FieldsAsync(new { planId = "L-1", instalments = new[] { new { on = "2026-02-01", amount = 1m } }, schedule = new { count = 0, every = "month", first = "2026-02-01" } }))
            .ShouldBe(["instalments", "schedule.count"]);
        (await FieldsAsync(new { planId = "L-1", schedule = new { count = 2, every = "day", first = "2026-02-01" } })).ShouldBe(["schedule.every"]);
        (await FieldsAsync(new
        {
            planId = "L-1",
            invoices = Array.Empty<object>(),
            instalments = new[] { new { on = "2026-02-01", amount = 0m }, new { on = "2026-02-01", amount = 1m } },
            graceDays = 31,
            reference = new string('x', 129),
        })).ShouldBe(["graceDays", "instalments[0].amount", "instalments[1].on", "invoices", "reference"]);
        (await Admin.PostAsync(path, new { planId = "L-1", instalments = new[] { new { on = "2025-12-31", amount = 100m } } })).ShouldBeProblem(422, "PLAN_IN_PAST");
        (await Admin.PostAsync(path, new { planId = "L-1", instalments = new[] { new { on = "2026-01-31", amount = 99.999m } } })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await Admin.PostAsync(path, new { planId = "L-1", currency = "USD", invoices = new[] { new { number = "I-1" } }, schedule = new { count = 1, every = "week", first = "2026-02-01" } }))
            .ShouldBeProblem(422, "CURRENCY_MISMATCH");
        (await Admin.PostAsync(path, new { planId = "L-1", currency = "USD", schedule = new { count = 1, every = "week", first = "2026-02-01" } })).ShouldBeProblem(422, "NOTHING_TO_PLAN");
    }

    [Fact]
    public async Task A_policy_may_count_what_is_in_a_plan_and_let_small_ones_go_without_approval()
    {
        var segment = "s" + Guid.NewGuid().ToString("N")[..8];
        (await Admin.PutAsync($"/api/v1/policies/segments/{segment}", new { plans = new { countAsOverdue = true, withoutApprovalUpTo = 100m } })).ShouldBe(200);
        var customer = await OverdueAsync(new { segment });
        var active = (await Admin.PostAsync($"{customer.Path}/plans", new { planId = "L-1", schedule = new { count = 2, every = "week", first = "2026-01-09" } })).ShouldBe(201);
        (active["status"].GetString(), active["decidedBy"].ValueKind).ShouldBe(("active", JsonValueKind.Null));
        (await FlagsAsync(customer)).ShouldBe(["overdue", "inPlan"]);
        (await customer.ProfileAsync()).GetProperty("overdue").Amount("amount").ShouldBe(100m);
        (await Admin.GetAsync($"/api/v1/policies/segments/{segment}")).ShouldBe(200)["plans"].Amount("withoutApprovalUpTo").ShouldBe(100m);
    }

    private async Task<Customer> OverdueAsync(object? fields = null)
    {
        var customer = await Customer.OpenAsync(Admin, fields);
        (await customer.InvoiceAsync("I-1", 100m, "2025-12-01", "2025-11-01")).ShouldBe(201);
        return customer;
    }

    private async Task<List<string?>> FlagsAsync(Customer customer) =>
        [.. (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"][0].GetProperty("flags").EnumerateArray().Select(flag => flag.GetString())];
}
