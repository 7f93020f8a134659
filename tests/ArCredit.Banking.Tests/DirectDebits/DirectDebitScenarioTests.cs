using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.MoneyOut;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.DirectDebits;

/// <summary>From the mandate to money that cannot come back any more.</summary>
public sealed class DirectDebitScenarioTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_is_due_is_announced_approved_filed_and_paid_with_money_that_can_come_back(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100, 50]);
        await desk.CustomerAsync("beta", "b2b", "oneOff", 30);
        var preview = (await desk.Asks.GetAsync($"/api/v1/bank/collection-runs/preview?bankAccount=main&collectOn={DebitDesk.CollectOn}")).ShouldBe(200);
        preview["total"].GetDecimal().ShouldBe(180);
        (await desk.RunAsync(collectOn: "2026-01-15")).ShouldBeProblem(422, "NOTHING_TO_COLLECT")["leftOut"][0].GetProperty("reason").GetString().ShouldBe("NOTICE_TOO_SHORT");
        (await desk.RunAsync(collectOn: "2026-01-18")).ShouldBeProblem(422, "NO_SETTLEMENT_DAY");
        var run = (await desk.RunAsync("once")).ShouldBe(201);
        (await desk.RunAsync("once")).ShouldBe(201)["runId"].GetString().ShouldBe(run["runId"].GetString());
        DebitDesk.Left((await desk.RunAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT"))
            .ShouldBe(["alpha I-alpha-1 IN_COLLECTION", "alpha I-alpha-2 IN_COLLECTION", "beta  MANDATE_USED"], ignoreOrder: true);
        (await desk.ApproveAsync(run, desk.Asks)).ShouldBeProblem(403, "OWN_REQUEST");
        (await desk.FileAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT");
        (await desk.ApproveAsync(run)).ShouldBe(200)["collections"][0].GetProperty("state").GetString().ShouldBe("approved");
        DebitDesk.Left((await desk.FileAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldBe(["alpha  NOTICE_RUNNING", "beta  NOTICE_RUNNING"]);
        (await desk.Asks.GetAsync("/api/v1/accounts/alpha/timeline")).ShouldBe(200).Text.ShouldContain("direct-debit-announced");

        await desk.NoticeAsync();
        var file = (await desk.FileAsync("file")).ShouldBe(201);
        var messageId = file["file"].GetProperty("messageId").GetString()!;
        (await desk.FileAsync("file")).ShouldBe(201)["file"].GetProperty("messageId").GetString().ShouldBe(messageId);
        (file["file"].GetProperty("controlSum").GetDecimal(), file["file"].GetProperty("transactions").GetInt32()).ShouldBe((180m, 2));
        var xml = XDocument.Parse(Encoding.UTF8.GetString(await desk.DownloadAsync(messageId)));
        string[] Values(string name) => [.. xml.Descendants().Where(element => element.Name.LocalName == name).Select(element => element.Value)];
        Values("PmtInfId").ShouldBe([$"{messageId}-1", $"{messageId}-2"]);
        Values("SeqTp").ShouldBe(["OOFF", "RCUR"]);
        Values("CtrlSum").ShouldBe(["180.00", "30.00", "150.00"]);
        Values("MndtId").ShouldBe(["M-beta", "M-alpha"]);

        // Not sent yet: its day would pass without a payment.
        var collections = (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBe(200)["collections"].EnumerateArray().ToList();
        collections.Sum(collection => collection.GetProperty("amount").GetDecimal()).ShouldBe(180);
        collections.ShouldAllBe(collection => collection.GetProperty("fileUntil").GetString() == "2026-01-19");
        await desk.DayAsync(19);
        (await desk.StandAsync("alpha")).ShouldBe((150, 150, 0, 0));
        await desk.DayAsync(20);
        await desk.BecomesAsync("alpha", "settled");
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 150, 0));
        (await desk.StandAsync("beta")).ShouldBe((0, 0, 30, 0));
        await desk.DayAsync(24);
        (await desk.StandAsync("beta")).ShouldBe((0, 0, 0, 0));
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 150, 0));
        await desk.DayAsync(77);
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 0, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_is_disputed_planned_paid_or_covered_by_credit_is_not_collected(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100, 50, 20]);
        await desk.CustomerAsync("beta", amounts: [40]);
        (await app.Admin.PostAsync("/api/v1/accounts/alpha/invoices/I-alpha-2/disputes", new { disputeId = "D-1", reason = "damaged", amount = 10 })).ShouldBe(201);
        await PayAsync(app, "alpha", "P-1", 30, []);
        await desk.CustomerAsync("gamma", amounts: [70]);
        await PlanAsync(app, "gamma");
        var run = (await desk.RunAsync()).ShouldBe(201);
        DebitDesk.Left(run).ShouldBe(["alpha I-alpha-2 ITEM_DISPUTED", "gamma I-gamma-1 ITEM_IN_PLAN"]);
        (await desk.CollectionAsync("alpha")).GetProperty("amount").GetDecimal().ShouldBe(90);
        (await desk.ApproveAsync(run)).ShouldBe(200);

        // Paid between: less is collected, or nothing.
        await PayAsync(app, "alpha", "P-2", 15, [new { invoice = "I-alpha-3", amount = 15m }]);
        await PayAsync(app, "beta", "P-3", 40, [new { invoice = "I-beta-1", amount = 40m }]);
        await desk.NoticeAsync();
        var file = (await desk.FileAsync()).ShouldBe(201);
        file["file"].GetProperty("controlSum").GetDecimal().ShouldBe(75);
        var alpha = await desk.CollectionAsync("alpha");
        (alpha.GetProperty("announced").GetDecimal(), alpha.GetProperty("amount").GetDecimal()).ShouldBe((90m, 75m));
        (await desk.CollectionAsync("beta")).GetProperty("reason").GetString().ShouldBe("NOTHING_DUE");

        // Paid after it was filed: the money comes all the same.
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{file["file"].GetProperty("messageId").GetString()}/sending")).ShouldBe(200);
        await PayAsync(app, "alpha", "P-4", 70, [new { invoice = "I-alpha-1", amount = 70m }]);
        await desk.DayAsync(20);
        await desk.BecomesAsync("alpha", "settled");
        (await desk.StandAsync("alpha")).Balance.ShouldBe(170 - 30 - 15 - 70 - 75);

        // 30 and 5 of the 75 found something open, the rest is credit beside the first payment's.
        (await new CashDesk(app.Admin).OpenAsync("alpha")).Replace(alpha.GetProperty("collectionId").GetString()!, "DD", StringComparison.Ordinal)
            .ShouldBe("P-1:-30.00 I-alpha-2:50.00 DD:-40.00");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_rejected_collection_was_never_paid_and_may_be_announced_again(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        var (messageId, _) = await desk.SentAsync();
        var report = RefundDesk.Report(messageId, "PART", payments: [(await desk.IdAsync("alpha"), "RJCT", "AC04")]).Replace(
            $"<OrgnlPmtInfId>{messageId}<", $"<OrgnlPmtInfId>{messageId}-1<", StringComparison.Ordinal);
        (await desk.ReportAsync(report)).ShouldBe(201)["rejected"].GetInt32().ShouldBe(1);
        (await desk.ReportAsync(report)).ShouldBe(200);
        (await desk.StateAsync("alpha")).ShouldBe("rejected");
        (await desk.MandateAsync("alpha")).ShouldBe("suspended AC04");
        var paid = (await desk.ReportAsync(RefundDesk.Report(messageId, "ACSC"))).ShouldBe(201);
        (paid["rejected"].GetInt32(), paid["contradicted"].EnumerateArray().Single().GetString()).ShouldBe((0, await desk.IdAsync("alpha")));
        await desk.DayAsync(20);
        await desk.BecomesAsync("beta", "settled");
        (await desk.StandAsync("alpha")).ShouldBe((100, 100, 0, 0));

        // The bank credits what it took.
        (await app.Admin.SendStatementAsync(CashFile.Of("S-1", new CashLine(40m) { Batch = $"{messageId}-1" }))).ShouldBe(201);
        await SetAsideAsync(app, "DIRECT_DEBIT");
        DebitDesk.Left((await desk.RunAsync(null, "2026-02-10", "alpha")).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldBe(["alpha  MANDATE_SUSPENDED"]);
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/resumption", new { reason = "spoken-to" })).ShouldBe(200)["history"].GetArrayLength().ShouldBe(3);
        (await desk.RunAsync(null, "2026-02-10", "alpha")).ShouldBe(201)["collections"][0].GetProperty("amount").GetDecimal().ShouldBe(100);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_return_opens_the_items_again_and_the_banks_sum_is_not_booked_a_second_time(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        var (messageId, _) = await desk.SentAsync();
        await desk.DayAsync(20);
        await desk.BecomesAsync("alpha", "settled");
        await desk.BecomesAsync("beta", "settled");
        (await app.Admin.SendStatementAsync(CashFile.Of("S-1", new CashLine(140m, $"COLLECTION {messageId}-1 THANK YOU")))).ShouldBe(201);
        await SetAsideAsync(app, "DIRECT_DEBIT");
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 100, 0));
        var id = await desk.IdAsync("alpha");
        (await app.Admin.SendStatementAsync(CashFile.Of("S-2", new CashLine(-100m) { EndToEnd = id, IsReversal = true, ReturnReason = "MD06" }))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "returned");
        (await desk.StandAsync("alpha")).ShouldBe((100, 0, 0, 100));
        (await desk.MandateAsync("alpha")).ShouldBe("suspended MD06");

        // Told by the bank's report as well, it is returned once.
        (await desk.ReportAsync(RefundDesk.Report(messageId, null, payments: [(id, "RJCT", "MD06")]).Replace(
            $"<OrgnlPmtInfId>{messageId}<", $"<OrgnlPmtInfId>{messageId}-1<", StringComparison.Ordinal))).ShouldBe(201)["rejected"].GetInt32().ShouldBe(0);
        (await desk.StandAsync("alpha")).ShouldBe((100, 0, 0, 100));
        (await desk.StandAsync("beta")).ShouldBe((0, 0, 40, 0));

        // For lack of money nobody is to blame but the account: the mandate stands.
        (await desk.ReportAsync(RefundDesk.Report(messageId, null, payments: [(await desk.IdAsync("beta"), "RJCT", "AM04")]).Replace(
            $"<OrgnlPmtInfId>{messageId}<", $"<OrgnlPmtInfId>{messageId}-1<", StringComparison.Ordinal))).ShouldBe(201)["rejected"].GetInt32().ShouldBe(1);
        await desk.BecomesAsync("beta", "returned");
        (await desk.MandateAsync("beta")).ShouldBe("active");
        (await desk.RunAsync(null, "2026-02-10", "beta")).ShouldBe(201);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_the_bank_credits_was_sent_and_what_it_takes_back_with_charges_came_back(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        var messageId = (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        var id = await desk.IdAsync("alpha");
        await desk.DayAsync(20);
        (await app.Admin.SendStatementAsync(CashFile.Of("S-1", new CashLine(100m) { EndToEnd = id.ToUpperInvariant() }))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "settled");
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 100, 0));
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/withdrawal")).ShouldBeProblem(409, "PAYMENT_FILE_STATE");
        (await app.Admin.SendStatementAsync(CashFile.Of("S-2", new CashLine(-103.5m) { EndToEnd = id, IsReversal = true, ReturnReason = "AM04" }))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "returned");
        (await desk.StandAsync("alpha")).ShouldBe((100, 0, 0, 100));
        (await desk.MandateAsync("alpha")).ShouldBe("active");
        (await desk.Asks.GetAsync($"/api/v1/bank/collections?messageId={messageId}&state=returned")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_clock_that_jumps_posts_on_the_day_and_what_is_planned_meanwhile_stays_out()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        var run = (await desk.RunAsync()).ShouldBe(201);
        (await desk.ApproveAsync(run)).ShouldBe(200);
        await desk.NoticeAsync();
        await PlanAsync(app, "beta");
        var file = (await desk.FileAsync()).ShouldBe(201);
        file["file"].GetProperty("controlSum").GetDecimal().ShouldBe(100);
        (await desk.CollectionAsync("beta")).GetProperty("reason").GetString().ShouldBe("NOTHING_DUE");
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{file["file"].GetProperty("messageId").GetString()}/sending")).ShouldBe(200);
        await desk.DayAsync(100);
        await desk.BecomesAsync("alpha", "settled");
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 0, 0));
        (await desk.Asks.GetAsync("/api/v1/accounts/alpha/open-items?asOf=2026-01-19")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(1);
        (await desk.Asks.GetAsync("/api/v1/accounts/alpha/open-items?asOf=2026-01-20")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_file_that_is_withdrawn_and_a_collection_that_is_cancelled_give_their_items_free(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        (await desk.RunAsync()).ShouldBe(201);
        var id = await desk.IdAsync("alpha");
        (await desk.Signs.PostAsync($"/api/v1/bank/collections/{id}/cancellation")).ShouldBe(200)["state"].GetString().ShouldBe("cancelled");
        (await desk.Signs.PostAsync($"/api/v1/bank/collections/{id}/cancellation")).ShouldBe(200);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        var file = (await desk.FileAsync()).ShouldBe(201);
        (await desk.Signs.PostAsync($"/api/v1/bank/collections/{await desk.IdAsync("alpha")}/cancellation")).ShouldBeProblem(409, "COLLECTION_STATE");
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{file["file"].GetProperty("messageId").GetString()}/withdrawal")).ShouldBe(200);
        (await desk.StateAsync("alpha")).ShouldBe("cancelled");
        await desk.DayAsync(20);
        (await desk.StandAsync("alpha")).ShouldBe((100, 100, 0, 0));
        (await desk.RunAsync(collectOn: "2026-02-10")).ShouldBe(201);
    }

    [Fact]
    public async Task Mandates_are_signed_once_suspended_cancelled_and_lapse()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        (await desk.PutMandateAsync("alpha", "M-alpha")).ShouldBe(200);
        (await desk.PutMandateAsync("alpha", "M-alpha", "b2b")).ShouldBeProblem(409, "MANDATE_TAKEN");
        (await desk.PutMandateAsync("alpha", "M 1")).ShouldBe(400);
        (await desk.PutMandateAsync("alpha", "M-2", signedOn: "2026-01-02")).ShouldBe(400).ErrorFields.ShouldBe(["signedOn"]);
        (await desk.PutMandateAsync("nobody", "M-2")).ShouldBe(404);
        (await app.Admin.PutAsync("/api/v1/accounts/beta", new { name = "Beta", currency = "EUR" })).ShouldBe(201);
        (await desk.PutMandateAsync("beta", "M-alpha")).ShouldBeProblem(409, "MANDATE_TAKEN");
        (await desk.PutMandateAsync("beta", "M-old", signedOn: "2023-01-19")).ShouldBe(201)["usableUntil"].GetString().ShouldBe("2026-01-19");
        DebitDesk.Left((await desk.RunAsync(null, DebitDesk.CollectOn, "beta", "gamma")).ShouldBeProblem(422, "NOTHING_TO_COLLECT"))
            .ShouldBe(["beta  MANDATE_LAPSED", "gamma  NO_MANDATE"]);
        var billing = await app.CallerAsync(Roles.Billing);
        (await billing.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/cancellation", new { reason = "x" })).ShouldBe(403);
        await desk.ApprovedAsync();
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/cancellation", new { reason = "customer-asked" })).ShouldBe(200)["status"].GetString().ShouldBe("cancelled");
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/resumption", new { reason = "x" })).ShouldBeProblem(409, "MANDATE_CANCELLED");
        await desk.NoticeAsync();
        DebitDesk.Left((await desk.FileAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldBe(["alpha  MANDATE_CANCELLED"]);
        (await desk.StateAsync("alpha")).ShouldBe("cancelled");
        (await app.Admin.PutAsync("/api/v1/bank/accounts/main/direct-debits", new { creditorId = "DE97ZZZ09999999999", holder = "X" })).ShouldBe(400).ErrorFields.ShouldBe(["creditorId"]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Of_those_who_race_for_an_item_one_collects_it(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        var racers = await Task.WhenAll(Enumerable.Range(0, 6).Select(racer => desk.RunAsync(collectOn: racer % 2 == 0 ? "2026-01-20" : "2026-01-21")));
        racers.Count(answer => answer.Status == 201).ShouldBe(1);
        racers.Count(answer => answer.Status == 422).ShouldBe(5);
    }

    private static async Task PayAsync(RunningApp app, string account, string paymentId, decimal amount, object[] allocations) =>
        (await app.Admin.PostAsync($"/api/v1/accounts/{account}/payments", new { paymentId, amount, currency = "EUR", receivedOn = "2026-01-01", method = "transfer", allocations })).ShouldBe(201);

    private static async Task PlanAsync(RunningApp app, string account)
    {
        (await (await app.CallerAsync(Roles.CreditManager)).PostAsync($"/api/v1/accounts/{account}/plans", new
        {
            planId = "L-1",
            invoices = new[] { new { number = $"I-{account}-1" } },
            schedule = new { count = 2, every = "month", first = "2026-02-01" },
        })).ShouldBe(201);
        (await (await app.CallerAsync(Roles.CreditManager)).PostAsync($"/api/v1/accounts/{account}/plans/L-1/approval", new { })).ShouldBe(201)["status"].GetString().ShouldBe("active");
    }

    private static async Task SetAsideAsync(RunningApp app, string reason)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(25));
        while (true)
        {
            var payment = (await app.Admin.BookingsAsync()).SelectMany(booking => booking.GetProperty("payments").EnumerateArray()).SingleOrDefault();
            if (payment.ValueKind == JsonValueKind.Object && CashDesk.State(payment) == "setAside")
            {
                CashDesk.Reason(payment).ShouldBe(reason);
                return;
            }

            late.IsCancellationRequested.ShouldBeFalse($"the payment is {payment}");
        }
    }
}
