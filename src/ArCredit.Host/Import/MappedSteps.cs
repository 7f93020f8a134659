using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Import;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Host.Import;

/// <summary>
/// A foreign file as steps, in two passes: the first one collects the customers and what their limits are derived from, the
/// second one sends documents, each page of invoices before the payments that settle them. Memory holds customers, days and
/// hashes, never the rows.
/// </summary>
internal sealed class MappedSteps(ForeignFile file, Mapping mapping)
{
    private const int PageRows = 2000;
    private const int MaxNumber = 64;
    private const string SettlementPrefix = "settlement-";

    private static readonly JsonWriterOptions Json = new() { Encoder = ApiJson.Options.Encoder };

    private readonly ArrayBufferWriter<byte> line = new(512);

    /// <summary>All steps of the file.</summary>
    public IEnumerable<ImportStep> Read() => Customers().Concat(Documents());

    private IEnumerable<ImportStep> Customers()
    {
        var customers = new Dictionary<string, Customer>(StringComparer.Ordinal);
        foreach (var (number, source, row, _) in file.Read())
        {
            if (row is null)
            {
                continue;
            }

            if (!customers.TryGetValue(row.Customer, out var customer))
            {
                customers.Add(row.Customer, customer = new Customer(row.Currency, new PageSource(number, source)));
            }

            customer.Add(row);
        }

        var page = new PageBuilder(ImportKind.Customers, ImportFormat.Ndjson);
        foreach (var (id, customer) in customers)
        {
            page.Add(CustomerLine(id, customer), customer.Source);
            if (page.Count == PageRows)
            {
                yield return page.Take()!;
            }
        }

        if (page.Take() is { } rest)
        {
            yield return rest;
        }
    }

    private IEnumerable<ImportStep> Documents()
    {
        var numbers = new ContentNumbers();
        PageBuilder[] pages = [.. new[] { ImportKind.Invoices, ImportKind.CreditNotes, ImportKind.Payments }.Select(kind => new PageBuilder(kind, ImportFormat.Ndjson))];
        var (invoices, notes, payments) = (pages[0], pages[1], pages[2]);
        var rows = 0;
        foreach (var (number, text, row, fault) in file.Read())
        {
            var source = new PageSource(number, text);
            if (row is null)
            {
                yield return new ImportStep.Fault(source, fault!);
            }
            else
            {
                var document = row.Number ?? numbers.Next(row.Customer, row.IssueDate, row.DueDate, row.Amount, row.Currency.Code);
                (row.Amount < 0 ? notes : invoices).Add(DocumentLine(row, document), source);
                if (row.SettledOn is { } settled)
                {
                    payments.Add(PaymentLine(row, document, settled), source);
                }
            }

            if (++rows == PageRows)
            {
                foreach (var step in Take(pages, rows))
                {
                    yield return step;
                }

                rows = 0;
            }
        }

        foreach (var step in Take(pages, rows))
        {
            yield return step;
        }
    }

    private static IEnumerable<ImportStep> Take(PageBuilder[] pages, int rows) =>
        pages.Select(page => page.Take()).OfType<ImportStep>().Append(new ImportStep.Read(rows));

    private ReadOnlySpan<byte> CustomerLine(string id, Customer customer) => Line(writer =>
    {
        writer.WriteString("accountId", id);
        WriteText(writer, "name", customer.Name);
        writer.WriteString("currency", customer.Currency.Code);
        WriteText(writer, "segment", customer.Segment);
        WriteText(writer, "country", customer.Country);
        if (mapping.Customer.Limit is { } rule)
        {
            WriteAmount(writer, "creditLimit", rule.Limit(customer.History, customer.Currency), customer.Currency);
        }
    });

    private ReadOnlySpan<byte> DocumentLine(MappedRow row, string number) => Line(writer =>
    {
        writer.WriteString("accountId", row.Customer);
        writer.WriteString("number", number);
        WriteDate(writer, "issueDate", row.IssueDate);
        WriteAmount(writer, "amount", Math.Abs(row.Amount), row.Currency);
        writer.WriteString("currency", row.Currency.Code);
        if (row.Amount < 0)
        {
            return;
        }

        if (row.DueDate is { } due)
        {
            WriteDate(writer, "dueDate", due);
        }

        WriteText(writer, "department", row.Texts.Department);
        WriteText(writer, "reference", row.Texts.Reference);
    });

    private ReadOnlySpan<byte> PaymentLine(MappedRow row, string number, DateOnly settledOn) => Line(writer =>
    {
        writer.WriteString("accountId", row.Customer);
        writer.WriteString("paymentId", PaymentIdOf(number));
        WriteAmount(writer, "amount", row.Amount, row.Currency);
        writer.WriteString("currency", row.Currency.Code);
        WriteDate(writer, "receivedOn", settledOn);
        writer.WriteString("method", EnumNames.Name(mapping.Payment!.Method ?? PaymentMethod.Transfer));
        writer.WriteString("invoice", number);
    });

    // Derived from the invoice's number, so that the payment too is the same one the next time.
    private static string PaymentIdOf(string number) => SettlementPrefix.Length + number.Length <= MaxNumber
        ? SettlementPrefix + number
        : SettlementPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(number)).AsSpan(0, 16));

    private ReadOnlySpan<byte> Line(Action<Utf8JsonWriter> write)
    {
        line.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(line, Json);
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
        writer.Flush();
        return line.WrittenSpan;
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void WriteAmount(Utf8JsonWriter writer, string name, long minor, Currency currency) =>
        writer.WriteNumber(name, Money.ToDecimal(minor, currency));

    private static void WriteDate(Utf8JsonWriter writer, string name, DateOnly date) =>
        writer.WriteString(name, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private sealed class Customer(Currency currency, PageSource source)
    {
        public Currency Currency { get; } = currency;

        /// <summary>The first row that names the customer.</summary>
        public PageSource Source { get; } = source;

        public CustomerHistory History { get; } = new();

        public string? Name { get; private set; }

        public string? Segment { get; private set; }

        public string? Country { get; private set; }

        public void Add(MappedRow row)
        {
            Name ??= row.Texts.Name;
            Segment ??= row.Texts.Segment;
            Country ??= row.Texts.Country;
            if (ReferenceEquals(row.Currency, Currency))
            {
                History.Add(row.IssueDate, row.Amount, row.SettledOn);
            }
        }
    }
}
