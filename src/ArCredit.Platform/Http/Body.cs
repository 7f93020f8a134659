using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Platform.Http;

/// <summary>A request body as read: a value, or the problem to answer with.</summary>
/// <param name="Value">The value; not null when there is no problem.</param>
/// <param name="Problem">Null when the body could be read.</param>
public readonly record struct BodyRead<T>(T Value, ProblemResult? Problem)
{
    /// <summary>
    /// With a problem of single fields: what could be read without them, where required members may be null or zero. Its
    /// values can be judged together with <see cref="Errors"/>, so that one answer names every bad field; it is good for
    /// nothing else.
    /// </summary>
    public T? Remains { get; init; }

    /// <summary>The fields that could not be read; null unless <see cref="Remains"/> is there.</summary>
    public FieldErrors? Errors { get; init; }
}

/// <summary>Reads JSON bodies: bounded, strict, and never a 500 whatever the bytes.</summary>
public static class Body
{
    /// <summary>Largest body accepted: 1 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Reads the whole body as a <typeparamref name="T"/>. 400 names every bad field, 413 when too large, 415 when it is not JSON.
    /// </summary>
    public static async ValueTask<BodyRead<T>> ReadAsync<T>(HttpContext http)
        where T : notnull
    {
        var request = http.Request;
        if (!IsJson(request.ContentType))
        {
            return Refuse<T>(new ProblemResult(415, "UNSUPPORTED_MEDIA_TYPE", "The body must be application/json in UTF-8."));
        }

        if (request.ContentLength > MaxBytes)
        {
            return Refuse<T>(TooLarge);
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            if (read.Buffer.Length > MaxBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return Refuse<T>(TooLarge);
            }

            if (read.IsCompleted)
            {
                var body = Parse<T>(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Reads bytes at hand (a line of an import) by the same rules.</summary>
    public static BodyRead<T> Parse<T>(in ReadOnlySequence<byte> bytes)
        where T : notnull
    {
        if (bytes.IsSingleSegment)
        {
            return Parse<T>(bytes.First);
        }

        return Parse<T>(bytes.ToArray());
    }

    /// <summary>Reads bytes at hand by the same rules.</summary>
    public static BodyRead<T> Parse<T>(ReadOnlyMemory<byte> bytes)
        where T : notnull
    {
        if (bytes.Span.StartsWith(ByteOrderMark))
        {
            bytes = bytes[ByteOrderMark.Length..];
        }

        if (bytes.IsEmpty)
        {
            return Refuse<T>(Problems.BadRequest("BODY_MISSING", "A JSON body is expected."));
        }

        if (!Utf8.IsValid(bytes.Span))
        {
            return Refuse<T>(Problems.BadRequest("BODY_NOT_UTF8", "The body is not valid UTF-8."));
        }

        try
        {
            var value = JsonSerializer.Deserialize(bytes.Span, Type<T>.Json);
            if (value is not null && !ApiJson.HoldsNull(Type<T>.IsList ? value : null))
            {
                return new BodyRead<T>(value, null);
            }
        }
        catch (JsonException)
        {
            // Only now is it worth the time to find out everything that is wrong.
        }

        var errors = BodyErrors.Collect(bytes, Type<T>.Json, out var remains);
        return new BodyRead<T>(default!, errors.ToProblem()) { Remains = remains, Errors = remains is null ? null : errors };
    }

    private static ProblemResult TooLarge => new(413, "BODY_TOO_LARGE", "The body is larger than 1 MiB.");

    private static BodyRead<T> Refuse<T>(ProblemResult problem) => new(default!, problem);

    private static bool IsJson(string? contentType)
    {
        var parameters = contentType.AsSpan();
        var end = parameters.IndexOf(';');
        var type = (end < 0 ? parameters : parameters[..end]).Trim();
        if (!type.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var charset = parameters.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        return charset < 0 || parameters[(charset + 8)..].Trim(" \"").StartsWith("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    private static class Type<T>
    {
        public static readonly JsonTypeInfo<T> Json = (JsonTypeInfo<T>)ApiJson.Options.GetTypeInfo(typeof(T));
        public static readonly bool IsList = Json.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary;
    }
}
