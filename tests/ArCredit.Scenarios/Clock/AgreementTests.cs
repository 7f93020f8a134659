using System.Globalization;
using System.Text.Json;
using ArCredit.Accounts.Verify;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Scenarios.Accounts;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
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
        await using var database = await TestDatabase.MigratedAsync(dialect);
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
        await using var database = await TestDatabase.MigratedAsync(dialect);
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

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_a_plan_has_been_paid_is_overdue_when_an_older_payment_bounces_on_any_day_it_is_asked_for(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        (await app.Admin.PutAsync("/api/v1/companies/main", new { name = "Main", currency = "EUR", timeZone = "UTC" })).ShouldBe(200);
        var customer = await OverdueAsync(app);
        (await customer.InvoiceAsync("I-2", 200m, "2025-12-02", "2025-11-01")).ShouldBe(201);
        (await customer.PayAsync("P-0", 40m, allocations: new[] { new { invoice = "I-1", amount = 40m } })).ShouldBe(201);
        (await app.Admin.PostAsync($"{customer.Path}/plans", new { planId = "L-1", schedule = new { count = 2, every = "month", first = "2026-02-02" } })).ShouldBe(201);
        (await (await app.CallerAsync(Roles.CreditManager)).PostAsync($"{customer.Path}/plans/L-1/approval")).ShouldBe(201);
        await app.MoveClockAsync(At("2026-01-03T09:00:00Z"));
        (await customer.PayAsync("P-1", 60m, allocations: new[] { new { invoice = "I-1", amount = 60m } })).ShouldBe(201);
        (await ItemsAsync(app, customer)).ShouldBe(["I-2 200 inPlan"]);
        await app.MoveClockAsync(At("2026-01-05T09:00:00Z"));
        (await app.Admin.PostAsync($"{customer.Path}/payments/P-0/reversal", new { reason = "bounced" })).ShouldBe(201);
        string[] bounced = ["I-1 40 overdue,returned", "I-2 200 inPlan"];
        (await ItemsAsync(app, customer)).ShouldBe(bounced);
        (await customer.ProfileAsync()).GetProperty("overdue").Amount("amount").ShouldBe(40m);
        await app.MoveClockAsync(At("2026-01-07T09:00:00Z"));
        (await app.Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "mistake" })).ShouldBe(201);

        await using var again = await app.RestartAsync();
        string[] both = ["I-1 100 overdue,returned,inPlan", "I-2 200 inPlan"];

        // The plan asks for 60 of it again, and not for the rest.
        (await ItemsAsync(again, customer)).ShouldBe(both);
        (await ItemsAsync(again, customer, "?asOf=2026-01-07")).ShouldBe(both);
        (await ItemsAsync(again, customer, "?asOf=2026-01-06")).ShouldBe(bounced);
        (await ItemsAsync(again, customer, "?knownAt=2026-01-06T00:00:00Z")).ShouldBe(bounced);
        (await ItemsAsync(again, customer, "?asOf=2026-01-04")).ShouldBe(["I-2 200 inPlan"]);
        (await ItemsAsync(again, customer, "?asOf=2026-01-02")).ShouldBe(["I-1 60 inPlan", "I-2 200 inPlan"]);
        (await FlagsOfInvoiceAsync(again, customer, string.Empty)).ShouldBe("overdue,returned,inPlan");
        (await FlagsOfInvoiceAsync(again, customer, "?asOf=2026-01-06")).ShouldBe("overdue,returned");
        (await FlagsOfInvoiceAsync(again, customer, "?asOf=2026-01-02")).ShouldBe("inPlan");
        await again.StopAsync();
        await VerifiedAsync(again, "update plan_move set amount = amount + 1 where version = (select min(version) from plan_move)");
        await VerifiedAsync(again, "delete from plan_move where version = (select max(version) from plan_move)");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_plan_that_nobody_decides_expires_at_the_company_s_midnight_while_its_account_sleeps(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var first = await RunningApp.StartAsync(AppSettings.On(database));
        (await first.Admin.PutAsync("/api/v1/companies/main", new { name = "Main", currency = "EUR", timeZone = "Asia/Baku" })).ShouldBe(200);
        var customer = await OverdueAsync(first);
        var path = $"{customer.Path}/plans";
        object Body(string id, string on) => new { planId = id, schedule = new { count = 2, every = "week", first = on } };
        (await first.Admin.PostAsync(path, Body("L-1", "2026-01-02"))).ShouldBe(201);

        await using var second = await first.RestartAsync();
        var manager = await second.CallerAsync(Roles.CreditManager);
        await second.MoveClockAsync(At("2026-01-02T19:59:59Z"));
        (await StatusesAsync(second, customer, "plans")).ShouldBe(["requested"]);
        await second.MoveClockAsync(At("2026-01-02T20:00:00Z"));
        (await StatusesAsync(second, customer, "plans")).ShouldBe(["expired"]);
        (await manager.PostAsync($"{path}/L-1/approval")).ShouldBeProblem(409, "PLAN_EXPIRED").Text.ShouldContain("ended on 2026-01-03");
        (await manager.PostAsync($"{path}/L-1/rejection")).ShouldBeProblem(409, "PLAN_EXPIRED");
        (await second.Admin.PostAsync(path, Body("L-1", "2026-01-02"))).ShouldBeProblem(409, "PLAN_ENDED");
        (await second.Admin.GetAsync($"{path}?status=expired")).ShouldBe(200)["items"][0].Text("endedOn").ShouldBe("2026-01-03");
        var shown = (await second.Admin.GetAsync($"{customer.Path}/timeline?kind=agreement")).ShouldBe(200)["items"][0];
        (shown.Text("number"), shown.Text("status")).ShouldBe(("L-1", "expired"));

        // Its item is free for another, which a jump of the clock ends as well before anybody can approve it.
        (await second.Admin.PostAsync(path, Body("L-2", "2026-01-05"))).ShouldBe(201);
        await second.MoveClockAsync(At("2026-03-01T00:00:00Z"));
        (await manager.PostAsync($"{path}/L-2/approval")).ShouldBeProblem(409, "PLAN_EXPIRED").Text.ShouldContain("ended on 2026-01-06");
        (await FlagsAsync(second, customer)).ShouldBe(["overdue"]);
        await second.StopAsync();
        await VerifiedAsync(second, "update payment_plan set breaks_on = '2026-01-05' where id = 'L-2'");
    }

    /// <summary>Whole; and changed so, not.</summary>
    private static async Task VerifiedAsync(RunningApp stopped, string change)
    {
        var (whole, changed) = (new Findings(), new Findings());
        await using var session = await stopped.Services.GetRequiredService<IDatabase>().BeginWriteAsync(CancellationToken.None);
        await JournalVerification.RunAsync(session, new VerifyRequest(null, null), whole, CancellationToken.None);
        whole.All.ShouldBeEmpty();
        (await session.Connection.ExecuteAsync(change, transaction: session.Transaction)).ShouldBe(1);
        await JournalVerification.RunAsync(session, new VerifyRequest(null, null), changed, CancellationToken.None);
        changed.All.ShouldHaveSingleItem().Subject.ShouldBe(change.Contains("plan_move", StringComparison.Ordinal) ? "plan_move" : "payment_plan");
    }

    private static async Task<List<string>> ItemsAsync(RunningApp app, Customer customer, string query = "") =>
        [.. (await app.Admin.GetAsync($"{customer.Path}/open-items{query}")).ShouldBe(200)["items"].EnumerateArray()
            .Where(item => item.Text("type") == "invoice")
            .Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Text("number")} {item.Amount("openAmount"):0} {FlagsOf(item)}"))];

    private static async Task<string> FlagsOfInvoiceAsync(RunningApp app, Customer customer, string query) =>
        FlagsOf((await app.Admin.GetAsync($"{customer.Path}/invoices/I-1{query}")).ShouldBe(200)["instalments"][0]);

    private static string FlagsOf(JsonElement item) => string.Join(',', item.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));

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

    private sealed class Findings : IVerifyObserver
    {
        public List<Finding> All { get; } = [];

        public void Found(Finding finding) => All.Add(finding);

        public void Head(AccountHead head)
        {
            // Only what is wrong is asked for.
        }

        public void Progress(VerifiedCounts counts)
        {
            // A test does not wait long enough to ask.
        }
    }
}
