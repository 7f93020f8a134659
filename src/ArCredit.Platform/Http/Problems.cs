using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Platform.Http;

/// <summary>A refusal as RFC 9457 has it; an <see cref="IResult"/>, so an endpoint returns it or awaits <see cref="ExecuteAsync"/>.</summary>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Code">Stable, UPPER_SNAKE; what callers branch on.</param>
/// <param name="Title">One sentence for people, the same for every occurrence of the code.</param>
public sealed record ProblemResult(int Status, string Code, string Title) : IResult
{
    /// <summary>What is special about this occurrence; null leaves it out.</summary>
    public string? Detail { get; init; }

    /// <summary>Messages by field path; null leaves it out.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>Further members (<c>decision</c>, <c>limitChange</c>), written with <see cref="ApiJson.Options"/>.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    /// <summary>Sets <c>Retry-After</c>, in whole seconds, at least 1.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same problem with a further member.</summary>
    public ProblemResult With(string name, object? value) =>
        this with { Extensions = new Dictionary<string, object?>(Extensions ?? new Dictionary<string, object?>()) { [name] = value } };

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (RetryAfter is { } after)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds));
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder }))
        {
            Write(writer, httpContext);
        }

        return Reply.Bytes(httpContext, Status, "application/problem+json", body.WrittenMemory);
    }

    private void Write(Utf8JsonWriter writer, HttpContext http)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "about:blank");
        writer.WriteString("title", Title);
        writer.WriteNumber("status", Status);
        if (Detail is not null)
        {
            writer.WriteString("detail", Detail);
        }

        writer.WriteString("code", Code);
        if (Errors is not null)
        {
            writer.WritePropertyName("errors");
            JsonSerializer.Serialize(writer, Errors, ProblemJson);
        }

        writer.WriteString("traceId", Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier);
        foreach (var (name, value) in Extensions ?? new Dictionary<string, object?>())
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, value, ApiJson.Options);
        }

        writer.WriteEndObject();
    }

    // Field paths are keys and must come out as they went in: "" and "Amount" are not to be renamed.
    private static readonly JsonSerializerOptions ProblemJson = new() { Encoder = ApiJson.Options.Encoder };
}

/// <summary>The problems every endpoint shares.</summary>
public static class Problems
{
    /// <summary>400: malformed as a whole.</summary>
    public static ProblemResult BadRequest(string code, string title, string? detail = null) => new(400, code, title) { Detail = detail };

    /// <summary>404 for a thing that is not there.</summary>
    public static ProblemResult NotFound(string code = "NOT_FOUND", string title = "There is nothing at this address.") => new(404, code, title);

    /// <summary>409: other state, or the same id with other facts.</summary>
    public static ProblemResult Conflict(string code, string title, string? detail = null) => new(409, code, title) { Detail = detail };

    /// <summary>412: <c>If-Match</c> names a version that is not the current one.</summary>
    public static ProblemResult PreconditionFailed(long currentVersion) =>
        new ProblemResult(412, "VERSION_MISMATCH", "The resource has changed since the version given in If-Match.").With("version", currentVersion);

    /// <summary>422: a number or rule refuses.</summary>
    public static ProblemResult Unprocessable(string code, string title, string? detail = null) => new(422, code, title) { Detail = detail };

    /// <summary>422 on one field.</summary>
    public static ProblemResult Unprocessable(string code, string title, string path, string message) =>
        new(422, code, title) { Errors = new Dictionary<string, IReadOnlyList<string>> { [path] = [message] } };

    /// <summary>429 or 503 before anything was done.</summary>
    public static ProblemResult Busy(int status, string code, string title, TimeSpan retryAfter) => new(status, code, title) { RetryAfter = retryAfter };
}

/// <summary>The request cannot be served now and nothing is known to be wrong with it: a 503 with <c>Retry-After</c>.</summary>
public sealed class ServiceUnavailableException(string code, TimeSpan retryAfter, string? message = null, Exception? cause = null)
    : Exception(message ?? "The service cannot answer this request now.", cause)
{
    /// <summary>Stable code of the problem.</summary>
    public string Code { get; } = code;

    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
