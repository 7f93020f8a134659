using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ArCredit.Host.Import;

/// <summary>
/// Numbers for documents that have none: a hash of the row's content and which occurrence of that content it is in the file,
/// because two equal rows are two documents. The same file gives the same numbers every time; the settlement is left out, so
/// that an item keeps its number when a later file says that it was paid.
/// </summary>
internal sealed class ContentNumbers
{
    private readonly Dictionary<UInt128, int> occurrences = [];

    /// <summary>The number of the next row of this content: 27 characters or a few more.</summary>
    public string Next(string customer, DateOnly issueDate, DateOnly? dueDate, long amount, string currency)
    {
        var content = string.Create(
            CultureInfo.InvariantCulture, $"{customer}\u001f{issueDate:yyyy-MM-dd}\u001f{dueDate:yyyy-MM-dd}\u001f{amount}\u001f{currency}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(content), hash);
        var key = BinaryPrimitives.ReadUInt128BigEndian(hash);
        var occurrence = occurrences.GetValueOrDefault(key) + 1;
        occurrences[key] = occurrence;
        return string.Create(CultureInfo.InvariantCulture, $"f{Convert.ToHexStringLower(hash[..12])}-{occurrence}");
    }
}
