using System.Text.Json;
using ArCredit.Testing.App;
using Shouldly;

namespace ArCredit.Scenarios.Accounts;

/// <summary>An account of a test, called as its till and its billing system would.</summary>
/// <param name="Client">Calls as admin.</param>
/// <param name="Id">Its number.</param>
internal sealed record Customer(ApiClient Client, string Id)
{
    private const string Day = "2026-01-01";

    public string Path => $"/api/v1/accounts/{Id}";

    /// <summary>A new account in EUR; fields are added or replaced.</summary>
    public static async Task<Customer> OpenAsync(ApiClient client, object? fields = null)
    {
        var customer = new Customer(client, "c-" + Guid.NewGuid().ToString("N")[..12]);
        (await customer.PutAsync(fields)).ShouldBe(201);
        return customer;
    }

    public Task<Answer> PutAsync(object? fields = null, string? ifMatch = null)
    {
        var body = new Dictionary<string, object?> { ["name"] = "Customer", ["currency"] = "EUR" };
        foreach (var field in JsonSerializer.SerializeToElement(fields ?? new { }).EnumerateObject())
        {
            body[field.Name] = field.Value;
        }

        return Client.PutAsync(Path, body, ifMatch);
    }

    public Task<Answer> ReserveAsync(
        decimal amount, string currency = "EUR", string kind = "pos", string? reservationId = null, object? paid = null, string? key = null) =>
        Client.PostAsync($"{Path}/reservations", new { kind, amount, currency, reservationId, paid }, key);

    public Task<Answer> CheckAsync(decimal amount, string currency = "EUR", object? paid = null) =>
        Client.PostAsync($"{Path}/credit-checks", new { amount, currency, checkpoint = "pos", paid }, string.Empty);

    public Task<Answer> InvoiceAsync(
        string number, decimal amount, string? dueDate = null, string issueDate = Day, string currency = "EUR", object? instalments = null) =>
        Client.PostAsync($"{Path}/invoices", new { number, issueDate, dueDate, amount, currency, instalments });

    public Task<Answer> PayAsync(
        string paymentId, decimal amount, object? allocations = null, string currency = "EUR", string method = "transfer", string? remittance = null) =>
        Client.PostAsync($"{Path}/payments", new { paymentId, amount, currency, receivedOn = Day, method, allocations, remittance });

    public Task<Answer> CaptureAsync(string reservationId, string invoice, decimal? amount = null, bool? final = null) =>
        Client.PostAsync($"{Path}/reservations/{reservationId}/captures", new { amount, final, invoice = new { number = invoice, issueDate = Day } });

    public Task<Answer> ReleaseAsync(string reservationId) => Client.PostAsync($"{Path}/reservations/{reservationId}/release");

    public async Task<JsonElement> ProfileAsync() => (await Client.GetAsync(Path)).ShouldBe(200).Json;

    public async Task<JsonElement> ExposureAsync() => (await ProfileAsync()).GetProperty("exposure");
}

internal static class AnswerExpectations
{
    /// <summary>A decision of this outcome for exactly these reasons.</summary>
    public static Answer ShouldDecide(this Answer answer, string decision, params string[] reasons)
    {
        answer["decision"].GetString().ShouldBe(decision, answer.Text);
        answer["reasons"].EnumerateArray().Select(reason => reason.GetProperty("code").GetString()).ShouldBe(reasons, answer.Text);
        return answer;
    }

    /// <summary>An amount of the answer.</summary>
    public static decimal Amount(this JsonElement json, string name) => json.GetProperty(name).GetDecimal();

    /// <summary>A text of the answer.</summary>
    public static string? Text(this JsonElement json, string name) => json.GetProperty(name).GetString();
}
