using System.Text;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.MoneyOut;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.DirectDebits;

/// <summary>Bookings of statements under the ids of collections, blocks and files: the bank's, once; everything else is for a person.</summary>
public sealed class CollectionBookingTests
{
    private const string Ours = "setAside DIRECT_DEBIT", Back = "setAside DIRECT_DEBIT_RETURN", Unclear = "waiting DIRECT_DEBIT_UNCLEAR";

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_customer_who_pays_under_the_id_of_a_collection_that_was_credited_or_came_back_is_not_swallowed(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, bank, messageId) = await SettledAsync(app);
        (await FatesAsync(bank, new CashLine(140m) { Batch = $"{messageId}-1" })).ShouldBe([Ours]);
        var (alpha, beta) = (await desk.IdAsync("alpha"), await desk.IdAsync("beta"));

        // The bank credited it with its block, so this is somebody else.
        (await FatesAsync(bank, new CashLine(40m) { EndToEnd = beta })).ShouldBe([Unclear]);
        (await FatesAsync(bank, new CashLine(-100m) { EndToEnd = alpha, IsReversal = true, ReturnReason = "AM04" })).ShouldBe([Back]);
        await desk.BecomesAsync("alpha", "returned");
        (await FatesAsync(bank, new CashLine(100m, $"Returned debit {alpha}"))).ShouldBe([Unclear]);
    }

    [Fact]
    public async Task What_was_credited_singly_is_not_credited_with_its_block_again()
    {
        await using var app = await RunningApp.StartAsync();
        var (desk, bank, messageId) = await SettledAsync(app);
        var alpha = await desk.IdAsync("alpha");
        (await FatesAsync(bank, new CashLine(100m) { EndToEnd = alpha })).ShouldBe([Ours]);
        (await FatesAsync(bank, new CashLine(100m, "again") { EndToEnd = alpha })).ShouldBe([Unclear]);
        (await FatesAsync(bank, new CashLine(140m) { Batch = $"{messageId}-1" })).ShouldBe([Unclear]);
    }

    [Theory]
    [InlineData("block")]
    [InlineData("block and message")]
    [InlineData("message")]
    [InlineData("block beside the bank's own")]
    [InlineData("KREF")]
    [InlineData("PREF")]
    public async Task The_banks_credit_is_told_wherever_a_file_has_its_id(string place)
    {
        await using var app = await RunningApp.StartAsync();
        var (desk, bank, messageId) = await SettledAsync(app);
        await bank.CustomerAsync("gamma", "Gamma", ("INV-140", 140m));
        var block = $"{messageId}-1";
        var line = new CashLine(140m, "SEPA Lastschriften");
        var credit = place switch
        {
            "block" => CashFile.Of("S", line with { Order = (block, null) }),
            "block and message" => CashFile.Of("S", line with { Order = (block, messageId) }),
            "message" => CashFile.Of("S", line with { Order = (null, messageId) }),
            "block beside the bank's own" => CashFile.Of("S", line with { Order = (block, messageId), EndToEnd = "BATCH-17" }),
            "KREF" => Mt940($"192?00SEPA-LS SAMMLER?20KREF+{block[..22]}?21{block[22..]}?22SVWZ+Lastschriften"),
            _ => Mt940($"/PREF/{block}/REMI/SEPA Lastschriften"),
        };
        var statement = (await app.Admin.SendStatementAsync(credit)).ShouldBe(201)["statements"][0].GetProperty("id").GetString()!;
        await bank.SettledAsync(statement);
        var payment = (await bank.PaymentsAsync(statement)).ShouldHaveSingleItem();
        $"{CashDesk.State(payment)} {CashDesk.Reason(payment)}".ShouldBe(Ours);
        (await FatesAsync(bank, line with { Amount = 139m, Order = (block, messageId) })).ShouldBe([Unclear]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_return_of_several_or_with_more_than_charges_or_a_second_one_is_for_a_person(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, bank, messageId) = await SettledAsync(app);
        var (alpha, beta) = (await desk.IdAsync("alpha"), await desk.IdAsync("beta"));
        (await FatesAsync(bank, new CashLine(-140m, $"{alpha} {beta}") { IsReversal = true })).ShouldBe([Unclear]);
        (await FatesAsync(bank, new CashLine(-120.01m, alpha) { IsReversal = true })).ShouldBe([Unclear]);
        (await FatesAsync(bank, new CashLine(-99m, alpha) { IsReversal = true })).ShouldBe([Unclear]);
        (await desk.StateAsync("alpha"), await desk.StateAsync("beta")).ShouldBe(("settled", "settled"));

        // The report is no booking: the first one behind it is its return, the second is not.
        (await desk.ReportAsync(OfBlock(messageId, (alpha, "RJCT", "AM04")))).ShouldBe(201)["rejected"].GetInt32().ShouldBe(1);
        await desk.BecomesAsync("alpha", "returned");
        (await FatesAsync(bank, new CashLine(-120m, alpha) { IsReversal = true })).ShouldBe(["setAside DIRECT_DEBIT_RETURN_WITH_CHARGES"]);
        (await FatesAsync(bank, new CashLine(-100m, alpha) { IsReversal = true })).ShouldBe([Unclear]);
        (await FatesAsync(bank, new CashLine(-40m, beta) { IsReversal = true }, new CashLine(-40m, beta) { IsReversal = true })).ShouldBe([Back, Unclear]);
        await desk.BecomesAsync("beta", "returned");
        (await desk.StandAsync("alpha")).ShouldBe((100, 0, 0, 100));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_person_says_what_an_unclear_return_took_back(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, messageId) = await ReadyAsync(app);
        var (alpha, beta) = (await desk.IdAsync("alpha"), await desk.IdAsync("beta"));
        Task<Answer> ReturnAsync(string id, string reason = "MD06") => desk.Signs.PostAsync($"/api/v1/bank/collections/{id}/return", new { reason });
        (await ReturnAsync(alpha)).ShouldBeProblem(409, "COLLECTION_STATE");
        (await ReturnAsync("nothing")).ShouldBe(404);
        (await ReturnAsync(alpha, string.Empty)).ShouldBe(400).ErrorFields.ShouldBe(["reason"]);
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBe(200);
        (await ReturnAsync(beta)).ShouldBe(200)["state"].GetString().ShouldBe("rejected");
        await desk.DayAsync(20);
        await desk.BecomesAsync("alpha", "settled");
        (await FatesAsync(new CashDesk(app.Admin), new CashLine(-60m, alpha) { IsReversal = true })).ShouldBe([Unclear]);
        (await ReturnAsync(alpha)).ShouldBe(200);
        (await ReturnAsync(alpha)).ShouldBe(200);
        await desk.BecomesAsync("alpha", "returned");
        (await ReturnAsync(alpha)).ShouldBe(200);
        (await desk.StandAsync("alpha")).ShouldBe((100, 0, 0, 100));
        (await desk.MandateAsync("alpha")).ShouldBe("suspended MD06");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Whatever_the_bank_says_of_a_file_says_that_it_was_sent(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var (desk, messageId) = await ReadyAsync(app);
        (await desk.ReportAsync(RefundDesk.Report(messageId, "ACCP"))).ShouldBe(201);
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/withdrawal")).ShouldBeProblem(409, "PAYMENT_FILE_STATE");
        await desk.DayAsync(20);
        await desk.BecomesAsync("alpha", "settled");
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 100, 0));
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(7, true)]
    [InlineData(-100, true)]
    public async Task A_booking_of_a_file_says_that_it_was_sent_even_where_it_is_unclear(int amount, bool bySingle)
    {
        await using var app = await RunningApp.StartAsync();
        var (desk, messageId) = await ReadyAsync(app);
        var id = bySingle ? await desk.IdAsync("alpha") : $"{messageId}-1";
        var fate = await FatesAsync(new CashDesk(app.Admin), new CashLine(amount, id) { IsReversal = amount < 0 });
        fate.ShouldBe([amount < 0 ? Back : Unclear]);
        (await desk.Asks.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200)["file"].GetProperty("state").GetString().ShouldBe("sent");
        await desk.DayAsync(20);
        await desk.BecomesAsync("beta", "settled");
    }

    [Fact]
    public async Task The_bank_credits_a_block_less_what_it_rejected_on_the_day_itself()
    {
        await using var app = await RunningApp.StartAsync();
        var (desk, bank, messageId) = await SettledAsync(app);
        (await desk.ReportAsync(OfBlock(messageId, (await desk.IdAsync("alpha"), "RJCT", "AM04")))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "returned");
        (await FatesAsync(bank, new CashLine(40m) { Batch = $"{messageId}-1" })).ShouldBe([Ours]);
    }

    [Fact]
    public async Task The_id_of_a_file_of_several_blocks_tells_its_total_only()
    {
        await using var app = await RunningApp.StartAsync();
        var (_, bank, messageId) = await SettledAsync(app, "b2b");
        (await FatesAsync(bank, new CashLine(40m, messageId))).ShouldBe([Unclear]);
        (await FatesAsync(bank, new CashLine(140m, messageId))).ShouldBe([Ours]);
        (await FatesAsync(bank, new CashLine(140m, messageId), new CashLine(40m, $"{messageId}-1"))).ShouldBe([Unclear, Unclear]);
    }

    private static async Task<(DebitDesk Desk, string MessageId)> ReadyAsync(RunningApp app, string scheme = "core")
    {
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", scheme, amounts: [40]);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        return (desk, (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!);
    }

    private static async Task<(DebitDesk Desk, CashDesk Bank, string MessageId)> SettledAsync(RunningApp app, string scheme = "core")
    {
        var (desk, messageId) = await ReadyAsync(app, scheme);
        (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBe(200);
        await desk.DayAsync(20);
        await desk.BecomesAsync("alpha", "settled");
        await desk.BecomesAsync("beta", "settled");
        return (desk, new CashDesk(app.Admin), messageId);
    }

    private static async Task<IEnumerable<string>> FatesAsync(CashDesk bank, params CashLine[] lines) =>
        (await bank.ReceiveAsync(lines)).Select(payment => $"{CashDesk.State(payment)} {CashDesk.Reason(payment)}");

    private static byte[] Mt940(string purpose) => Encoding.ASCII.GetBytes(
        $":20:S\n:25:{CashFile.Iban}\n:28C:1/1\n:60F:C260101EUR0,00\n:61:2601010101C140,00NTRFNONREF\n:86:{purpose}\n:62F:C260101EUR140,00\n-\n");

    private static string OfBlock(string messageId, params (string EndToEndId, string Status, string? Code)[] payments) =>
        RefundDesk.Report(messageId, null, payments: payments).Replace(
            $"<OrgnlPmtInfId>{messageId}<", $"<OrgnlPmtInfId>{messageId}-1<", StringComparison.Ordinal);
}
