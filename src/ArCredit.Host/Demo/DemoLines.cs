using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Features.Import;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Host.Demo;

/// <summary>The portfolio as import lines: the demo comes in through the same door as everybody's data.</summary>
internal static class DemoLines
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = ApiJson.Options.Encoder,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>All lines before payments are taken back, by kind and in order.</summary>
    public static IEnumerable<(ImportKind Kind, byte[] Lines)> Of(IReadOnlyList<DemoCustomer> customers)
    {
        yield return (ImportKind.Customers, Lines(customers.Select(Customer)));
        yield return (ImportKind.Invoices, Lines(customers.SelectMany(customer => customer.Invoices.Select(invoice => Invoice(customer, invoice)))));
        yield return (ImportKind.CreditNotes, Lines(customers.SelectMany(CreditNotes)));
        yield return (ImportKind.Payments, Lines(customers.SelectMany(customer => Payments(customer, again: false))));
    }

    /// <summary>Payments of what was open again after a bounce.</summary>
    public static byte[] PaidAgain(IReadOnlyList<DemoCustomer> customers) =>
        Lines(customers.SelectMany(customer => Payments(customer, again: true)));

    private static object Customer(DemoCustomer customer) => new
    {
        accountId = customer.Id,
        name = customer.Name,
        country = customer.Country,
        currency = customer.Currency.Code,
        segment = customer.Segment,
        paymentTerms = new { netDays = customer.NetDays },
        creditLimit = customer.CreditLimit is { } limit ? Amount(limit, customer.Currency) : (decimal?)null,
        unlimited = customer.Unlimited ? true : (bool?)null,
        temporaryLimit = customer.Temporary is { } temporary
            ? new { amount = Amount(temporary.Amount, customer.Currency), from = Date(temporary.From), to = Date(temporary.To) }
            : null,
        limitExpiresOn = customer.LimitExpiresOn is { } expires ? Date(expires) : null,
    };

    private static object Invoice(DemoCustomer customer, DemoInvoice invoice) => new
    {
        accountId = customer.Id,
        number = invoice.Number,
        issueDate = Date(invoice.IssueDate),
        dueDate = Date(invoice.DueDate),
        amount = Amount(invoice.Amount, customer.Currency),
        currency = customer.Currency.Code,
    };

    private static IEnumerable<object> CreditNotes(DemoCustomer customer) =>
        from invoice in customer.Invoices
        where invoice.CreditNote is not null
        let note = invoice.CreditNote!.Value
        select new
        {
            accountId = customer.Id,
            number = $"CN-{invoice.Number[4..]}",
            issueDate = Date(note.On),
            amount = Amount(note.Amount, customer.Currency),
            currency = customer.Currency.Code,
            invoice = invoice.Number,
        };

    private static IEnumerable<object> Payments(DemoCustomer customer, bool again) =>
        from invoice in customer.Invoices
        from payment in invoice.Payments
        where again == (payment.BouncedOn is null && invoice.Payments.Exists(other => other.BouncedOn < payment.On))
        select new
        {
            accountId = customer.Id,
            paymentId = payment.Id,
            amount = Amount(payment.Amount, customer.Currency),
            currency = customer.Currency.Code,
            receivedOn = Date(payment.On),
            method = payment.Method,
            invoice = invoice.Number,
        };

    private static byte[] Lines(IEnumerable<object> lines)
    {
        using var all = new MemoryStream();
        foreach (var line in lines)
        {
            JsonSerializer.Serialize(all, line, line.GetType(), Json);
            all.WriteByte((byte)'\n');
        }

        return all.ToArray();
    }

    private static decimal Amount(long minor, Currency currency) => Money.ToDecimal(minor, currency);

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
