using System.Globalization;
using System.Text;
using ArCredit.Accounts.Features.Import;
using ArCredit.Kernel;
using ArCredit.Platform.Csv;
using ArCredit.Platform.Start;
using CsvHelper;

namespace ArCredit.Host.Import;

/// <summary>A row as understood.</summary>
/// <param name="Customer">Account number.</param>
/// <param name="Currency">Of the row.</param>
/// <param name="Number">The file's own number; null = made from content.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Null = by the account's terms.</param>
/// <param name="Amount">Minor units, never 0; negative = a credit note.</param>
/// <param name="SettledOn">Null = open.</param>
/// <param name="Texts">Name, segment, country, department and reference as given; null = none.</param>
internal sealed record MappedRow(
    string Customer, Currency Currency, string? Number, DateOnly IssueDate, DateOnly? DueDate, long Amount, DateOnly? SettledOn, RowTexts Texts);

/// <summary>What a row says besides its numbers.</summary>
internal readonly record struct RowTexts(string? Name, string? Segment, string? Country, string? Department, string? Reference);

/// <summary>A row of the file: understood, or what is wrong with it.</summary>
internal readonly record struct ForeignRow(long Line, string Source, MappedRow? Row, string? Fault);

/// <summary>Reads a foreign CSV through a mapping, row by row, as often as asked.</summary>
internal sealed class ForeignFile(string path, Mapping mapping)
{
    private const int MaxRecordBytes = 1024 * 1024;

    private readonly CultureInfo culture = Mapping.FindCulture(mapping.Format?.Culture) ?? CultureInfo.InvariantCulture;
    private readonly string[] dates = [.. mapping.Format?.Dates ?? ["yyyy-MM-dd"]];
    private readonly CsvReaderOptions csv = new() { Separator = Separator(mapping), HasHeader = false };

    private string EncodingName => mapping.Format?.Encoding ?? "utf-8";

    /// <summary>Fails when the file is empty, is written otherwise than the mapping says, or lacks a column of it; the exception says which.</summary>
    public void Check()
    {
        using var rows = Read().GetEnumerator();
        rows.MoveNext();
    }

    /// <summary>All rows in the order of the file.</summary>
    public IEnumerable<ForeignRow> Read()
    {
        using var text = Open();
        Dictionary<string, int>? columns = null;
        var width = 0;
        foreach (var record in CsvRecords.Read(text, (byte)Separator(mapping), MaxRecordBytes))
        {
            using var reader = CsvReader.Create(record.Bytes, csv);
            reader.Read();
            if (columns is null)
            {
                columns = Columns(record, reader);
                width = reader.FieldCount;
                continue;
            }

            var source = Encoding.UTF8.GetString(record.Bytes.Span);
            var fault = record.Fault != RecordFault.None ? CsvRecords.Describe(record.Fault, MaxRecordBytes)
                : reader.FieldCount != width ? $"has {reader.FieldCount} cells where the header has {width}"
                : source.Contains('\uFFFD', StringComparison.Ordinal) ? $"is not written in {EncodingName}"
                : null;
            MappedRow? row = null;
            if (fault is null)
            {
                row = Understand(new Cells(reader, columns), out fault);
            }

            yield return new ForeignRow(record.Line, source, row, fault);
        }

        if (columns is null)
        {
            throw new SettingException($"{path} is empty.");
        }
    }

    /// <summary>The file in UTF-8, with what is not of its encoding replaced by U+FFFD.</summary>
    private Stream Open()
    {
        Encoding encoding;
        using (var start = new StreamReader(path, Mapping.FindEncoding(mapping.Format?.Encoding) ?? Encoding.UTF8, detectEncodingFromByteOrderMarks: true))
        {
            start.Peek();
            encoding = start.CurrentEncoding;
        }

        return Encoding.CreateTranscodingStream(File.OpenRead(path), encoding, Encoding.UTF8);
    }

    private static char Separator(Mapping mapping) => (mapping.Format?.Delimiter ?? ",")[0];

    private Dictionary<string, int> Columns(RawRecord header, CsvReader reader)
    {
        if (Encoding.UTF8.GetString(header.Bytes.Span).AsSpan().ContainsAny('\uFFFD', '\0'))
        {
            throw new SettingException($"{path} is not written in {EncodingName}; the mapping's format.encoding says how it is.");
        }

        if (header.Fault != RecordFault.None)
        {
            throw new SettingException($"The header of {path} {CsvRecords.Describe(header.Fault, MaxRecordBytes)}.");
        }

        var names = Enumerable.Range(0, reader.FieldCount).Select(index => reader.GetString(index).Trim()).ToList();
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (field, value) in mapping.Values())
        {
            if (value.Column is { } column)
            {
                var index = names.IndexOf(column);
                columns[column] = index >= 0
                    ? index
                    : throw new SettingException($"The mapping's {field} names the column '{column}', but {path} has: {string.Join(", ", names)}.");
            }
        }

        return columns;
    }

    private MappedRow? Understand(Cells cells, out string? fault)
    {
        var customer = cells[mapping.Customer.Id];
        if (!AccountId.TryParse(customer, out _))
        {
            fault = "has no usable customer number";
            return null;
        }

        if (!Currency.TryParse(cells[mapping.Currency], out var currency))
        {
            fault = $"has the unknown currency '{cells[mapping.Currency]}'";
            return null;
        }

        var number = cells[mapping.Invoice.Number];
        if (mapping.Invoice.Number is not null && !DocumentNumber.TryParse(number, out _))
        {
            fault = "has no usable document number";
            return null;
        }

        DateOnly? due = null, settled = null;
        fault = null;
        if (!TryDate(cells[mapping.Invoice.IssueDate], "issue date", ref fault, out var issued)
            || !TryAmount(cells[mapping.Invoice.Amount], currency, ref fault, out var amount)
            || !TryOptionalDate(cells[mapping.Invoice.DueDate], "due date", ref fault, ref due)
            || !TryOptionalDate(cells[mapping.Payment?.ReceivedOn], "settlement date", ref fault, ref settled))
        {
            return null;
        }

        if (amount < 0 && settled is not null)
        {
            // What a settled credit was set against the file does not say, and a guess would open or close other items.
            fault = "is a settled credit, which is set against items that the file does not name";
            return null;
        }

        return new MappedRow(
            customer!, currency, number, issued, due, amount, settled,
            new RowTexts(
                cells[mapping.Customer.Name], cells[mapping.Customer.Segment], cells[mapping.Customer.Country], cells[mapping.Invoice.Department],
                cells[mapping.Invoice.Reference]));
    }

    private bool TryOptionalDate(string? cell, string what, ref string? fault, ref DateOnly? date)
    {
        if (cell is null)
        {
            return true;
        }

        var valid = TryDate(cell, what, ref fault, out var day);
        date = day;
        return valid;
    }

    private bool TryDate(string? cell, string what, ref string? fault, out DateOnly date)
    {
        if (DateOnly.TryParseExact(cell, dates, culture, DateTimeStyles.AllowWhiteSpaces, out date))
        {
            return true;
        }

        fault = $"has the {what} '{cell}', which is not written as {string.Join(" or ", dates)}";
        return false;
    }

    private bool TryAmount(string? cell, Currency currency, ref string? fault, out long minor)
    {
        minor = 0;
        if (!decimal.TryParse(cell, NumberStyles.Number, culture, out var amount))
        {
            fault = $"has the amount '{cell}', which is no number";
        }
        else if (Money.TryFromAmount(amount, currency, out var money) is not AmountFault.None and var wrong)
        {
            fault = wrong == AmountFault.TooLarge ? "has an amount above 10^15 minor units" : $"has the amount {cell} with more decimals than {currency} has";
        }
        else if (money.Minor == 0)
        {
            fault = "has the amount 0";
        }
        else
        {
            minor = money.Minor;
        }

        return fault is null;
    }

    /// <summary>The cells of the current record; an empty one is null.</summary>
    private readonly struct Cells(CsvReader reader, Dictionary<string, int> columns)
    {
        public string? this[MappedValue? value]
        {
            get
            {
                var text = value is null ? null : value.Column is { } column ? reader.GetString(columns[column]).Trim() : value.Value;
                return string.IsNullOrEmpty(text) ? null : text;
            }
        }
    }
}
