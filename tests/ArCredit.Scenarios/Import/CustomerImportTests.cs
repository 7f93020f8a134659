using System.Text;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Import;

/// <summary>Customers in bulk are changed by those who may change them one by one, and only where they differ.</summary>
public sealed class CustomerImportTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly string account = "K" + Guid.NewGuid().ToString("N")[..10];

    private string Customer => $$"""{"accountId":"{{account}}","currency":"EUR"}""";

    private string Limited => $$"""{"accountId":"{{account}}","currency":"EUR","creditLimit":500}""";

    [Theory]
    [InlineData(Roles.Billing, "refused")]
    [InlineData(Roles.CreditController, "refused")]
    [InlineData(Roles.CreditManager, "created")]
    public async Task Who_may_put_a_customer_may_import_customers_and_a_limit_needs_the_right_to_change_it(Roles role, string limited)
    {
        var caller = await fixture.App.CallerAsync(role);

        var answer = await caller.ImportAsync("customers", Limited);
        answer.Outcomes.ShouldBe([limited]);
        (await caller.PutAsync($"/api/v1/accounts/{account}-2", new { currency = "EUR", creditLimit = 500 })).ShouldBe(limited == "created" ? 201 : 403);
        if (limited == "refused")
        {
            answer.ErrorCode(0).ShouldBe("LIMIT_CHANGE_FORBIDDEN");
            (await caller.ImportAsync("customers", Customer)).Outcomes.ShouldBe(["created"]);
            (await caller.ImportAsync("customers?existing=replace", Limited)).ErrorCode(0).ShouldBe("LIMIT_CHANGE_FORBIDDEN");
        }
    }

    [Theory]
    [InlineData(Roles.Finance)]
    [InlineData(Roles.Pos)]
    [InlineData(Roles.Sales)]
    [InlineData(Roles.Collector)]
    public async Task Nobody_else_closes_an_account_by_importing_it(Roles role)
    {
        (await fixture.Admin.ImportAsync("customers", Customer)).Outcomes.ShouldBe(["created"]);
        using var lines = Lines($$"""{"accountId":"{{account}}","currency":"EUR","status":"closed"}""");
        var caller = await fixture.App.CallerAsync(role);
        (await caller.SendAsync(HttpMethod.Post, "/api/v1/import/customers?existing=replace", lines)).ShouldBeProblem(403, "FORBIDDEN");
        (await fixture.Admin.GetAsync($"/api/v1/accounts/{account}"))["status"].GetString().ShouldBe("active");
    }

    [Theory]
    [InlineData("invoices")]
    [InlineData("credit-notes")]
    [InlineData("payments")]
    public async Task Documents_are_imported_by_billing_and_finance(string kind)
    {
        foreach (var role in new[] { Roles.Billing, Roles.Finance })
        {
            (await (await fixture.App.CallerAsync(role)).ImportAsync(kind, "{}")).Outcomes.ShouldBe(["refused"]);
        }

        foreach (var role in new[] { Roles.CreditController, Roles.CreditManager })
        {
            using var lines = Lines("{}");
            (await (await fixture.App.CallerAsync(role)).SendAsync(HttpMethod.Post, $"/api/v1/import/{kind}", lines)).ShouldBeProblem(403, "FORBIDDEN");
        }
    }

    [Fact]
    public async Task The_document_of_the_interface_states_the_roles_of_each_import()
    {
        var paths = (await fixture.Admin.GetAsync("/openapi/v1.json")).ShouldBe(200)["paths"];
        string[] Roles(string kind) =>
            [.. paths.GetProperty($"/api/v1/import/{kind}").GetProperty("post").GetProperty("x-roles").EnumerateArray().Select(role => role.GetString()!)];
        Roles("customers").ShouldBe(["billing", "credit-controller", "credit-manager", "admin"], ignoreOrder: true);
        Roles("invoices").ShouldBe(["billing", "finance", "admin"], ignoreOrder: true);
        Roles("credit-notes").ShouldBe(["billing", "finance", "admin"], ignoreOrder: true);
        Roles("payments").ShouldBe(["billing", "finance", "admin"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_number_with_other_zeros_behind_its_point_is_the_same_number()
    {
        string Line(string percent, string rate, string limit, string ids) =>
            $$"""
            {"accountId":"{{account}}","currency":"EUR","interestRate":{{rate}},"creditLimit":{{limit}},"externalIds":{{ids}},"paymentTerms":{"netDays":30,"discount":[{"percent":{{percent}},"days":10}]} }
            """;
        var first = Line("2", "5", "100", """{"crm":"1","erp":"2"}""");
        (await fixture.Admin.ImportAsync("customers", first)).Outcomes.ShouldBe(["created"]);

        (await fixture.Admin.ImportAsync("customers", first, Line("2.0", "5.00", "100.00", """{"erp":"2","crm":"1"}"""))).Outcomes.ShouldBe(["unchanged", "unchanged"]);
        (await fixture.Admin.ImportAsync("customers", Line("2.1", "5", "100", """{"crm":"1","erp":"2"}"""))).Outcomes.ShouldBe(["conflict"]);
        (await fixture.Admin.ImportAsync("customers", Line("2", "5.01", "100", """{"crm":"1","erp":"2"}"""))).Outcomes.ShouldBe(["conflict"]);
    }

    private static StringContent Lines(string text) => new(text, Encoding.UTF8, "application/x-ndjson");
}
