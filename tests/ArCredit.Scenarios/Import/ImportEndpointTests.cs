using System.Text;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Import;

public sealed class ImportEndpointTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly string account = "I" + Guid.NewGuid().ToString("N")[..10];

    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task Every_line_is_answered_in_its_order_and_the_last_object_sums_up()
    {
        await CreateAsync();

        var answer = await Admin.ImportAsync("invoices", Invoice("A1", 10), Invoice("A2", 20), string.Empty, Invoice("A3", 30));

        answer.Lines.Select(line => (line.GetProperty("line").GetInt64(), line.GetProperty("id").GetString())).ShouldBe([(1, "A1"), (2, "A2"), (4, "A3")]);
        answer.Outcomes.ShouldBe(["created", "created", "created"]);
        answer.Summary.ToString().ShouldBe("""{"lines":3,"created":3,"updated":0,"unchanged":0,"conflict":0,"refused":0}""");
        (await BalanceAsync()).ShouldBe(60m);
    }

    [Fact]
    public async Task A_bad_line_is_refused_with_its_reason_and_stops_nothing()
    {
        await CreateAsync();
        byte[] notUtf8 = [.. Encoding.UTF8.GetBytes($"{{\"accountId\":\"{account}\",\"number\":\""), 0xC3, 0x28, .. "\"}"u8];
        byte[] body =
        [
            .. Line("{not json"), .. Line($$"""{"accountId":"{{account}}","number":"B2","issueDate":"2025-01-01","amount":1.234,"currency":"EUR"}"""),
            .. Line($$"""{"accountId":"{{account}}","number":"B3","issueDate":"2025-02-30","amount":"x","currency":"EUR","colour":1}"""),
            .. notUtf8, (byte)'\n', .. Line(Invoice("B5", 5)), .. Line(new string('x', 70_000)), .. Line("[]"),
            .. Line("""{"number":"B8","issueDate":"2025-01-01","amount":1,"currency":"EUR"}"""), .. Line(Invoice("B9", 9)),
            .. Line("""{"accountId":"nobody","number":"B10","issueDate":"2025-01-01","amount":1,"currency":"EUR"}"""),
            .. Encoding.UTF8.GetBytes(Invoice("B11", 1) + " {}"),
        ];

        var answer = await Admin.ImportAsync("invoices", body, "application/x-ndjson; charset=utf-8");

        answer.Outcomes.ShouldBe(["refused", "refused", "refused", "refused", "created", "refused", "refused", "refused", "created", "refused", "refused"]);
        answer.Lines[1].GetProperty("error").ToString().ShouldBe(
            """{"code":"INVALID_REQUEST","message":"The request has fields that are not acceptable.","fields":{"amount":["has more decimals than EUR has (2)"]}}""");
        Fields(answer, 2).ShouldBe(["amount", "colour", "issueDate"], ignoreOrder: true);
        answer.ErrorCode(3).ShouldBe("BODY_NOT_UTF8");
        answer.ErrorCode(5).ShouldBe("LINE_TOO_LONG");
        Fields(answer, 7).ShouldBe(["accountId"]);
        answer.ErrorCode(9).ShouldBe("ACCOUNT_NOT_FOUND");
        answer.Lines[2].GetProperty("id").GetString().ShouldBe("B3");
        (await BalanceAsync()).ShouldBe(14m);
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing_and_other_content_under_a_number_is_a_conflict()
    {
        var customer = $$"""{"accountId":"{{account}}","name":"Ələt Anbar MMC","currency":"EUR","creditLimit":500,"paymentTerms":{"netDays":10} }""";
        (await Admin.ImportAsync("customers?company=main", customer)).Outcomes.ShouldBe(["created"]);
        string[] invoices = [Invoice("C1", 100), Invoice("C2", 50)];
        string[] payments = [Payment("P1", 100, "C1")];
        await Admin.ImportAsync("invoices?mode=history", invoices);
        await Admin.ImportAsync("payments?mode=history", payments);
        var version = await VersionAsync();

        (await Admin.ImportAsync("customers?company=main", customer)).Outcomes.ShouldBe(["unchanged"]);
        (await Admin.ImportAsync("invoices?mode=history", invoices)).Outcomes.ShouldBe(["unchanged", "unchanged"]);
        (await Admin.ImportAsync("payments?mode=history", payments)).Outcomes.ShouldBe(["unchanged"]);
        (await Admin.ImportAsync("invoices", Invoice("C2", 51))).Outcomes.ShouldBe(["conflict"]);

        (await VersionAsync()).ShouldBe(version);
        (await BalanceAsync()).ShouldBe(50m);
    }

    [Fact]
    public async Task Equal_numbers_in_one_file_are_taken_in_the_order_of_the_file()
    {
        await CreateAsync();
        var answer = await Admin.ImportAsync("invoices", [.. Enumerable.Range(0, 50).Select(n => Invoice("D1", n < 25 ? 10 : 11))]);
        answer.Outcomes.ShouldBe(["created", .. Enumerable.Repeat("unchanged", 24), .. Enumerable.Repeat("conflict", 25)]);
    }

    [Fact]
    public async Task A_customer_who_differs_is_a_conflict_unless_replacing_is_asked_for()
    {
        await CreateAsync();
        var renamed = $$"""{"accountId":"{{account}}","name":"Another name","currency":"EUR"}""";

        var kept = await Admin.ImportAsync("customers", renamed);
        kept.Outcomes.ShouldBe(["conflict"]);
        kept.ErrorCode(0).ShouldBe("CUSTOMER_EXISTS");
        (await Admin.ImportAsync("customers?existing=replace", renamed)).Outcomes.ShouldBe(["updated"]);

        var profile = await Admin.GetAsync($"/api/v1/accounts/{account}");
        profile["name"].GetString().ShouldBe("Another name");
        profile["creditLimit"].GetDecimal().ShouldBe(1000m, "an absent limit field keeps its value");
    }

    [Fact]
    public async Task A_replaced_customer_keeps_no_limit_of_another_currency()
    {
        await CreateAsync();
        var kept = await Admin.ImportAsync("customers?existing=replace", $$"""{"accountId":"{{account}}","currency":"USD"}""");
        kept.Outcomes.ShouldBe(["refused"]);
        kept.ErrorCode(0).ShouldBe("LIMIT_IN_OLD_CURRENCY");
        var named = $$"""{"accountId":"{{account}}","currency":"USD","creditLimit":70}""";
        (await Admin.ImportAsync("customers?existing=replace", named)).Outcomes.ShouldBe(["updated"]);
    }

    [Fact]
    public async Task History_is_posted_at_the_documents_own_date_and_other_facts_today()
    {
        await CreateAsync();
        await Admin.ImportAsync("invoices?mode=history", Invoice("E1", 100));
        await Admin.ImportAsync("payments?mode=history", Payment("P1", 40, "E1"));
        await Admin.ImportAsync("invoices", Invoice("E2", 7));

        var ledger = (await Admin.GetAsync($"/api/v1/accounts/{account}/ledger")).ShouldBe(200);
        var entries = ledger["items"].EnumerateArray().Select(entry => $"{entry.GetProperty("number").GetString()} {entry.GetProperty("postedOn").GetString()}").ToList();
        entries.ShouldBe(["E1 2025-01-10", "P1 2025-02-01", "E2 2026-01-01"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_due_date_before_the_issue_date_is_a_warning()
    {
        await CreateAsync();
        var line = $$"""{"accountId":"{{account}}","number":"F1","issueDate":"2025-01-10","dueDate":"2025-01-04","amount":5,"currency":"EUR"}""";
        var answer = await Admin.ImportAsync("invoices?mode=history", line);
        answer.Outcomes.ShouldBe(["created"]);
        answer.Lines[0].GetProperty("warnings").EnumerateArray().Select(code => code.GetString()).ShouldBe(["DUE_BEFORE_ISSUE"]);
    }

    [Fact]
    public async Task Csv_has_the_same_fields_and_the_same_judge()
    {
        var customers = await Admin.ImportCsvAsync(
            "customers", "accountId,name,currency,creditLimit,paymentTerms.netDays,paymentTerms.endOfMonth,contacts",
            $"{account},\"Smith, \"\"Jones\"\" & Co\",EUR,500.50,20,after,\"[{{\"\"name\"\":\"\"A\"\",\"\"email\"\":\"\"a@example.org\"\"}}]\"",
            $"{account}-2,\"two\nlines\",EUR,,,,", $"{account}-3,,EUR,much,,,");
        customers.Outcomes.ShouldBe(["created", "refused", "refused"]);
        customers.Lines.Select(line => line.GetProperty("line").GetInt64()).ShouldBe([2, 3, 5]);
        Fields(customers, 1).ShouldBe(["name"]);
        Fields(customers, 2).ShouldBe(["creditLimit"]);

        var invoices = await Admin.ImportCsvAsync(
            "invoices", "accountId,number,issueDate,amount,currency", $"{account},G1,2025-01-10,12.5,EUR", $"{account},G2,2025-01-10,12.5", $"{account},G3,\"x\"y,1,EUR");
        invoices.Outcomes.ShouldBe(["created", "refused", "refused"]);

        var profile = await Admin.GetAsync($"/api/v1/accounts/{account}");
        profile["name"].GetString().ShouldBe("Smith, \"Jones\" & Co");
        profile["creditLimit"].GetDecimal().ShouldBe(500.50m);
        profile["paymentTerms"].GetProperty("netDays").GetInt32().ShouldBe(20);
        profile["balance"].GetDecimal().ShouldBe(12.5m);
    }

    [Fact]
    public async Task A_header_with_unknown_columns_refuses_the_file_and_names_them()
    {
        var answer = await Admin.ImportCsvAsync("invoices", "accountId,number,colour,taxes.rate", "1,2,3,4");
        answer.Outcomes.ShouldBe(["refused"]);
        answer.ErrorCode(0).ShouldBe("INVALID_HEADER");
        Fields(answer, 0).ShouldBe(["colour", "taxes.rate"], ignoreOrder: true);
    }

    [Fact]
    public async Task Documents_of_another_companys_customers_are_refused()
    {
        await CreateAsync();
        var answer = await Admin.ImportAsync("invoices?company=other", Invoice("H1", 1));
        answer.Outcomes.ShouldBe(["refused"]);
        answer.ErrorCode(0).ShouldBe("COMPANY_MISMATCH");
    }

    [Fact]
    public async Task Unknown_parameters_and_media_types_are_refused_before_anything_is_read()
    {
        using var lines = new StringContent("{}", Encoding.UTF8, "application/x-ndjson");
        (await Admin.SendAsync(HttpMethod.Post, "/api/v1/import/invoices?mode=future&speed=9", lines)).ShouldBe(400).ErrorFields
            .ShouldBe(["mode", "speed"], ignoreOrder: true);
        using var latin = new StringContent("{}", Encoding.Latin1, "application/x-ndjson");
        (await Admin.SendAsync(HttpMethod.Post, "/api/v1/import/invoices", latin)).ShouldBeProblem(415, "UNSUPPORTED_MEDIA_TYPE");
        (await Admin.SendAsync(HttpMethod.Post, "/api/v1/import/invoices", "{}")).ShouldBeProblem(415, "UNSUPPORTED_MEDIA_TYPE");
    }

    private static byte[] Line(string text) => Encoding.UTF8.GetBytes(text + "\n");

    private static IEnumerable<string> Fields(ImportAnswer answer, int index) =>
        answer.Lines[index].GetProperty("error").GetProperty("fields").EnumerateObject().Select(field => field.Name);

    private string Invoice(string number, decimal amount) =>
        $$"""{"accountId":"{{account}}","number":"{{number}}","issueDate":"2025-01-10","amount":{{amount}},"currency":"EUR"}""";

    private string Payment(string id, decimal amount, string invoice) =>
        $$"""{"accountId":"{{account}}","paymentId":"{{id}}","amount":{{amount}},"currency":"EUR","receivedOn":"2025-02-01","method":"transfer","invoice":"{{invoice}}"}""";

    private async Task CreateAsync() =>
        (await Admin.PutAsync($"/api/v1/accounts/{account}", new { name = "Import", currency = "EUR", creditLimit = 1000 })).ShouldBe(201);

    private async Task<decimal> BalanceAsync() => (await Admin.GetAsync($"/api/v1/accounts/{account}")).ShouldBe(200)["balance"].GetDecimal();

    private async Task<string> VersionAsync()
    {
        var ledger = (await Admin.GetAsync($"/api/v1/accounts/{account}/ledger")).ShouldBe(200).Text;
        return ledger + (await Admin.GetAsync($"/api/v1/accounts/{account}")).Text;
    }
}
