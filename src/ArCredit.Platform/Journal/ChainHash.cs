using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ArCredit.Platform.Journal;

/// <summary>The chain that makes an account's journal tamper-evident and fences stale writers.</summary>
public static class ChainHash
{
    /// <summary>The previous hash of an account's first row: 32 zero bytes.</summary>
    public static readonly byte[] Genesis = new byte[SHA256.HashSizeInBytes];

    /// <summary>
    /// SHA-256 of: previous hash (32 bytes), version (8, big endian), schema (4, big endian), then account and type as
    /// UTF-8, each after its length (4, big endian), then the payload.
    /// </summary>
    public static byte[] Compute(ReadOnlySpan<byte> previous, string accountId, long version, string type, int schema, ReadOnlySpan<byte> payload)
    {
#if PLANTED_BUGS
        payload = Kernel.Planted.Is("chain-without-payload") ? [] : payload;
#endif
        // Identifiers are at most 64 characters, so the header fits a small stack buffer; the payload is hashed beside it.
        Span<byte> header = stackalloc byte[32 + 8 + 4 + 4 + 4 + (4 * 64) + (4 * 64)];
        previous.CopyTo(header);
        var at = 32;
        BinaryPrimitives.WriteInt64BigEndian(header[at..], version);
        BinaryPrimitives.WriteInt32BigEndian(header[(at + 8)..], schema);
        at += 12;
        at = Append(header, at, accountId);
        at = Append(header, at, type);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header[..at]);
        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }

    private static int Append(Span<byte> header, int at, string text)
    {
        var written = Encoding.UTF8.GetBytes(text, header[(at + 4)..]);
        BinaryPrimitives.WriteInt32BigEndian(header[at..], written);
        return at + 4 + written;
    }
}
