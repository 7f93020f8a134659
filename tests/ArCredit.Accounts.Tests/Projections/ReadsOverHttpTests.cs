using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class ReadsOverHttpTests
{
    private const string Account = "/api/v1/accounts/C1";

    [Theory, OnSqlite, OnPostgres]
    public async Task What_the_clock_brings_is_recorded_at_its_instants_and_shown_at_once(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await StartAsync(database);
        var admin = app.Admin;
        (await admin.PostAsync($"{Account}/reservations", new { reservationId = "R1", kind = "pos", amount = 100, currency = "EUR" })).ShouldBe(201);
        (await admin.PostAsync($"{Account}/invoices", new { number = "I1", issueDate = "2025-12-01", dueDate = "2025-12-15", amount = 300, currency = "EUR" })).ShouldBe(201);
        (await admin.PostAsync($"{Account}/payments", new { paymentId = "P1", amount = 120, currency = "EUR", receivedOn = "2026-01-01", method = "cheque", clearsOn = "2026-01-03" })).ShouldBe(201);
        (await admin.GetAsync($"{Account}/reservations/R1"))["status"].GetString().ShouldBe("active");

        await app.MoveClockAsync(AppSettings.Start.AddDays(5));

        (await JournalAsync(app, "reservation-lapsed")).ShouldHaveSingleItem().ShouldBe(AppSettings.Start.AddMinutes(15));
        (await JournalAsync(app, "money-cleared")).ShouldHaveSingleItem().ShouldBe(new DateTimeOffset(2026, 1, 4, 0, 0, 0, TimeSpan.Zero));
        (await admin.GetAsync($"{Account}/reservations?status=lapsed"))["items"].GetArrayLength().ShouldBe(1);
        (await admin.PostAsync($"{Account}/payments/P1/reversal", new { reason = "bounced" })).ShouldBe(201);
        var item = (await admin.GetAsync($"{Account}/open-items"))["items"][0];
        item.GetProperty("openAmount").GetDecimal().ShouldBe(300);
        item.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()).ShouldBe(["overdue", "returned"]);
        (await admin.GetAsync($"{Account}/open-items?asOf=2026-01-05"))["items"][0].GetProperty("openAmount").GetDecimal().ShouldBe(180);
        var ledger = await admin.GetAsync($"{Account}/ledger");
        ledger["items"].EnumerateArray().Select(entry => (entry.GetProperty("kind").GetString(), entry.GetProperty("balance").GetDecimal()))
            .ShouldBe([("posted", 300m), ("posted", 180m), ("bounced", 300m)]);
        (await admin.GetAsync("/api/v1/accounts?q=ISTANBUL&sort=balance"))["items"][0].GetProperty("balance").GetDecimal().ShouldBe(300);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Decisions_of_checks_and_reservations_are_shown_and_replayed(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await StartAsync(database);
        var check = await app.Admin.PostAsync($"{Account}/credit-checks", new { amount = 2000, currency = "EUR", checkpoint = "pos" });
        var reserved = await app.Admin.PostAsync($"{Account}/reservations", new { kind = "pos", amount = 100, currency = "EUR" });
        foreach (var (answer, outcome) in new[] { (check.ShouldBe(200), "declined"), (reserved.ShouldBe(201), "approved") })
        {
            var path = $"/api/v1/decisions/{answer["decisionId"].GetString()}";
            var stored = (await app.Admin.GetAsync(path)).ShouldBe(200);
            stored["decision"].GetString().ShouldBe(outcome);
            stored["accountId"].GetString().ShouldBe("C1");
            stored["facts"].GetProperty("limits").GetProperty("creditLimit").GetDecimal().ShouldBe(1000);
            var replay = (await app.Admin.PostAsync($"{path}/replay")).ShouldBe(200);
            replay["same"].GetBoolean().ShouldBeTrue(replay.Text);
            (await app.Admin.PostAsync($"{path}/replay", new { policyVersion = 0 }))["differences"].GetArrayLength().ShouldBe(0);
            (await app.Admin.PostAsync($"{path}/replay", new { policyVersion = 99 })).ShouldBeProblem(422, "POLICY_VERSION_UNKNOWN");
        }

        (await app.Admin.GetAsync("/api/v1/decisions/c0")).ShouldBeProblem(404, "NOT_FOUND");
        (await app.Admin.PostAsync("/api/v1/decisions/d1-QzE/replay")).ShouldBeProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task Bad_parameters_are_named_and_missing_accounts_are_not_found()
    {
        await using var database = await TestDatabase.MigratedAsync(Dialect.Sqlite);
        await using var app = await StartAsync(database);
        foreach (var list in new[] { "open-items", "ledger", "reservations" })
        {
            (await app.Admin.GetAsync($"/api/v1/accounts/C2/{list}")).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
            var refused = (await app.Admin.GetAsync($"{Account}/{list}?limit=0&cursor=WyJ4Il0x&bogus=1")).ShouldBeProblem(400, "INVALID_REQUEST");
            refused.ErrorFields.Order().ShouldBe(["bogus", "cursor", "limit"]);
        }

        // Cursors of the right length that hold no keys of the list.
        (await app.Admin.GetAsync($"{Account}/open-items?cursor=WyJ4IiwieCIsIngiLCJ4IiwieCJd")).ErrorFields.ShouldBe(["cursor"]);
        (await app.Admin.GetAsync($"{Account}/ledger?cursor=WyJ4IiwieCJd&asOf=yesterday")).ErrorFields.Order().ShouldBe(["asOf", "cursor"]);
        (await app.Admin.GetAsync("/api/v1/accounts?sort=balance&cursor=WyJ4IiwieCJd&status=x")).ErrorFields.Order().ShouldBe(["cursor", "status"]);
        (await app.Admin.GetAsync($"{Account}/reservations/none")).ShouldBeProblem(404, "NOT_FOUND");
        (await app.Admin.GetAsync("/api/v1/accounts/C2/reservations/none")).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
    }

    private static async Task<RunningApp> StartAsync(TestDatabase database)
    {
        var app = await RunningApp.StartAsync(new AppSettings { ConnectionString = database.Options.ConnectionString });
        (await app.Admin.PutAsync(Account, new { name = "İstanbul Gıda", currency = "EUR", creditLimit = 1000 })).ShouldBe(201);
        return app;
    }

    private static async Task<List<DateTimeOffset>> JournalAsync(RunningApp app, string type)
    {
        await using var session = await app.Services.GetRequiredService<IDatabase>().OpenReadAsync(CancellationToken.None);
        return (await session.Connection.QueryAsync<DateTimeOffset>("select recorded_at from journal where type = @type order by recorded_at", new { type })).AsList();
    }
}
