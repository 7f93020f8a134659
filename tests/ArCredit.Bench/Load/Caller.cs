using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ArCredit.Bench.Load;

/// <summary>One keep-alive connection that asks and waits for the answer; no more HTTP than that takes.</summary>
internal sealed class Caller : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LengthName = "\r\nContent-Length: "u8.ToArray();
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[16 * 1024];

    private Caller()
    {
    }

    public static async Task<Caller> ConnectAsync(Uri server, CancellationToken cancellation)
    {
        var caller = new Caller();
        await caller.socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port, cancellation);
        return caller;
    }

    /// <summary>Sends a whole request; the status of its answer, which is read to its end.</summary>
    /// <exception cref="BenchException">The connection ended.</exception>
    public async ValueTask<int> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await socket.SendAsync(request, cancellation);
        for (var filled = 0; ;)
        {
            Grow(filled);
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellation);
            filled += read > 0 ? read : throw new BenchException("The server closed a connection.");
            if (IsComplete(buffer.AsSpan(0, filled)))
            {
                return Status;
            }
        }
    }

    /// <summary>The same, on this thread, for a caller that is used in no other way.</summary>
    /// <exception cref="BenchException">The connection ended, or the status is above 399.</exception>
    public void AskAndWait(ReadOnlySpan<byte> request)
    {
        socket.Send(request);
        for (var filled = 0; ;)
        {
            Grow(filled);
            var read = socket.Receive(buffer.AsSpan(filled));
            filled += read > 0 ? read : throw new BenchException("The server closed a connection.");
            if (IsComplete(buffer.AsSpan(0, filled)))
            {
                if (Status > 399)
                {
                    throw new BenchException($"Answered {LastAnswer}");
                }

                return;
            }
        }
    }

    /// <summary>The answer read last, for complaints.</summary>
    public string LastAnswer => Encoding.UTF8.GetString(buffer).TrimEnd('\0');

    private int Status => int.Parse(buffer.AsSpan("HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private void Grow(int filled)
    {
        if (filled == buffer.Length)
        {
            Array.Resize(ref buffer, filled * 2);
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf(EndOfHead);
        if (head < 0)
        {
            return false;
        }

        var length = answer[..head].IndexOf(LengthName);
        if (length < 0)
        {
            return answer.EndsWith(LastChunk);
        }

        var digits = answer[(length + LengthName.Length)..head];
        var end = digits.IndexOf((byte)'\r');
        return answer.Length >= head + EndOfHead.Length + int.Parse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
