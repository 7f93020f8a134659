using System.Globalization;
using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Platform.Start;

namespace ArCredit.Host.Import;

/// <summary>Where a value comes from: a column of the file, or a constant.</summary>
/// <param name="Column">A column's name, as in the header.</param>
/// <param name="Value">The same for every row.</param>
internal sealed record MappedValue(string? Column, string? Value);

/// <summary>How the foreign file is written.</summary>
/// <param name="Delimiter">One ASCII character; a comma when absent.</param>
/// <param name="Encoding">As .NET names it (utf-8, windows-1251); utf-8 when absent.</param>
/// <param name="Culture">How numbers are written (en-US, de-DE); 1234.56 when absent.</param>
/// <param name="Dates">Formats as .NET writes them (yyyy-MM-dd, M/d/yyyy), tried in order; yyyy-MM-dd when absent.</param>
internal sealed record MappedFormat(string? Delimiter, string? Encoding, string? Culture, IReadOnlyList<string>? Dates);

/// <summary>A customer of the file.</summary>
/// <param name="Id">Becomes the account's number.</param>
/// <param name="Name">Absent = none.</param>
/// <param name="Segment">Absent = none.</param>
/// <param name="Country">ISO 3166, two capitals; absent = none.</param>
/// <param name="Limit">Derives the limit from the history; absent = no limit of its own.</param>
internal sealed record MappedCustomer(MappedValue Id, MappedValue? Name, MappedValue? Segment, MappedValue? Country, LimitRule? Limit);

/// <summary>An invoice per row; a negative amount that is not settled is a credit note.</summary>
/// <param name="Number">Absent = made from the row's content and its occurrence in the file.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Absent = by the account's terms.</param>
/// <param name="Amount">With VAT.</param>
/// <param name="Department">Dimension.</param>
/// <param name="Reference">The customer's own order reference.</param>
internal sealed record MappedInvoice(
    MappedValue? Number, MappedValue IssueDate, MappedValue? DueDate, MappedValue Amount, MappedValue? Department, MappedValue? Reference);

/// <summary>The payment that settled the row's invoice.</summary>
/// <param name="ReceivedOn">An empty cell = still open.</param>
/// <param name="Method">transfer when absent.</param>
internal sealed record MappedPayment(MappedValue ReceivedOn, PaymentMethod? Method);

/// <summary>A mapping file: turns a foreign CSV into customers, invoices and payments.</summary>
/// <param name="Format">How the file is written.</param>
/// <param name="Company">Who sells; main when absent.</param>
/// <param name="Currency">Of customers and documents.</param>
/// <param name="Customer">Whose it is.</param>
/// <param name="Invoice">What is owed.</param>
/// <param name="Payment">How it was settled; absent = everything is open.</param>
internal sealed record Mapping(
    MappedFormat? Format, string? Company, MappedValue Currency, MappedCustomer Customer, MappedInvoice Invoice, MappedPayment? Payment)
{
    /// <summary>Reads and checks a mapping; the exception names every bad field.</summary>
    public static Mapping Read(string path)
    {
        var read = Body.Parse<Mapping>(File.ReadAllBytes(path));
        var errors = new FieldErrors();
        foreach (var (field, messages) in read.Problem?.Errors ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            foreach (var message in messages)
            {
                errors.Add(field, message);
            }
        }

        if (read.Problem is null)
        {
            read.Value.Check(errors);
        }

        return read.Problem is null && !errors.Any
            ? read.Value
            : throw new SettingException(
                $"{path} is no mapping: " + (errors.Any
                    ? string.Join("; ", errors.ByPath.Select(error => $"{(error.Key.Length == 0 ? "the file" : error.Key)} {string.Join(", ", error.Value)}"))
                    : read.Problem!.Title));
    }

    /// <summary>Every mapped value with the field it stands in.</summary>
    public IEnumerable<(string Field, MappedValue Value)> Values()
    {
        (string Field, MappedValue? Value)[] all =
        [
            ("currency", Currency), ("customer.id", Customer.Id), ("customer.name", Customer.Name), ("customer.segment", Customer.Segment),
            ("customer.country", Customer.Country), ("invoice.number", Invoice.Number), ("invoice.issueDate", Invoice.IssueDate),
            ("invoice.dueDate", Invoice.DueDate), ("invoice.amount", Invoice.Amount), ("invoice.department", Invoice.Department),
            ("invoice.reference", Invoice.Reference), ("payment.receivedOn", Payment?.ReceivedOn),
        ];
        return all.Where(each => each.Value is not null).Select(each => (each.Field, each.Value!));
    }

    private void Check(FieldErrors errors)
    {
        foreach (var (field, value) in Values())
        {
            if (value is { Column: null, Value: null } or { Column: not null, Value: not null })
            {
                errors.Add(field, "needs either column or value");
            }
        }

        if (Currency is { Value: { } code } && !Kernel.Currency.TryParse(code, out _))
        {
            errors.Add("currency.value", "must be an ISO 4217 currency code in capitals");
        }

        if (Format?.Delimiter is { } delimiter && (delimiter.Length != 1 || !char.IsAscii(delimiter[0]) || delimiter is "\"" or "\n" or "\r"))
        {
            errors.Add("format.delimiter", "must be one ASCII character other than a quote");
        }

        if (Format?.Encoding is { } encoding && FindEncoding(encoding) is null)
        {
            errors.Add("format.encoding", "is not a known encoding");
        }

        if (Format?.Culture is { } culture && FindCulture(culture) is null)
        {
            errors.Add("format.culture", "is not a known culture");
        }

        if (Format?.Dates is { Count: 0 })
        {
            errors.Add("format.dates", "must not be empty");
        }

        Customer.Limit?.Check("customer.limit", errors);
    }

    /// <summary>Null when there is none of that name.</summary>
    public static Encoding? FindEncoding(string? name)
    {
        System.Text.Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            return System.Text.Encoding.GetEncoding(name ?? "utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback("\uFFFD"));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Null when there is none of that name.</summary>
    public static CultureInfo? FindCulture(string? name)
    {
        try
        {
            return name is null ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(name, predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }
}
