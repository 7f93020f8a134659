using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Decisions;

/// <summary>A decision on a credit check, as it is recorded.</summary>
/// <param name="AccountId">Whose it is.</param>
/// <param name="By">Who asked.</param>
/// <param name="Decision">With all it stood on.</param>
internal sealed record CheckRecord(AccountId AccountId, string By, DecisionRecord Decision);

/// <summary>
/// Records of credit checks as they are stored: up to some hundred in one row and packed, because they are much alike and hardly
/// ever read. One row each, they would cost the database more than checking costs the server.
/// </summary>
/// <param name="FirstId">The least of its ids.</param>
/// <param name="LastId">The greatest of its ids.</param>
/// <param name="Checks">How many.</param>
/// <param name="Body">Zlib of one <see cref="CheckRecord"/> a line, JSON.</param>
internal sealed record CheckBlock(string FirstId, string LastId, int Checks, byte[] Body)
{
    /// <summary>The record of this id; null when the block has none.</summary>
    public static CheckRecord? Find(byte[] body, string id)
    {
        // Zlib never begins with a brace; the blocks made of what was recorded before there were any are plain.
        using var plain = body[0] == '{' ? (Stream)new MemoryStream(body) : new ZLibStream(new MemoryStream(body), CompressionMode.Decompress);
        using var lines = new StreamReader(plain, Encoding.UTF8);
        while (lines.ReadLine() is { } line)
        {
            // An id may stand in a free text too; only the record itself tells whose it is.
            if (line.Contains(id, StringComparison.Ordinal)
                && JsonSerializer.Deserialize<CheckRecord>(line, EventCodec.Options) is { } record && record.Decision.Id == id)
            {
                return record;
            }
        }

        return null;
    }
}

/// <summary>Packs records into blocks; its buffers are used again, so one thread at a time.</summary>
internal sealed class CheckPacker : IDisposable
{
    private const int MostChecks = 256;
    private readonly ArrayBufferWriter<byte> plain = new(1 << 18);
    private readonly MemoryStream packed = new();
    private readonly Utf8JsonWriter json;

    public CheckPacker() => json = new Utf8JsonWriter(plain);

    public void Dispose()
    {
        json.Dispose();
        packed.Dispose();
    }

    /// <summary>
    /// The blocks of these records. The ids of a block lie less than <see cref="CheckIds.BlockSpan"/> apart, so that a block is
    /// found by its first id.
    /// </summary>
    public IEnumerable<CheckBlock> Pack(List<CheckRecord> records)
    {
        records.Sort(static (one, other) => string.CompareOrdinal(one.Decision.Id, other.Decision.Id));
        for (var (start, end) = (0, 1); start < records.Count; start = end++)
        {
            var bound = CheckIds.InstantOf(records[start].Decision.Id) + CheckIds.BlockSpan;
            while (end < records.Count && end - start < MostChecks && CheckIds.InstantOf(records[end].Decision.Id) < bound)
            {
                end++;
            }

            yield return new CheckBlock(
                records[start].Decision.Id, records[end - 1].Decision.Id, end - start, Pack(CollectionsMarshal.AsSpan(records)[start..end]));
        }
    }

    private byte[] Pack(ReadOnlySpan<CheckRecord> records)
    {
        plain.ResetWrittenCount();
        foreach (var record in records)
        {
            json.Reset();
            JsonSerializer.Serialize(json, record, EventCodec.Options);
            plain.Write("\n"u8);
        }

        packed.SetLength(0);
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(plain.WrittenSpan);
        }

        return packed.ToArray();
    }
}

/// <summary>Ids of credit checks: a letter and a UUID of version 7, which begins with the milliseconds since 1970.</summary>
internal static class CheckIds
{
    /// <summary>How far apart the ids of one block may be.</summary>
    public static readonly TimeSpan BlockSpan = TimeSpan.FromSeconds(2);

    private const char Prefix = 'c';
    private const int InstantDigits = 12;

    /// <summary>A new one.</summary>
    public static string New(DateTimeOffset now) => $"{Prefix}{Guid.CreateVersion7(now):N}";

    /// <summary>Whether the text can be one.</summary>
    public static bool IsId(string text) =>
        text.Length > 0 && text[0] == Prefix && Guid.TryParseExact(text.AsSpan(1), "N", out _) && !text.AsSpan(1).ContainsAnyInRange('A', 'Z');

    /// <summary>When it was made, to the millisecond.</summary>
    public static DateTimeOffset InstantOf(string id) =>
        DateTimeOffset.UnixEpoch.AddMilliseconds(long.Parse(id.AsSpan(1, InstantDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    /// <summary>What the first id of a block that holds this id cannot come before.</summary>
    public static string EarliestFirstOf(string id) =>
        $"{Prefix}{(InstantOf(id) - BlockSpan).ToUnixTimeMilliseconds():x12}";
}
