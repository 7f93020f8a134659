using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Scenarios.Accounts;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Clock;

/// <summary>Promises and payment plans that the clock breaks while their account sleeps.</summary>
public sealed class AgreementTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task The_manual_clock_breaks_a_promise_of_an_account_that_sleeps_after_a_grace_without_holidays(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var first = await RunningApp.StartAsync(AppSettings.On(database));

        // Tuesday the 6th is no business day: the two after Friday the 2nd are the 5th and the 7th.
        (await first.Admin.PutAsync("/api/v1/companies/main", new { name = "Main", currency = "EUR", timeZone = "Asia/Baku", holidays = new[] { "2026-01-06" } })).ShouldBe(200);
        var customer = await OverdueAsync(first);
        (await first.Admin.PostAsync($"{customer.Path}/promises", new { promiseId = "M-1", payments = new[] { new { on = "2026-01-02", amount = 100m } } }))
            .ShouldBe(201)["breaksOn"].GetString().ShouldBe("2026-01-07");

        await using var second = await first.RestartAsync();
        await second.MoveClockAsync(At("2026-01-07T19:59:59Z"));
        (await StatusesAsync(second, customer, "promises")).ShouldBe(["open"]);
        await second.MoveClockAsync(At("2026-01-07T20:00:00Z"));
        (await StatusesAsync(second, customer, "promises")).ShouldBe(["broken"]);
        (await FlagsAsync(second, customer)).ShouldBe(["overdue"]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task The_manual_clock_breaks_a_plan_of_an_account_that_sleeps_and_its_items_are_overdue_at_once(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var first = await RunningApp.StartAsync(AppSettings.On(database));
        (await first.Admin.PutAsync("/api/v1/companies/main", new { name = "Main", currency = "EUR", timeZone = "Asia/Baku", holidays = new[] { "2026-01-06" } })).ShouldBe(200);
        (await first.Admin.PutAsync("/api/v1/policies/company/main", new { creditLimit = 1000m, overdueDays = new { days = 5 }, actions = new Dictionary<string, string> { ["BROKEN_PROMISE"] = "refer" } })).ShouldBe(200);
        var customer = await OverdueAsync(first);
        var path = $"{customer.Path}/plans";
        (await customer.CheckAsync(1m)).ShouldDecide("declined", "OVERDUE_DAYS");
        (await first.Admin.PostAsync(path, new { planId = "L-1", schedule = new { count = 2, every = "week", first = "2026-01-02" } })).ShouldBe(201);
        (await (await first.CallerAsync(Roles.CreditManager)).PostAsync($"{path}/L-1/approval")).ShouldBe(201)["breaksOn"].GetString().ShouldBe("2026-01-07");
        (await customer.CheckAsync(1m)).ShouldDecide("approved");

        await using var second = await first.RestartAsync();
        var again = customer with { Client = second.Admin };
        await second.MoveClockAsync(At("2026-01-07T19:59:59Z"));
        (await StatusesAsync(second, customer, "plans")).ShouldBe(["active"]);
        (await FlagsAsync(second, customer)).ShouldBe(["inPlan"]);
        await second.MoveClockAsync(At("2026-01-07T20:00:00Z"));
        (await StatusesAsync(second, customer, "plans")).ShouldBe(["broken"]);
        (await FlagsAsync(second, customer)).ShouldBe(["overdue"]);
        (await FlagsAsync(second, customer, "?asOf=2026-01-07")).ShouldBe(["inPlan"]);
        (await FlagsAsync(second, customer, "?asOf=2026-01-08")).ShouldBe(["overdue"]);
        (await FlagsAsync(second, customer, "?knownAt=2026-01-07T19:59:59Z")).ShouldBe(["inPlan"]);
        (await again.ProfileAsync()).GetProperty("overdue").GetProperty("days").GetInt32().ShouldBe(38, "by its own due date");
        (await again.CheckAsync(1m)).ShouldDecide("declined", "OVERDUE_DAYS", "BROKEN_PROMISE");

        // Money that is entered late but had come in time makes it as it was.
        (await again.PayAsync("P-1", 50m)).ShouldBe(201);
        (await StatusesAsync(second, customer, "plans")).ShouldBe(["active"]);
        (await again.CheckAsync(1m)).ShouldDecide("approved");
        await second.MoveClockAsync(At("2026-02-01T00:00:00Z"));
        (await StatusesAsync(second, customer, "plans")).ShouldBe(["broken"]);
        (await FlagsAsync(second, customer, "?asOf=2026-01-13")).ShouldBe(["inPlan"]);
        (await FlagsAsync(second, customer, "?asOf=2026-01-14")).ShouldBe(["overdue"]);
    }

    private static async Task<Customer> OverdueAsync(RunningApp app)
    {
        var customer = await Customer.OpenAsync(app.Admin);
        (await customer.InvoiceAsync("I-1", 100m, "2025-12-01", "2025-11-01")).ShouldBe(201);
        return customer;
    }

    private static async Task<List<string?>> StatusesAsync(RunningApp app, Customer customer, string what) =>
        [.. (await app.Admin.GetAsync($"{customer.Path}/{what}")).ShouldBe(200)["items"].EnumerateArray().Select(each => each.Text("status"))];

    private static async Task<List<string?>> FlagsAsync(RunningApp app, Customer customer, string query = "") =>
        [.. (await app.Admin.GetAsync($"{customer.Path}/open-items{query}")).ShouldBe(200)["items"][0].GetProperty("flags").EnumerateArray().Select(flag => flag.GetString())];

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
}
