using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ArCredit.Testing.App;

namespace ArCredit.Banking.Tests.Http;

/// <summary>Calls of a finance department.</summary>
internal static class BankCalls
{
    public const string Statements = "/api/v1/bank/statements";

    public static Task<Answer> PutBankAccountAsync(this ApiClient client, string id, string? iban, string currency = "EUR", string? number = null, string? bank = null) =>
        client.PutAsync($"/api/v1/bank/accounts/{id}", new { name = $"Account {id}", currency, iban, number, bank });

    public static Task<Answer> SendStatementAsync(this ApiClient client, string file, string type = "text/plain") =>
        client.SendStatementAsync(Encoding.UTF8.GetBytes(file), type);

    public static Task<Answer> SendStatementAsync(this ApiClient client, byte[] file, string type = "application/octet-stream") =>
        client.SendAsync(HttpMethod.Post, Statements, new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue(type) } });

    /// <summary>All bookings, page by page.</summary>
    public static async Task<List<JsonElement>> BookingsAsync(this ApiClient client, string filter = "", int pageSize = 1000)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = (await client.GetAsync($"/api/v1/bank/transactions?limit={pageSize}{filter}{(cursor is null ? string.Empty : $"&cursor={cursor}")}")).ShouldBe(200);
            all.AddRange(page["items"].EnumerateArray());
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        return all;
    }

    public static async Task<int> CountStatementsAsync(this ApiClient client) => (await client.GetAsync($"{Statements}?limit=1000")).ShouldBe(200)["items"].GetArrayLength();
}
