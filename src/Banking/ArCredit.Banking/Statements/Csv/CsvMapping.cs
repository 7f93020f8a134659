using System.Globalization;
using System.Text;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.Statements.Csv;

/// <summary>Where a value comes from: a column of the file, or the same for every line.</summary>
/// <param name="Column">A column's name, as in the header.</param>
/// <param name="Value">A constant.</param>
internal sealed record CsvValue(string? Column, string? Value);

/// <summary>How the file is written.</summary>
/// <param name="Delimiter">One ASCII character; a comma when absent.</param>
/// <param name="Encoding">As .NET names it (windows-1252), one byte per character or utf-8; absent = UTF-8, and windows-1252 where it is none.</param>
/// <param name="Dates">Formats as .NET writes them (yyyy-MM-dd, dd.MM.yyyy), tried in order; yyyy-MM-dd when absent.</param>
/// <param name="DecimalSign">Either a point or a comma; a point when absent. Groups of three digits may be parted.</param>
internal sealed record CsvFormat(string? Delimiter, string? Encoding, IReadOnlyList<string>? Dates, string? DecimalSign);

/// <summary>How a bank writes its CSV. A file is known by its header: it has all columns of one mapping.</summary>
/// <param name="Format">How the file is written.</param>
/// <param name="Account">IBAN or number of the own account, as it is registered.</param>
/// <param name="Currency">Absent = the account's.</param>
/// <param name="BookedOn">Booking date.</param>
/// <param name="ValueOn">Value date; absent = the booking date.</param>
/// <param name="Amount">With a sign, or without one beside <paramref name="Direction"/>.</param>
/// <param name="Credit">What came in, where that has a column of its own; beside <paramref name="Debit"/>, instead of the amount.</param>
/// <param name="Debit">What went out.</param>
/// <param name="Direction">Says what an amount without a sign is.</param>
/// <param name="DebitWords">What stands in that column for what went out; everything else came in.</param>
/// <param name="Balance">Booked balance behind the line; where it is given, every line is held against it.</param>
/// <param name="BankReference">The bank's reference of the booking.</param>
/// <param name="EndToEndId">The payer's reference.</param>
/// <param name="Party">Name of the other side.</param>
/// <param name="PartyAccount">Its IBAN or number.</param>
/// <param name="Remittance">Columns of free text, joined.</param>
/// <param name="StructuredReference">A creditor reference.</param>
/// <param name="Code">Kind of booking.</param>
internal sealed record CsvMapping(
    CsvFormat? Format, CsvValue Account, CsvValue? Currency, CsvValue BookedOn, CsvValue? ValueOn, CsvValue? Amount, CsvValue? Credit, CsvValue? Debit,
    CsvValue? Direction, IReadOnlyList<string>? DebitWords, CsvValue? Balance, CsvValue? BankReference, CsvValue? EndToEndId, CsvValue? Party,
    CsvValue? PartyAccount, IReadOnlyList<CsvValue>? Remittance, CsvValue? StructuredReference, CsvValue? Code)
{
    /// <summary>Between cells.</summary>
    public char Separator() => (Format?.Delimiter ?? ",")[0];

    /// <summary>Formats of dates, at least one.</summary>
    public string[] DateFormats() => [.. Format?.Dates ?? ["yyyy-MM-dd"]];

    /// <summary>Between units and their parts.</summary>
    public char DecimalPoint() => (Format?.DecimalSign ?? ".")[0];

    /// <summary>Every value with the field it stands in.</summary>
    public IEnumerable<(string Field, CsvValue Value)> Values()
    {
        (string Field, CsvValue? Value)[] all =
        [
            ("account", Account), ("currency", Currency), ("bookedOn", BookedOn), ("valueOn", ValueOn), ("amount", Amount), ("credit", Credit), ("debit", Debit),
            ("direction", Direction), ("balance", Balance), ("bankReference", BankReference), ("endToEndId", EndToEndId), ("party", Party),
            ("partyAccount", PartyAccount), ("structuredReference", StructuredReference), ("code", Code),
            .. (Remittance ?? []).Select((value, index) => ($"remittance[{index}]", (CsvValue?)value)),
        ];
        return all.Where(each => each.Value is not null).Select(each => (each.Field, each.Value!));
    }

    /// <summary>The columns that a file must have.</summary>
    public IEnumerable<string> Columns() => Values().Select(each => each.Value.Column).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Adds what is wrong.</summary>
    public void Check(FieldErrors errors)
    {
        foreach (var (field, value) in Values())
        {
            if (value is { Column: null, Value: null } or { Column: not null, Value: not null })
            {
                errors.Add(field, "needs either column or value");
            }
            else if (field is not ("account" or "currency") && value.Column is null)
            {
                errors.Add(field, "needs a column");
            }
            else if ((value.Column ?? value.Value)!.Trim() is not { Length: > 0 and <= MaxText })
            {
                errors.Add($"{field}.{(value.Column is null ? "value" : "column")}", $"must be 1 to {MaxText} characters");
            }
        }

        if (Amount is null == (Credit is null && Debit is null) || Credit is null != Debit is null)
        {
            errors.Add("amount", "is needed, or credit and debit instead of it");
        }

        if (Direction is null != (DebitWords is null or { Count: 0 }) || (Direction is not null && Amount is null))
        {
            errors.Add("direction", "needs an amount, and debitWords that say what went out");
        }

        if (Currency is { Value: { } code } && !Kernel.Currency.TryParse(code, out _))
        {
            errors.Add("currency.value", "must be an ISO 4217 currency code in capitals");
        }

        if (Remittance?.Count > MaxTexts || DebitWords?.Count > MaxTexts || Format?.Dates?.Count > MaxTexts)
        {
            errors.Add(string.Empty, $"lists have at most {MaxTexts} entries");
        }

        CheckFormat(errors);
    }

    /// <summary>Null when there is none of that name, or it does not have ASCII's bytes.</summary>
    public static Encoding? FindEncoding(string name)
    {
        System.Text.Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            var encoding = System.Text.Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            return encoding.WebName == "utf-8" || (encoding.IsSingleByte && encoding.GetString("a;\""u8) == "a;\"") ? encoding : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private const int MaxTexts = 20;
    private const int MaxText = 200;

    private void CheckFormat(FieldErrors errors)
    {
        if (Format?.Delimiter is { } delimiter && (delimiter.Length != 1 || !char.IsAscii(delimiter[0]) || char.IsAsciiLetterOrDigit(delimiter[0]) || delimiter is "\"" or "\n" or "\r"))
        {
            errors.Add("format.delimiter", "must be one ASCII character that is no letter, digit or quote");
        }

        if (Format?.DecimalSign is { } sign && sign is not ("." or ","))
        {
            errors.Add("format.decimalSign", "must be a point or a comma");
        }

        if (Format?.Encoding is { } encoding && FindEncoding(encoding) is null)
        {
            errors.Add("format.encoding", "is not a known encoding that has ASCII's bytes");
        }

        if (Format?.Dates is { } dates && (dates.Count == 0 || dates.Any(date => !IsDateFormat(date))))
        {
            errors.Add("format.dates", "must be formats with year, month and day, such as dd.MM.yyyy");
        }
    }

    private static bool IsDateFormat(string? format)
    {
        var day = new DateOnly(2031, 12, 24);
        try
        {
            return format is { Length: > 0 and <= 40 }
                && DateOnly.TryParseExact(day.ToString(format, CultureInfo.InvariantCulture), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) && read == day;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
