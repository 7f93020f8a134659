using System.Text.Json;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>Refunds whose money banks send back: with charges taken off, without our ids, or after they had said that they rejected it.</summary>
public sealed class RefundReturnTests
{
    private const string Unclear = "waiting REFUND_RETURN_UNCLEAR";

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_comes_back_less_charges_waits_with_its_refund_named_and_is_confirmed_and_undone(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, bank, messageId, endToEnd) = await SettledAsync(app);
        var payment = (await bank.ReceiveAsync(new CashLine(57.5m, $"RETOURE {endToEnd.ToUpperInvariant()}") { IsReversal = true })).ShouldHaveSingleItem();
        CashDesk.Fate(payment).ShouldBe(Unclear);
        var suggestion = payment.GetProperty("suggestions").EnumerateArray().ShouldHaveSingleItem();
        var refund = suggestion.GetProperty("refund");
        (suggestion.GetProperty("account").GetString(), refund.GetProperty("refundId").GetString(), refund.GetProperty("charges").GetDecimal(), suggestion.GetProperty("confidence").GetDecimal())
            .ShouldBe(("alpha", "R-1", 2.5m, 0.9m));
        suggestion.GetProperty("evidence").EnumerateArray().Select(each => each.GetString()).ShouldBe(["endToEndId", "lessCharges"]);
        (await WaitingAsync(app)).ShouldHaveSingleItem().GetProperty("payments")[0].GetProperty("id").GetString().ShouldBe(CashDesk.Id(payment));
        (await desk.StandAsync("alpha")).ShouldBe((-40, -40, 0));

        // The customer has the whole credit again; what banks kept is the company's.
        var confirmed = (await bank.ConfirmAsync(payment)).ShouldBe(200);
        (confirmed["state"].GetString(), confirmed["account"].GetString(), confirmed["refund"].GetString(), confirmed["charges"].GetDecimal()).ShouldBe(("posted", "alpha", endToEnd, 2.5m));
        await desk.BecomesAsync("alpha", "R-1", "returned");
        (await bank.ConfirmAsync(payment)).ShouldBe(200);
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
        var line = await LineAsync(app, messageId);
        (line.GetProperty("charges").GetDecimal(), line.GetProperty("returnedAs").GetString()).ShouldBe((2.5m, CashDesk.Id(payment)));
        (await WaitingAsync(app)).ShouldBeEmpty();

        (await UnmatchAsync(bank, payment, endToEnd)).ShouldBe(200);
        (await UnmatchAsync(bank, payment, endToEnd)).ShouldBe(200);
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("settled");
        (await desk.StandAsync("alpha")).ShouldBe((-40, -40, 0));
        (await LineAsync(app, messageId)).GetProperty("returnedAs").ValueKind.ShouldBe(JsonValueKind.Null);

        // Where no suggestion is taken, a person names the refund.
        await WaitsAsync(app, payment, "waiting CORRECTED");
        (await MatchAsync(bank, payment, endToEnd)).ShouldBeProblem(422, "RETURN_AMOUNT_DIFFERS");
        (await MatchAsync(bank, payment, "ARC20260101000000deadbeef-1", accept: true)).ShouldBeProblem(422, "PAYMENT_UNKNOWN");
        (await MatchAsync(bank, payment, endToEnd, accept: true)).ShouldBe(200)["charges"].GetDecimal().ShouldBe(2.5m);
        await desk.BecomesAsync("alpha", "R-1", "returned");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_has_its_own_id_and_amount_is_matched_by_itself_once_and_stays_when_its_credit_was_used(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, bank, _, endToEnd) = await SettledAsync(app);
        var line = new CashLine(60m) { EndToEnd = endToEnd, ReturnReason = "AC04", IsReversal = true };
        var payments = await bank.ReceiveAsync(line, line);
        payments.Select(CashDesk.Fate).ShouldBe(["posted alpha", "waiting NO_MATCH"]);
        await desk.BecomesAsync("alpha", "R-1", "returned");
        (await desk.RefundAsync("alpha", "R-1"))["code"].GetString().ShouldBe("AC04");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
        (await MatchAsync(bank, payments[1], endToEnd)).ShouldBeProblem(409, "REFUND_RETURNED_ALREADY");

        (await desk.RequestAsync("alpha", "R-2", 90)).ShouldBe(201);
        (await UnmatchAsync(bank, payments[0], endToEnd)).ShouldBeProblem(409, "REFUND_EXCEEDS_UNAPPLIED");
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("returned");
        (await bank.UnmatchAsync(payments[0])).ShouldBe(400);
        (await desk.Asks.PostAsync("/api/v1/accounts/alpha/refunds/R-2/cancellation")).ShouldBe(201);
        (await UnmatchAsync(bank, payments[0], endToEnd)).ShouldBe(200);
        (await desk.StandAsync("alpha")).ShouldBe((-40, -40, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_has_no_id_is_never_posted_as_the_customers_payment_by_itself(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, bank, messageId, endToEnd) = await SettledAsync(app);
        await bank.InvoiceAsync("alpha", "INV-4711", 60);

        // It looks like both: the payer's invoice by its number and amount, and the refund by its account and amount.
        var both = (await bank.ReceiveAsync(new CashLine(60m, "INV-4711") { Iban = RefundDesk.PayeeIban })).ShouldHaveSingleItem();
        CashDesk.Fate(both).ShouldBe(Unclear);
        both.GetProperty("suggestions").EnumerateArray().Select(each => each.TryGetProperty("refund", out var refund) ? refund.GetProperty("refundId").GetString() : "invoice")
            .ShouldBe(["invoice", "R-1"]);

        // Only the bank's word that something comes back, or the id of the file.
        var bare = await bank.ReceiveAsync(new CashLine(55m) { ReturnReason = "MS03" }, new CashLine(58m, messageId), new CashLine(7m) { ReturnReason = "MS03" });
        bare.Select(CashDesk.Fate).ShouldBe([Unclear, Unclear, "waiting NO_MATCH"]);
        bare.Take(2).Select(each => each.GetProperty("suggestions")[0].GetProperty("evidence")[0].GetString()).ShouldBe(["returnReason", "paymentFile"]);
        (await bank.ReceiveAsync(new CashLine(61m) { EndToEnd = endToEnd, IsReversal = true })).Select(CashDesk.Fate).ShouldBe(["waiting NO_MATCH"]);
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("settled");

        // A person says that it was the customer after all.
        (await bank.ConfirmAsync(both)).ShouldBe(200)["paymentId"].GetString().ShouldNotBeNull();
        (await bank.OpenAsync("alpha")).ShouldNotContain("INV-4711");
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("settled");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Money_for_a_refund_that_the_bank_had_rejected_waits_and_gives_no_credit_twice(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, bank, messageId, endToEnd) = await SentAsync(app);
        (await desk.ReportAsync(RefundDesk.Report(messageId, "RJCT", "AC04"))).ShouldBe(201)["rejected"].GetInt32().ShouldBe(1);
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
        var payment = (await bank.ReceiveAsync(new CashLine(60m) { EndToEnd = endToEnd, IsReversal = true })).ShouldHaveSingleItem();
        CashDesk.Fate(payment).ShouldBe(Unclear);
        (await bank.ConfirmAsync(payment)).ShouldBe(200)["charges"].GetDecimal().ShouldBe(0);
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("rejected");
        (await UnmatchAsync(bank, payment, endToEnd)).ShouldBe(200);
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("rejected");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
        await WaitsAsync(app, payment, "waiting CORRECTED");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Nobody_says_that_their_own_refund_came_back_and_only_finance_that_much_of_one_is_missing(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.CustomerAsync("beta", 2000);
        await desk.ApprovedAsync("alpha", "R-1", 60);
        await desk.ApprovedAsync("beta", "R-1", 1500);
        await desk.CoolDownAsync();
        var made = (await desk.MakeFileAsync()).ShouldBe(201);
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{made["file"].GetProperty("messageId").GetString()}/sending")).ShouldBe(200);
        var ids = RefundDesk.Payments(made).ToDictionary(line => line.GetProperty("account").GetString()!, line => line.GetProperty("endToEndId").GetString()!);
        var bank = new CashDesk(app.Admin);
        var payments = await bank.ReceiveAsync(
            new CashLine(0.01m, "anything"), new CashLine(57.5m, $"RETOURE {ids["alpha"]}") { IsReversal = true }, new CashLine(1349.99m, $"RETOURE {ids["beta"]}") { IsReversal = true },
            new CashLine(1350m, "anything"));
        payments.Select(CashDesk.Fate).ShouldBe(["waiting NO_MATCH", Unclear, Unclear, "waiting NO_MATCH"]);
        var (asks, billing, signs) = (new CashDesk(desk.Asks), new CashDesk(await app.CallerAsync(Roles.Billing)), new CashDesk(desk.Signs));

        // Neither by the suggestion nor by name; the money would be asked for again.
        (await MatchAsync(asks, payments[0], ids["alpha"], accept: true)).ShouldBeProblem(403, "OWN_REQUEST");
        (await asks.ConfirmAsync(payments[1])).ShouldBeProblem(403, "OWN_REQUEST");
        (await MatchAsync(billing, payments[0], ids["alpha"], accept: true)).ShouldBeProblem(403, "FORBIDDEN");
        (await billing.ConfirmAsync(payments[2])).ShouldBeProblem(403, "FORBIDDEN");

        // Banks keep some of it, but not that much.
        (await signs.ConfirmAsync(payments[2])).ShouldBeProblem(422, "RETURN_AMOUNT_DIFFERS");
        (await MatchAsync(signs, payments[0], ids["beta"], accept: true)).ShouldBeProblem(422, "RETURN_AMOUNT_DIFFERS");
        (await desk.StatusAsync("beta", "R-1")).ShouldBe("sent");
        (await MatchAsync(signs, payments[3], ids["beta"], accept: true)).ShouldBe(200)["charges"].GetDecimal().ShouldBe(150);
        (await billing.ConfirmAsync(payments[1])).ShouldBe(200)["charges"].GetDecimal().ShouldBe(2.5m);
        await desk.BecomesAsync("alpha", "R-1", "returned");
        (await desk.StandAsync("beta")).ShouldBe((-2000, -2000, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_is_in_a_file_that_can_still_leave_has_not_come_back(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, bank, messageId, endToEnd) = await SentAsync(app, isSent: false);
        async Task<string?> FileAsync() => (await app.Admin.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200)["file"].GetProperty("state").GetString();
        var payment = (await bank.ReceiveAsync(new CashLine(55m, endToEnd))).ShouldHaveSingleItem();
        CashDesk.Fate(payment).ShouldBe(Unclear);
        (await bank.ConfirmAsync(payment)).ShouldBeProblem(409, "PAYMENT_FILE_STATE");
        (await MatchAsync(bank, payment, endToEnd, accept: true)).ShouldBeProblem(409, "PAYMENT_FILE_STATE");
        (await FileAsync()).ShouldBe("ready");
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("filed");
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBe(200);
        (await bank.ConfirmAsync(payment)).ShouldBe(200)["state"].GetString().ShouldBe("posted");
    }

    internal static async Task<(RefundDesk Desk, CashDesk Bank, string MessageId, string EndToEnd)> SentAsync(RunningApp app, bool isSent = true)
    {
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.ApprovedAsync("alpha", "R-1", 60);
        await desk.CoolDownAsync();
        var made = (await desk.MakeFileAsync()).ShouldBe(201);
        var messageId = made["file"].GetProperty("messageId").GetString()!;
        if (isSent)
        {
            (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBe(200);
        }

        return (desk, new CashDesk(app.Admin), messageId, RefundDesk.Payments(made)[0].GetProperty("endToEndId").GetString()!);
    }

    internal static async Task<JsonElement> LineAsync(RunningApp app, string messageId) =>
        RefundDesk.Payments((await app.Admin.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200)).ShouldHaveSingleItem();

    private static async Task<(RefundDesk Desk, CashDesk Bank, string MessageId, string EndToEnd)> SettledAsync(RunningApp app)
    {
        var sent = await SentAsync(app);
        (await sent.Desk.ReportAsync(RefundDesk.Report(sent.MessageId, "ACSC"))).ShouldBe(201);
        (await sent.Desk.StatusAsync("alpha", "R-1")).ShouldBe("settled");
        return sent;
    }

    private static Task<Answer> UnmatchAsync(CashDesk bank, JsonElement payment, string refund) =>
        bank.Client.PostAsync($"/api/v1/bank/transactions/{CashDesk.Id(payment)}/unmatch", new { refund });

    private static Task<Answer> MatchAsync(CashDesk bank, JsonElement payment, string refund, bool accept = false) =>
        bank.Client.PostAsync($"/api/v1/bank/transactions/{CashDesk.Id(payment)}/match", new { refund, acceptDifference = accept });

    private static async Task<List<JsonElement>> WaitingAsync(RunningApp app) =>
        [.. (await app.Admin.GetAsync("/api/v1/bank/transactions?state=waiting")).ShouldBe(200)["items"].EnumerateArray()];

    private static async Task WaitsAsync(RunningApp app, JsonElement payment, string fate)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(25));
        while (!(await WaitingAsync(app)).SelectMany(each => each.GetProperty("payments").EnumerateArray()).Any(each => CashDesk.Id(each) == CashDesk.Id(payment) && CashDesk.Fate(each) == fate))
        {
            late.IsCancellationRequested.ShouldBeFalse($"it is not {fate}");
        }
    }
}
