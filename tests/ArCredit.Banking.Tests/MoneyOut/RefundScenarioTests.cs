using System.Security.Cryptography;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.MoneyOut;

public sealed class RefundScenarioTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_refund_goes_from_the_request_to_the_bank_and_is_settled_by_its_report(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.CustomerAsync("beta", 50, "Ünal Özgür & Co.", RefundDesk.OtherIban);

        (await desk.RequestAsync("alpha", "R-1", 60)).ShouldBe(201)["status"].GetString().ShouldBe("requested");
        (await desk.RequestAsync("alpha", "R-1", 60)).ShouldBe(200);
        (await desk.RequestAsync("alpha", "R-1", 61)).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -40, 60));
        (await desk.ApproveAsync("alpha", "R-1", by: desk.Asks)).ShouldBeProblem(403, "OWN_REQUEST");
        (await desk.ApproveAsync("alpha", "R-1")).ShouldBe(201)["approvedBy"].GetString().ShouldNotBeNull();
        await desk.ApprovedAsync("beta", "R-1", 50);

        // The payees were confirmed today: their cool-down is two days.
        (await desk.MakeFileAsync()).ShouldBeProblem(422, "NOTHING_TO_PAY")["leftOut"].GetArrayLength().ShouldBe(2);
        await desk.CoolDownAsync();
        var made = (await desk.MakeFileAsync("key-1")).ShouldBe(201);
        var messageId = made["file"].GetProperty("messageId").GetString()!;
        made["file"].GetProperty("state").GetString().ShouldBe("ready");
        (await desk.MakeFileAsync("key-1")).ShouldBe(201)["file"].GetProperty("messageId").GetString().ShouldBe(messageId);
        (await desk.MakeFileAsync()).ShouldBeProblem(422, "NOTHING_TO_PAY");

        var content = await desk.DownloadAsync(messageId);
        (await desk.DownloadAsync(messageId)).ShouldBe(content);
        made["file"].GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
        var file = CreditTransfers.Read(content, "pain.001.001.09");
        (file.MessageId, file.Debtor, file.DebtorIban, file.ExecutionDate).ShouldBe((messageId, "Mueller + Soehne", RefundDesk.OwnIban, "2026-01-03"));
        file.Transfers.Select(each => (each.Amount, each.Creditor, each.Iban)).ShouldBe(
            [(60m, "Cicek Eliyeva", RefundDesk.PayeeIban), (50m, "Uenal Oezguer + Co.", RefundDesk.OtherIban)]);

        // Off the ledger on the day of the file, not before.
        (await desk.StandAsync("alpha")).ShouldBe((-40, -40, 0));
        (await desk.BalanceAsOfAsync("alpha", "2026-01-02")).ShouldBe(-100);
        (await desk.BalanceAsOfAsync("alpha", "2026-01-03")).ShouldBe(-40);
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBe(200)["file"].GetProperty("state").GetString().ShouldBe("sent");
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("sent");
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/withdrawal")).ShouldBeProblem(409, "PAYMENT_FILE_STATE");

        (await desk.ReportAsync(RefundDesk.Report(messageId, "ACCP"))).ShouldBe(201)["noted"].GetInt32().ShouldBe(2);
        var settled = RefundDesk.Report(messageId, "ACSC", version: "03");
        (await desk.ReportAsync(settled)).ShouldBe(201)["settled"].GetInt32().ShouldBe(2);
        (await desk.ReportAsync(settled)).ShouldBe(200)["settled"].GetInt32().ShouldBe(2);
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("settled");
        (await desk.StandAsync("alpha")).ShouldBe((-40, -40, 0));
        (await desk.StandAsync("beta")).ShouldBe((0, 0, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_the_bank_rejects_is_credit_again_with_its_reason_in_words_once(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app, "pain.001.001.03");
        await desk.CustomerAsync("alpha", 100);
        await desk.CustomerAsync("beta", 50);
        await desk.ApprovedAsync("alpha", "R-1", 33.33m);
        await desk.ApprovedAsync("beta", "R-2", 50);
        await desk.CoolDownAsync();
        var made = (await desk.MakeFileAsync()).ShouldBe(201);
        var messageId = made["file"].GetProperty("messageId").GetString()!;
        CreditTransfers.Read(await desk.DownloadAsync(messageId), "pain.001.001.03").Transfers.Count.ShouldBe(2);
        var lines = RefundDesk.Payments(made).ToDictionary(line => line.GetProperty("refundId").GetString()!, line => line.GetProperty("endToEndId").GetString()!);

        (await desk.ReportAsync(RefundDesk.Report("ARC-NONE", "ACSC"))).ShouldBeProblem(422, "PAYMENT_FILE_UNKNOWN").Text.ShouldContain("ARC-NONE");
        (await desk.ReportAsync(RefundDesk.Report(messageId, null, payments: [("OTHER-1", "RJCT", "AC04")]))).ShouldBeProblem(422, "PAYMENT_UNKNOWN");
        (await desk.ReportAsync("<Document/>")).ShouldBeProblem(400, "STATUS_REPORT_UNREADABLE");
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("filed");

        var report = RefundDesk.Report(messageId, "PART", payments: [(lines["R-1"], "RJCT", "AC04")]);
        (await desk.ReportAsync(report)).ShouldBe(201)["rejected"].GetInt32().ShouldBe(1);
        (await desk.ReportAsync(report)).ShouldBe(200);
        (await desk.ReportAsync(report + "\n")).ShouldBe(201)["rejected"].GetInt32().ShouldBe(0);
        var rejected = await desk.RefundAsync("alpha", "R-1");
        (rejected["status"].GetString(), rejected["code"].GetString(), rejected["codeText"].GetString()).ShouldBe(("rejected", "AC04", "The account is closed."));
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
        (await desk.StatusAsync("beta", "R-2")).ShouldBe("sent");
        (await desk.ApprovedAgainAsync("alpha", "R-3", 100)).ShouldBe("approved");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_payee_that_changes_takes_the_approval_with_it_and_needs_four_eyes_again(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.ApprovedAsync("alpha", "R-1", 60);
        await desk.CoolDownAsync();
        (await desk.PutPayeeAsync("alpha", RefundDesk.PayeeIban, "Çiçək Əliyeva")).ShouldBe(200)["version"].GetInt32().ShouldBe(1);
        (await desk.PutPayeeAsync("alpha", "DE51508800500190038901")).ShouldBe(400).ErrorFields.ShouldBe(["iban"]);
        var changed = (await desk.PutPayeeAsync("alpha", RefundDesk.OtherIban, "Çiçək Əliyeva")).ShouldBe(200);
        (changed["version"].GetInt32(), changed["status"].GetString()).ShouldBe((2, "pending"));

        var refused = (await desk.MakeFileAsync()).ShouldBeProblem(422, "NOTHING_TO_PAY");
        refused["leftOut"][0].GetProperty("reason").GetString().ShouldBe("PAYEE_CHANGED");
        var refund = await desk.RefundAsync("alpha", "R-1");
        (refund["status"].GetString(), refund["code"].GetString()).ShouldBe(("requested", "PAYEE_CHANGED"));
        (await desk.ApproveAsync("alpha", "R-1", 1)).ShouldBeProblem(409, "PAYEE_CHANGED");
        (await desk.ApproveAsync("alpha", "R-1", 2)).ShouldBeProblem(422, "PAYEE_NOT_CONFIRMED");
        (await desk.ConfirmAsync("alpha", 2, desk.Asks)).ShouldBeProblem(403, "OWN_REQUEST");
        (await desk.ConfirmAsync("alpha", 1)).ShouldBeProblem(409, "PAYEE_CHANGED");
        (await desk.ConfirmAsync("alpha", 2)).ShouldBe(200)["usableFrom"].GetString().ShouldBe("2026-01-05");
        (await desk.ApproveAsync("alpha", "R-1", 2)).ShouldBe(201);
        (await desk.MakeFileAsync()).ShouldBeProblem(422, "NOTHING_TO_PAY")["leftOut"][0].GetProperty("reason").GetString().ShouldBe("PAYEE_COOLING_DOWN");
        await app.MoveClockAsync(AppSettings.Start.AddDays(4));
        var made = (await desk.MakeFileAsync()).ShouldBe(201);
        var content = await desk.DownloadAsync(made["file"].GetProperty("messageId").GetString()!);
        CreditTransfers.Read(content, "pain.001.001.09").Transfers.ShouldHaveSingleItem().Iban.ShouldBe(RefundDesk.OtherIban);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_is_wrong_is_refused_and_of_those_who_race_for_a_credit_one_wins(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        (await desk.RequestAsync("alpha", "R-1", 100.01m)).ShouldBeProblem(422, "REFUND_EXCEEDS_UNAPPLIED");
        (await desk.RequestAsync("alpha", "R-1", 1, "P-alpha", "USD")).ShouldBeProblem(422, "CURRENCY_MISMATCH");
        (await desk.RequestAsync("alpha", "R-1", 1, "P-none")).ShouldBeProblem(404, "NOT_FOUND");
        (await desk.RequestAsync("nobody", "R-1", 1)).Status.ShouldBeOneOf(404, 422);
        (await desk.Asks.PostAsync("/api/v1/accounts/alpha/refunds", new { refundId = "R-1", amount = 1, currency = "EUR", payee = "none", reason = "x" }))
            .ShouldBeProblem(422, "PAYEE_UNKNOWN");
        (await app.Admin.PostAsync("/api/v1/accounts/alpha/invoices", new { number = "I-1", issueDate = "2026-01-01", amount = 100, currency = "EUR" })).ShouldBe(201);

        var racers = await Task.WhenAll(Enumerable.Range(0, 6).Select(racer => racer % 2 == 0
            ? desk.RequestAsync("alpha", $"R-{racer}", 100)
            : app.Admin.PostAsync("/api/v1/accounts/alpha/payments/P-alpha/allocations", new { allocations = new[] { new { invoice = "I-1", amount = 100 } } })));
        racers.Count(answer => answer.Status == 201).ShouldBe(1);
        var (balance, unapplied, earmarked) = await desk.StandAsync("alpha");
        (balance, unapplied).ShouldBe((0, 0));
        earmarked.ShouldBe(racers.Index().Single(racer => racer.Item.Status == 201).Index % 2 == 0 ? 100 : 0);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_bounce_cancels_what_is_not_filed_and_what_has_left_is_owed(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.CustomerAsync("beta", 100);
        await desk.ApprovedAsync("alpha", "R-1", 60);
        await desk.CoolDownAsync();
        var messageId = (await desk.MakeFileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        await desk.ApprovedAsync("beta", "R-2", 100);
        foreach (var customer in new[] { "alpha", "beta" })
        {
            (await app.Admin.PostAsync($"/api/v1/accounts/{customer}/payments/P-{customer}/reversal", new { reason = "bounced" })).ShouldBe(201);
        }

        var cancelled = await desk.RefundAsync("beta", "R-2");
        (cancelled["status"].GetString(), cancelled["code"].GetString()).ShouldBe(("cancelled", "PAYMENT_REVERSED"));
        (await desk.StandAsync("beta")).ShouldBe((0, 0, 0));
        (await desk.RefundAsync("alpha", "R-1"))["warnings"].EnumerateArray().Select(one => one.GetString()).ShouldBe(["PAYMENT_REVERSED"]);
        (await desk.StandAsync("alpha")).ShouldBe((60, 0, 0));
        (await desk.MakeFileAsync()).ShouldBeProblem(422, "NOTHING_TO_PAY");

        // Not sent yet, so it need not go at all: the money that did not leave pays what was owed for it.
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/withdrawal")).ShouldBe(200)["file"].GetProperty("state").GetString().ShouldBe("withdrawn");
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("rejected");
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 0));
        (await desk.Asks.GetAsync($"/api/v1/bank/payment-files/{messageId}/content")).ShouldBeProblem(409, "PAYMENT_FILE_STATE");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_statement_settles_a_refund_and_its_reversal_returns_it(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.ApprovedAsync("alpha", "R-1", 60);
        await desk.CoolDownAsync();
        var made = (await desk.MakeFileAsync()).ShouldBe(201);
        var endToEnd = RefundDesk.Payments(made)[0].GetProperty("endToEndId").GetString()!;
        (await app.Admin.SendStatementAsync(CashFile.Of("S-1", new CashLine(-60m) { EndToEnd = endToEnd }))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "R-1", "settled");
        (await app.Admin.SendStatementAsync(CashFile.Of("S-2", new CashLine(60m) { EndToEnd = endToEnd, IsReversal = true }))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "R-1", "returned");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));

        // Told by the bank's report as well, it is returned once.
        (await desk.ReportAsync(RefundDesk.Report(made["file"].GetProperty("messageId").GetString()!, "RJCT", "AC04"))).ShouldBe(201)["rejected"].GetInt32().ShouldBe(0);
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_the_bank_says_of_a_file_says_that_it_was_sent(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.CustomerAsync("beta", 50);
        await desk.CustomerAsync("gamma", 20);
        await desk.ApprovedAsync("alpha", "R-1", 60);
        await desk.CoolDownAsync();

        // Uploaded by hand, and nobody said so.
        var messageId = (await desk.MakeFileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        (await desk.ReportAsync(RefundDesk.Report(messageId, "ACCP"))).ShouldBe(201)["noted"].GetInt32().ShouldBe(1);
        (await desk.Asks.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200)["file"].GetProperty("state").GetString().ShouldBe("sent");
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/withdrawal")).ShouldBeProblem(409, "PAYMENT_FILE_STATE");
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("sent");
        (await desk.StandAsync("alpha")).ShouldBe((-40, -40, 0));

        // A booking of one payment says it of the others; banks write our ids in capitals.
        await desk.ApprovedAsync("beta", "R-2", 50);
        await desk.ApprovedAsync("gamma", "R-3", 20);
        var made = (await desk.MakeFileAsync()).ShouldBe(201);
        var second = made["file"].GetProperty("messageId").GetString()!;
        var ids = RefundDesk.Payments(made).ToDictionary(line => line.GetProperty("refundId").GetString()!, line => line.GetProperty("endToEndId").GetString()!);
        (await app.Admin.SendStatementAsync(CashFile.Of("S-1", new CashLine(-50m) { EndToEnd = ids["R-2"].ToUpperInvariant() }))).ShouldBe(201);
        await desk.BecomesAsync("beta", "R-2", "settled");
        await desk.BecomesAsync("gamma", "R-3", "sent");
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{second}/withdrawal")).ShouldBeProblem(409, "PAYMENT_FILE_STATE");
        (await app.Admin.SendStatementAsync(CashFile.Of("S-2", new CashLine(50m) { EndToEnd = ids["R-2"].ToUpperInvariant(), IsReversal = true }))).ShouldBe(201);
        await desk.BecomesAsync("beta", "R-2", "returned");
        (await desk.ReportAsync(RefundDesk.Report(second.ToUpperInvariant(), "PART", payments: [(ids["R-3"].ToUpperInvariant(), "RJCT", "AC04")])))
            .ShouldBe(201)["rejected"].GetInt32().ShouldBe(1);
        await desk.BecomesAsync("gamma", "R-3", "rejected");
    }

    [Fact]
    public async Task Only_those_who_may_move_money()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        (await desk.RequestAsync("alpha", "R-1", 10)).ShouldBe(201);
        var billing = await app.CallerAsync(Roles.Billing);
        (await desk.ApproveAsync("alpha", "R-1", by: billing)).ShouldBe(403);
        (await desk.ConfirmAsync("alpha", 1, billing)).ShouldBe(403);
        (await billing.PostAsync("/api/v1/bank/payment-files", new { bankAccount = "main" })).ShouldBe(403);
        (await (await app.CallerAsync(Roles.Finance)).PutAsync("/api/v1/bank/payment-rules/main", new { payeeCoolDownDays = 0 })).ShouldBe(403);
        (await app.Admin.PutAsync("/api/v1/bank/payment-rules/main", new { payeeCoolDownDays = 0 })).ShouldBe(200);

        // Not even an administrator signs what they asked for.
        (await app.Admin.PostAsync("/api/v1/accounts/alpha/refunds", new { refundId = "R-2", amount = 5, currency = "EUR", payee = "bank", reason = "x" })).ShouldBe(201);
        (await desk.ApproveAsync("alpha", "R-2", by: app.Admin)).ShouldBeProblem(403, "OWN_REQUEST");
        var waiting = (await desk.Signs.GetAsync("/api/v1/bank/refunds?status=requested")).ShouldBe(200)["items"].EnumerateArray().ToList();
        waiting.Select(refund => refund.GetProperty("refundId").GetString()).ShouldBe(["R-1", "R-2"]);
        (await desk.Asks.PostAsync("/api/v1/accounts/alpha/refunds/R-2/cancellation")).ShouldBe(201)["status"].GetString().ShouldBe("cancelled");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -90, 10));
    }
}
