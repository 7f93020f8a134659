using System.Globalization;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Storage;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Banking.Tests.Statements;
using ArCredit.Banking.Tests.Written;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Http;

public sealed class StatementScenarioTests
{
    private const string Iban = "DE42100100100043921105";
    private const string OtherIban = "DE51508800500190038900";

    // Two payments that look the same, one with the bank's reference, one that goes out.
    private const string Same = ":61:2501020102C10,00NTRFNONREF\n:86:Invoice 7\n";
    private const string Referenced = ":61:2501020102C25,00NTRFNONREF//B77\n:86:Invoice 8, intraday text\n";
    private const string Intraday = $":20:I\n:25:{Iban}\n:28C:1\n:34F:EURD0,\n:13D:2501021200+0100\n{Same}{Referenced}:90D:0EUR0,\n:90C:2EUR35,00\n-\n";

    private const string EndOfDay =
        $":20:S\n:25:{Iban}\n:28C:1\n:60F:C250101EUR0,\n{Same}{Same}:61:2501020102C25,00NTRFNONREF//B77\n:86:Invoice 8\n:61:2501020102RC5,00NTRFNONREF//B78\n:86:Taken back\n:62F:C250102EUR40,00\n:64:C250102EUR38,00\n-\n";

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_file_sent_twice_is_booked_once_and_gives_the_same_answer(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var finance = app.Admin;
        (await finance.PutBankAccountAsync("main", Iban)).ShouldBe(201);

        var first = (await finance.SendStatementAsync(EndOfDay)).ShouldBe(201);
        (first["entries"].GetInt64(), first["alreadyBooked"].GetInt64()).ShouldBe((4, 0));
        var statement = first["statements"][0];
        statement.GetProperty("credits").GetRawText().ShouldBe("""{"count":3,"sum":45.00}""");
        statement.GetProperty("debits").GetRawText().ShouldBe("""{"count":1,"sum":5.00}""");

        var again = (await finance.SendStatementAsync(EndOfDay, "application/octet-stream")).ShouldBe(200);
        again.Text.ShouldBe(first.Text);
        var bookings = await finance.BookingsAsync(pageSize: 1);
        bookings.Select(booking => booking.GetProperty("amount").GetDecimal()).ShouldBe([10m, 10m, 25m, -5m]);
        bookings[3].GetProperty("reversal").GetBoolean().ShouldBeTrue();

        var account = (await finance.GetAsync("/api/v1/bank/accounts/main")).ShouldBe(200);
        account["booked"].GetRawText().ShouldBe("""{"amount":40.00,"on":"2025-01-02"}""");
        account["available"].GetProperty("amount").GetDecimal().ShouldBe(38m);
        var id = statement.GetProperty("id").GetString();
        var shown = (await finance.GetAsync($"{BankCalls.Statements}/{id}")).ShouldBe(200).Json;
        shown.EnumerateObject().Where(field => field.Name != "payments").Select(field => field.ToString())
            .ShouldBe(statement.EnumerateObject().Where(field => field.Name != "payments").Select(field => field.ToString()));
        shown.GetProperty("payments").GetProperty("total").GetInt64().ShouldBe(4);
        (await finance.BookingsAsync("&from=2025-01-03")).ShouldBeEmpty();
        (await finance.BookingsAsync("&to=2025-01-02&account=main")).Count.ShouldBe(4);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Files_sent_at_the_same_time_take_turns(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        (await app.Admin.PutBankAccountAsync("main", Iban)).ShouldBe(201);

        // The same file six times, beside a report of the same day.
        var same = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => app.Admin.SendStatementAsync(EndOfDay)).Append(app.Admin.SendStatementAsync(Intraday)));
        same[..6].Select(answer => answer.Status).Order().ShouldBe([200, 200, 200, 200, 200, 201]);
        same[..6].Select(answer => answer.Text).Distinct().ShouldHaveSingleItem();
        same[6].ShouldBe(201);
        (await app.Admin.BookingsAsync()).Count.ShouldBe(4);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_an_intraday_report_brought_is_not_booked_again_at_the_end_of_the_day(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var finance = app.Admin;
        (await finance.PutBankAccountAsync("main", Iban)).ShouldBe(201);

        (await finance.SendStatementAsync(Intraday)).ShouldBe(201)["entries"].GetInt64().ShouldBe(2);
        (await finance.BookingsAsync()).Select(booking => booking.GetProperty("bookedIn").GetString()).ShouldBe([null, null]);

        // One of the two alike is known, by what it says; the referenced one by its reference, although its text has changed.
        var end = (await finance.SendStatementAsync(EndOfDay)).ShouldBe(201);
        (end["entries"].GetInt64(), end["alreadyBooked"].GetInt64()).ShouldBe((4, 2));
        var bookings = await finance.BookingsAsync();
        bookings.Select(booking => booking.GetProperty("amount").GetDecimal()).Order().ShouldBe([-5m, 10m, 10m, 25m]);
        bookings.Select(booking => booking.GetProperty("bookedIn").GetString()).ShouldAllBe(id => id == end["statements"][0].GetProperty("id").GetString());

        // A report that comes late, and the same statement under another name, bring nothing.
        (await finance.SendStatementAsync(Intraday.Replace(":20:I", ":20:J", StringComparison.Ordinal))).ShouldBe(201)["alreadyBooked"].GetInt64().ShouldBe(2);
        (await finance.SendStatementAsync(EndOfDay.Replace(":20:S", ":20:T", StringComparison.Ordinal))).ShouldBe(201)["alreadyBooked"].GetInt64().ShouldBe(4);
        (await finance.BookingsAsync()).Count.ShouldBe(4);

        // The next statement lists a payment that only looks like one of the day before.
        var next = $":20:N\n:25:{Iban}\n:28C:2\n:60F:C250102EUR40,00\n{Same}:62F:C250103EUR50,00\n-\n";
        (await finance.SendStatementAsync(next)).ShouldBe(201)["alreadyBooked"].GetInt64().ShouldBe(0);
        (await finance.BookingsAsync()).Count.ShouldBe(5);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_file_that_is_wrong_changes_nothing(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var finance = app.Admin;
        (await finance.PutBankAccountAsync("main", Iban)).ShouldBe(201);

        var second = EndOfDay.Replace(Iban, OtherIban, StringComparison.Ordinal);
        var unknown = (await finance.SendStatementAsync(EndOfDay + second)).ShouldBeProblem(422, "BANK_ACCOUNT_UNKNOWN");
        unknown["detail"].GetString()!.ShouldContain(OtherIban);
        unknown["line"].GetInt32().ShouldBe(16);

        (await finance.PutBankAccountAsync("other", OtherIban)).ShouldBe(201);
        var off = (await finance.SendStatementAsync(EndOfDay + second.Replace("EUR40,00", "EUR40,01", StringComparison.Ordinal))).ShouldBeProblem(422, "STATEMENT_BALANCE_WRONG");
        off["line"].GetInt32().ShouldBe(28);
        (await finance.SendStatementAsync(EndOfDay.Replace("C10,00", "C10.0", StringComparison.Ordinal))).ShouldBeProblem(400, "STATEMENT_UNREADABLE");
        (await finance.SendStatementAsync(EndOfDay.Replace("EUR", "USD", StringComparison.Ordinal))).ShouldBeProblem(422, "STATEMENT_CURRENCY_WRONG");
        (await finance.SendStatementAsync("anything")).ShouldBeProblem(400, "STATEMENT_FORMAT_UNKNOWN");
        (await finance.SendStatementAsync(string.Empty)).ShouldBeProblem(400, "STATEMENT_FORMAT_UNKNOWN");
        (await finance.SendStatementAsync(EndOfDay, "application/json")).ShouldBeProblem(415, "UNSUPPORTED_MEDIA_TYPE");

        (await finance.BookingsAsync()).ShouldBeEmpty();
        (await finance.CountStatementsAsync()).ShouldBe(0);
        (await finance.SendStatementAsync(EndOfDay + second)).ShouldBe(201)["statements"].GetArrayLength().ShouldBe(2);
        (await finance.BookingsAsync("&account=other")).Count.ShouldBe(4);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Written_files_of_every_format_are_stored_as_they_read(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var expected = new List<string>();
        foreach (var (format, seed) in Enum.GetValues<StatementFormat>().Except([StatementFormat.Csv]).Select((format, index) => (format, 100 + index)))
        {
            var written = WrittenStatement.Draw(seed, format);
            foreach (var (account, index) in written.Select(statement => statement.Head).DistinctBy(head => (head.Account, head.Currency)).Select((head, index) => (head, index)))
            {
                (await app.Admin.PutBankAccountAsync($"{format}-{index}", account.Account.Iban, account.Currency!.Code, account.Account.Number, account.Account.Bank)).ShouldBe(201);
            }

            var file = format switch
            {
                StatementFormat.Mt940 or StatementFormat.Mt942 => MtWriter.Write(written, Dialect86.German, inEnvelope: true),
                StatementFormat.Bai2 => BaiWriter.Write(written),
                _ => CamtWriter.Write(written, format, 8),
            };
            (await app.Admin.SendStatementAsync(file)).ShouldBe(201)["alreadyBooked"].GetInt64().ShouldBe(0);
            expected.AddRange(ReadStatement.All(file).SelectMany(statement => statement.Entries, (statement, entry) =>
                string.Create(CultureInfo.InvariantCulture, $"{entry.BookedOn:yyyy-MM-dd} {Kernel.Money.ToDecimal(entry.Amount, statement.Head.Currency!)} {entry.IsReversal} {entry.Text.Remittance} {entry.Details.Count}")));
        }

        (await app.Admin.BookingsAsync(pageSize: 7)).Select(booking => string.Create(
            CultureInfo.InvariantCulture,
            $"{booking.GetProperty("bookedOn")} {booking.GetProperty("amount").GetDecimal()} {booking.GetProperty("reversal").GetBoolean()} {booking.GetProperty("remittance").GetString()} {booking.GetProperty("details").GetArrayLength()}"))
            .Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_file_that_is_missing_between_two_is_told(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        (await app.Admin.PutBankAccountAsync("main", Iban)).ShouldBe(201);
        async Task<string?[]> WarningsAsync(string file) =>
            [.. (await app.Admin.SendStatementAsync(file)).ShouldBe(201)["warnings"].EnumerateArray().Select(warning => warning.GetString())];

        (await WarningsAsync(Day(2, 0, 10))).ShouldBeEmpty();
        (await WarningsAsync(Day(5, 30, 45))).ShouldBe(
            ["line 1, :20:: the statement opens with 30.00 EUR, the one before it, of 2025-01-02, closed with 10.00 EUR: what is between them is missing"]);

        // It comes late; what follows the newest follows; the first of all follows nothing.
        (await WarningsAsync(Day(3, 10, 30))).ShouldBeEmpty();
        (await WarningsAsync(Day(6, 45, 50) + Day(7, 50, 60))).ShouldBeEmpty();
        (await WarningsAsync(Day(1, 7, 0))).ShouldBeEmpty();
        (await WarningsAsync(Day(8, 60, 61) + Day(9, 70, 71))).ShouldHaveSingleItem().ShouldBe(
            "line 9, :20:: the statement opens with 70.00 EUR, the one before it, of 2025-01-08, closed with 61.00 EUR: what is between them is missing");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Of_several_statements_of_one_day_the_last_one_of_the_file_has_the_newest_balance(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        (await app.Admin.PutBankAccountAsync("main", Iban)).ShouldBe(201);
        (await app.Admin.SendStatementAsync(string.Concat(Enumerable.Range(0, 25).Select(at => Day(3, at * 10, (at + 1) * 10))))).ShouldBe(201);
        (await app.Admin.GetAsync("/api/v1/bank/accounts/main")).ShouldBe(200)["booked"].GetProperty("amount").GetDecimal().ShouldBe(250);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_reference_that_a_bank_gives_more_than_one_booking_loses_none(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var finance = app.Admin;
        (await finance.PutBankAccountAsync("main", Iban)).ShouldBe(201);
        async Task<long> KnownAsync(string file) => (await finance.SendStatementAsync(file)).ShouldBe(201)["alreadyBooked"].GetInt64();
        string Same(int day, int opening) => Day(day, opening, opening + 100).Replace($"//D{day}", "//0001", StringComparison.Ordinal);

        // Their balances say that these are two, and when the first comes once more it is the first.
        (await KnownAsync(Same(1, 0))).ShouldBe(0);
        (await KnownAsync(Same(2, 100))).ShouldBe(0);
        (await KnownAsync(Same(1, 0).Replace(":20:D1", ":20:E1", StringComparison.Ordinal))).ShouldBe(1);
        (await finance.BookingsAsync()).Count.ShouldBe(2);

        // A report lists what a statement brought, but a week later it is the next standing order.
        string Report(int day) =>
            $":20:I{day}\n:25:{Iban}\n:28C:1\n:34F:EURD0,\n:13D:25010{day}1200+0100\n:61:25010{day}010{day}C100,NTRFNONREF//0001\n:86:Text\n:90D:0EUR0,\n:90C:1EUR100,\n-\n";
        (await KnownAsync(Report(2))).ShouldBe(1);
        (await KnownAsync(Report(9))).ShouldBe(0);
        (await finance.BookingsAsync()).Count.ShouldBe(3);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task The_same_statement_in_another_format_or_twice_in_a_file_is_booked_once_however_its_texts_are_spelt(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var finance = app.Admin;
        (await finance.PutBankAccountAsync("main", Iban)).ShouldBe(201);
        var lines = new[] { (10, "Rechnung Maerz"), (10, "Rechnung Maerz"), (-3, "Gebuehr") };
        string Mt(string name) =>
            $":20:{name}\n:25:{Iban}\n:28C:1\n:60F:C251231EUR0,\n{string.Concat(lines.Select(line => $":61:2601010101{(line.Item1 < 0 ? 'D' : 'C')}{Math.Abs(line.Item1)},NTRFNONREF\n:86:{line.Item2}\n"))}:62F:C260101EUR17,\n-\n";
        var camt = CashFile.Of("S1", [.. lines.Select((line, at) => new CashLine(line.Item1, line.Item2.Replace("ae", "ä", StringComparison.Ordinal)) { BankReference = $"REF{at}" })]);
        var first = (await finance.SendStatementAsync(Mt("A") + Mt("A"))).ShouldBe(201);
        (first["entries"].GetInt64(), first["alreadyBooked"].GetInt64()).ShouldBe((6, 3));
        var again = (await finance.SendStatementAsync(camt)).ShouldBe(201);
        (again["entries"].GetInt64(), again["alreadyBooked"].GetInt64()).ShouldBe((3, 3));
        (await finance.BookingsAsync()).Select(booking => booking.GetProperty("amount").GetDecimal()).ShouldBe([10m, 10m, -3m]);

        // One of the same day that looks the same but for its name, and one that follows, are their own.
        (await finance.SendStatementAsync(Mt("B").Replace("Maerz", "April", StringComparison.Ordinal))).ShouldBe(201)["alreadyBooked"].GetInt64().ShouldBe(1);
        var next = Mt("C").Replace("251231EUR0,", "260101EUR17,", StringComparison.Ordinal).Replace("260101EUR17,\n-", "260101EUR34,\n-", StringComparison.Ordinal);
        (await finance.SendStatementAsync(next)).ShouldBe(201)["alreadyBooked"].GetInt64().ShouldBe(0);
        (await finance.BookingsAsync()).Count.ShouldBe(8);
    }

    [Fact]
    public async Task Entries_that_may_be_there_already_are_found_by_their_own_indexes()
    {
        await using var app = await RunningApp.StartAsync();
        await using var session = await app.Services.GetRequiredService<IDatabase>().OpenReadAsync(default);
        var plan = await session.Connection.QueryAsync(
            "explain query plan " + KnownEntries.Sql(session, hasReferences: true), new { account = "main", contentHash = "h", keys = new[] { "k" }, references = new[] { "r" } });
        var steps = plan.Select(step => (string)step.detail).Where(step => step.Contains("bank_transaction", StringComparison.Ordinal) || step.Contains(" t ", StringComparison.Ordinal)).ToList();
        steps.Count.ShouldBe(3, string.Join('\n', steps));
        steps[0].ShouldContain("bank_transaction_content (account_id=? AND content_key=?)");
        steps[1].ShouldContain("bank_transaction_reference (account_id=? AND bank_reference=?)");
        steps[2].ShouldContain("t USING PRIMARY KEY (statement_id=? AND no=?)");
    }

    [OnSharedStatements]
    public async Task Real_files_are_taken_with_their_accounts_registered()
    {
        await using var app = await RunningApp.StartAsync();
        (await app.Admin.PutBankAccountAsync("mbank", "PL29114010810000267002001002", "PLN")).ShouldBe(201);
        (await app.Admin.PutBankAccountAsync("camt", "NL26VAYB8060476890")).ShouldBe(201);
        (await app.Admin.PutBankAccountAsync("swiss", "CH2801234000123456789", "SEK")).ShouldBe(201);
        (await app.Admin.PutBankAccountAsync("bai", null, "CAD", "10200123456")).ShouldBe(201);
        foreach (var (name, entries) in new[] { ("mbank.sta", 3), ("camt053.v2.multi.statement.xml", 2), ("camt054.v4.xml", 1), ("sample1.bai", 17) })
        {
            (await app.Admin.SendStatementAsync(SharedStatements.Bytes(name))).ShouldBe(201)["entries"].GetInt32().ShouldBe(entries);
        }

        (await app.Admin.BookingsAsync()).Count.ShouldBe(23);
    }

    private static string Day(int day, int opening, int closing) =>
        $":20:D{day}\n:25:{Iban}\n:28C:{day}\n:60F:C25010{day}EUR{opening},\n:61:25010{day}010{day}{(closing < opening ? 'D' : 'C')}{Math.Abs(closing - opening)},NTRFNONREF//D{day}\n:86:Text {day}\n:62F:C25010{day}EUR{closing},\n-\n";
}
