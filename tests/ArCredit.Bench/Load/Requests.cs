using System.Globalization;
using System.Text;

namespace ArCredit.Bench.Load;

/// <summary>Whole requests as bytes; put together outside the time that is measured.</summary>
/// <param name="key">Bearer key.</param>
internal sealed class Requests(string key)
{
    private readonly string run = Guid.NewGuid().ToString("N")[..12];
    private long made;

    /// <summary>A POST with an idempotency key of its own.</summary>
    public byte[] Post(string path, string body) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nIdempotency-Key: {run}-{Interlocked.Increment(ref made)}\r\n\r\n{body}"));

    /// <summary>A reservation of 1.25 EUR.</summary>
    public byte[] Reserve(string account) => Post($"/api/v1/accounts/{account}/reservations", LoadRequest.ReserveBody);
}
