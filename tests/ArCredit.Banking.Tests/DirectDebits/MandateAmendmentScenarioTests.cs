using System.Text;
using System.Text.RegularExpressions;
using ArCredit.Banking.Tests.MoneyOut;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.DirectDebits;

/// <summary>Amendments of mandates from the request to the file that tells them, and no further.</summary>
public sealed partial class MandateAmendmentScenarioTests
{
    private const string SameBank = "DE76508800500194780101", OtherBank = RefundDesk.OwnIban, Amended = "original ";

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_new_account_is_confirmed_by_somebody_else_cools_down_and_is_told_until_it_is_accepted(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100, 50, 20]);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        var asked = (await AskAsync(desk, "A-1", new { iban = SameBank })).ShouldBe(201);
        (asked["iban"].GetString(), asked["amendments"][0].GetProperty("status").GetString(), asked["amendments"][0].GetProperty("usableFrom").GetString()).ShouldBe((RefundDesk.PayeeIban, "pending", null));
        (await ConfirmAsync(desk.Asks, "A-1")).ShouldBeProblem(403, "OWN_REQUEST");
        (await ConfirmAsync(await app.CallerAsync(Roles.Billing), "A-1")).ShouldBe(403);
        var confirmed = (await ConfirmAsync(desk.Signs, "A-1")).ShouldBe(200);
        (confirmed["iban"].GetString(), confirmed["signed"].GetProperty("iban").GetString()).ShouldBe((SameBank, RefundDesk.PayeeIban));
        var amendment = confirmed["amendments"][0];
        (amendment.GetProperty("effectiveOn").GetString(), amendment.GetProperty("usableFrom").GetString(), amendment.GetProperty("report").GetString()).ShouldBe(("2026-01-15", "2026-01-17", "none"));
        (await ConfirmAsync(desk.Signs, "A-1")).ShouldBe(200);
        DebitDesk.Left((await desk.FileAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldBe(["alpha  MANDATE_COOLING_DOWN"]);
        await desk.DayAsync(17);
        var first = await FiledAsync(desk);
        (await ContentAsync(desk, first)).ShouldBe((SameBank, Amended + RefundDesk.PayeeIban));
        await SendAsync(desk, first);
        (await ReportAsync(desk)).ShouldBe("filed");

        // The bank did not take it: it was told nothing.
        (await desk.ReportAsync(RefundDesk.Report(first, "RJCT", "AM05"))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "rejected");
        (await ReportAsync(desk)).ShouldBe("none");
        var second = await CollectedAsync(desk, "2026-02-10", 27);
        (await ContentAsync(desk, second)).ShouldBe((SameBank, Amended + RefundDesk.PayeeIban));
        await SendAsync(desk, second);
        await desk.DayAsync(31 + 10);
        await desk.BecomesAsync("alpha", "settled");
        (await ReportAsync(desk)).ShouldBe("accepted");
        (await app.Admin.PostAsync("/api/v1/accounts/alpha/invoices", new { number = "I-later", issueDate = "2026-02-10", dueDate = "2026-02-11", amount = 7, currency = "EUR" })).ShouldBe(201);
        (await ContentAsync(desk, await CollectedAsync(desk, "2026-03-10", 58))).ShouldBe((SameBank, null));
        (await PostAsync(desk.Signs, "A-1", "withdrawal", new { reason = "x" })).ShouldBeProblem(409, "AMENDMENT_STATE");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task An_amendment_counts_from_its_day_and_one_that_is_withdrawn_never(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        (await AskAsync(desk, "A-1", new { iban = OtherBank, bic = "pbnkdeff", effectiveOn = "2026-01-21" })).ShouldBe(201);
        (await ConfirmAsync(desk.Signs, "A-1")).ShouldBe(200)["iban"].GetString().ShouldBe(RefundDesk.PayeeIban);
        (await AskAsync(desk, "A-1", new { iban = OtherBank, bic = "pbnkdeff", effectiveOn = "2026-01-25" })).ShouldBeProblem(409, "AMENDMENT_TAKEN");
        (await AskAsync(desk, "A-2", new { iban = SameBank })).ShouldBe(201);
        (await ConfirmAsync(desk.Signs, "A-2")).ShouldBe(200)["iban"].GetString().ShouldBe(SameBank);
        (await PostAsync(desk.Signs, "A-2", "withdrawal", new { reason = "forged" })).ShouldBe(200)["iban"].GetString().ShouldBe(RefundDesk.PayeeIban);
        (await PostAsync(desk.Signs, "A-2", "withdrawal", new { reason = "forged" })).ShouldBe(200)["amendments"][1].GetProperty("reason").GetString().ShouldBe("forged");
        (await ConfirmAsync(desk.Signs, "A-2")).ShouldBeProblem(409, "AMENDMENT_STATE");

        // The day before, nothing is changed.
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        var before = await FiledAsync(desk);
        (await ContentAsync(desk, before)).ShouldBe((RefundDesk.PayeeIban, null));
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{before}/withdrawal")).ShouldBe(200);
        (await ContentAsync(desk, await CollectedAsync(desk, "2026-02-10", 27))).ShouldBe((OtherBank, Amended + "SMNDA"));

        // Its day has passed, and it is the same.
        (await AskAsync(desk, "A-1", new { iban = OtherBank, bic = "pbnkdeff", effectiveOn = "2026-01-21" })).ShouldBe(200);
    }

    [Fact]
    public async Task The_same_account_from_an_earlier_day_on_amends_something()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        (await AskAsync(desk, "A-1", new { iban = SameBank, effectiveOn = "2026-06-01" })).ShouldBe(201);
        (await ConfirmAsync(desk.Signs, "A-1")).ShouldBe(200)["iban"].GetString().ShouldBe(RefundDesk.PayeeIban);
        (await AskAsync(desk, "A-2", new { iban = SameBank, effectiveOn = "2026-07-01" })).ShouldBeProblem(422, "NOTHING_AMENDED");
        (await AskAsync(desk, "A-2", new { iban = SameBank })).ShouldBe(201);
        (await ConfirmAsync(desk.Signs, "A-2")).ShouldBe(200)["iban"].GetString().ShouldBe(SameBank);
    }

    [Fact]
    public async Task A_new_id_and_another_creditor_are_told_and_the_mandate_is_found_by_both_ids()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        (await AskAsync(desk, "A-1", new { newMandateId = "NEW-1", creditorId = "de48 zzz 0888 8888 888", formerCreditorName = "Old Ltd" })).ShouldBe(201);
        (await desk.PutMandateAsync("alpha", "NEW-1")).ShouldBeProblem(409, "MANDATE_TAKEN");
        (await ConfirmAsync(desk.Signs, "A-1")).ShouldBe(200);
        var read = (await desk.Asks.GetAsync("/api/v1/accounts/alpha/mandates/NEW-1")).ShouldBe(200);
        (read["mandateId"].GetString(), read["toldAs"].GetString(), read["creditorId"].GetString()).ShouldBe(("M-alpha", "NEW-1", "DE48ZZZ08888888888"));
        (await desk.Asks.GetAsync("/api/v1/accounts/alpha/mandates")).ShouldBe(200)["items"][0].GetProperty("toldAs").GetString().ShouldBe("NEW-1");

        // What was signed is the same as before.
        (await desk.PutMandateAsync("alpha", "M-alpha")).ShouldBe(200);
        DebitDesk.Left((await desk.RunAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT")).ShouldBe(["alpha  MANDATE_OTHER_CREDITOR"]);
        (await app.Admin.PutAsync("/api/v1/bank/accounts/main/direct-debits", new { creditorId = "DE48ZZZ08888888888", holder = "New Ltd" })).ShouldBe(200);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        var text = Encoding.UTF8.GetString(await desk.DownloadAsync(await FiledAsync(desk)));
        text.ShouldContain("<MndtId>NEW-1</MndtId>");
        text.ShouldContain("<OrgnlMndtId>M-alpha</OrgnlMndtId>");
        text.ShouldContain("<Nm>Old Ltd</Nm>");
        text.ShouldContain($"<Id>{DebitDesk.CreditorId}</Id>");
        text.ShouldContain("<Id>DE48ZZZ08888888888</Id>");
        text.ShouldNotContain("OrgnlDbtrAcct");
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/NEW-1/suspension", new { reason = "asked" })).ShouldBe(200)["status"].GetString().ShouldBe("suspended");
    }

    [Fact]
    public async Task What_is_wrong_with_an_amendment_is_said()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", type: "oneOff", amounts: [40]);
        (await AskAsync(desk, "A-1", new { })).ShouldBe(400).ErrorFields.ShouldBe(["iban"]);
        (await AskAsync(desk, "A-1", new { bic = "PBNKDEFF", newMandateId = "a b", creditorId = "x", formerCreditorName = "" })).ShouldBe(400)
            .ErrorFields.ShouldBe(["bic", "creditorId", "formerCreditorName", "newMandateId"], ignoreOrder: true);
        (await AskAsync(desk, "A-1", new { iban = SameBank, effectiveOn = "2025-12-31" })).ShouldBeProblem(422, "AMENDMENT_DATE").ErrorFields.ShouldBe(["effectiveOn"]);
        (await AskAsync(desk, "A-1", new { iban = SameBank, effectiveOn = "2027-01-02" })).ShouldBeProblem(422, "AMENDMENT_DATE");
        (await AskAsync(desk, "A-1", new { iban = "AZ21NABZ00000000137010001944" })).ShouldBe(400).ErrorFields.ShouldBe(["iban"]);
        (await AskAsync(desk, "A-1", new { iban = SameBank, holder = "Somebody" })).ShouldBe(400).ErrorFields.ShouldBe(["holder"]);
        (await AskAsync(desk, "A-1", new { iban = RefundDesk.PayeeIban })).ShouldBeProblem(422, "NOTHING_AMENDED");
        (await AskAsync(desk, "A-1", new { newMandateId = "M-beta" })).ShouldBeProblem(409, "MANDATE_TAKEN");
        (await desk.Asks.PutAsync("/api/v1/accounts/alpha/mandates/M-none/amendments/A-1", new { iban = SameBank })).ShouldBeProblem(404, "MANDATE_NOT_FOUND");
        (await desk.Asks.PutAsync("/api/v1/accounts/beta/mandates/M-alpha/amendments/A-1", new { iban = SameBank })).ShouldBeProblem(404, "MANDATE_NOT_FOUND");
        (await desk.Asks.PutAsync("/api/v1/accounts/beta/mandates/M-beta/amendments/A-1", new { iban = SameBank })).ShouldBeProblem(409, "MANDATE_NOT_AMENDABLE");
        (await ConfirmAsync(desk.Signs, "A-1")).ShouldBeProblem(404, "AMENDMENT_NOT_FOUND");
        (await AskAsync(desk, "A-1", new { iban = SameBank })).ShouldBe(201);
        (await AskAsync(desk, "A-1", new { iban = SameBank })).ShouldBe(200);
        (await AskAsync(desk, "A-1", new { iban = OtherBank })).ShouldBeProblem(409, "AMENDMENT_TAKEN");
        (await AskAsync(desk, "A-1", new { iban = SameBank, effectiveOn = "2026-03-01" })).ShouldBeProblem(409, "AMENDMENT_TAKEN");
        (await PostAsync(await app.CallerAsync(Roles.Auditor), "A-1", "withdrawal", new { reason = "x" })).ShouldBe(403);

        var third = await app.CallerAsync(Roles.CreditManager);
        var racers = await Task.WhenAll(ConfirmAsync(desk.Signs, "A-1"), ConfirmAsync(third, "A-1"));
        racers.Select(answer => answer.Status).Order().ShouldBe([200, 409]);
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/cancellation", new { reason = "asked" })).ShouldBe(200);
        (await AskAsync(desk, "A-2", new { iban = OtherBank })).ShouldBeProblem(409, "MANDATE_NOT_AMENDABLE");
    }

    private static Task<Answer> AskAsync(DebitDesk desk, string id, object body) => desk.Asks.PutAsync($"/api/v1/accounts/alpha/mandates/M-alpha/amendments/{id}", body);

    private static Task<Answer> ConfirmAsync(ApiClient by, string id) => by.PostAsync($"/api/v1/accounts/alpha/mandates/M-alpha/amendments/{id}/confirmation");

    private static Task<Answer> PostAsync(ApiClient by, string id, string what, object body) => by.PostAsync($"/api/v1/accounts/alpha/mandates/M-alpha/amendments/{id}/{what}", body);

    private static async Task<string?> ReportAsync(DebitDesk desk) =>
        (await desk.Asks.GetAsync("/api/v1/accounts/alpha/mandates/M-alpha")).ShouldBe(200)["amendments"][0].GetProperty("report").GetString();

    private static async Task<string> FiledAsync(DebitDesk desk) => (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;

    private static async Task SendAsync(DebitDesk desk, string messageId) =>
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBe(200);

    /// <summary>A file of a run that is approved now and filed on a day of the year.</summary>
    private static async Task<string> CollectedAsync(DebitDesk desk, string collectOn, int fileOn)
    {
        await desk.ApprovedAsync(collectOn);
        await desk.DayAsync(fileOn + 6);
        return await FiledAsync(desk);
    }

    /// <summary>The account a file debits, and the original one that it tells.</summary>
    private static async Task<(string Iban, string? Told)> ContentAsync(DebitDesk desk, string messageId)
    {
        var text = Encoding.UTF8.GetString(await desk.DownloadAsync(messageId));
        var told = Original().Match(text);
        text.Contains("<AmdmntInd>true</AmdmntInd>", StringComparison.Ordinal).ShouldBe(told.Success);
        return (Debtor().Match(text).Groups[1].Value, told.Success ? Amended + told.Groups[1].Value : null);
    }

    [GeneratedRegex(@"<OrgnlDbtrAcct>\s*<Id>\s*(?:<Othr>\s*<Id>|<IBAN>)([^<]+)<")]
    private static partial Regex Original();

    [GeneratedRegex(@"<DbtrAcct>\s*<Id>\s*<IBAN>([^<]+)<")]
    private static partial Regex Debtor();
}
