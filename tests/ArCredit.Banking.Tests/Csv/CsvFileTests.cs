using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Csv;

public sealed class CsvFileTests
{
    private const string Mapping = "/api/v1/bank/csv-mappings/savings-bank";
    private const string File = "Datum;Name;IBAN;Zweck;Betrag\n01.02.2026;Alpha;;INV-1001;10,00\n01.02.2026;Alpha;;INV-1001;10,00\n02.02.2026;Beta;;?;-3,00\n";

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_csv_file_is_taken_once_and_what_overlaps_is_not_booked_again(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m));
        (await app.Admin.SendStatementAsync(File, "text/csv")).ShouldBeProblem(400, "STATEMENT_FORMAT_UNKNOWN");
        (await app.Admin.PutAsync(Mapping, new { account = new { value = CashFile.Iban }, bookedOn = new { column = "Datum" } })).ShouldBeProblem(400, "INVALID_REQUEST");
        var mapping = new
        {
            format = new { delimiter = ";", dates = new[] { "dd.MM.yyyy" }, decimalSign = "," },
            account = new { value = CashFile.Iban },
            bookedOn = new { column = "Datum" },
            amount = new { column = "Betrag" },
            party = new { column = "Name" },
            partyAccount = new { column = "IBAN" },
            remittance = new[] { new { column = "Zweck" } },
        };
        (await app.Admin.PutAsync(Mapping, mapping)).ShouldBe(201);
        (await app.Admin.PutAsync(Mapping, mapping)).ShouldBe(200);
        (await app.Admin.GetAsync(Mapping)).ShouldBe(200)["format"].GetProperty("delimiter").GetString().ShouldBe(";");

        var wrong = (await app.Admin.SendStatementAsync(File.Replace("-3,00", "-3.00", StringComparison.Ordinal), "text/csv")).ShouldBeProblem(400, "STATEMENT_UNREADABLE");
        wrong["line"].GetInt32().ShouldBe(4);
        (await app.Admin.BookingsAsync()).ShouldBeEmpty();

        var taken = (await app.Admin.SendStatementAsync(File, "text/csv")).ShouldBe(201);
        (taken["entries"].GetInt64(), taken["statements"][0].GetProperty("format").GetString()).ShouldBe((3, "CSV"));
        (await app.Admin.SendStatementAsync(File, "text/csv")).ShouldBe(200).Text.ShouldBe(taken.Text);
        var id = taken["statements"][0].GetProperty("id").GetString()!;
        await desk.SettledAsync(id);
        (await desk.PaymentsAsync(id)).Select(CashDesk.Fate).ShouldBe(["posted alpha", "waiting LOW_CONFIDENCE"]);

        // The next export begins where the last one did.
        (await app.Admin.SendStatementAsync(File + "03.02.2026;Gamma;;?;4,00\n", "text/csv")).ShouldBe(201)["alreadyBooked"].GetInt64().ShouldBe(3);
        (await app.Admin.BookingsAsync()).Count.ShouldBe(4);
        (await app.Admin.DeleteAsync(Mapping)).ShouldBe(204);
        (await app.Admin.DeleteAsync(Mapping)).ShouldBeProblem(404, "CSV_MAPPING_NOT_FOUND");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Cash_is_shown_by_account_currency_and_company(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        (await app.Admin.PutBankAccountAsync("eur", "DE42100100100043921105")).ShouldBe(201);
        (await app.Admin.PutBankAccountAsync("usd", "DE42100100100043921105", "USD")).ShouldBe(201);
        (await app.Admin.PutBankAccountAsync("aud", null, "AUD", number: "7")).ShouldBe(201);
        (await app.Admin.PutBankAccountAsync("idle", null, "CHF", number: "8")).ShouldBe(201);
        (await app.Admin.PutAsync("/api/v1/fx-rates/2025-01-01", new[] { new { from = "EUR", to = "USD", rate = 1.25 } })).ShouldBe(200);
        static string Day(string account, string currency, int day, int amount, string opening) =>
            $":20:S{currency}{day}\n:25:{account}\n:28C:{day}\n:60F:C25010{day}{currency}{opening},\n:61:25010{day}C{amount},NTRFNONREF\n:62F:C25010{day}{currency}{int.Parse(opening, System.Globalization.CultureInfo.InvariantCulture) + amount},\n:64:C25010{day}{currency}{amount},\n-\n";
        (await app.Admin.SendStatementAsync(
            Day("DE42100100100043921105", "EUR", 2, 100, "0") + Day("DE42100100100043921105", "EUR", 3, 50, "100") + Day("DE42100100100043921105", "USD", 2, 10, "0")
            + Day("7", "AUD", 2, 1, "0").Replace(":64:C250102AUD1,\n", string.Empty, StringComparison.Ordinal))).ShouldBe(201);

        var cash = (await app.Admin.GetAsync("/api/v1/bank/cash?asOf=2025-01-02")).ShouldBe(200);
        cash["currencies"].GetRawText().ShouldBe(
            """[{"currency":"AUD","booked":1.00,"available":null,"withoutBooked":[],"withoutAvailable":["aud"]},"""
            + """{"currency":"CHF","booked":null,"available":null,"withoutBooked":["idle"],"withoutAvailable":["idle"]},"""
            + """{"currency":"EUR","booked":100.00,"available":100.00,"withoutBooked":[],"withoutAvailable":[]},"""
            + """{"currency":"USD","booked":10.00,"available":10.00,"withoutBooked":[],"withoutAvailable":[]}]""");
        cash["companies"].GetRawText().ShouldBe(
            """[{"company":"main","currency":"EUR","booked":108.00,"available":108.00,"withoutRate":["aud"],"withoutBooked":["idle"],"withoutAvailable":["aud","idle"]}]""");
        var later = (await app.Admin.GetAsync("/api/v1/bank/cash")).ShouldBe(200);
        later["asOf"].GetString().ShouldBe("2026-01-01");
        later["companies"][0].GetProperty("booked").GetDecimal().ShouldBe(158m);
        later["companies"][0].GetProperty("available").GetDecimal().ShouldBe(58m);
        (await app.Admin.GetAsync("/api/v1/bank/cash?asOf=2024-12-31")).ShouldBe(200)["accounts"][0].GetProperty("booked").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }
}
