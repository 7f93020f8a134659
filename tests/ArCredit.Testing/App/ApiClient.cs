using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ArCredit.Testing.App;

/// <summary>Calls an application as one caller.</summary>
public sealed class ApiClient(HttpClient http, string? key)
{
    /// <summary>For what has no short form here.</summary>
    public HttpClient Http { get; } = http;

    /// <summary>The same application, called with another key, or none.</summary>
    public ApiClient As(string? otherKey) => new(Http, otherKey);

    /// <summary>GET.</summary>
    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    /// <summary>POST; makes an idempotency key unless one is given ("" = none).</summary>
    public Task<Answer> PostAsync(string path, object? body = null, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, path, body, idempotencyKey ?? Guid.NewGuid().ToString("N"));

    /// <summary>PUT.</summary>
    public Task<Answer> PutAsync(string path, object? body = null, string? ifMatch = null) => SendAsync(HttpMethod.Put, path, body, ifMatch: ifMatch);

    /// <summary>PATCH.</summary>
    public Task<Answer> PatchAsync(string path, object? body = null, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Patch, path, body, idempotencyKey);

    /// <summary>DELETE.</summary>
    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    /// <summary>Any call. A string or byte array is the body as it is, an <see cref="HttpContent"/> itself, anything else goes as JSON.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body, string? idempotencyKey = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = Content(body) };
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        if (!string.IsNullOrEmpty(idempotencyKey))
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var response = await Http.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers.ContentType?.MediaType);
    }

    private static HttpContent? Content(object? body) => body switch
    {
        null => null,
        HttpContent content => content,
        string json => new StringContent(json, Encoding.UTF8, "application/json"),
        byte[] bytes => new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        _ => new StringContent(JsonSerializer.Serialize(body, JsonSerializerOptions.Web), Encoding.UTF8, "application/json"),
    };
}
