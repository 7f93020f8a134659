using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ArCredit.Identity.Keys;

/// <summary>
/// SHA-256 of a key: all that is kept of it. Keys made here are 256 random bits and need neither salt nor a slow hash, which every
/// request would pay for; an operator's own key is as hard to guess from a stolen table as the operator made it.
/// </summary>
internal readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
{
    private const int MaxKeyLength = 512;

    /// <summary>False for what cannot be a key.</summary>
    public static bool TryCompute(ReadOnlySpan<char> key, out KeyHash hash)
    {
        hash = default;
        if (key.Length is 0 or > MaxKeyLength || !Ascii.IsValid(key))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[MaxKeyLength];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(key, bytes)], digest);
        hash = From(digest);
        return true;
    }

    public static KeyHash Parse(string hex) => From(Convert.FromHexString(hex));

    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";

    private static KeyHash From(ReadOnlySpan<byte> digest) => new(
        BinaryPrimitives.ReadUInt64BigEndian(digest),
        BinaryPrimitives.ReadUInt64BigEndian(digest[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(digest[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(digest[24..]));
}

/// <summary>Makes keys.</summary>
internal static class NewKey
{
    private const string Prefix = "ark_";

    /// <summary>A key nobody has: <c>ark_</c> and 32 random bytes, URL-safe.</summary>
    public static string Make() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
