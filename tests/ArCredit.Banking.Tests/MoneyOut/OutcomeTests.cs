using ArCredit.Banking.Tests.DirectDebits;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>What people say became of refunds and collections, and what the bank says of them later.</summary>
public sealed class OutcomeTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_person_says_that_a_refund_was_paid_and_came_back_and_the_bank_says_it_later(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, bank, messageId, endToEnd) = await RefundReturnTests.SentAsync(app, isSent: false);
        Task<Answer> SayAsync(string outcome, ApiClient? by = null, string reason = "LETTER") =>
            (by ?? desk.Signs).PostAsync($"/api/v1/bank/refunds/{endToEnd}/{outcome}", new { reason });
        (await SayAsync("settlement", desk.Asks)).ShouldBeProblem(403, "OWN_REQUEST");
        (await SayAsync("settlement", await app.CallerAsync(Roles.Billing))).ShouldBe(403);
        (await SayAsync("settlement", reason: " ")).ShouldBe(400).ErrorFields.ShouldBe(["reason"]);
        (await desk.Signs.PostAsync("/api/v1/bank/refunds/ARC-NONE/settlement", new { reason = "LETTER" })).ShouldBeProblem(404, "REFUND_PAYMENT_NOT_FOUND");

        // What failed could still leave with a file that has not; what is paid has left.
        (await SayAsync("rejection")).ShouldBeProblem(409, "PAYMENT_FILE_STATE");
        (await SayAsync("return")).ShouldBeProblem(409, "PAYMENT_FILE_STATE");
        var settled = (await SayAsync("settlement")).ShouldBe(200);
        (settled["state"].GetString(), settled["reason"].GetString()).ShouldBe(("settled", "LETTER"));
        settled["toldBy"].GetString().ShouldNotBeNull();
        (await SayAsync("settlement")).ShouldBe(200);
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("settled");
        (await desk.Asks.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200)["file"].GetProperty("state").GetString().ShouldBe("sent");
        (await desk.ReportAsync(RefundDesk.Report(messageId, "ACSC"))).ShouldBe(201)["noted"].GetInt32().ShouldBe(1);
        (await SayAsync("rejection")).ShouldBeProblem(409, "REFUND_STATE");

        (await SayAsync("return", reason: "MS03")).ShouldBe(200)["state"].GetString().ShouldBe("returned");
        (await SayAsync("return")).ShouldBe(200);
        (await SayAsync("settlement")).ShouldBeProblem(409, "REFUND_STATE");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));

        // The statement and the report come at last: the money is found its refund, and nothing is given back again.
        (await desk.ReportAsync(RefundDesk.Report(messageId, "RJCT", "AC04"))).ShouldBe(201)["noted"].GetInt32().ShouldBe(1);
        (await bank.ReceiveAsync(new CashLine(60m) { EndToEnd = endToEnd, IsReversal = true })).Select(CashDesk.Fate).ShouldBe(["posted alpha"]);
        (await desk.RefundAsync("alpha", "R-1"))["code"].GetString().ShouldBe("MS03");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_person_says_that_the_bank_rejected_a_refund_once(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, _, messageId, endToEnd) = await RefundReturnTests.SentAsync(app);
        (await desk.Signs.PostAsync($"/api/v1/bank/refunds/{endToEnd}/rejection", new { reason = "AC04" })).ShouldBe(200)["state"].GetString().ShouldBe("rejected");
        (await desk.Signs.PostAsync($"/api/v1/bank/refunds/{endToEnd}/rejection", new { reason = "AC04" })).ShouldBe(200);
        (await desk.Signs.PostAsync($"/api/v1/bank/refunds/{endToEnd}/return", new { reason = "AC04" })).ShouldBeProblem(409, "REFUND_STATE");
        var again = (await desk.ReportAsync(RefundDesk.Report(messageId, "RJCT", "AC04"))).ShouldBe(201);
        (again["rejected"].GetInt32(), again["contradicted"].GetArrayLength()).ShouldBe((0, 0));

        // Only the bank knows which is true: somebody has to ask.
        var paid = (await desk.ReportAsync(RefundDesk.Report(messageId, "ACSC"))).ShouldBe(201);
        (paid["settled"].GetInt32(), paid["noted"].GetInt32(), paid["contradicted"].EnumerateArray().Single().GetString()).ShouldBe((0, 1, endToEnd));
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("rejected");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_debit_for_a_refund_whose_file_was_withdrawn_is_seen_at_its_payment(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, _, messageId, endToEnd) = await RefundReturnTests.SentAsync(app, isSent: false);
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/withdrawal")).ShouldBe(200);
        await desk.BecomesAsync("alpha", "R-1", "rejected");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
        (await RefundReturnTests.LineAsync(app, messageId)).GetProperty("contradictedBy").GetString().ShouldBeNull();

        // Somebody had carried it to the bank all the same.
        (await app.Admin.SendStatementAsync(CashFile.Of("S", new CashLine(-60m) { EndToEnd = endToEnd }))).ShouldBe(201);
        var booking = (await app.Admin.BookingsAsync()).ShouldHaveSingleItem().GetProperty("id").GetString();
        await app.ComesToPassAsync(async () => (await RefundReturnTests.LineAsync(app, messageId)).GetProperty("contradictedBy").GetString() == booking);
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("rejected");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_person_says_what_became_of_collections_and_the_bank_says_it_later(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        var messageId = (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        var (alpha, beta) = (await desk.IdAsync("alpha"), await desk.IdAsync("beta"));
        Task<Answer> SayAsync(string id, string outcome, ApiClient? by = null) => (by ?? desk.Signs).PostAsync($"/api/v1/bank/collections/{id}/{outcome}", new { reason = "AM04" });
        (await SayAsync(alpha, "settlement")).ShouldBeProblem(409, "COLLECTION_NOT_DUE");
        (await SayAsync(alpha, "settlement", desk.Asks)).ShouldBeProblem(403, "OWN_REQUEST");
        (await SayAsync(alpha, "return", desk.Asks)).ShouldBeProblem(403, "OWN_REQUEST");
        (await SayAsync(alpha, "rejection")).ShouldBeProblem(409, "COLLECTION_STATE");
        (await SayAsync("nothing", "settlement")).ShouldBeProblem(404, "COLLECTION_NOT_FOUND");

        // Nobody said that the file was sent, and it is too late to: who knows that it was paid says so.
        await desk.DayAsync(20);
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBeProblem(409, "COLLECTION_DATE_MISSED");
        (await SayAsync(alpha, "settlement")).ShouldBe(200)["toldBy"].GetString().ShouldNotBeNull();
        (await SayAsync(alpha, "settlement")).ShouldBe(200);
        await desk.BecomesAsync("alpha", "settled");
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 100, 0));
        (await SayAsync(alpha, "rejection")).ShouldBeProblem(409, "COLLECTION_STATE");
        var bank = new CashDesk(app.Admin);
        (await bank.ReceiveAsync(new CashLine(100m) { EndToEnd = alpha })).Select(CashDesk.Reason).ShouldBe(["DIRECT_DEBIT"]);

        (await SayAsync(alpha, "return")).ShouldBe(200);
        await desk.BecomesAsync("alpha", "returned");
        (await SayAsync(alpha, "settlement")).ShouldBeProblem(409, "COLLECTION_STATE");
        (await bank.ReceiveAsync(new CashLine(-100m) { EndToEnd = alpha, IsReversal = true })).Select(CashDesk.Reason).ShouldBe(["DIRECT_DEBIT_RETURN"]);
        (await desk.StandAsync("alpha")).ShouldBe((100, 0, 0, 100));
        await desk.BecomesAsync("beta", "settled");
        (await SayAsync(beta, "return")).ShouldBe(200);
        await desk.BecomesAsync("beta", "returned");
        (await desk.StandAsync("beta")).ShouldBe((40, 0, 0, 40));
    }

    [Fact]
    public async Task A_person_says_that_the_bank_rejected_a_collection_before_its_day()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        var (messageId, _) = await desk.SentAsync();
        var alpha = await desk.IdAsync("alpha");
        (await desk.Signs.PostAsync($"/api/v1/bank/collections/{alpha}/rejection", new { reason = "AC04" })).ShouldBe(200)["state"].GetString().ShouldBe("rejected");
        (await desk.Signs.PostAsync($"/api/v1/bank/collections/{alpha}/rejection", new { reason = "AC04" })).ShouldBe(200);
        (await desk.MandateAsync("alpha")).ShouldBe("suspended AC04");
        (await desk.ReportAsync(RefundDesk.Report(messageId, "RJCT", "AC04"))).ShouldBe(201)["rejected"].GetInt32().ShouldBe(0);
        await desk.DayAsync(20);
        (await desk.StandAsync("alpha")).ShouldBe((100, 100, 0, 0));
    }
}
