using System.Text.Json;
using ArCredit.Banking.Storage;
using ArCredit.Banking.Tests.DirectDebits;
using ArCredit.Banking.Tests.MoneyOut;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Timelines;

/// <summary>What happens to a customer's bank accounts, mandates, collections and refunds stands in its timeline, between the events of its account.</summary>
public sealed class TimelineScenarioTests
{
    private const string SameBank = "DE76508800500194780101";
    private const string Masked = "DE51…8900";

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Payees_mandates_and_amendments_stand_between_the_events_they_happened_between(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        (await desk.Asks.PutAsync("/api/v1/accounts/alpha/payees/bank", new { iban = RefundDesk.PayeeIban, holder = "Somebody" })).ShouldBe(201);
        (await desk.Asks.PutAsync("/api/v1/accounts/alpha/payees/bank", new { iban = RefundDesk.PayeeIban, holder = "Somebody" })).ShouldBe(200);
        (await desk.Asks.PutAsync("/api/v1/accounts/alpha/payees/bank", new { iban = SameBank, holder = "Somebody" })).ShouldBe(200);
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/payees/bank/confirmation", new { version = 2 })).ShouldBe(200);
        (await app.Admin.PutAsync("/api/v1/accounts/alpha/blocks/sales", new { reason = "late" })).ShouldBe(200);
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/suspension", new { reason = "asked" })).ShouldBe(200);
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/suspension", new { reason = "asked" })).ShouldBe(200);
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/resumption", new { reason = "spoken-to" })).ShouldBe(200);
        const string Amendment = "/api/v1/accounts/alpha/mandates/M-alpha/amendments/A-1";
        (await desk.Asks.PutAsync(Amendment, new { iban = SameBank })).ShouldBe(201);
        (await desk.Signs.PostAsync($"{Amendment}/confirmation")).ShouldBe(200);
        (await desk.Signs.PostAsync($"{Amendment}/withdrawal", new { reason = "forged" })).ShouldBe(200);
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/cancellation", new { reason = "left" })).ShouldBe(200);

        // Nobody sees more of a bank account here than the least of its readers may.
        foreach (var reader in new[] { await app.CallerAsync(Roles.Sales), await app.CallerAsync(Roles.Collector), app.Admin })
        {
            var all = await ListAsync(reader, "alpha");
            all.Select(Told).ShouldBe(
            [
                "agreement mandateCancelled M-alpha cancelled left DE51…8900", "agreement mandateAmendmentWithdrawn A-1 withdrawn forged DE76…0101",
                "agreement mandateAmendmentConfirmed A-1 confirmed - DE76…0101", "agreement mandateAmendmentRequested A-1 pending - DE76…0101",
                "agreement mandateResumed M-alpha active spoken-to DE51…8900", "agreement mandateSuspended M-alpha suspended asked DE51…8900",
                "change blockSet sales - - -", "change payeeConfirmed bank confirmed - DE76…0101", "change payeeChanged bank pending - DE76…0101",
                "change payeeAdded bank pending - DE51…8900", "document invoicePosted I-alpha-1 - - -", "agreement mandateSigned M-alpha active - DE51…8900",
                "change accountPut - - - -",
            ]);
            all.ShouldAllBe(entry => !entry.GetRawText().Contains(RefundDesk.PayeeIban, StringComparison.Ordinal) && !entry.GetRawText().Contains(SameBank, StringComparison.Ordinal));
            all.Select(entry => entry.GetProperty("version").GetInt64()).ShouldBe([3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1]);
        }

        var texts = (await ListAsync(app.Admin, "alpha")).ConvertAll(entry => entry.GetRawText());
        (await ListAsync(app.Admin, "alpha", "limit=1")).Select(entry => entry.GetRawText()).ShouldBe(texts);
        (await ListAsync(app.Admin, "alpha", "limit=5")).Select(entry => entry.GetRawText()).ShouldBe(texts);
        (await ListAsync(app.Admin, "alpha", "kind=agreement&limit=2")).Count.ShouldBe(7);
        (await ListAsync(app.Admin, "alpha", "kind=change")).Count.ShouldBe(5);
        (await ListAsync(app.Admin, "alpha", "number=M-alpha")).Count.ShouldBe(7);
        (await ListAsync(app.Admin, "alpha", "number=bank")).Count.ShouldBe(3);
        (await ListAsync(app.Admin, "alpha", "to=2025-12-31")).ShouldBeEmpty();
        (await ListAsync(app.Admin, "alpha", "asOf=2025-12-31")).ShouldBeEmpty();
        (await ListAsync(app.Admin, "alpha", "knownAt=2026-01-01T07:59:59Z")).ShouldBeEmpty();
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_cursor_stays_where_it_is_while_more_happens(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        async Task PayeeAsync(string iban) => (await desk.Asks.PutAsync("/api/v1/accounts/alpha/payees/bank", new { iban, holder = "Somebody" })).Status.ShouldBeOneOf(200, 201);
        await PayeeAsync(RefundDesk.PayeeIban);
        await PayeeAsync(SameBank);
        var first = (await app.Admin.GetAsync("/api/v1/accounts/alpha/timeline?limit=1")).ShouldBe(200);
        Told(first["items"][0]).ShouldBe("change payeeChanged bank pending - DE76…0101");
        await PayeeAsync(RefundDesk.PayeeIban);
        (await app.Admin.PutAsync("/api/v1/accounts/alpha/blocks/sales", new { reason = "late" })).ShouldBe(200);
        var rest = (await app.Admin.GetAsync($"/api/v1/accounts/alpha/timeline?cursor={first["nextCursor"].GetString()}")).ShouldBe(200);
        rest["items"].EnumerateArray().Select(Type).ShouldBe(["payeeAdded", "invoicePosted", "mandateSigned", "accountPut"]);
        rest["nextCursor"].ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_collection_is_followed_through_its_file_and_back(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        var (messageId, _) = await desk.SentAsync();
        var (alpha, beta) = (await desk.IdAsync("alpha"), await desk.IdAsync("beta"));
        var rejection = RefundDesk.Report(messageId, "PART", payments: [(beta, "RJCT", "AC04")]).Replace(
            $"<OrgnlPmtInfId>{messageId}<", $"<OrgnlPmtInfId>{messageId}-1<", StringComparison.Ordinal);
        (await desk.ReportAsync(rejection)).ShouldBe(201);
        await desk.DayAsync(20);
        await desk.BecomesAsync("alpha", "settled");
        (await desk.Signs.PostAsync($"/api/v1/bank/collections/{alpha}/return", new { reason = "MS02" })).ShouldBe(200);
        await desk.BecomesAsync("alpha", "returned");

        var followed = await ListAsync(app.Admin, "alpha", $"number={alpha}");
        followed.Select(Told).ShouldBe(
        [
            $"document paymentReversed {alpha} bounced - -", $"document collectionReturned {alpha} returned MS02 -", $"document paymentReceived {alpha} - - -",
            $"document collectionSent {alpha} sent - -", $"document collectionFiled {alpha} filed - -", $"document collectionApproved {alpha} approved - -",
            $"contact contactLogged {alpha} - - -",
        ]);
        var filed = followed[4];
        (filed.GetProperty("amount").GetDecimal(), filed.GetProperty("currency").GetString(), filed.GetProperty("file").GetString(), filed.GetProperty("mandate").GetString(),
            filed.GetProperty("invoices")[0].GetString()).ShouldBe((100m, "EUR", messageId, "M-alpha", "I-alpha-1"));
        (await ListAsync(app.Admin, "beta", "from=2026-01-02")).Select(Told).ShouldBe(
        [
            "agreement mandateSuspended M-beta suspended AC04 DE51…8900", $"document collectionRejected {beta} rejected AC04 -", $"document collectionSent {beta} sent - -",
            $"document collectionFiled {beta} filed - -",
        ]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_is_not_collected_is_told_with_its_reason(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        var rejected = (await desk.RunAsync()).ShouldBe(201)["runId"].GetString();
        (await desk.Signs.PostAsync($"/api/v1/bank/collection-runs/{rejected}/rejection")).ShouldBe(200);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        var messageId = (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString();
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/withdrawal")).ShouldBe(200);
        (await desk.RunAsync(collectOn: "2026-02-03")).ShouldBe(201);
        await desk.DayAsync(36);
        await desk.BecomesAsync("alpha", "cancelled");
        (await ListAsync(app.Admin, "alpha", "kind=document")).Select(entry => $"{Type(entry)} {Text(entry, "reason")}").ShouldBe(
        [
            "collectionCancelled DATE_MISSED", "collectionCancelled WITHDRAWN", "collectionFiled -", "collectionApproved -", "collectionCancelled RUN_REJECTED", "invoicePosted -",
        ]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_mandate_that_nobody_used_for_36_months_lapses_once_on_its_day(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha");
        (await desk.PutMandateAsync("alpha", "M-old", signedOn: "2023-01-10")).ShouldBe(201);
        (await desk.PutMandateAsync("alpha", "M-cancelled", signedOn: "2023-01-10")).ShouldBe(201);
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-cancelled/cancellation", new { reason = "left" })).ShouldBe(200);
        await desk.DayAsync(10);
        (await ListAsync(app.Admin, "alpha")).ShouldNotContain(entry => Type(entry) == "mandateLapsed");
        await desk.DayAsync(12);
        await desk.DayAsync(14);
        var lapsed = (await ListAsync(app.Admin, "alpha")).Where(entry => Type(entry) == "mandateLapsed").ShouldHaveSingleItem();
        (Told(lapsed), lapsed.GetProperty("on").GetString(), lapsed.GetProperty("by").GetString()).ShouldBe(($"agreement mandateLapsed M-old lapsed - {Masked}", "2026-01-11", "clock"));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Refunds_tell_their_file_and_why_they_came_back(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 50);
        await desk.CoolDownAsync();
        await desk.ApprovedAsync("alpha", "R-1", 20);
        var messageId = (await desk.MakeFileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        await desk.BecomesAsync("alpha", "R-1", "filed");
        (await desk.ReportAsync(RefundDesk.Report(messageId, "RJCT", "AC04"))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "R-1", "rejected");
        var entries = await ListAsync(app.Admin, "alpha", "number=R-1");
        entries.Select(entry => $"{Type(entry)} {Text(entry, "status")} {Text(entry, "reason")} {(Text(entry, "file") == messageId ? "in file" : "-")}").Where(entry => !entry.Contains(" sent ", StringComparison.Ordinal)).ShouldBe(
            ["refundEnded rejected AC04 in file", "refundBooked filed - in file", "refundChanged approved - -", "refundRequested requested - -"]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_payers_bank_account_is_learned_and_forgotten_once(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha Ltd", ("1001", 40m));
        var payment = (await desk.ReceiveAsync(new CashLine(33m) { Iban = RefundDesk.PayeeIban })).ShouldHaveSingleItem();
        var matched = (await desk.MatchAsync(payment, "alpha")).ShouldBe(200);
        (await desk.MatchAsync(payment, "alpha")).ShouldBe(200);
        (await desk.UnmatchAsync(matched.Json)).ShouldBe(200);
        var number = matched["paymentId"].GetString();
        (await ListAsync(app.Admin, "alpha", $"number={number}")).Select(Told).ShouldBe(
        [
            $"change payerAccountForgotten {number} - - {Masked}", $"document paymentReversed {number} mistake - -", $"change payerAccountLearned {number} - - {Masked}",
            $"document paymentReceived {number} - - -",
        ]);
    }

    [Theory]
    [InlineData("DE51508800500190038900", Masked)]
    [InlineData("000123456789", "…6789")]
    [InlineData("12345678", "…")]
    public void Of_a_bank_account_only_its_ends_are_shown(string number, string shown) => AccountTimeline.Masked(number).ShouldBe(shown);

    private static string Told(JsonElement entry) =>
        $"{Text(entry, "kind")} {Type(entry)} {Text(entry, "number")} {Text(entry, "status")} {Text(entry, "reason")} {Text(entry, "bankAccount")}";

    private static string Type(JsonElement entry) => Text(entry, "type");

    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString()! : "-";

    private static async Task<List<JsonElement>> ListAsync(ApiClient reader, string account, string query = "limit=1000")
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = (await reader.GetAsync($"/api/v1/accounts/{account}/timeline?{query}{(cursor is null ? string.Empty : $"&cursor={cursor}")}")).ShouldBe(200);
            all.AddRange(page["items"].EnumerateArray());
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        return all;
    }
}
