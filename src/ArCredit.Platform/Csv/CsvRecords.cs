using System.Globalization;

namespace ArCredit.Platform.Csv;

/// <summary>Why bytes of the input are no record.</summary>
public enum RecordFault
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>The line is longer than a record may be.</summary>
    TooLong,

    /// <summary>A quoted CSV cell does not end: not in the longest record, not before the input's end, or not where a cell ends.</summary>
    OpenQuote,

    /// <summary>Something stands between a closing quote and the end of its cell.</summary>
    TextAfterQuote,
}

/// <summary>A record of the input as it came.</summary>
/// <param name="Line">Number of its first line, from 1.</param>
/// <param name="Bytes">Without its line end; of a faulty one its first line alone, and nothing when that was too long to keep.</param>
/// <param name="Fault">None for a record.</param>
public readonly record struct RawRecord(long Line, ReadOnlyMemory<byte> Bytes, RecordFault Fault);

/// <summary>Cuts CSV into records without ever holding more than the longest one.</summary>
public static class CsvRecords
{
    /// <summary>The records of CSV that are not blank, and the lines that are none.</summary>
    /// <param name="input">In an encoding that has ASCII's bytes.</param>
    /// <param name="separator">An ASCII character other than a quote, CR and LF.</param>
    /// <param name="maxRecordBytes">Longest record.</param>
    public static IEnumerable<RawRecord> Read(Stream input, byte separator, int maxRecordBytes)
    {
        var cutter = new RecordCutter(separator, maxRecordBytes);
        do
        {
            while (cutter.TryTake(out var record))
            {
                yield return record;
            }
        }
        while (cutter.Fill(input));
    }

    /// <summary>A fault in words, to be said of a line.</summary>
    public static string Describe(RecordFault fault, int maxRecordBytes) => fault switch
    {
        RecordFault.None => "is a record",
        RecordFault.TooLong => string.Create(CultureInfo.InvariantCulture, $"is longer than {maxRecordBytes} bytes"),
        RecordFault.OpenQuote => "has a quote that is never closed",
        RecordFault.TextAfterQuote => "has text between a closing quote and the end of its cell; a quote inside quotes is doubled",
    };
}
