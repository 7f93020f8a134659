namespace ArCredit.Platform.Csv;

/// <summary>
/// Finds where records end. A line of NDJSON is one. In CSV a quote opens a quoted cell only where a cell begins; elsewhere in an
/// unquoted cell it is text, as in <c>5" pipe</c>. Inside quotes line ends are text, <c>""</c> is a quote, and the closing quote
/// stands where a cell ends. A record of several lines that breaks this, or has not as many cells as the first record, is taken
/// for a quote that somebody forgot to close: its first line is the fault, and the next line is looked at afresh.
/// </summary>
/// <remarks>
/// Looking again costs little however bad the input is: only a line that leaves a quote open is looked past, and each of the
/// following ones that would do so too adds a cell to the record, of which there may not be more than in the header.
/// </remarks>
/// <param name="separator">Of CSV, ASCII; null = NDJSON.</param>
/// <param name="maxRecordBytes">Longest record.</param>
public sealed class RecordCutter(byte? separator, int maxRecordBytes)
{
    private const int ReadBytes = 64 * 1024;
    private const int None = -1;
    private const byte Quote = (byte)'"';

    private readonly byte[] buffer = new byte[maxRecordBytes + ReadBytes];
    private int start;
    private int scanned;
    private int filled;
    private long line = 1;
    private long recordLine = 1;
    private int firstLine = None;
    private int cells = 1;
    private int width;
    private Place place;
    private RecordFault fault;
    private bool afterReturn;
    private bool ended;

    private enum Place
    {
        CellStart,
        Unquoted,
        Quoted,
        QuoteInQuoted,
        AfterQuote,

        /// <summary>In a line that is no record: only its end counts.</summary>
        Lost,
    }

    /// <summary>Reads more; false when everything has been taken.</summary>
    public async ValueTask<bool> FillAsync(Stream input, CancellationToken cancellation)
    {
        Shift();
        return !ended && Filled(await input.ReadAsync(buffer.AsMemory(filled), cancellation));
    }

    /// <summary>Reads more; false when everything has been taken.</summary>
    public bool Fill(Stream input)
    {
        Shift();
        return !ended && Filled(input.Read(buffer.AsSpan(filled)));
    }

    /// <summary>The next record or fault; false when more must be read first.</summary>
    public bool TryTake(out RawRecord record)
    {
        do
        {
            if (!TryCut(out record) && !(ended && TryCutRest(out record)))
            {
                return false;
            }
        }
        while (record is { Bytes.IsEmpty: true, Fault: RecordFault.None });
        return true;
    }

    private void Shift()
    {
        buffer.AsSpan(start, filled - start).CopyTo(buffer);
        (scanned, filled, start) = (scanned - start, filled - start, 0);
    }

    // One more round follows the end of the input, in which what is left is taken.
    private bool Filled(int read)
    {
        filled += read;
        ended = read == 0;
        return true;
    }

    private bool TryCut(out RawRecord record)
    {
        while (scanned < filled)
        {
            var value = buffer[scanned++];
            if (value == (byte)'\n' && afterReturn)
            {
                // The second half of a line end. Where that ended a record, the next one begins behind it.
                afterReturn = false;
                start = start == scanned - 1 ? scanned : start;
                continue;
            }

            afterReturn = separator is not null && value == (byte)'\r';
            if (value == (byte)'\n' || afterReturn)
            {
                line++;
                if (place != Place.Quoted)
                {
                    record = End(scanned - 1);
                    return true;
                }

                firstLine = firstLine == None ? scanned - 1 - start : firstLine;
            }
            else if (separator is not null)
            {
                Step(value);
            }

            var isTooLong = scanned - start > maxRecordBytes;
            if (firstLine != None && (isTooLong || place == Place.Lost))
            {
                record = BackToFirstLine();
                return true;
            }

            if (isTooLong)
            {
                (place, fault, start) = (Place.Lost, RecordFault.TooLong, scanned);
            }
        }

        record = default;
        return false;
    }

    private bool TryCutRest(out RawRecord record)
    {
        if (start == filled && fault == RecordFault.None)
        {
            record = default;
            return false;
        }

        if (place == Place.Quoted)
        {
            fault = RecordFault.OpenQuote;
        }

        record = End(filled);
        return true;
    }

    private void Step(byte value)
    {
        switch (place)
        {
            case Place.CellStart when value == Quote:
                place = Place.Quoted;
                break;
            case Place.Quoted:
                place = value == Quote ? Place.QuoteInQuoted : Place.Quoted;
                break;
            case Place.QuoteInQuoted when value == Quote:
                place = Place.Quoted;
                break;
            case Place.Lost:
                break;
            case Place.CellStart or Place.Unquoted or Place.QuoteInQuoted or Place.AfterQuote when value == separator:
                cells++;
                place = firstLine != None && width > 0 && cells > width ? Place.Lost : Place.CellStart;
                break;
            case Place.CellStart:
                // A byte order mark and blanks before the first cell are cut off, so a quote behind them still opens it.
                place = cells == 1 && (IsBlank(value) || value is 0xEF or 0xBB or 0xBF) ? Place.CellStart : Place.Unquoted;
                break;
            case Place.QuoteInQuoted or Place.AfterQuote when !IsBlank(value):
                (place, fault) = (Place.Lost, RecordFault.TextAfterQuote);
                break;
            case Place.QuoteInQuoted or Place.AfterQuote:
                place = Place.AfterQuote;
                break;
            case Place.Unquoted:
                break;
        }
    }

    private RawRecord End(int end)
    {
        if (firstLine != None && (fault != RecordFault.None || (width > 0 && cells != width)))
        {
            return BackToFirstLine();
        }

        var bytes = fault == RecordFault.TooLong ? [] : Content(end);
        width = width == 0 && fault == RecordFault.None && bytes.Length > 0 ? cells : width;
        var record = new RawRecord(recordLine, bytes, fault);
        Begin(scanned, line);
        return record;
    }

    private RawRecord BackToFirstLine()
    {
        var end = start + firstLine;
        var record = new RawRecord(recordLine, Content(end), RecordFault.OpenQuote);
        afterReturn = buffer[end] == (byte)'\r';
        Begin(end + 1, recordLine + 1);
        return record;
    }

    private void Begin(int at, long number)
    {
        (start, scanned, line, recordLine) = (at, at, number, number);
        (place, cells, firstLine, fault) = (Place.CellStart, 1, None, RecordFault.None);
    }

    private byte[] Content(int end)
    {
        var bytes = buffer.AsSpan(start, end - start);
        if (bytes.EndsWith("\r"u8))
        {
            bytes = bytes[..^1];
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            bytes = bytes[3..];
        }

        // A separator that is a blank begins or ends an empty cell.
        return (separator switch { (byte)' ' => bytes.Trim("\t"u8), (byte)'\t' => bytes.Trim(" "u8), _ => bytes.Trim(" \t"u8) }).ToArray();
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';
}
