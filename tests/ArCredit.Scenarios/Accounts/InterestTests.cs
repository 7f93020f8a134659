using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Interest that accrues and is billed. The clock stands on 1 January 2026.</summary>
public sealed class InterestTests
{
    [Fact]
    public async Task Interest_accrues_outside_the_balance_is_billed_once_and_survives_its_principal()
    {
        await using var app = await RunningApp.StartAsync();
        var admin = app.Admin;
        var rule = new { graceDays = 5, rates = new[] { new { from = "2025-07-01", percent = 8m }, new { from = "2026-02-01", percent = 10m } } };
        var policy = (await admin.PutAsync("/api/v1/policies/company/main", new { creditLimit = 100_000, interest = rule })).ShouldBe(200);
        policy["interest"].GetProperty("unit").GetString().ShouldBe("year365");
        var customer = await Customer.OpenAsync(admin);
        (await customer.InvoiceAsync("I-1", 10_000m, "2026-01-01")).ShouldBe(201);
        (await admin.PostAsync($"{customer.Path}/interest-claims", new { number = "Z-1" })).ShouldBeProblem(422, "NO_INTEREST");
        await app.MoveClockAsync(new(2026, 1, 21, 12, 0, 0, TimeSpan.Zero));
        (await admin.PostAsync($"{customer.Path}/payments", Payment("P-1", 4_000m, "2026-01-21"))).ShouldBe(201);
        await app.MoveClockAsync(new(2026, 2, 15, 12, 0, 0, TimeSpan.Zero));

        // 20 days on 10,000 and 10 on 6,000 at 8 per cent, 15 on 6,000 at 10.
        var accrued = (await admin.GetAsync($"{customer.Path}/interest")).ShouldBe(200);
        accrued["totals"][0].Amount("amount").ShouldBe(81.64m);
        accrued["items"][0].GetProperty("slices").EnumerateArray()
            .Select(slice => (slice.GetProperty("days").GetInt32(), slice.Amount("principal"), slice.Amount("percent")))
            .ShouldBe([(20, 10_000m, 8m), (10, 6_000m, 8m), (15, 6_000m, 10m)]);
        (await admin.GetAsync($"{customer.Path}/interest?asOf=2026-01-20")).ShouldBe(200)["totals"][0].Amount("amount").ShouldBe(41.64m);
        (await admin.GetAsync($"{customer.Path}/interest?through=2026-01-06")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(0);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(6_000m);

        var body = new { number = "Z-1", dueDate = "2026-03-01" };
        var billed = (await admin.PostAsync($"{customer.Path}/interest-claims", body)).ShouldBe(201);
        (billed["amount"].GetDecimal(), billed["through"].GetString(), billed["more"].GetBoolean()).ShouldBe((81.64m, "2026-02-15", false));
        (await admin.PostAsync($"{customer.Path}/interest-claims", body)).ShouldBe(200).Text.ShouldBe(billed.Text);
        (await admin.PostAsync($"{customer.Path}/interest-claims", new { number = "Z-1", through = "2026-02-01" })).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await admin.PostAsync($"{customer.Path}/interest-claims", new { number = "Z-2" })).ShouldBeProblem(422, "NO_INTEREST");
        (await admin.PostAsync($"{customer.Path}/interest-claims", new { number = "Z-2", through = "2026-02-16" })).ShouldBeProblem(422, "INTEREST_IN_FUTURE");
        (await admin.GetAsync($"{customer.Path}/interest-claims/Z-1")).ShouldBe(200).Text.ShouldBe(billed.Text);
        (await admin.GetAsync($"{customer.Path}/interest-claims/I-1")).ShouldBeProblem(404, "NOT_FOUND");
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(6_081.64m);
        var claim = (await admin.GetAsync($"{customer.Path}/invoices/Z-1")).ShouldBe(200);
        (claim["type"].GetString(), claim["openAmount"].GetDecimal()).ShouldBe(("interest", 81.64m));

        // Money of 5 February comes to light: ten days at 10 per cent on 6,000 are given back with the next claim.
        (await admin.PostAsync($"{customer.Path}/payments", Payment("P-2", 6_000m, "2026-02-05"))).ShouldBe(201);
        var back = (await admin.GetAsync($"{customer.Path}/interest")).ShouldBe(200);
        back["totals"][0].Amount("amount").ShouldBe(-16.44m);
        (await admin.PostAsync($"{customer.Path}/interest-claims", new { number = "Z-2" })).ShouldBeProblem(422, "NO_INTEREST");
        (await admin.GetAsync($"{customer.Path}/interest?asOf=2026-02-14")).ShouldBe(200)["totals"][0].Amount("amount").ShouldBe(80.00m, "as posted by then, and not billed then");
        (await admin.PostAsync($"{customer.Path}/write-offs", new { writeOffId = "W-1", kind = "waiver", invoice = "Z-1", reason = "goodwill" })).ShouldBe(201);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
    }

    [Fact]
    public async Task The_accounts_own_rate_goes_before_the_policys_and_a_bad_rule_is_refused_field_by_field()
    {
        await using var app = await RunningApp.StartAsync();
        var admin = app.Admin;
        var customer = await Customer.OpenAsync(admin, new { interestRate = 36.5m });
        (await customer.ProfileAsync()).Amount("interestRate").ShouldBe(36.5m);
        (await customer.InvoiceAsync("I-1", 1_000m, "2026-01-01")).ShouldBe(201);
        await app.MoveClockAsync(new(2026, 1, 11, 12, 0, 0, TimeSpan.Zero));
        var billed = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => admin.PostAsync($"{customer.Path}/interest-claims", new { number = $"Z-{i}" })));
        billed.Count(answer => answer.Status == 201).ShouldBe(1, "asked for at once, it is billed once");
        billed.Single(answer => answer.Status == 201)["amount"].GetDecimal().ShouldBe(10m);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(1_010m);
        var bad = new { interest = new { graceDays = 400, rates = new[] { new { from = "2026-01-01", percent = -1m }, new { from = "2026-01-01", percent = 1m } } } };
        (await admin.PutAsync("/api/v1/policies/segments/any", bad)).ShouldBeProblem(400, "INVALID_REQUEST")
            .ErrorFields.ShouldBe(["interest.graceDays", "interest.rates[0].percent", "interest.rates[1].from"], ignoreOrder: true);
        (await admin.PostAsync($"{customer.Path}/interest-claims", new { number = "Z-9", through = "soon" })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await admin.GetAsync("/api/v1/accounts/nobody/interest")).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
    }

    private static object Payment(string paymentId, decimal amount, string receivedOn) =>
        new { paymentId, amount, currency = "EUR", receivedOn, method = "transfer" };
}
