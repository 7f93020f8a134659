using System.Buffers;
using System.Text;
using ArCredit.Accounts.Features.Import;
using ArCredit.Platform.Csv;
using ArCredit.Platform.Start;

namespace ArCredit.Host.Import;

/// <summary>Where a line of a page comes from.</summary>
/// <param name="Line">In the file.</param>
/// <param name="Source">The line as it stands there.</param>
internal readonly record struct PageSource(long Line, string Source);

/// <summary>What an import does next.</summary>
internal abstract record ImportStep
{
    private ImportStep()
    {
    }

    /// <summary>Send these lines.</summary>
    /// <param name="Kind">What they are.</param>
    /// <param name="Format">How they are written.</param>
    /// <param name="Lines">The bytes.</param>
    /// <param name="Sources">By number of the line within the page.</param>
    public sealed record Page(ImportKind Kind, ImportFormat Format, ReadOnlyMemory<byte> Lines, IReadOnlyDictionary<long, PageSource> Sources) : ImportStep;

    /// <summary>A row that cannot be sent at all.</summary>
    public sealed record Fault(PageSource Source, string Message) : ImportStep;

    /// <summary>So many rows of the file are behind us.</summary>
    public sealed record Read(long Rows) : ImportStep;
}

/// <summary>Collects lines into pages.</summary>
internal sealed class PageBuilder(ImportKind kind, ImportFormat format, ReadOnlyMemory<byte> header = default)
{
    private ArrayBufferWriter<byte> lines = new();
    private Dictionary<long, PageSource> sources = [];
    private long next = 1;

    /// <summary>Lines in the page.</summary>
    public int Count => sources.Count;

    /// <summary>Adds a line.</summary>
    public void Add(ReadOnlySpan<byte> line, PageSource source)
    {
        if (next == 1 && !header.IsEmpty)
        {
            Append(header.Span);
        }

        sources.Add(next, source);
        Append(line);
    }

    /// <summary>The page, unless it is empty; a new one begins.</summary>
    public ImportStep.Page? Take()
    {
        var page = Count == 0 ? null : new ImportStep.Page(kind, format, lines.WrittenMemory, sources);
        (lines, sources, next) = (new ArrayBufferWriter<byte>(), [], 1);
        return page;
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        lines.Write(line);
        lines.Write("\n"u8);
        next += ImportInput.LineEndsIn(line, format) + 1;
    }
}

/// <summary>A file that is in our shape already, page by page.</summary>
internal static class OwnFile
{
    private const int PageLines = 2000;

    /// <summary>The steps of a file; its format is told by its extension.</summary>
    public static async IAsyncEnumerable<ImportStep> ReadAsync(
        string path, ImportKind kind, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var format = Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ImportFormat.Csv : ImportFormat.Ndjson;
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        PageBuilder? page = format == ImportFormat.Ndjson ? new PageBuilder(kind, format) : null;
        await foreach (RawRecord record in ImportInput.ReadAsync(file, format, cancellation))
        {
            if (page is null)
            {
                page = record.Fault == RecordFault.None
                    ? new PageBuilder(kind, format, record.Bytes)
                    : throw new SettingException($"The header of {path} {CsvRecords.Describe(record.Fault, ImportInput.MaxRecordBytes)}.");
                continue;
            }

            var source = new PageSource(record.Line, Encoding.UTF8.GetString(record.Bytes.Span));
            if (record.Fault != RecordFault.None)
            {
                yield return new ImportStep.Fault(source, CsvRecords.Describe(record.Fault, ImportInput.MaxRecordBytes));
                yield return new ImportStep.Read(1);
                continue;
            }

            page.Add(record.Bytes.Span, source);
            if (page.Count == PageLines)
            {
                yield return page.Take()!;
                yield return new ImportStep.Read(PageLines);
            }
        }

        var rest = page?.Count ?? 0;
        if (page?.Take() is { } last)
        {
            yield return last;
            yield return new ImportStep.Read(rest);
        }
    }
}
