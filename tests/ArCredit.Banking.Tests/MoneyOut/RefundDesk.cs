using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ArCredit.Banking.Tests.Http;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using Shouldly;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>Two people of a finance department, one own account, and customers who are owed money.</summary>
internal sealed class RefundDesk(RunningApp app, ApiClient asks, ApiClient signs)
{
    public const string OwnIban = "DE42100100100043921105";
    public const string PayeeIban = "DE51508800500190038900";
    public const string OtherIban = "AZ21NABZ00000000137010001944";

    public ApiClient Asks { get; } = asks;

    public ApiClient Signs { get; } = signs;

    public static async Task<RefundDesk> OpenAsync(RunningApp app, string? format = null)
    {
        (await app.Admin.PutBankAccountAsync("main", OwnIban)).ShouldBe(201);
        (await app.Admin.PutAsync("/api/v1/bank/accounts/main/outgoing", new { holder = "Müller & Söhne", bic = "PBNKDEFF", creditTransfers = format })).ShouldBe(200);
        return new RefundDesk(app, await app.CallerAsync(Roles.Finance), await app.CallerAsync(Roles.Finance));
    }

    /// <summary>A customer whose payment is unapplied, with a payee account that money may go to.</summary>
    public async Task CustomerAsync(string id, decimal paid, string holder = "Çiçək Əliyeva", string iban = PayeeIban)
    {
        (await app.Admin.PutAsync($"/api/v1/accounts/{id}", new { name = $"Customer {id}", currency = "EUR" })).ShouldBe(201);
        (await app.Admin.PostAsync($"/api/v1/accounts/{id}/payments", new
        {
            paymentId = $"P-{id}",
            amount = paid,
            currency = "EUR",
            receivedOn = "2026-01-01",
            method = "transfer",
            allocations = Array.Empty<object>(),
        })).ShouldBe(201);
        (await PutPayeeAsync(id, iban, holder)).ShouldBe(201)["status"].GetString().ShouldBe("pending");
        (await ConfirmAsync(id, 1)).ShouldBe(200)["status"].GetString().ShouldBe("confirmed");
    }

    public Task<Answer> PutPayeeAsync(string id, string iban, string holder = "Somebody", string? bic = null) =>
        Asks.PutAsync($"/api/v1/accounts/{id}/payees/bank", new { iban, holder, bic });

    public Task<Answer> ConfirmAsync(string id, int version, ApiClient? by = null) =>
        (by ?? Signs).PostAsync($"/api/v1/accounts/{id}/payees/bank/confirmation", new { version });

    public Task<Answer> RequestAsync(string id, string refundId, decimal amount, string? payment = null, string currency = "EUR") =>
        Asks.PostAsync($"/api/v1/accounts/{id}/refunds", new { refundId, amount, currency, payment, payee = "bank", reason = "overpaid", note = "paid twice" });

    public Task<Answer> ApproveAsync(string id, string refundId, int payeeVersion = 1, ApiClient? by = null) =>
        (by ?? Signs).PostAsync($"/api/v1/accounts/{id}/refunds/{refundId}/approval", new { payeeVersion });

    public async Task ApprovedAsync(string id, string refundId, decimal amount)
    {
        (await RequestAsync(id, refundId, amount)).ShouldBe(201);
        (await ApproveAsync(id, refundId)).ShouldBe(201);
    }

    public async Task<string> ApprovedAgainAsync(string id, string refundId, decimal amount)
    {
        await ApprovedAsync(id, refundId, amount);
        return await StatusAsync(id, refundId);
    }

    /// <summary>Past every cool-down.</summary>
    public Task CoolDownAsync() => app.MoveClockAsync(AppSettings.Start.AddDays(2));

    public Task<Answer> MakeFileAsync(string? key = null) => Asks.PostAsync("/api/v1/bank/payment-files", new { bankAccount = "main" }, key ?? Guid.NewGuid().ToString());

    public async Task<byte[]> DownloadAsync(string messageId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/bank/payment-files/{messageId}/content");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AppSettings.AdminKey);
        using var answer = await Asks.Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return await answer.Content.ReadAsByteArrayAsync();
    }

    public Task<Answer> ReportAsync(string report) => Asks.SendAsync(
        HttpMethod.Post, "/api/v1/bank/status-reports",
        new ByteArrayContent(Encoding.UTF8.GetBytes(report)) { Headers = { ContentType = new MediaTypeHeaderValue("application/xml") } });

    public static string Report(
        string messageId, string? group, string? groupCode = null, string version = "10", params (string EndToEndId, string Status, string? Code)[] payments) =>
        $"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt><GrpHdr><MsgId>B-{Guid.NewGuid():N}</MsgId><CreDtTm>2026-01-03T10:00:00Z</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{messageId}</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>{(group is null ? string.Empty : $"<GrpSts>{group}</GrpSts>")}{Reason(groupCode)}</OrgnlGrpInfAndSts>{(payments.Length == 0 ? string.Empty : $"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{messageId}</OrgnlPmtInfId>{string.Concat(payments.Select(payment => $"<TxInfAndSts><OrgnlEndToEndId>{payment.EndToEndId}</OrgnlEndToEndId><TxSts>{payment.Status}</TxSts>{Reason(payment.Code)}</TxInfAndSts>"))}</OrgnlPmtInfAndSts>")}</CstmrPmtStsRpt></Document>""";

    public async Task<Answer> RefundAsync(string id, string refundId) => (await Asks.GetAsync($"/api/v1/accounts/{id}/refunds/{refundId}")).ShouldBe(200);

    public async Task<string> StatusAsync(string id, string refundId) => (await RefundAsync(id, refundId))["status"].GetString()!;

    /// <summary>Waits for what is done behind the answer.</summary>
    public Task BecomesAsync(string id, string refundId, string status)
    {
        var now = string.Empty;
        return app.ComesToPassAsync(async () => (now = await StatusAsync(id, refundId)) == status, () => $"the refund is {now}, not {status}");
    }

    /// <summary>Balance, unapplied and earmarked.</summary>
    public async Task<(decimal Balance, decimal Unapplied, decimal Earmarked)> StandAsync(string id)
    {
        var profile = (await Asks.GetAsync($"/api/v1/accounts/{id}")).ShouldBe(200);
        return (profile["balance"].GetDecimal(), profile["exposure"].GetProperty("unappliedCredits").GetDecimal(), profile["earmarked"].GetDecimal());
    }

    public async Task<decimal> BalanceAsOfAsync(string id, string day) =>
        (await Asks.GetAsync($"/api/v1/accounts/{id}/open-items?asOf={day}")).ShouldBe(200)["totals"].EnumerateArray().Select(total => total.GetProperty("amount").GetDecimal()).Sum();

    public static IReadOnlyList<JsonElement> Payments(Answer file) => [.. file["payments"].EnumerateArray()];

    private static string Reason(string? code) => code is null ? string.Empty : $"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>the bank says so</AddtlInf></StsRsnInf>";
}
