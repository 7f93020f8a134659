using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ArCredit.Accounts.Features.Import;
using ArCredit.Platform.Http;
using ArCredit.Platform.Start;

namespace ArCredit.Host.Import;

/// <summary>Where pages go.</summary>
internal interface IImportTarget
{
    /// <summary>The outcome of every line of a page, in order.</summary>
    IAsyncEnumerable<ImportedLine> SendAsync(ImportStep.Page page, CancellationToken cancellation);
}

/// <summary>How a run of the command line imports.</summary>
/// <param name="History">Facts of the past.</param>
/// <param name="Company">Null = as the lines say.</param>
/// <param name="Replace">Customers that differ are replaced.</param>
internal sealed record ImportMode(bool History, string? Company, bool Replace);

/// <summary>The importer of this process.</summary>
internal sealed class InProcessTarget(IAccountImport importer, ImportMode mode) : IImportTarget
{
    private const string By = "command-line";

    /// <inheritdoc/>
    public IAsyncEnumerable<ImportedLine> SendAsync(ImportStep.Page page, CancellationToken cancellation)
    {
        var request = new ImportRequest(page.Kind, page.Format, By)
        {
            History = mode.History,
            Company = mode.Company,
            Replace = mode.Replace,
            MayChangeLimits = true,
        };
        return importer.RunAsync(request, new MemoryStream(page.Lines.ToArray(), writable: false), cancellation);
    }
}

/// <summary>A running server.</summary>
internal sealed class HttpTarget(HttpClient http, ImportMode mode) : IImportTarget
{
    /// <summary>A client for a server's address and key.</summary>
    public static HttpClient Connect(string server, string key)
    {
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new SettingException($"--server must be an address such as http://127.0.0.1:5080; it is '{server}'.");
        }

        var http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ImportedLine> SendAsync(ImportStep.Page page, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var kind = JsonNamingPolicy.KebabCaseLower.ConvertName(page.Kind.ToString());
        var query = string.Join('&', new[]
        {
            mode.History ? "mode=history" : null,
            mode.Company is null ? null : $"company={Uri.EscapeDataString(mode.Company)}",
            mode.Replace ? "existing=replace" : null,
        }.OfType<string>());
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/import/{kind}?{query}") { Content = new ReadOnlyMemoryContent(page.Lines) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(page.Format == ImportFormat.Csv ? "text/csv" : "application/x-ndjson");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new SettingException($"The server refuses: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
        }

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        var summed = false;
        while (await lines.ReadLineAsync(cancellation) is { } text)
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.TryGetProperty("lines", out _))
            {
                summed = true;
                break;
            }

            yield return Read(json.RootElement);
        }

        if (!summed)
        {
            throw new HttpRequestException("The server broke off; run the import again to go on.");
        }
    }

    private static ImportedLine Read(JsonElement line)
    {
        if (!EnumNames.TryParse(line.GetProperty("outcome").GetString(), out ImportOutcome outcome))
        {
            throw new HttpRequestException("The server answers in a way that this version does not understand.");
        }

        ImportError? error = null;
        if (line.TryGetProperty("error", out var given))
        {
            var fields = given.TryGetProperty("fields", out var byPath)
                ? byPath.EnumerateObject().ToDictionary(field => field.Name, field => Texts(field.Value))
                : null;
            error = new ImportError(given.GetProperty("code").GetString()!, given.GetProperty("message").GetString()!, fields);
        }

        return new ImportedLine(
            line.GetProperty("line").GetInt64(), line.GetProperty("id").GetString(), outcome, error,
            line.TryGetProperty("warnings", out var warnings) ? Texts(warnings) : null);
    }

    private static IReadOnlyList<string> Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];
}
