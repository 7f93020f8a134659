using System.Text.Json;
using ArCredit.Banking.Tests.Http;
using ArCredit.Testing.App;
using Shouldly;

namespace ArCredit.Banking.Tests.Posting;

/// <summary>A finance department with one bank account and its customers.</summary>
internal sealed class CashDesk(ApiClient client)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int files;

    public ApiClient Client { get; } = client;

    public static async Task<CashDesk> OpenAsync(ApiClient client)
    {
        (await client.PutBankAccountAsync("main", CashFile.Iban)).ShouldBe(201);
        return new CashDesk(client);
    }

    public async Task CustomerAsync(string id, string name, params (string Number, decimal Amount)[] invoices)
    {
        (await Client.PutAsync($"/api/v1/accounts/{id}", new { name, currency = "EUR" })).ShouldBe(201);
        foreach (var (index, (number, amount)) in invoices.Index())
        {
            await InvoiceAsync(id, number, amount, $"2026-02-{index + 1:00}");
        }
    }

    public async Task InvoiceAsync(string id, string number, decimal amount, string dueDate = "2026-02-01") =>
        (await Client.PostAsync($"/api/v1/accounts/{id}/invoices", new { number, issueDate = "2026-01-01", dueDate, amount, currency = "EUR" })).ShouldBe(201);

    /// <summary>Sends a file and waits until its payments are settled; then all of them in the order of the file.</summary>
    public async Task<List<JsonElement>> ReceiveAsync(params CashLine[] lines)
    {
        var sent = (await Client.SendStatementAsync(CashFile.Of($"S{++files}", lines))).ShouldBe(201);
        var statement = sent["statements"][0].GetProperty("id").GetString()!;
        await SettledAsync(statement);
        return await PaymentsAsync(statement);
    }

    /// <summary>Waits until nothing of a statement is under way.</summary>
    public async Task<JsonElement> SettledAsync(string statement)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            late.IsCancellationRequested.ShouldBeFalse("the payments of the statement are not settled");
            var counts = (await Client.GetAsync($"{BankCalls.Statements}/{statement}")).ShouldBe(200)["payments"];
            if (counts.GetProperty("open").GetInt64() == 0)
            {
                return counts;
            }
        }
    }

    public async Task<List<JsonElement>> PaymentsAsync(string statement) =>
        [.. (await Client.BookingsAsync()).Where(booking => booking.GetProperty("statementId").GetString() == statement)
            .SelectMany(booking => booking.GetProperty("payments").EnumerateArray())];

    public Task<Answer> ConfirmAsync(JsonElement payment, int rank = 0) => Client.PostAsync(
        $"/api/v1/bank/transactions/{Id(payment)}/confirmation", new { suggestion = payment.GetProperty("suggestions")[rank].GetProperty("id").GetString() });

    public Task<Answer> MatchAsync(JsonElement payment, string account, object? allocations = null) =>
        Client.PostAsync($"/api/v1/bank/transactions/{Id(payment)}/match", new { account, allocations });

    public Task<Answer> UnmatchAsync(JsonElement payment) =>
        Client.PostAsync($"/api/v1/bank/transactions/{Id(payment)}/unmatch", new { paymentId = payment.GetProperty("paymentId").GetString() });

    public Task<Answer> UnmatchReturnAsync(JsonElement taken, JsonElement received) =>
        Client.PostAsync($"/api/v1/bank/transactions/{Id(taken)}/unmatch", new { reverses = Id(received) });

    /// <summary>Number and open amount of everything open, in settlement order.</summary>
    public async Task<string> OpenAsync(string account) => string.Join(
        ' ', (await Client.GetAsync($"/api/v1/accounts/{account}/open-items?limit=1000")).ShouldBe(200)["items"].EnumerateArray()
            .Select(item => $"{item.GetProperty("number").GetString()}:{item.GetProperty("openAmount").GetRawText()}"));

    public static string Id(JsonElement payment) => payment.GetProperty("id").GetString()!;

    public static string State(JsonElement payment) => payment.GetProperty("state").GetString()!;

    public static string? Reason(JsonElement payment) => payment.GetProperty("reason").GetString();

    /// <summary>State and customer, or the reason: posted to A, waiting for NO_MATCH.</summary>
    public static string Fate(JsonElement payment) => State(payment) == "waiting" ? $"waiting {Reason(payment)}" : $"{State(payment)} {payment.GetProperty("account").GetString()}";
}
