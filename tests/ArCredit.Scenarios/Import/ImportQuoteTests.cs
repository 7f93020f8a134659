using System.Text;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Import;

/// <summary>A bad quote in CSV over HTTP: every line has an answer of its own.</summary>
public sealed class ImportQuoteTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Header = "accountId,number,issueDate,reference,amount,currency";

    private readonly string account = "Q" + Guid.NewGuid().ToString("N")[..10];

    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task An_open_quote_costs_one_line_of_a_thousand()
    {
        await CreateAsync();
        var lines = Enumerable.Range(1, 1000).Select(n => Invoice(n, "order")).ToArray();
        lines[4] = Invoice(5, "\"order");
        lines[700] = Invoice(701, "\"one, \"\"two\"\"\"");

        var answer = await Admin.ImportCsvAsync("invoices", [Header, .. lines]);

        answer.Lines.Select(line => line.GetProperty("line").GetInt64()).ShouldBe(Enumerable.Range(2, 1000).Select(line => (long)line));
        answer.Outcomes.Index().Where(line => line.Item != "created").ShouldBe([(4, "refused")]);
        answer.Lines[4].GetProperty("error").ToString().ShouldBe("""{"code":"INVALID_LINE","message":"The line has a quote that is never closed."}""");
        (await BalanceAsync()).ShouldBe(999m);
    }

    [Fact]
    public async Task A_quote_inside_an_unquoted_cell_is_text()
    {
        await CreateAsync();
        var answer = await Admin.ImportCsvAsync("invoices", Header, Invoice(1, "order"), Invoice(2, "5\" pipe"), Invoice(3, "order"), Invoice(4, "order\""));
        answer.Outcomes.ShouldBe(["created", "created", "created", "created"]);
        var invoice = (await Admin.GetAsync($"/api/v1/accounts/{account}/ledger")).ShouldBe(200);
        invoice.Text.ShouldContain("N2");
        (await BalanceAsync()).ShouldBe(4m);
    }

    [Fact]
    public async Task Bad_quotes_next_to_each_other_and_in_the_last_line_cost_these_lines_alone()
    {
        await CreateAsync();
        var answer = await Admin.ImportCsvAsync(
            "invoices", "\uFEFF" + Header, Invoice(1, "\"a"), Invoice(2, "\"b"), Invoice(3, "\"c\"d"), Invoice(4, "e"), string.Empty, Invoice(5, "\"f"));
        answer.Lines.Select(line => line.GetProperty("line").GetInt64()).ShouldBe([2, 3, 4, 5, 7]);
        answer.Outcomes.ShouldBe(["refused", "refused", "refused", "created", "refused"]);
        answer.Lines[2].GetProperty("error").GetProperty("message").GetString()
            .ShouldBe("The line has text between a closing quote and the end of its cell; a quote inside quotes is doubled.");
    }

    [Fact]
    public async Task A_header_with_an_open_quote_refuses_the_file()
    {
        var answer = await Admin.ImportCsvAsync("invoices", "accountId,\"number", "A,1", "A,2");
        answer.Outcomes.ShouldBe(["refused"]);
        answer.ErrorCode(0).ShouldBe("INVALID_LINE");
    }

    [Fact]
    public async Task What_follows_an_open_quote_may_be_larger_than_any_record()
    {
        await CreateAsync();
        var bad = Enumerable.Range(0, 60_000).Select(n => $"{account},B{n},2025-01-10,x").ToList();
        var body = $"{Header}\n{Invoice(1, "\"a")}\n{Invoice(2, "b")}\n{string.Join('\n', bad)}\n{Invoice(3, "c")}";
        body.Length.ShouldBeGreaterThan(1024 * 1024);

        var answer = await Admin.ImportAsync("invoices", Encoding.UTF8.GetBytes(body), "text/csv");

        answer.Lines.Count.ShouldBe(60_003);
        answer.Outcomes.Index().Where(line => line.Item == "created").Select(line => line.Index).ShouldBe([1, 60_002]);
        (await BalanceAsync()).ShouldBe(2m);
    }

    private string Invoice(int number, string reference) => $"{account},N{number},2025-01-10,{reference},1.00,EUR";

    private async Task CreateAsync() =>
        (await Admin.PutAsync($"/api/v1/accounts/{account}", new { name = "Import", currency = "EUR", creditLimit = 10000 })).ShouldBe(201);

    private async Task<decimal> BalanceAsync() => (await Admin.GetAsync($"/api/v1/accounts/{account}")).ShouldBe(200)["balance"].GetDecimal();
}
