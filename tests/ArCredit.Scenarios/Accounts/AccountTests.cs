using System.Text.Json;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

public sealed class AccountTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task A_decision_is_found_whatever_the_length_of_its_accounts_number()
    {
        var customer = new Customer(Admin, Uri.EscapeDataString(string.Concat(Enumerable.Repeat("\u6f22", 58)) + Guid.NewGuid().ToString("N")[..6]));
        (await customer.PutAsync(new { creditLimit = 10 })).ShouldBe(201);
        var decision = (await customer.ReserveAsync(1m)).ShouldBe(201)["decisionId"].GetString()!;
        decision.Length.ShouldBeGreaterThan(200);
        (await Admin.GetAsync($"/api/v1/decisions/{decision}")).ShouldBe(200)["decisionId"].GetString().ShouldBe(decision);
    }

    [Fact]
    public async Task The_profile_shows_all_that_was_put()
    {
        var id = "00" + Guid.NewGuid().ToString("N")[..8];
        var body =
            """
            {"name":"Ağayev & Söhne","currency":"AZN","company":"main","segment":"retail","region":"Baku","department":"B2B","industry":"Food","country":"AZ",
             "parentId":"0001","groupLimit":{"amount":5000,"currency":"EUR"},"exemptFromGroup":false,"collector":"leyla","language":"az","timeZone":"Asia/Baku",
             "taxId":"1234567891","paymentTerms":{"netDays":45,"endOfMonth":"before","dayOfMonth":15,"discount":[{"percent":2,"days":10}]},
             "invoicingCycle":"monthly","interestRate":8.5,"creditLimit":1500.00,"temporaryLimit":{"amount":2000,"from":"2026-03-01","to":"2026-03-31"},
             "limitExpiresOn":"2026-12-31","referenceRequired":true,"buyers":[{"id":"b1","name":"Rəna","limit":100,"validTo":"2026-06-30"}],
             "contacts":[{"name":"Rəna","email":"rena@example.com","phone":"+994 12 345","role":"owner","consents":{"sms":true,"email":false}}],
             "externalIds":{"SAP":"0000042"}}
            """;
        var put = (await Admin.PutAsync($"/api/v1/accounts/{id}", body)).ShouldBe(201);
        put.Headers.ETag!.Tag.ShouldBe("\"1\"");
        var profile = (await Admin.GetAsync($"/api/v1/accounts/{id}")).ShouldBe(200);
        foreach (var field in JsonDocument.Parse(body).RootElement.EnumerateObject())
        {
            JsonElement.DeepEquals(profile[field.Name], field.Value).ShouldBeTrue($"{field.Name} is {profile[field.Name]}");
        }

        profile["accountId"].GetString().ShouldBe(id);
        profile["risk"].ValueKind.ShouldBe(JsonValueKind.Null);
        profile["dunningLevel"].ValueKind.ShouldBe(JsonValueKind.Null);
        profile["status"].GetString().ShouldBe("active");
        profile["version"].GetInt64().ShouldBe(1);
        profile.Headers.ETag!.Tag.ShouldBe("\"1\"");
    }

    [Fact]
    public async Task Absent_fields_other_than_limits_are_cleared()
    {
        var customer = await Customer.OpenAsync(Admin, new { region = "West", referenceRequired = true, creditLimit = 5 });
        var profile = (await customer.PutAsync()).ShouldBe(200).Json;
        profile.GetProperty("region").ValueKind.ShouldBe(JsonValueKind.Null);
        profile.GetProperty("referenceRequired").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task If_Match_guards_master_data_and_decisions_do_not_move_it()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        (await customer.ReserveAsync(10m)).ShouldBe(201);
        (await customer.PutAsync(new { region = "N" }, "\"1\"")).ShouldBe(200).Headers.ETag!.Tag.ShouldBe("\"2\"");
        (await customer.PutAsync(new { region = "S" }, "\"1\"")).ShouldBeProblem(412, "VERSION_MISMATCH");
        (await customer.PutAsync(new { region = "S" }, "\"1\", \"2\"")).ShouldBe(200);
        (await customer.PutAsync(new { region = "S" }, "*")).ShouldBe(200);
        (await customer.PutAsync(new { region = "S" }, "nonsense")).ShouldBeProblem(400, "IF_MATCH_INVALID");
        var unknown = new Customer(Admin, "unknown");
        (await unknown.PutAsync(null, "*")).ShouldBeProblem(412, "VERSION_MISMATCH");
        (await Admin.GetAsync(unknown.Path)).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
        (await unknown.ReserveAsync(1m)).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
    }

    [Fact]
    public async Task Only_named_buyers_with_a_reference_may_buy()
    {
        var customer = await Customer.OpenAsync(Admin, new
        {
            creditLimit = 100,
            referenceRequired = true,
            buyers = new object[] { new { id = "anna", limit = 20 }, new { id = "old", validTo = "2025-12-31" }, new { id = "bob" } },
        });
        async Task Check(decimal amount, string? buyer, string? reference, params string[] reasons) =>
            (await Admin.PostAsync($"{customer.Path}/credit-checks", new { amount, currency = "EUR", checkpoint = "pos", buyer, reference }, string.Empty))
            .ShouldBe(200).ShouldDecide(reasons.Length == 0 ? "approved" : "declined", reasons);
        await Check(20m, "anna", "PO-1");
        await Check(20.01m, "anna", "PO-1", "BUYER_NOT_AUTHORISED");
        await Check(20.01m, "bob", "PO-1");
        await Check(1m, "old", "PO-1", "BUYER_NOT_AUTHORISED");
        await Check(1m, "eve", "PO-1", "BUYER_NOT_AUTHORISED");
        await Check(101m, null, null, "BUYER_NOT_AUTHORISED", "REFERENCE_REQUIRED", "LIMIT_EXCEEDED");
    }

    [Fact]
    public async Task Garbage_in_every_field_is_named_field_by_field()
    {
        var customer = await Customer.OpenAsync(Admin);
        async Task Names(string call, string body, params string[] fields) =>
            (await Admin.PostAsync($"{customer.Path}/{call}", body)).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.Order().ShouldBe(fields.Order());
        await Names(
            "reservations",
            """
            {"reservationId":"~1","kind":"gift","amount":-1,"currency":"eur","paid":{"amount":0,"method":"beans"},"deliveryDate":"1899-12-31",
             "buyer":"","reference":"\u0007","expiresInSeconds":0,"extra":1}
            """,
            "amount", "buyer", "currency", "deliveryDate", "expiresInSeconds", "extra", "kind", "paid.amount", "paid.method", "reference", "reservationId");
        await Names(
            "credit-checks",
            """
            {"amount":"1","currency":7,"checkpoint":null,"terms":{"netDays":-1,"dayOfMonth":32,"discount":[{"percent":101,"days":1}]},"paid":[]}
            """,
            "amount", "currency", "checkpoint", "terms.netDays", "terms.dayOfMonth", "terms.discount[0].percent", "paid");
        await Names(
            "invoices",
            """
            {"number":"","issueDate":"2026-02-30","dueDate":"2201-01-01","amount":1e400,"taxAmount":-1,"currency":"EUR","fxRate":0,
             "instalments":[{"dueDate":"x","amount":1.001}],"captures":[null],"enforce":1}
            """,
            "number", "issueDate", "dueDate", "amount", "taxAmount", "fxRate", "instalments[0].dueDate", "instalments[0].amount", "captures[0]", "enforce");
        await Names(
            "payments",
            """
            {"paymentId":"paid:1","amount":0.001,"currency":"EUR","receivedOn":"2026-01-01","method":"cash","remittance":"",
             "allocations":[{"invoice":"I","instalment":0,"amount":0}]}
            """,
            "paymentId", "amount", "remittance", "allocations[0].instalment", "allocations[0].amount");
        await Names(
            "reservations/R/captures", """{"amount":0,"final":"no","paid":{"method":"cash"},"invoice":{"number":7,"dueDate":"1800-01-01"}}""",
            "amount", "final", "paid.amount", "invoice.number", "invoice.issueDate", "invoice.dueDate");
        await Names("reservations/R/captures", """{"amount":-1}""", "amount", "invoice");

        // What the account owes for a refund whose payment bounced, and gets back of it, is numbered so.
        const string Rest = "\"amount\":1,\"currency\":\"EUR\",\"issueDate\":\"2026-01-01\"}";
        foreach (var path in new[] { "invoices", "debit-notes" })
        {
            await Names(path, "{\"number\":\"REFUND-1-1\"," + Rest, "number");
        }

        await Names("claims", "{\"type\":\"fee\",\"number\":\"REFUND-1-1\"," + Rest, "number");
        await Names("interest-claims", """{"number":"REFUND-1-1"}""", "number");
        await Names("reservations/R/captures", """{"invoice":{"number":"REFUND-1-1","issueDate":"2026-01-01"}}""", "invoice.number");
        await Names("payments", """{"paymentId":"REFUND-1-1","amount":1,"currency":"EUR","receivedOn":"2026-01-01","method":"cash"}""", "paymentId");
    }

    [Fact]
    public async Task Garbage_in_master_data_is_named_field_by_field()
    {
        var customer = await Customer.OpenAsync(Admin);
        var body =
            """
            {"name":" x","currency":"EUR","country":"aze","timeZone":"Mars","interestRate":-1,"creditLimit":-1,"unlimited":"yes","parentId":"a/b",
             "temporaryLimit":{"amount":1.001,"from":"2026-02-02","to":"2026-02-01"},"buyers":[{"id":""},{"limit":-1}],
             "contacts":[{"email":"nobody"}],"externalIds":{"a":""},"status":"blocked"}
            """;
        (await Admin.PutAsync(customer.Path, body)).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.Order().ShouldBe(
            new[]
            {
                "name", "country", "timeZone", "interestRate", "creditLimit", "unlimited", "temporaryLimit.amount", "temporaryLimit.to",
                "buyers[0].id", "buyers[1].id", "buyers[1].limit", "contacts[0].email", "externalIds.a", "status", "parentId",
            }.Order());
    }

    [Fact]
    public async Task A_broken_valid_body_is_never_a_500()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 1000 });
        var valid = new (string Path, string Body)[]
        {
            ($"{customer.Path}/credit-checks", """{"amount":12.50,"currency":"EUR","checkpoint":"pos","paid":{"amount":1,"method":"cash"}}"""),
            ($"{customer.Path}/reservations", """{"kind":"order","amount":12.50,"currency":"EUR","deliveryDate":"2026-02-01","expiresInSeconds":60}"""),
            ($"{customer.Path}/invoices",
                """{"number":"I1","issueDate":"2026-01-01","amount":9.99,"currency":"EUR","fxRate":1.5}"""),
            ($"{customer.Path}/payments",
                """{"paymentId":"P1","amount":9.99,"currency":"EUR","receivedOn":"2026-01-01","method":"cheque","clearsOn":"2026-02-01","allocations":[]}"""),
            ($"{customer.Path}/credit-notes", """{"number":"C1","issueDate":"2026-01-01","amount":9.99,"currency":"EUR","invoice":"I1"}"""),
        };
        var random = new Random(13);
        for (var i = 0; i < 400; i++)
        {
            var (path, body) = valid[i % valid.Length];
            var bytes = System.Text.Encoding.UTF8.GetBytes(body);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
            }

            var answer = await Admin.PostAsync(path, bytes);
            answer.Status.ShouldBeLessThan(500, System.Text.Encoding.UTF8.GetString(bytes));
        }

        (await Admin.GetAsync(customer.Path)).ShouldBe(200);
    }

    [Fact]
    public async Task Amounts_beyond_what_can_be_held_are_a_422_and_leave_the_account_as_it_was()
    {
        var customer = await Customer.OpenAsync(Admin);
        Task<Answer> PostAsync(string number, decimal fxRate) => Admin.PostAsync(
            $"{customer.Path}/invoices", new { number, issueDate = "2026-01-01", amount = 10_000_000_000_000m, currency = "USD", fxRate });
        (await PostAsync("I-1", 1_000_000_000m)).ShouldBeProblem(422, "AMOUNT_TOO_LARGE");
        (await PostAsync("I-2", 1000m)).ShouldBe(201);
        (await PostAsync("I-3", 1000m)).ShouldBeProblem(422, "AMOUNT_TOO_LARGE");
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(10_000_000_000_000_000m);
    }
}
