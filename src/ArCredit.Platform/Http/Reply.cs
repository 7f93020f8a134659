using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Platform.Http;

/// <summary>Writes answers. The body is complete before its status is sent: what cannot be written is a clean 500, and nothing is chunked.</summary>
public static class Reply
{
    private const int KeptBytes = 64 * 1024;

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? pooled;

    /// <summary>Answers with JSON.</summary>
    public static Task Json<T>(HttpContext http, int status, T value)
    {
        var (buffer, writer) = pooled ?? New();
        pooled = null;
        JsonSerializer.Serialize(writer, value, Type<T>.Json);
        writer.Flush();
        var sent = Bytes(http, status, "application/json", buffer.WrittenMemory);
        if (!sent.IsCompletedSuccessfully)
        {
            return sent;
        }

        if (buffer.Capacity <= KeptBytes)
        {
            buffer.ResetWrittenCount();
            writer.Reset();
            pooled = (buffer, writer);
        }

        return Task.CompletedTask;
    }

    /// <summary>Answers with a status alone (204, 202).</summary>
    public static Task Empty(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>Answers with stored bytes, such as a recorded answer; they are copied before this returns, or the task waits.</summary>
    public static Task Bytes(HttpContext http, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        var started = response.StartAsync();
        if (!started.IsCompletedSuccessfully)
        {
            return WriteLater(started, response, body);
        }

        response.BodyWriter.Write(body.Span);
        return Task.CompletedTask;
    }

    private static async Task WriteLater(Task started, HttpResponse response, ReadOnlyMemory<byte> body)
    {
        await started;
        response.BodyWriter.Write(body.Span);
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) New()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        return (buffer, new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder, SkipValidation = true }));
    }

    private static class Type<T>
    {
        public static readonly JsonTypeInfo<T> Json = (JsonTypeInfo<T>)ApiJson.Options.GetTypeInfo(typeof(T));
    }
}
