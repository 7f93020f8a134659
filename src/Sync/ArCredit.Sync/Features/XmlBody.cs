using System.Security.Cryptography;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ArCredit.Sync.Features;

/// <summary>A request's body as it is, bounded.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="ContentHash">SHA-256, in hexadecimal.</param>
internal sealed record XmlBody(ReadOnlyMemory<byte> Bytes, string ContentHash)
{
    /// <summary>Largest e-invoice accepted: 16 MiB, attachments included.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    public static readonly string[] Types = ["application/xml", "text/xml", "application/octet-stream"];

    private static readonly ProblemResult TooLarge = new(413, "BODY_TOO_LARGE", "The body is larger than 16 MiB.");

    /// <summary>The body, or the problem to answer with.</summary>
    public static async Task<(XmlBody? Body, ProblemResult? Problem)> ReadAsync(HttpContext http)
    {
        var type = http.Request.ContentType?.Split(';')[0].Trim();
        if (!Types.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            return (null, new ProblemResult(415, "UNSUPPORTED_MEDIA_TYPE", $"The body must be one of {string.Join(", ", Types)}."));
        }

        if (http.Request.ContentLength > MaxBytes)
        {
            return (null, TooLarge);
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // Counted here: one byte more tells a body that is too large from one that is just not.
            size.MaxRequestBodySize = null;
        }

        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            if (bytes.Length + read > MaxBytes)
            {
                return (null, TooLarge);
            }

            bytes.Write(buffer, 0, read);
        }

        var all = bytes.ToArray();
        return (new XmlBody(all, Convert.ToHexStringLower(SHA256.HashData(all))), null);
    }
}
