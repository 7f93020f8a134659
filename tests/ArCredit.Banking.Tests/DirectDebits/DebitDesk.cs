using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.MoneyOut;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using Shouldly;

namespace ArCredit.Banking.Tests.DirectDebits;

/// <summary>Two people of a finance department, one own account that collects, and customers with mandates.</summary>
internal sealed class DebitDesk(RunningApp app, ApiClient asks, ApiClient signs)
{
    public const string CreditorId = "DE98ZZZ09999999999";
    public const string CollectOn = "2026-01-20";

    public ApiClient Asks { get; } = asks;

    public ApiClient Signs { get; } = signs;

    public static async Task<DebitDesk> OpenAsync(RunningApp app)
    {
        (await app.Admin.PutBankAccountAsync("main", RefundDesk.OwnIban)).ShouldBe(201);
        (await app.Admin.PutAsync("/api/v1/bank/accounts/main/direct-debits", new { creditorId = "de98 zzz 0999 9999 999", holder = "Müller & Söhne", bic = "PBNKDEFF" }))
            .ShouldBe(200)["creditorId"].GetString().ShouldBe(CreditorId);
        return new DebitDesk(app, await app.CallerAsync(Roles.Finance), await app.CallerAsync(Roles.Finance));
    }

    /// <summary>A customer with a mandate and an invoice of each amount, numbered I-customer-1, 2, …, due on 10, 11, … January.</summary>
    public async Task CustomerAsync(string id, string scheme = "core", string type = "recurring", params decimal[] amounts)
    {
        (await app.Admin.PutAsync($"/api/v1/accounts/{id}", new { name = $"Customer {id}", currency = "EUR" })).ShouldBe(201);
        (await PutMandateAsync(id, $"M-{id}", scheme, type)).ShouldBe(201)["status"].GetString().ShouldBe("active");
        foreach (var (index, amount) in amounts.Index())
        {
            (await app.Admin.PostAsync($"/api/v1/accounts/{id}/invoices", new
            {
                number = $"I-{id}-{index + 1}",
                issueDate = "2026-01-01",
                dueDate = $"2026-01-{index + 10}",
                amount,
                currency = "EUR",
            })).ShouldBe(201);
        }
    }

    public Task<Answer> PutMandateAsync(string id, string mandateId, string scheme = "core", string type = "recurring", string signedOn = "2025-06-01") =>
        Asks.PutAsync($"/api/v1/accounts/{id}/mandates/{mandateId}", new { iban = RefundDesk.PayeeIban, holder = "Çiçək Əliyeva", signedOn, scheme, type });

    public Task<Answer> RunAsync(string? key = null, string collectOn = CollectOn, params string[] accounts) => Asks.PostAsync(
        "/api/v1/bank/collection-runs", new { bankAccount = "main", collectOn, accounts = accounts.Length == 0 ? null : accounts }, key ?? Guid.NewGuid().ToString());

    public Task<Answer> ApproveAsync(Answer run, ApiClient? by = null) => (by ?? Signs).PostAsync($"/api/v1/bank/collection-runs/{run["runId"].GetString()}/approval");

    public async Task<Answer> ApprovedAsync(string collectOn = CollectOn)
    {
        var run = (await RunAsync(collectOn: collectOn)).ShouldBe(201);
        return (await ApproveAsync(run)).ShouldBe(200);
    }

    /// <summary>Past the notice of everything that was announced on the first day.</summary>
    public Task NoticeAsync() => app.MoveClockAsync(AppSettings.Start.AddDays(14));

    public Task DayAsync(int day) => app.MoveClockAsync(AppSettings.Start.AddDays(day - 1));

    public Task<Answer> FileAsync(string? key = null) => Asks.PostAsync("/api/v1/bank/collection-files", new { bankAccount = "main" }, key ?? Guid.NewGuid().ToString());

    /// <summary>A file that the bank has, of everything that was approved.</summary>
    public async Task<(string MessageId, Answer File)> SentAsync()
    {
        await ApprovedAsync();
        await NoticeAsync();
        var file = (await FileAsync()).ShouldBe(201);
        var messageId = file["file"].GetProperty("messageId").GetString()!;
        (await Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBe(200)["file"].GetProperty("state").GetString().ShouldBe("sent");
        return (messageId, file);
    }

    public Task<Answer> ReportAsync(string report) => Asks.SendAsync(
        HttpMethod.Post, "/api/v1/bank/status-reports",
        new ByteArrayContent(Encoding.UTF8.GetBytes(report)) { Headers = { ContentType = new MediaTypeHeaderValue("application/xml") } });

    public async Task<byte[]> DownloadAsync(string messageId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/bank/payment-files/{messageId}/content");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AppSettings.AdminKey);
        using var answer = await Asks.Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return await answer.Content.ReadAsByteArrayAsync();
    }

    /// <summary>The newest collection of a customer.</summary>
    public async Task<JsonElement> CollectionAsync(string account) =>
        (await Asks.GetAsync($"/api/v1/bank/collections?account={account}")).ShouldBe(200)["items"].EnumerateArray().Last();

    public async Task<string> StateAsync(string account) => (await CollectionAsync(account)).GetProperty("state").GetString()!;

    public async Task<string> IdAsync(string account) => (await CollectionAsync(account)).GetProperty("collectionId").GetString()!;

    /// <summary>Waits for what is done behind the answer.</summary>
    public Task BecomesAsync(string account, string state)
    {
        var now = string.Empty;
        return app.ComesToPassAsync(async () => (now = await StateAsync(account)) == state, () => $"the collection is {now}, not {state}");
    }

    /// <summary>Balance, and the buckets of open invoices, uncleared money and returned payments.</summary>
    public async Task<(decimal Balance, decimal Open, decimal Uncleared, decimal Returned)> StandAsync(string account)
    {
        var profile = (await Asks.GetAsync($"/api/v1/accounts/{account}")).ShouldBe(200);
        var exposure = profile["exposure"];
        return (profile["balance"].GetDecimal(), exposure.GetProperty("openInvoices").GetDecimal(), exposure.GetProperty("uncleared").GetDecimal(),
            exposure.GetProperty("returnedPayments").GetDecimal());
    }

    public async Task<string?> MandateAsync(string account) =>
        (await Asks.GetAsync($"/api/v1/accounts/{account}/mandates/M-{account}")).ShouldBe(200) is var mandate && mandate["reason"].GetString() is { } reason
            ? $"{mandate["status"].GetString()} {reason}"
            : mandate["status"].GetString();

    /// <summary>Customer, item and reason of what was left out.</summary>
    public static IEnumerable<string> Left(Answer answer) => answer["leftOut"].EnumerateArray().Select(
        one => $"{one.GetProperty("account").GetString()} {one.GetProperty("invoice").GetString()} {one.GetProperty("reason").GetString()}");
}
