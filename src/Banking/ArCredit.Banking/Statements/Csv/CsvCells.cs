using System.Text;
using ArCredit.Platform.Csv;
using CsvHelper;

namespace ArCredit.Banking.Statements.Csv;

/// <summary>Cells of a record; what is no record of the mapping's format is refused with its line.</summary>
internal static class CsvCells
{
    public const int MaxRecordBytes = 64 * 1024;

    /// <summary>The cells without surrounding blanks; null when all are empty.</summary>
    public static string[]? Of(RawRecord record, CsvMapping mapping)
    {
        var place = new Place((int)record.Line);
        if (record.Fault != RecordFault.None)
        {
            throw StatementRefusedException.Syntax(place, $"the line {CsvRecords.Describe(record.Fault, MaxRecordBytes)}");
        }

        var options = new CsvReaderOptions { Separator = mapping.Separator(), HasHeader = false, MalformedData = CsvMalformedDataHandling.Recover };
        using var reader = CsvReader.Create(ToUtf8(record.Bytes, mapping, place), options);
        string[] cells = reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(index => reader.GetString(index).Trim())] : [];
        return Array.TrueForAll(cells, cell => cell.Length == 0) ? null : cells;
    }

    private static ReadOnlyMemory<byte> ToUtf8(ReadOnlyMemory<byte> bytes, CsvMapping mapping, Place place)
    {
        var encoding = mapping.Format?.Encoding is { } name ? CsvMapping.FindEncoding(name)! : Encoding.UTF8;
        if (encoding.WebName != "utf-8")
        {
            return Encoding.UTF8.GetBytes(encoding.GetString(bytes.Span));
        }

        if (System.Text.Unicode.Utf8.IsValid(bytes.Span))
        {
            return bytes;
        }

        return mapping.Format?.Encoding is null
            ? Encoding.UTF8.GetBytes(TextLines.Western.GetString(bytes.Span))
            : throw StatementRefusedException.Syntax(place, "the line is not written in utf-8");
    }
}
