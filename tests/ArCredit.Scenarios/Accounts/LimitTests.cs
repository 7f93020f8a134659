using System.Text.Json;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

public sealed class LimitTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task Approves_up_to_the_limit_and_declines_a_cent_more()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        (await customer.CheckAsync(100.01m)).ShouldBe(200).ShouldDecide("declined", "LIMIT_EXCEEDED");
        var reserved = (await customer.ReserveAsync(100m)).ShouldBe(201).ShouldDecide("approved");
        reserved.Json.Amount("available").ShouldBe(0m);
        reserved.Json.Amount("exposureAfter").ShouldBe(100m);
        var declined = (await customer.ReserveAsync(0.01m)).ShouldBe(200).ShouldDecide("declined", "LIMIT_EXCEEDED");
        var reason = declined["reasons"][0];
        reason.Amount("actual").ShouldBe(100.01m);
        reason.Amount("threshold").ShouldBe(100m);
        reason.Text("scope").ShouldBe("account");
        reason.Text("action").ShouldBe("decline");
        declined["status"].ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Tolerance_is_exact_to_the_cent()
    {
        var segment = await PolicyAsync(new { tolerancePercent = 5 });
        var customer = await Customer.OpenAsync(Admin, new { segment, creditLimit = 10.30m });
        (await customer.CheckAsync(10.82m)).ShouldDecide("declined", "LIMIT_EXCEEDED");
        (await customer.CheckAsync(10.81m)).ShouldDecide("approved");
        (await customer.ReserveAsync(10.81m)).ShouldBe(201);
    }

    [Fact]
    public async Task Zero_unset_and_unlimited_are_three_things()
    {
        var segment = await PolicyAsync(new { creditLimit = 50 });
        var zero = await Customer.OpenAsync(Admin, new { segment, creditLimit = 0 });
        var unset = await Customer.OpenAsync(Admin, new { segment });
        var unlimited = await Customer.OpenAsync(Admin, new { segment, unlimited = true });
        var shipped = await Customer.OpenAsync(Admin);

        (await zero.CheckAsync(0.01m)).ShouldDecide("declined", "LIMIT_EXCEEDED");
        (await unset.CheckAsync(50m)).ShouldDecide("approved");
        (await unset.CheckAsync(50.01m)).ShouldDecide("declined", "LIMIT_EXCEEDED")["reasons"][0].Text("scope").ShouldBe($"segment:{segment}");
        (await unlimited.CheckAsync(9_999_999.99m)).ShouldDecide("approved")["available"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await shipped.CheckAsync(0.01m)).ShouldDecide("declined", "LIMIT_EXCEEDED")["reasons"][0].Text("scope").ShouldBe("shipped");

        var profile = await zero.ProfileAsync();
        profile.Amount("creditLimit").ShouldBe(0m);
        profile.GetProperty("utilization").ValueKind.ShouldBe(JsonValueKind.Null);
        (await unset.ProfileAsync()).GetProperty("creditLimit").ValueKind.ShouldBe(JsonValueKind.Null);
        (await unlimited.ProfileAsync()).GetProperty("effectiveLimit").ValueKind.ShouldBe(JsonValueKind.Null);
        (await zero.CheckAsync(0m)).ShouldDecide("approved");
    }

    [Fact]
    public async Task A_PUT_without_limit_fields_keeps_them_and_null_clears_them()
    {
        var customer = await Customer.OpenAsync(Admin, new
        {
            creditLimit = 70,
            limitExpiresOn = "2026-06-30",
            temporaryLimit = new { amount = 90, from = "2026-02-01", to = "2026-02-28" },
        });
        var kept = (await customer.PutAsync(new { name = "Renamed" })).ShouldBe(200).Json;
        kept.Text("name").ShouldBe("Renamed");
        kept.Amount("creditLimit").ShouldBe(70m);
        kept.Text("limitExpiresOn").ShouldBe("2026-06-30");
        kept.GetProperty("temporaryLimit").Amount("amount").ShouldBe(90m);

        var cleared = (await customer.PutAsync(new { creditLimit = (decimal?)null, limitExpiresOn = (string?)null, temporaryLimit = (object?)null }))
            .ShouldBe(200).Json;
        cleared.GetProperty("creditLimit").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.GetProperty("limitExpiresOn").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.GetProperty("temporaryLimit").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.Text("limitScope").ShouldBe("shipped");
    }

    [Fact]
    public async Task A_temporary_limit_holds_from_its_first_to_its_last_day()
    {
        await using var app = await RunningApp.StartAsync();
        var temporaryLimit = new { amount = 100, from = "2026-01-02", to = "2026-01-03" };
        var customer = await Customer.OpenAsync(app.Admin, new { creditLimit = 10, temporaryLimit });
        (await customer.CheckAsync(11m)).ShouldDecide("declined", "LIMIT_EXCEEDED");
        await app.MoveClockAsync(new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));
        (await customer.CheckAsync(100m)).ShouldDecide("approved");
        await app.MoveClockAsync(new(2026, 1, 3, 23, 59, 59, TimeSpan.Zero));
        (await customer.CheckAsync(100.01m)).ShouldDecide("declined", "LIMIT_EXCEEDED")["reasons"][0].Text("scope").ShouldBe("temporary");
        (await customer.CheckAsync(100m)).ShouldDecide("approved");
        await app.MoveClockAsync(new(2026, 1, 4, 0, 0, 0, TimeSpan.Zero));
        (await customer.CheckAsync(11m)).ShouldDecide("declined", "LIMIT_EXCEEDED");
        (await customer.CheckAsync(10m)).ShouldDecide("approved");
    }

    [Fact]
    public async Task A_limit_is_good_on_its_last_day_and_not_after()
    {
        var today = await Customer.OpenAsync(Admin, new { creditLimit = 10, limitExpiresOn = "2026-01-01" });
        var yesterday = await Customer.OpenAsync(Admin, new { creditLimit = 10, limitExpiresOn = "2025-12-31" });
        (await today.CheckAsync(10m)).ShouldDecide("approved");
        (await yesterday.CheckAsync(10m)).ShouldDecide("declined", "LIMIT_EXPIRED");
        (await yesterday.CheckAsync(11m)).ShouldDecide("declined", "LIMIT_EXCEEDED", "LIMIT_EXPIRED");
    }

    [Fact]
    public async Task Amounts_have_the_decimals_of_their_currency()
    {
        var yen = await Customer.OpenAsync(Admin, new { currency = "JPY", creditLimit = 1000 });
        (await yen.CheckAsync(1001m, "JPY")).ShouldDecide("declined", "LIMIT_EXCEEDED");
        (await yen.CheckAsync(0.5m, "JPY")).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["amount"]);
        (await yen.ReserveAsync(1000m, "JPY")).ShouldBe(201).Text.ShouldContain("\"exposureAfter\":1000,");

        var dinar = await Customer.OpenAsync(Admin, new { currency = "KWD", creditLimit = 1.234m });
        (await dinar.CheckAsync(1.235m, "KWD")).ShouldDecide("declined", "LIMIT_EXCEEDED");
        (await dinar.CheckAsync(1.2345m, "KWD")).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["amount"]);
        (await dinar.ReserveAsync(1.234m, "KWD")).ShouldBe(201).Json.Amount("available").ShouldBe(0m);

        var euro = await Customer.OpenAsync(Admin, new { creditLimit = 10 });
        (await euro.CheckAsync(1.2300000m)).ShouldDecide("approved");
        (await euro.CheckAsync(1.001m)).ShouldBeProblem(400, "INVALID_REQUEST");
        (await euro.CheckAsync(10_000_000_000_000.01m)).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["amount"]);
        (await euro.CheckAsync(10_000_000_000_000m)).ShouldDecide("declined", "LIMIT_EXCEEDED");
    }

    [Fact]
    public async Task Only_a_credit_manager_changes_limits()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 10 });
        var billing = customer with { Client = await fixture.App.CallerAsync(Roles.Billing) };
        (await billing.PutAsync(new { creditLimit = 20 })).ShouldBeProblem(403, "LIMIT_CHANGE_FORBIDDEN");
        (await billing.PutAsync(new { creditLimit = 10 })).ShouldBe(200);
        (await billing.PutAsync(new { name = "New" })).ShouldBe(200).Json.Amount("creditLimit").ShouldBe(10m);
        var manager = customer with { Client = await fixture.App.CallerAsync(Roles.CreditManager) };
        (await manager.PutAsync(new { creditLimit = 20 })).ShouldBe(200).Json.Amount("creditLimit").ShouldBe(20m);
    }

    [Fact]
    public async Task Another_currency_needs_its_limits_named_anew()
    {
        var customer = await Customer.OpenAsync(Admin, new { currency = "JPY", creditLimit = 10_000_000 });
        (await customer.PutAsync(new { currency = "USD" })).ShouldBeProblem(422, "LIMIT_IN_OLD_CURRENCY").Text.ShouldContain("creditLimit");
        var billing = customer with { Client = await fixture.App.CallerAsync(Roles.Billing) };
        (await billing.PutAsync(new { currency = "USD", creditLimit = 100_000 })).ShouldBeProblem(403, "LIMIT_CHANGE_FORBIDDEN");
        (await customer.PutAsync(new { currency = "USD", creditLimit = 400 })).ShouldBe(200).Json.Amount("creditLimit").ShouldBe(400m);
    }

    [Fact]
    public async Task An_inherited_limit_without_a_rate_is_no_number_and_refers()
    {
        var segment = $"s{Guid.NewGuid():N}";
        (await Admin.PutAsync($"/api/v1/policies/segments/{segment}", new { creditLimit = 100 })).ShouldBe(200);
        var customer = await Customer.OpenAsync(Admin, new { segment, currency = "XPF" });
        var profile = await customer.ProfileAsync();
        new[] { "effectiveLimit", "available", "utilization" }.ShouldAllBe(name => profile.GetProperty(name).ValueKind == JsonValueKind.Null);
        (profile.Text("limitScope"), profile.GetProperty("limitRateMissing").GetBoolean()).ShouldBe(($"segment:{segment}", true));
        (await customer.CheckAsync(1m, "XPF")).ShouldDecide("referred", "NO_RATE")["limit"].ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_limit_below_exposure_is_taken_with_a_warning_and_stops_new_credit()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        (await customer.ReserveAsync(80m)).ShouldBe(201);
        var put = (await customer.PutAsync(new { creditLimit = 50 })).ShouldBe(200).Json;
        put.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()).ShouldBe(["LIMIT_BELOW_EXPOSURE"]);
        put.Amount("available").ShouldBe(-30m);
        (await customer.CheckAsync(0.01m)).ShouldDecide("declined", "LIMIT_EXCEEDED");
    }

    private async Task<string> PolicyAsync(object policy)
    {
        var segment = "s-" + Guid.NewGuid().ToString("N")[..12];
        (await Admin.PutAsync($"/api/v1/policies/segments/{segment}", policy)).ShouldBe(200);
        return segment;
    }
}
