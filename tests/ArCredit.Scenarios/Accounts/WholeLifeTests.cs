using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Every kind of call on both databases, with room for one awake account only and a restart in the middle.</summary>
public sealed class WholeLifeTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Sells_in_two_currencies_across_a_restart(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database) with { More = new Dictionary<string, string?> { ["Accounts:MaxActive"] = "1" } };
        await using var first = await RunningApp.StartAsync(settings);
        await SetUpAsync(first.Admin);
        var (local, foreign) = (new Customer(first.Admin, "0001"), new Customer(first.Admin, "0002"));
        (await local.PutAsync(new { company = "baku", currency = "AZN", segment = "shops", creditLimit = 500 })).ShouldBe(201);
        (await foreign.PutAsync(new { company = "baku", currency = "USD", segment = "shops", name = "Zweite" })).ShouldBe(201);

        (await local.ReserveAsync(100m, "USD", reservationId: "R")).ShouldBe(201)["exposureAfter"].GetDecimal().ShouldBe(170m);
        (await foreign.CheckAsync(588.25m, "USD")).ShouldDecide("declined", "LIMIT_EXCEEDED")["limit"].GetDecimal().ShouldBe(588.24m);
        (await foreign.InvoiceAsync("I-1", 200m, "2026-01-10", currency: "USD")).ShouldBe(201);
        var key = "key-1";
        var kept = (await local.ReserveAsync(10m, "AZN", kind: "order", key: key)).ShouldBe(201);

        await using var second = await first.RestartAsync();
        (local, foreign) = (local with { Client = second.Admin }, foreign with { Client = second.Admin });
        var again = (await local.ReserveAsync(10m, "AZN", kind: "order", key: key)).ShouldBe(201);
        again.Text.ShouldBe(kept.Text);
        again.Headers.Contains("Idempotency-Replayed").ShouldBeTrue();
        (await local.CaptureAsync("R", "I-1", 60m)).ShouldBe(201)["reservation"].Amount("remaining").ShouldBe(40m);
        (await local.ReleaseAsync("R")).ShouldBe(200);
        (await local.PayAsync("P-1", 60m, currency: "USD")).ShouldBe(201)["unapplied"].GetDecimal().ShouldBe(0m);
        (await second.Admin.PostAsync($"{local.Path}/payments/P-1/reversal", new { reason = "mistake" })).ShouldBe(201);
        var exposure = await local.ExposureAsync();
        (exposure.Amount("openInvoices"), exposure.Amount("orders"), exposure.Amount("total")).ShouldBe((102m, 10m, 112m));
        (await foreign.PayAsync("P-1", 50m, currency: "USD")).ShouldBe(201);
        await second.MoveClockAsync(new(2026, 1, 20, 20, 0, 0, TimeSpan.Zero));
        (await foreign.CheckAsync(1m, "USD")).ShouldDecide("referred", "OVERDUE_DAYS");
        var profile = await foreign.ProfileAsync();
        (profile.Text("name"), profile.Amount("balance"), profile.GetProperty("overdue").GetProperty("days").GetInt32()).ShouldBe(("Zweite", 150m, 11));
    }

    private static async Task SetUpAsync(ApiClient admin)
    {
        (await admin.PutAsync("/api/v1/companies/baku", new { name = "Baku", currency = "AZN", timeZone = "Asia/Baku" })).ShouldBe(201);
        (await admin.PutAsync("/api/v1/fx-rates/2026-01-01", """[{"from":"USD","to":"AZN","rate":1.7}]""")).ShouldBe(200);
        (await admin.PutAsync("/api/v1/policies/company/baku", new { creditLimit = 10 })).ShouldBe(200);
        (await admin.PutAsync("/api/v1/policies/segments/shops", new { creditLimit = 1000, overdueDays = new { days = 10, action = "refer" } })).ShouldBe(200);
    }
}
