using System.Runtime.CompilerServices;
using ArCredit.Platform.Csv;

namespace ArCredit.Accounts.Features.Import;

/// <summary>
/// Cuts a stream into records without ever holding more than the longest one. A fault costs the line it stands in and never its
/// neighbours: what comes after a bad line is read as if that had not been there.
/// </summary>
public static class ImportInput
{
    /// <summary>Longest record: 64 KiB.</summary>
    public const int MaxRecordBytes = 64 * 1024;

    private const byte Comma = (byte)',';

    /// <summary>The records that are not blank, and the lines that are none.</summary>
    public static async IAsyncEnumerable<RawRecord> ReadAsync(
        Stream input, ImportFormat format, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var cutter = new RecordCutter(format == ImportFormat.Csv ? Comma : null, MaxRecordBytes);
        do
        {
            while (cutter.TryTake(out var record))
            {
                yield return record;
            }
        }
        while (await cutter.FillAsync(input, cancellation));
    }

    /// <summary>How many line ends stand inside a record, as the lines of an input are counted.</summary>
    public static int LineEndsIn(ReadOnlySpan<byte> record, ImportFormat format) => format == ImportFormat.Csv
        ? record.Count((byte)'\n') + record.Count((byte)'\r') - record.Count("\r\n"u8)
        : record.Count((byte)'\n');
}
