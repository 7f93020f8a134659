using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ArCredit.Testing.App;

namespace ArCredit.Scenarios.Import;

/// <summary>An answer to an import, line by line.</summary>
/// <param name="Lines">One per line of the input.</param>
/// <param name="Summary">The last object.</param>
internal sealed record ImportAnswer(IReadOnlyList<JsonElement> Lines, JsonElement Summary)
{
    public IReadOnlyList<string> Outcomes => [.. Lines.Select(line => line.GetProperty("outcome").GetString()!)];

    public long Count(string outcome) => Summary.GetProperty(outcome).GetInt64();

    public string ErrorCode(int index) => Lines[index].GetProperty("error").GetProperty("code").GetString()!;
}

internal static class ImportCalls
{
    public static Task<ImportAnswer> ImportAsync(this ApiClient client, string target, params string[] lines) =>
        client.ImportAsync(target, Encoding.UTF8.GetBytes(string.Join('\n', lines)), "application/x-ndjson");

    public static Task<ImportAnswer> ImportCsvAsync(this ApiClient client, string target, params string[] lines) =>
        client.ImportAsync(target, Encoding.UTF8.GetBytes(string.Join("\r\n", lines)), "text/csv");

    public static async Task<ImportAnswer> ImportAsync(this ApiClient client, string target, byte[] body, string mediaType)
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType) } };
        var answer = (await client.SendAsync(HttpMethod.Post, $"/api/v1/import/{target}", content)).ShouldBe(200);
        var objects = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => JsonDocument.Parse(text).RootElement.Clone()).ToList();
        return new ImportAnswer(objects[..^1], objects[^1]);
    }
}
