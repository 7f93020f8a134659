using System.Text.Json;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>The timeline of an account, and the contacts written down in it.</summary>
public sealed class TimelineTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task Everything_that_happened_is_listed_newest_first()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 1000 });
        (await customer.ReserveAsync(40m, reservationId: "R-1")).ShouldBe(201);
        (await customer.ReserveAsync(5000m, reservationId: "R-2")).ShouldBe(200);
        (await customer.CaptureAsync("R-1", "I-1")).ShouldBe(201);
        (await customer.InvoiceAsync("I-2", 60m, "2025-12-01", "2025-11-01")).ShouldBe(201);
        (await customer.PayAsync("P-1", 25m, remittance: "for I-2, thank you")).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/invoices/I-2/disputes", new { disputeId = "D-1", reason = "price", amount = 5m, note = "two were broken" })).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/contacts", new { contactId = "K-1", channel = "call", outcome = "no-answer", invoices = new[] { "I-2" } })).ShouldBe(201);
        (await Admin.PutAsync($"{customer.Path}/blocks/sales", new { reason = "cheque trouble" })).ShouldBe(200);
        (await customer.PutAsync(new { creditLimit = 1500, segment = "retail", name = "Customer Ltd" })).ShouldBe(200);

        var all = await ListAsync(customer);
        all.Select(entry => $"{entry.Text("kind")} {entry.Text("type")} {(entry.TryGetProperty("number", out _) ? entry.Text("number") : "-")}").ShouldBe(
        [
            "change accountPut -", "change blockSet sales", "contact contactLogged K-1", "agreement disputeRaised D-1", "document paymentReceived P-1",
            "document invoicePosted I-2", "document invoicePosted I-1", "decision creditRefused R-2", "decision creditReserved R-1", "change accountPut -",
        ]);
        all.Select(entry => entry.GetProperty("version").GetInt64()).ShouldBe(Enumerable.Range(1, 10).Select(each => (long)each).Reverse());
        (all[4].Text("note"), all[3].Text("note"), all[1].Text("note")).ShouldBe(("for I-2, thank you", "two were broken", "cheque trouble"));
        all[7].GetProperty("decision").GetProperty("reasons")[0].GetString().ShouldBe("LIMIT_EXCEEDED");
        all[0].GetProperty("changes").EnumerateArray().Select(change => $"{change.Text("field")} {change.GetProperty("from").GetRawText()} {change.GetProperty("to").GetRawText()}")
            .ShouldBe(["creditLimit 1000.00 1500.00", "name \"Customer\" \"Customer Ltd\"", "segment null \"retail\""]);
        (await ListAsync(customer, "number=I-2")).Select(entry => entry.Text("number")).ShouldBe(["K-1", "D-1", "P-1", "I-2"]);
        (await ListAsync(customer, "kind=document&asOf=2025-12-31")).ShouldBeEmpty();
        (await ListAsync(customer, "kind=decision")).Count.ShouldBe(2);
        (await ListAsync(customer, "from=2026-01-02")).ShouldBeEmpty();
        (await ListAsync(customer, "from=2026-01-01&to=2026-01-01")).Count.ShouldBe(10);
        (await ListAsync(customer, "to=2025-12-31")).ShouldBeEmpty();
        (await ListAsync(customer, "knownAt=2026-01-01T07:59:59Z")).ShouldBeEmpty();
        (await ListAsync(customer, "limit=3")).Select(entry => entry.GetRawText()).ShouldBe(all.Select(entry => entry.GetRawText()));
    }

    [Fact]
    public async Task A_contact_is_written_down_once()
    {
        var customer = await Customer.OpenAsync(Admin);
        var call = new { contactId = "K-1", channel = "call", direction = "incoming", at = "2025-12-31T15:00:00Z", note = "will pay on Friday" };
        var logged = (await Admin.PostAsync($"{customer.Path}/contacts", call)).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/contacts", call)).ShouldBe(200).Text.ShouldBe(logged.Text);
        (await Admin.PostAsync($"{customer.Path}/contacts", new { contactId = "K-1", channel = "visit" })).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await Admin.PostAsync($"{customer.Path}/contacts", new { contactId = "K-2", channel = "call", at = "2026-01-01T08:00:01Z" })).ShouldBeProblem(422, "CONTACT_IN_FUTURE");
        (await Admin.PostAsync($"{customer.Path}/contacts", new { contactId = "K-2", channel = "pigeon" })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await Admin.PostAsync($"{customer.Path}/contacts", new { contactId = "K-2", channel = "call", outcome = "will pay" })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await Admin.PostAsync($"/api/v1/accounts/nobody/contacts", call)).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
        var entry = (await ListAsync(customer, "kind=contact")).ShouldHaveSingleItem();
        (entry.Text("note"), entry.GetProperty("contact").Text("at"), entry.GetProperty("contact").Text("direction")).ShouldBe(("will pay on Friday", "2025-12-31T15:00:00Z", "incoming"));
    }

    [Fact]
    public async Task A_long_history_is_walked_in_pages()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 1000 });
        (await Admin.PostAsync($"{customer.Path}/contacts", new { contactId = "K-1", channel = "call" })).ShouldBe(201);
        (await customer.InvoiceAsync("I-1", 60m, "2025-12-01", "2025-11-01")).ShouldBe(201);

        // As if half a million events lay between the contact and the invoice.
        await using (var session = await fixture.App.Services.GetRequiredService<IDatabase>().BeginWriteAsync(CancellationToken.None))
        {
            await session.Connection.ExecuteAsync(
                "update journal set version = 500000 where account_id = @id and version = 3", new { id = customer.Id }, session.Transaction);
            await session.CommitAsync(CancellationToken.None);
        }

        var first = (await Admin.GetAsync($"{customer.Path}/timeline?kind=contact")).ShouldBe(200);
        first["items"].GetArrayLength().ShouldBe(0);
        first["nextCursor"].ValueKind.ShouldBe(JsonValueKind.String);
        (await ListAsync(customer, "kind=contact")).ShouldHaveSingleItem().Text("number").ShouldBe("K-1");
        (await ListAsync(customer)).Select(entry => entry.GetProperty("version").GetInt64()).ShouldBe([500000, 2, 1]);
        (await ListAsync(customer, "limit=1")).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("kind=cheese")]
    [InlineData("cursor=abc")]
    [InlineData("from=yesterday")]
    [InlineData("order=asc")]
    public async Task What_is_no_question_is_refused(string query) =>
        (await Admin.GetAsync($"{(await Customer.OpenAsync(Admin)).Path}/timeline?{query}")).ShouldBeProblem(400, "INVALID_REQUEST");

    [Fact]
    public async Task Nobody_has_a_timeline() => (await Admin.GetAsync("/api/v1/accounts/nobody/timeline")).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");

    private async Task<List<JsonElement>> ListAsync(Customer customer, string query = "limit=1000")
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = (await Admin.GetAsync($"{customer.Path}/timeline?{query}{(cursor is null ? string.Empty : $"&cursor={cursor}")}")).ShouldBe(200);
            all.AddRange(page["items"].EnumerateArray());
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        return all;
    }
}
