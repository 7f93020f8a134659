using System.Text;
using System.Xml;
using ArCredit.Banking.Statements.Bai;
using ArCredit.Banking.Statements.Camt;
using ArCredit.Banking.Statements.Csv;
using ArCredit.Banking.Statements.Swift;

namespace ArCredit.Banking.Statements;

/// <summary>Reads a bank's file, whatever it is called: the content tells the format.</summary>
internal static class StatementReader
{
    private const int Looked = 4096;

    // Files name code pages that the runtime knows only when asked to.
    static StatementReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>
    /// The statements of a file in its order, read as they are asked for: of a large file little is in memory at a time. Parts
    /// that came before a refusal are to be forgotten.
    /// </summary>
    /// <param name="file">Can be read from its beginning; stays open.</param>
    /// <param name="csv">How CSV files are recognised.</param>
    /// <exception cref="StatementRefusedException">The file is wrong, found as far as it was read.</exception>
    public static IEnumerable<StatementPart> Read(Stream file, CsvKnowledge csv)
    {
        using var parts = StatementCheck.Run(Open(file, csv)).GetEnumerator();
        while (true)
        {
            try
            {
                if (!parts.MoveNext())
                {
                    yield break;
                }
            }
            catch (XmlException broken)
            {
                throw StatementRefusedException.Syntax(new Place(Math.Max(1, broken.LineNumber)), PlainText.Of(broken));
            }

            yield return parts.Current;
        }
    }

    private static IEnumerable<StatementPart> Open(Stream file, CsvKnowledge csv)
    {
        var head = new byte[Looked];
        var length = file.ReadAtLeast(head, Looked, throwOnEndOfStream: false);
        file.Position = 0;
        var bytes = head.AsSpan(0, length);
        var wide = bytes.StartsWith(Encoding.Unicode.Preamble) ? Encoding.Unicode : bytes.StartsWith(Encoding.BigEndianUnicode.Preamble) ? Encoding.BigEndianUnicode : null;
        var text = (wide is not null ? wide.GetString(bytes[2..]) : Encoding.Latin1.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes)).TrimStart();
        if (text.StartsWith('<'))
        {
            return new CamtReader(file).Read();
        }

        if (text.Length > 2 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[1]) && text[2] == ',')
        {
            return new BaiReader(new TextLines(Narrow(file, wide))).Read();
        }

        if (text.Split('\n', '\r').Any(MtTag.Begins))
        {
            return new MtReader(new TextLines(Narrow(file, wide))).Read();
        }

        // CSV is read more than once; its mark counts for more than what the mapping says of other files.
        var (cells, mappings) = (file, csv.Mappings);
        if (wide is not null)
        {
            cells = new MemoryStream();
            Narrow(file, wide).CopyTo(cells);
            cells.Position = 0;
            mappings = [.. mappings.Select(mapping => mapping with { Format = mapping.Format is { } format ? format with { Encoding = null } : null })];
        }

        return CsvStatementReader.Recognise(cells, mappings) is { } mapping
            ? new CsvStatementReader(cells, mapping, csv.CurrencyOf).Read()
            : throw new StatementRefusedException(
                StatementRefusedException.UnknownFormat, new Place(1),
                "the file is neither camt.052, camt.053 or camt.054, nor MT940 or MT942, nor BAI2, nor CSV with the columns of a registered mapping");
    }

    /// <summary>The file from its beginning as UTF-8, whose mark is kept.</summary>
    private static Stream Narrow(Stream file, Encoding? wide) =>
        wide is null ? file : Encoding.CreateTranscodingStream(file, wide, Encoding.UTF8, leaveOpen: true);
}
