using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.MoneyOut;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.DirectDebits;

/// <summary>What is announced and filed, and for which day.</summary>
public sealed class CollectionChoiceTests
{
    [Theory]
    [InlineData("2026-01-16", 1, "2026-01-19")]
    [InlineData("2026-01-17", 1, "2026-01-20")]
    [InlineData("2026-01-18", 1, "2026-01-20")]
    [InlineData("2026-04-02", 1, "2026-04-07")]
    [InlineData("2026-04-03", 1, "2026-04-08")]
    [InlineData("2026-04-03", 2, "2026-04-09")]
    public void What_a_bank_gets_on_a_day_off_it_has_from_the_next_settlement_day(string handedIn, int lead, string first) =>
        TargetDays.FirstFor(Day(handedIn), lead).ShouldBe(Day(first));

    [Theory]
    [InlineData("2026-01-19", 1, "2026-01-16")]
    [InlineData("2026-01-20", 1, "2026-01-19")]
    [InlineData("2026-04-07", 1, "2026-04-02")]
    [InlineData("2026-04-09", 2, "2026-04-07")]
    public void Until_when_a_bank_takes_a_collection(string collectOn, int lead, string last) => TargetDays.LastFor(Day(collectOn), lead).ShouldBe(Day(last));

    [Fact]
    public async Task On_a_Saturday_Monday_is_too_soon_to_announce_and_to_file()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        (await desk.ApproveAsync((await desk.RunAsync(null, "2026-01-19", "alpha")).ShouldBe(201))).ShouldBe(200);
        await desk.DayAsync(3);
        DebitDesk.Left((await desk.RunAsync(null, "2026-01-19", "beta")).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldBe(["beta  NOTICE_TOO_SHORT"]);
        await desk.DayAsync(17);
        (await desk.FileAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT");
        (await desk.CollectionAsync("alpha")).GetProperty("reason").GetString().ShouldBe("DATE_MISSED");
        (await desk.RunAsync(null, "2026-02-10", "alpha")).ShouldBe(201);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_run_that_is_rejected_or_left_until_its_day_is_gone_gives_its_items_free(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        var rejected = (await desk.RunAsync()).ShouldBe(201);
        Task<Answer> RejectAsync(Answer run) => desk.Signs.PostAsync($"/api/v1/bank/collection-runs/{run["runId"].GetString()}/rejection");
        (await RejectAsync(rejected)).ShouldBe(200)["collections"][0].GetProperty("reason").GetString().ShouldBe("RUN_REJECTED");
        (await RejectAsync(rejected)).ShouldBe(200)["rejectedBy"].GetString().ShouldNotBeNull();
        (await desk.ApproveAsync(rejected)).ShouldBeProblem(409, "COLLECTION_RUN_STATE");
        var approved = (await desk.RunAsync(null, DebitDesk.CollectOn, "alpha")).ShouldBe(201);
        (await desk.ApproveAsync(approved)).ShouldBe(200);
        (await RejectAsync(approved)).ShouldBeProblem(409, "COLLECTION_RUN_STATE");
        (await desk.RunAsync(null, DebitDesk.CollectOn, "beta")).ShouldBe(201);
        await desk.DayAsync(19);
        (await desk.StateAsync("alpha"), await desk.StateAsync("beta")).ShouldBe(("approved", "announced"));
        await desk.DayAsync(20);
        await desk.BecomesAsync("alpha", "cancelled");
        await desk.BecomesAsync("beta", "cancelled");
        (await desk.CollectionAsync("beta")).GetProperty("reason").GetString().ShouldBe("DATE_MISSED");
        (await desk.RunAsync(collectOn: "2026-02-10")).ShouldBe(201)["collections"].GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_mandate_is_for_the_creditor_identifier_that_was_signed_for(Dialect dialect)
    {
        const string Other = "NL69ZZZ123456780000";
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        await desk.ApprovedAsync();
        Task<Answer> SettingAsync(string creditorId) => app.Admin.PutAsync("/api/v1/bank/accounts/main/direct-debits", new { creditorId, holder = "Main" });
        (await SettingAsync(Other)).ShouldBe(200);
        (await desk.PutMandateAsync("alpha", "M-alpha")).ShouldBe(200)["creditorId"].GetString().ShouldBe(DebitDesk.CreditorId);
        DebitDesk.Left((await desk.RunAsync(collectOn: "2026-02-10")).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldBe(["alpha  MANDATE_OTHER_CREDITOR", "beta  MANDATE_OTHER_CREDITOR"]);
        await desk.NoticeAsync();
        DebitDesk.Left((await desk.FileAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldBe(["alpha  MANDATE_OTHER_CREDITOR", "beta  MANDATE_OTHER_CREDITOR"]);
        (await SettingAsync(DebitDesk.CreditorId)).ShouldBe(200);
        var messageId = (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        System.Text.Encoding.UTF8.GetString(await desk.DownloadAsync(messageId)).ShouldContain(DebitDesk.CreditorId);
    }

    [Theory]
    [InlineData("AZ21NABZ00000000137010001944", null, "iban")]
    [InlineData("TR330006100519786457841326", null, "iban")]
    [InlineData("CH9300762011623852957", null, "bic")]
    [InlineData("GB29NWBK60161331926819", null, "bic")]
    [InlineData("CH9300762011623852957", "POFICHBE", null)]
    public async Task Mandates_are_of_accounts_that_SEPA_reaches(string iban, string? bic, string? wrong)
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        (await app.Admin.PutAsync("/api/v1/accounts/alpha", new { name = "Alpha", currency = "EUR" })).ShouldBe(201);
        var answer = await desk.Asks.PutAsync("/api/v1/accounts/alpha/mandates/M-1", new { iban, bic, holder = "Alpha", signedOn = "2025-06-01", scheme = "core" });
        answer.ShouldBe(wrong is null ? 201 : 400);
        if (wrong is not null)
        {
            answer.ErrorFields.ShouldBe([wrong]);
        }
    }

    [Fact]
    public async Task Credit_is_not_set_against_what_the_bank_is_asked_for_already()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.SentAsync();
        await InvoiceAsync(app, "alpha", "I-alpha-2", 50);
        await InvoiceAsync(app, "alpha", "I-alpha-3", 20);
        await PayAsync(app, "alpha", "P-1", 50, "EUR");
        var run = (await desk.RunAsync(collectOn: "2026-02-10")).ShouldBe(201);
        run["collections"][0].GetProperty("amount").GetDecimal().ShouldBe(20);
        DebitDesk.Left(run).ShouldBe(["alpha I-alpha-1 IN_COLLECTION", "alpha I-alpha-2 COVERED_BY_CREDIT"]);

        // Filing looks at it the same way.
        (await desk.ApproveAsync(run)).ShouldBe(200);
        await PayAsync(app, "alpha", "P-2", 5, "EUR");
        await desk.DayAsync(30);
        (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("controlSum").GetDecimal().ShouldBe(15);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Credit_counts_in_its_own_currency_without_what_is_earmarked(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        (await app.Admin.PutAsync("/api/v1/fx-rates/2026-01-01", new[] { new { from = "EUR", to = "USD", rate = 1.25 } })).ShouldBe(200);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await PayAsync(app, "alpha", "P-1", 30, "USD");
        (await app.Admin.PutAsync("/api/v1/accounts/beta", new { name = "Beta", currency = "USD" })).ShouldBe(201);
        (await desk.PutMandateAsync("beta", "M-beta")).ShouldBe(201);
        await InvoiceAsync(app, "beta", "I-beta-1", 60);
        await PayAsync(app, "beta", "P-2", 20, "EUR");
        var refunds = new RefundDesk(app, desk.Asks, desk.Signs);
        await refunds.CustomerAsync("gamma", paid: 50);
        (await refunds.RequestAsync("gamma", "R-1", 20)).ShouldBe(201);
        (await desk.PutMandateAsync("gamma", "M-gamma")).ShouldBe(201);
        await InvoiceAsync(app, "gamma", "I-gamma-1", 60);
        var run = (await desk.RunAsync()).ShouldBe(201);
        run["collections"].EnumerateArray().Select(one => $"{one.GetProperty("account").GetString()} {one.GetProperty("amount").GetDecimal():0}").ShouldBe(["alpha 100", "beta 40", "gamma 30"]);
    }

    [Fact]
    public async Task A_mandate_collects_once_a_day_and_a_hundred_instalments_at_most()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await PayAsync(app, "alpha", "P-1", 100, "EUR");
        DebitDesk.Left((await desk.RunAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldBe(["alpha I-alpha-1 COVERED_BY_CREDIT"]);
        for (var number = 1; number <= DueCollections.MostItems + 1; number++)
        {
            await InvoiceAsync(app, "alpha", $"N-{number:000}", 1);
        }

        var run = (await desk.RunAsync()).ShouldBe(201);
        run["collections"][0].GetProperty("amount").GetDecimal().ShouldBe(100);
        DebitDesk.Left(run).ShouldBe(["alpha I-alpha-1 COVERED_BY_CREDIT", "alpha N-101 TOO_MANY_ITEMS"]);
        DebitDesk.Left((await desk.RunAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldContain("alpha  DATE_TAKEN");
        (await desk.RunAsync(collectOn: "2026-01-21")).ShouldBe(201)["collections"][0].GetProperty("amount").GetDecimal().ShouldBe(1);
    }

    private static DateOnly Day(string day) => DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task InvoiceAsync(RunningApp app, string account, string number, decimal amount) => (await app.Admin.PostAsync(
        $"/api/v1/accounts/{account}/invoices", new { number, issueDate = "2026-01-01", dueDate = "2026-01-12", amount, currency = "EUR" })).ShouldBe(201);

    private static async Task PayAsync(RunningApp app, string account, string paymentId, decimal amount, string currency) => (await app.Admin.PostAsync(
        $"/api/v1/accounts/{account}/payments",
        new { paymentId, amount, currency, receivedOn = "2026-01-01", method = "transfer", allocations = Array.Empty<object>() })).ShouldBe(201);
}
