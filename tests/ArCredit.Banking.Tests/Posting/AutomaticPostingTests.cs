using ArCredit.Banking.Matching;
using ArCredit.Banking.Tests.Http;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Posting;

public sealed class AutomaticPostingTests
{
    private const string PayerIban = "DE51 5088 0050 0190 0389 00";

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_is_certain_posts_itself_and_what_is_not_waits(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha Trading Ltd", ("RE-2026-001", 100m), ("RE-2026-002", 250m), ("539007547034", 75m));
        await desk.CustomerAsync("beta", "Beta GmbH", ("4711", 60m), ("4712", 60m), ("4713", 60m));
        await desk.CustomerAsync("twin-1", "Twin One", ("R-77001", 33m));
        await desk.CustomerAsync("twin-2", "Twin Two", ("R-77001", 33m));

        var payments = await desk.ReceiveAsync(
            new CashLine(100m, "Invoice re 2026/001, thank you"),
            new CashLine(75m) { Structured = "RF18 5390 0754 7034" },
            new CashLine(60m, "our payment"),
            new CashLine(33m, "R-77001"),
            new CashLine(33m, "R-77001") { Payer = "TWIN TWO" },
            new CashLine(250m, "xRE-2026-002x"),
            new CashLine(12.34m, "nothing known"));

        payments.Select(CashDesk.Fate).ShouldBe(
        [
            "posted alpha", "posted alpha", "waiting AMBIGUOUS", "waiting AMBIGUOUS", "posted twin-2", "waiting LOW_CONFIDENCE", "waiting NO_MATCH",
        ]);
        payments[1].GetProperty("evidence").EnumerateArray().Select(one => one.GetString()).ShouldBe(["structuredReference", "exactAmount"]);
        payments[2].GetProperty("suggestions").GetArrayLength().ShouldBe(3);
        (await desk.OpenAsync("alpha")).ShouldBe("RE-2026-002:250.00");
        (await desk.OpenAsync("twin-1")).ShouldBe("R-77001:33.00");
        (await desk.OpenAsync("twin-2")).ShouldBeEmpty();
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Net_and_vat_that_come_one_by_one_post_themselves(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        (await app.Admin.PutAsync("/api/v1/companies/main", new { name = "Main", currency = "EUR", timeZone = "UTC", splitVat = true })).ShouldBe(200);
        await desk.CustomerAsync("baku", "Baku Trading MMC");
        var invoice = new { number = "INV-2001", issueDate = "2026-01-01", dueDate = "2026-02-01", amount = 118m, taxAmount = 18m, currency = "EUR" };
        (await app.Admin.PostAsync("/api/v1/accounts/baku/invoices", invoice)).ShouldBe(201);
        var payments = await desk.ReceiveAsync(new CashLine(18m, "INV-2001 EDV"));
        CashDesk.Fate(payments[0]).ShouldBe("posted baku");
        payments[0].GetProperty("evidence").EnumerateArray().Select(one => one.GetString()).ShouldContain("vatAmount");
        payments[0].GetProperty("allocations")[0].GetProperty("part").GetString().ShouldBe("vat");
        var item = (await app.Admin.GetAsync("/api/v1/accounts/baku/open-items")).ShouldBe(200)["items"][0];
        (item.GetProperty("netOpenAmount").GetDecimal(), item.GetProperty("vatOpenAmount").GetDecimal()).ShouldBe((100m, 0m));
        (await desk.UnmatchAsync(payments[0])).ShouldBe(200);
        (await desk.OpenAsync("baku")).ShouldBe("INV-2001:118.00");
    }

    [Fact]
    public async Task What_falls_into_a_closed_period_is_posted_and_taken_back_on_the_first_open_day()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m), ("INV-1002", 20m));
        (await app.Admin.PutAsync("/api/v1/companies/main/periods/2026-01", new { status = "closed" })).ShouldBe(200);
        var payments = await desk.ReceiveAsync(new CashLine(10m, "INV-1001") { EndToEnd = "E-1" }, new CashLine(20m, "INV-1002"));
        payments.Select(CashDesk.Fate).ShouldBe(["posted alpha", "posted alpha"]);
        (await app.Admin.GetAsync($"/api/v1/accounts/alpha/payments/{payments[0].GetProperty("paymentId").GetString()}")).ShouldBe(200)["postedOn"].GetString().ShouldBe("2026-02-01");
        (await desk.UnmatchAsync(payments[1])).ShouldBe(200);
        (await desk.ReceiveAsync(new CashLine(-10m) { EndToEnd = "E-1", IsReversal = true })).Select(CashDesk.Fate).ShouldBe(["posted alpha"]);
        (await desk.OpenAsync("alpha")).ShouldBe("INV-1001:10.00 INV-1002:20.00");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Three_of_one_amount_are_never_posted_by_amount_even_when_everything_may_post(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        (await app.Admin.PutAsync("/api/v1/bank/matching/main", new { postFrom = 0 })).ShouldBe(200);
        await desk.CustomerAsync("beta", "Beta GmbH", ("4711", 60m), ("4712", 60m), ("4713", 60m));
        await desk.CustomerAsync("gamma", "Gamma", ("9001", 61m));

        // The second line of the same amount is taken on what the first one left.
        var payments = await desk.ReceiveAsync(new CashLine(60m), new CashLine(61m), new CashLine(61m), new CashLine(60m, "4712"), new CashLine(60m, "4712"));
        payments.Select(CashDesk.Fate).ShouldBe(["waiting AMBIGUOUS", "posted gamma", "waiting NO_MATCH", "posted beta", "waiting AMBIGUOUS"]);
        (await desk.OpenAsync("beta")).ShouldBe("4711:60.00 4713:60.00");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_confirmed_bank_account_is_learned_and_a_correction_unlearns_it(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("1001", 10m), ("1002", 20m), ("1003", 40m), ("1004", 80m), ("1005", 81m));

        var first = (await desk.ReceiveAsync(new CashLine(40m) { Iban = PayerIban.Replace(" ", string.Empty, StringComparison.Ordinal) })).ShouldHaveSingleItem();
        CashDesk.Fate(first).ShouldBe("waiting LOW_CONFIDENCE");
        var confirmed = (await desk.ConfirmAsync(first)).ShouldBe(200);
        CashDesk.Fate(confirmed.Json).ShouldBe("posted alpha");
        (await desk.ConfirmAsync(first)).ShouldBe(200)["paymentId"].GetString().ShouldBe(confirmed["paymentId"].GetString());

        // An exact amount, then the oldest two together.
        var learned = await desk.ReceiveAsync(new CashLine(81m) { Iban = PayerIban }, new CashLine(30m) { Iban = PayerIban });
        learned.Select(CashDesk.Fate).ShouldBe(["posted alpha", "posted alpha"]);
        (await desk.OpenAsync("alpha")).ShouldBe("1004:80.00");

        // Undone it stands as before (but for its version), is not posted again by itself, and the bank account says nothing any more.
        (await desk.UnmatchAsync(learned[1])).ShouldBe(200);
        (await desk.UnmatchAsync(learned[1])).ShouldBe(200);
        (await desk.OpenAsync("alpha")).ShouldBe("1001:10.00 1002:20.00 1004:80.00");
        var statement = CashDesk.Id(learned[1])[..36];
        await desk.SettledAsync(statement);
        CashDesk.Fate((await desk.PaymentsAsync(statement))[1]).ShouldStartWith("waiting");
        var after = await desk.ReceiveAsync(new CashLine(80m) { Iban = PayerIban });
        CashDesk.Fate(after[0]).ShouldBe("waiting LOW_CONFIDENCE");

        // By hand: to another customer, in part, the rest unapplied.
        await desk.CustomerAsync("delta", "Delta", ("D-1", 500m));
        var moved = (await desk.MatchAsync(learned[1], "delta", new[] { new { invoice = "D-1", amount = 25 } })).ShouldBe(200);
        moved["paymentId"].GetString().ShouldNotBe(learned[1].GetProperty("paymentId").GetString());
        (await desk.OpenAsync("delta")).ShouldContain("D-1:475.00");
        (await desk.MatchAsync(learned[1], "alpha")).ShouldBeProblem(409, "PAYMENT_NOT_WAITING");
        (await desk.UnmatchAsync(moved.Json)).ShouldBe(200);
        (await desk.OpenAsync("delta")).ShouldBe("D-1:500.00");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Money_that_the_bank_takes_back_reopens_what_it_paid(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m), ("INV-1002", 20m));
        await desk.CustomerAsync("beta", "Beta", ("INV-2001", 30m));

        var payments = await desk.ReceiveAsync(
            new CashLine(10m, "INV-1001") { EndToEnd = "E-1", BankReference = "B-1" },
            new CashLine(-10m, "returned") { EndToEnd = "E-1", IsReversal = true, BankReference = "B-2" },
            new CashLine(30m, "INV-2001") { Payer = "Beta" },
            new CashLine(-30m, "returned") { Payer = "Beta", IsReversal = true },
            new CashLine(5m, "nobody's") { EndToEnd = "E-5" },
            new CashLine(-5m) { EndToEnd = "E-5", IsReversal = true });
        payments.Select(CashDesk.State).ShouldBe(["returned", "posted", "posted", "waiting", "returned", "posted"]);
        (await app.Admin.GetAsync("/api/v1/accounts/alpha")).ShouldBe(200)["exposure"].GetProperty("returnedPayments").GetDecimal().ShouldBe(10m);

        // Without a reference it is a proposal.
        (await desk.OpenAsync("beta")).ShouldBeEmpty();
        var proposal = payments[3].GetProperty("suggestions")[0];
        (proposal.GetProperty("reverses").GetString(), proposal.GetProperty("account").GetString()).ShouldBe((CashDesk.Id(payments[2]), "beta"));
        CashDesk.Fate((await desk.ConfirmAsync(payments[3])).ShouldBe(200).Json).ShouldBe("posted beta");
        (await desk.OpenAsync("beta")).ShouldBe("INV-2001:30.00");
        (await desk.UnmatchAsync(payments[0])).ShouldBeProblem(409, "PAYMENT_NOT_POSTED");
        (await desk.MatchAsync(payments[1], "alpha")).ShouldBeProblem(422, "RETURN_NOT_MATCHED");

        // With the bank's charge on it no amount is the same: a person says which it was.
        var charged = await desk.ReceiveAsync(new CashLine(20m, "INV-1002"), new CashLine(-23m, "returned with a charge") { IsReversal = true });
        charged.Select(CashDesk.Fate).ShouldBe(["posted alpha", "waiting NO_MATCH"]);
        var path = $"/api/v1/bank/transactions/{CashDesk.Id(charged[1])}/match";
        (await app.Admin.PostAsync(path, new { reverses = CashDesk.Id(charged[1]) })).ShouldBeProblem(422, "PAYMENT_UNKNOWN");
        (await app.Admin.PostAsync(path, new { })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await app.Admin.PostAsync(path, new { reverses = CashDesk.Id(charged[0]) })).ShouldBeProblem(422, "RETURN_AMOUNT_DIFFERS");
        var confirmed = new { reverses = CashDesk.Id(charged[0]), acceptDifference = true };
        CashDesk.Fate((await app.Admin.PostAsync(path, confirmed)).ShouldBe(200).Json).ShouldBe("posted alpha");
        (await app.Admin.PostAsync(path, confirmed)).ShouldBe(200);
        (await desk.OpenAsync("alpha")).ShouldBe("INV-1001:10.00 INV-1002:20.00");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task More_customers_of_one_bank_account_than_are_looked_at_are_ambiguous(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        var store = app.Services.GetRequiredService<IDatabase>();
        for (var no = 1; no <= 11; no++)
        {
            await desk.CustomerAsync($"c-{no:00}", $"Customer {no}", no is 3 or 11 ? [("1001", 40m)] : []);
            await using var session = await store.BeginWriteAsync(default);
            await LearnedLinks.LearnAsync(session, "DE51508800500190038900", $"c-{no:00}", "test", DateTimeOffset.UnixEpoch);
            await session.CommitAsync(default);
        }

        CashDesk.Fate((await desk.ReceiveAsync(new CashLine(40m) { Iban = PayerIban })).ShouldHaveSingleItem()).ShouldBe("waiting AMBIGUOUS");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_booking_whose_parts_are_in_another_currency_is_one_payment_that_waits(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 37m));
        var file = System.Text.Encoding.UTF8.GetString(CashFile.Of("S", new CashLine(37m) { Details = [(30m, "a"), (7m, "b")] }))
            .Replace("""<TxDtls><Refs></Refs><Amt Ccy="EUR">""", """<TxDtls><Refs></Refs><Amt Ccy="USD">""", StringComparison.Ordinal)
            .Replace("</NtryDtls></Ntry>", "</NtryDtls><AddtlNtryInf>INV-1001</AddtlNtryInf></Ntry>", StringComparison.Ordinal);
        var sent = (await app.Admin.SendStatementAsync(file)).ShouldBe(201);
        var statement = sent["statements"][0].GetProperty("id").GetString()!;
        await desk.SettledAsync(statement);
        CashDesk.Fate((await desk.PaymentsAsync(statement)).ShouldHaveSingleItem()).ShouldBe("waiting NOT_SPLIT");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_debit_of_several_returns_of_which_one_has_no_reason_waits(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        var file = System.Text.Encoding.UTF8.GetString(CashFile.Of("S", new CashLine(-37m) { Details = [(10m, "a"), (20m, "b"), (7m, "c")], ReturnReason = "AC04" }));
        const string Reason = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";
        var sent = (await app.Admin.SendStatementAsync(file.Remove(file.LastIndexOf(Reason, StringComparison.Ordinal), Reason.Length))).ShouldBe(201);
        var statement = sent["statements"][0].GetProperty("id").GetString()!;
        await desk.SettledAsync(statement);
        CashDesk.Fate((await desk.PaymentsAsync(statement)).ShouldHaveSingleItem()).ShouldBe("waiting NO_MATCH");

        // Where the bank marks the whole as taken back, each is.
        var reversed = (await app.Admin.SendStatementAsync(file.Remove(file.LastIndexOf(Reason, StringComparison.Ordinal), Reason.Length)
            .Replace("<RvslInd>false", "<RvslInd>true", StringComparison.Ordinal).Replace(">S<", ">S2<", StringComparison.Ordinal))).ShouldBe(201);
        statement = reversed["statements"][0].GetProperty("id").GetString()!;
        await desk.SettledAsync(statement);
        (await desk.PaymentsAsync(statement)).Count.ShouldBe(3);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_correction_leaves_the_account_as_it_was(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m), ("INV-1002", 20m));
        async Task<string> StateAsync() => string.Join(
            '\n', (await app.Admin.GetAsync("/api/v1/accounts/alpha")).ShouldBe(200).Json.EnumerateObject().Where(field => field.Name != "version").Select(field => field.ToString())
                .Append((await app.Admin.GetAsync("/api/v1/accounts/alpha/open-items")).ShouldBe(200).Text));
        var before = await StateAsync();
        var posted = (await desk.ReceiveAsync(new CashLine(30m, "INV-1001 INV-1002"))).ShouldHaveSingleItem();
        CashDesk.Fate(posted).ShouldBe("posted alpha");
        (await StateAsync()).ShouldNotBe(before);
        (await desk.UnmatchAsync(posted)).ShouldBe(200);
        (await StateAsync()).ShouldBe(before);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_payment_that_came_before_its_invoice_is_posted_when_it_is_looked_at_again(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha");
        var early = await desk.ReceiveAsync(new CashLine(10m, "INV-1001"), new CashLine(11m, "INV-1002"));
        early.Select(CashDesk.Fate).ShouldBe(["waiting NO_MATCH", "waiting NO_MATCH"]);
        await desk.InvoiceAsync("alpha", "INV-1001", 10m);
        (await app.Admin.PostAsync("/api/v1/bank/matching/main/runs")).ShouldBe(200)["payments"].GetInt64().ShouldBe(2);
        var statement = CashDesk.Id(early[0])[..36];
        await desk.SettledAsync(statement);
        (await desk.PaymentsAsync(statement)).Select(CashDesk.Fate).ShouldBe(["posted alpha", "waiting NO_MATCH"]);
        (await app.Admin.PostAsync("/api/v1/bank/matching/nobody/runs")).ShouldBeProblem(404, "COMPANY_NOT_FOUND");
        (await app.Admin.PutAsync("/api/v1/bank/matching/main", new { postFrom = 1.5 })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await app.Admin.GetAsync("/api/v1/bank/matching/main")).ShouldBe(200)["postFrom"].GetDecimal().ShouldBe(0.9m);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_booking_that_sums_up_is_as_many_payments(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m));
        (await app.Admin.PostAsync("/api/v1/accounts/alpha/debit-notes", new { number = "DN-1002", issueDate = "2026-01-01", amount = 20, currency = "EUR" })).ShouldBe(201);

        var payments = await desk.ReceiveAsync(new CashLine(37m) { Details = [(10m, "INV-1001"), (20m, "DN-1002"), (7m, "unknown")] });
        payments.Select(CashDesk.Fate).ShouldBe(["posted alpha", "posted alpha", "waiting NO_MATCH"]);
        CashDesk.Id(payments[2]).ShouldEndWith("-1-3");
        (await desk.OpenAsync("alpha")).ShouldBeEmpty();
        var waiting = (await app.Admin.GetAsync("/api/v1/bank/transactions?state=waiting&limit=1")).ShouldBe(200);
        (waiting["items"].GetArrayLength(), waiting["items"][0].GetProperty("payments").GetArrayLength()).ShouldBe((1, 3));
        waiting["nextCursor"].GetString().ShouldBeNull();
    }
}
