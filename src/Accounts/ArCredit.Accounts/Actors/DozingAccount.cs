using System.IO.Compression;
using System.Text.Json;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Actors;

/// <summary>
/// An account that nobody has asked for some seconds, packed into one array: a fraction of its objects' memory, nothing for
/// the garbage collector to walk, and back in microseconds without asking the database.
/// </summary>
internal static class DozingAccount
{
    /// <summary>Larger ones stay as they are: packing them would take longer than it is worth.</summary>
    public const int MostDocuments = 64;

    private const int Quality = 1;
    private const int WindowBits = 16;

    /// <summary>The account's bytes.</summary>
    public static byte[] Pack(Account account)
    {
        var (head, pages) = account.TakeSnapshot(allPages: true);
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new Packed(head, [.. pages.Select(page => new PackedPage(page.Key, page.Value!))]), EventCodec.Options);
        Span<byte> compressed = new byte[BrotliEncoder.GetMaxCompressedLength(json.Length)];
        Require.That(BrotliEncoder.TryCompress(json, compressed, out var length, Quality, WindowBits));
        return [.. BitConverter.GetBytes(json.Length), .. compressed[..length]];
    }

    /// <summary>The account as it was packed, but for closed documents, which the journal knows.</summary>
    public static Account Unpack(AccountId id, byte[] packed)
    {
        var json = new byte[BitConverter.ToInt32(packed)];
        Require.That(BrotliDecoder.TryDecompress(packed.AsSpan(sizeof(int)), json, out var length) && length == json.Length);
        var (head, pages) = JsonSerializer.Deserialize<Packed>(json, EventCodec.Options) ?? throw new InvariantException("A dozing account is null.");
        return Account.Restore(id, head, pages.Select(page => (page.Number, page.Content)));
    }

    private sealed record Packed(AccountSnapshot Head, IReadOnlyList<PackedPage> Pages);

    private sealed record PackedPage(int Number, PageSnapshot Content);
}
