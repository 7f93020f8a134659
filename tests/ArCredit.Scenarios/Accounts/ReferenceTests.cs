using System.Text.Json;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

public sealed class ReferenceTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task The_first_start_makes_a_company_and_a_later_one_leaves_it()
    {
        await using var first = await RunningApp.StartAsync(new AppSettings { Flags = ["--currency", "AZN", "--time-zone", "Asia/Baku"] });
        await using var second = await first.RestartAsync(settings => settings with { Flags = [] });
        var main = (await second.Admin.GetAsync("/api/v1/companies/main")).ShouldBe(200);
        (main["currency"].GetString(), main["timeZone"].GetString()).ShouldBe(("AZN", "Asia/Baku"));
    }

    [Fact]
    public async Task A_companys_currency_is_fixed_once_it_has_accounts()
    {
        object Company(string currency) => new { name = "Shop", currency, timeZone = "Europe/Vienna", holidays = new[] { "2026-12-25" }, splitVat = true };
        (await Admin.PutAsync("/api/v1/companies/shop", Company("EUR"))).ShouldBe(201);
        (await Admin.PutAsync("/api/v1/companies/shop", Company("USD"))).ShouldBe(200);
        await Customer.OpenAsync(Admin, new { company = "shop" });
        (await Admin.PutAsync("/api/v1/companies/shop", Company("EUR"))).ShouldBeProblem(409, "CURRENCY_FIXED");
        (await Admin.PutAsync("/api/v1/companies/shop", Company("USD"))).ShouldBe(200);
        var shop = (await Admin.GetAsync("/api/v1/companies/shop")).ShouldBe(200);
        shop["holidays"][0].GetString().ShouldBe("2026-12-25");
        shop["splitVat"].GetBoolean().ShouldBeTrue();
        (await Admin.GetAsync("/api/v1/companies?limit=1")).ShouldBe(200)["nextCursor"].ValueKind.ShouldBe(JsonValueKind.String);
        (await Admin.GetAsync("/api/v1/companies/nobody")).ShouldBeProblem(404, "COMPANY_NOT_FOUND");
        (await Admin.PutAsync("/api/v1/companies/x", new { name = "X", currency = "EUR", timeZone = "W. Europe Standard Time" }))
            .ErrorFields.ShouldBe(["timeZone"]);
    }

    [Fact]
    public async Task A_policy_is_shown_as_it_was_set_and_counts_its_versions()
    {
        var first = (await Admin.PutAsync("/api/v1/policies/segments/retail", new
        {
            creditLimit = 500,
            tolerancePercent = 2.5m,
            maxDocument = 100,
            overdueDays = new { days = 10, ignoreBelow = 5, action = "refer" },
            overdueAmount = new { amount = 50, shareOfLimit = 0.1 },
            nearLimit = new { days = 20, utilization = 0.95, action = "warn" },
            currencies = new[] { "EUR", "USD" },
            paymentTerms = new { netDays = 14, endOfMonth = "after", discount = new[] { new { percent = 2, days = 7 } } },
            actions = new Dictionary<string, string> { ["LIMIT_EXCEEDED"] = "refer" },
        })).ShouldBe(200);
        var shown = (await Admin.GetAsync("/api/v1/policies/segments/retail")).ShouldBe(200);
        shown.Text.ShouldBe(first.Text);
        shown["scope"].GetString().ShouldBe("segment:retail");
        shown["maxDocument"].Text("action").ShouldBe("decline");
        shown["overdueDays"].Text("action").ShouldBe("refer");
        shown["currencies"].GetProperty("allowed").GetArrayLength().ShouldBe(2);
        shown["actions"].Text("LIMIT_EXCEEDED").ShouldBe("refer");
        shown["paymentTerms"].Text("endOfMonth").ShouldBe("after");

        var customer = await Customer.OpenAsync(Admin, new { segment = "retail" });
        (await customer.CheckAsync(501m)).ShouldDecide("declined", "DOCUMENT_TOO_LARGE");
        (await customer.CheckAsync(90m, "GBP")).ShouldDecide("declined", "CURRENCY_NOT_ALLOWED", "NO_RATE");
        (await customer.InvoiceAsync("I-1", 450m)).ShouldBe(201)["dueDate"].GetString().ShouldBe("2026-01-31");
        var referred = (await customer.ReserveAsync(90m)).ShouldBe(200).ShouldDecide("referred", "LIMIT_EXCEEDED");
        referred["policyVersion"].GetInt64().ShouldBeGreaterThanOrEqualTo(first["version"].GetInt64());

        var second = (await Admin.PutAsync("/api/v1/policies/segments/retail", new { creditLimit = 600, maxDocument = new { amount = 100, action = "off" } }))
            .ShouldBe(200);
        second["version"].GetInt64().ShouldBeGreaterThan(first["version"].GetInt64());
        second["overdueDays"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await customer.CheckAsync(150m)).ShouldDecide("approved");
    }

    [Fact]
    public async Task A_policy_with_an_unknown_rule_is_a_400_that_names_it()
    {
        (await Admin.PutAsync("/api/v1/policies/company/main", new { actions = new Dictionary<string, string> { ["NO_SUCH_RULE"] = "refer" } }))
            .ErrorFields.ShouldBe(["actions.NO_SUCH_RULE"]);
        (await Admin.PutAsync("/api/v1/policies/company/main", new { creditLimit = 1, unlimited = true })).ErrorFields.ShouldBe(["creditLimit"]);
        var bad = new { maxDocument = "a", currencies = new[] { "XXX" }, creditLimit = -1, tolerancePercent = 1001 };
        (await Admin.PutAsync("/api/v1/policies/company/main", bad))
            .ErrorFields.ShouldBe(["maxDocument", "currencies", "creditLimit", "tolerancePercent"], ignoreOrder: true);
        (await Admin.PutAsync("/api/v1/policies/company/nobody", new { })).ShouldBeProblem(404, "COMPANY_NOT_FOUND");
        (await Admin.GetAsync("/api/v1/policies/segments/nobody")).ShouldBeProblem(404, "POLICY_NOT_FOUND");
        (await Admin.GetAsync("/api/v1/policies/company/nobody")).ShouldBeProblem(404, "POLICY_NOT_FOUND");
        (await Admin.PutAsync("/api/v1/companies/plain", new { name = "Plain", currency = "EUR", timeZone = "UTC" })).ShouldBe(201);
        var shipped = (await Admin.GetAsync("/api/v1/policies/company/plain")).ShouldBe(200);
        (shipped["scope"].GetString(), shipped["version"].GetInt64(), shipped["creditLimit"].GetDecimal()).ShouldBe(("shipped", 0, 0m));
        shipped["paymentTerms"].GetProperty("netDays").GetInt32().ShouldBe(30);
    }

    [Fact]
    public async Task A_rate_holds_from_its_day_and_is_kept_exactly()
    {
        (await Admin.PutAsync("/api/v1/fx-rates/2026-01-01", """[{"from":"CHF","to":"EUR","rate":1.0123456789}]"""))
            .ShouldBe(200).Text.ShouldContain("1.0123456789");
        (await Admin.PutAsync("/api/v1/fx-rates/2026-01-02", """[{"from":"CHF","to":"EUR","rate":2}]""")).ShouldBe(200);
        async Task<JsonElement> RateAsync(string query) =>
            (await Admin.GetAsync($"/api/v1/fx-rates{query}")).ShouldBe(200)["items"].EnumerateArray().First(rate => rate.Text("from") == "CHF");
        (await RateAsync("?date=2026-01-01")).Amount("rate").ShouldBe(1.0123456789m);
        (await RateAsync(string.Empty)).Text("date").ShouldBe("2026-01-02");

        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 1012.35m });
        (await customer.CheckAsync(1000m, "CHF")).ShouldDecide("approved")["exposureAfter"].GetDecimal().ShouldBe(1012.35m);
        (await customer.CheckAsync(1000.01m, "CHF")).ShouldDecide("declined", "LIMIT_EXCEEDED");

        var bad = """[{"from":"CHF","to":"CHF","rate":1},{"from":"CHF","to":"EUR","rate":0},{"from":"CHF","to":"USD","rate":1.00000000001}]""";
        (await Admin.PutAsync("/api/v1/fx-rates/2026-01-01", bad))
            .ErrorFields.ShouldBe(["[0].to", "[1].rate", "[2].rate"], ignoreOrder: true);
        (await Admin.PutAsync("/api/v1/fx-rates/yesterday", "[]")).ErrorFields.ShouldBe(["date"]);
    }

    [Fact]
    public async Task Every_bad_field_is_named_beside_those_that_cannot_be_read()
    {
        var rates = """[{"from":"Franc","to":"EUR","rate":0},{"from":"chf","to":"EUR","rate":1},7,{"from":"CHF","to":"CHF","rate":"1"}]""";
        (await Admin.PutAsync("/api/v1/fx-rates/yesterday", rates))
            .ErrorFields.ShouldBe(["date", "[0].from", "[0].rate", "[1].from", "[2]", "[3].to", "[3].rate"], ignoreOrder: true);

        var policy = """{"creditLimit":"much","nearLimit":{"days":20,"utilization":95},"overdueAmount":{"amount":1,"shareOfLimit":10.5}}""";
        (await Admin.PutAsync("/api/v1/policies/segments/bad", policy))
            .ErrorFields.ShouldBe(["creditLimit", "nearLimit.utilization", "overdueAmount.shareOfLimit"], ignoreOrder: true);
        (await Admin.PostAsync("/api/v1/accounts/1/credit-checks", """{"amount":99999999999999999999,"currency":"ZZZ","checkpoint":"pos","paid":{"amount":0.00001,"method":"cash"}}"""))
            .ErrorFields.ShouldBe(["amount", "currency", "paid.amount"], ignoreOrder: true);

        var company = """{"name":"","currency":"euro","timeZone":"Mars/Olympus","holidays":["2026-01-01","soon",7,"0900-01-01"],"splitVat":"yes"}""";
        (await Admin.PutAsync("/api/v1/companies/bad", company))
            .ErrorFields.ShouldBe(["name", "currency", "timeZone", "holidays[1]", "holidays[2]", "holidays[3]", "splitVat"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(Roles.Pos, "PUT", "/api/v1/companies/main")]
    [InlineData(Roles.CreditManager, "PUT", "/api/v1/companies/main")]
    [InlineData(Roles.Finance, "PUT", "/api/v1/policies/company/main")]
    [InlineData(Roles.CreditManager, "PUT", "/api/v1/fx-rates/2026-01-01")]
    [InlineData(Roles.Finance, "POST", "/api/v1/accounts/1/reservations")]
    [InlineData(Roles.Pos, "POST", "/api/v1/accounts/1/invoices")]
    [InlineData(Roles.Auditor, "POST", "/api/v1/accounts/1/credit-checks")]
    [InlineData(Roles.Collector, "POST", "/api/v1/accounts/1/payments")]
    [InlineData(Roles.Billing, "PUT", "/api/v1/accounts/1/blocks/x")]
    [InlineData(Roles.Pos, "PUT", "/api/v1/accounts/1")]
    public async Task Other_roles_are_refused(Roles roles, string method, string path)
    {
        var caller = await fixture.App.CallerAsync(roles);
        (await caller.SendAsync(new HttpMethod(method), path, new { })).ShouldBeProblem(403, "FORBIDDEN");
    }
}
