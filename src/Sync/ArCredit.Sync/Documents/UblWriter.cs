using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using ArCredit.Sync.Parties;

namespace ArCredit.Sync.Documents;

/// <summary>Writes a document as Peppol BIS Billing 3 (UBL 2.1): elements in the order of the schema, one line for each rate of VAT.</summary>
internal static class UblWriter
{
    private const string Customization = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
    private const string Profile = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";

    // Of what is written by hand: credit transfer, and "one" of something.
    private const string CreditTransfer = "30";
    private const string One = "C62";

    private static readonly XNamespace Cac = UblReader.Cac;
    private static readonly XNamespace Cbc = UblReader.Cbc;

    /// <summary>The document in UTF-8; the same facts make the same bytes.</summary>
    public static byte[] Write(EInvoice invoice, CompanyParty? company)
    {
        var isNote = TypeCodes.IsCredit(invoice.TypeCode);
        var name = isNote ? UblReader.CreditNote : UblReader.Invoice;
        var references = invoice.References;
        var root = new XElement(
            name, new XAttribute("xmlns", name.NamespaceName), new XAttribute(XNamespace.Xmlns + "cac", Cac), new XAttribute(XNamespace.Xmlns + "cbc", Cbc),
            Basic("CustomizationID", Customization), Basic("ProfileID", Profile), Basic("ID", invoice.Number.Value), Basic("IssueDate", Day(invoice.IssueDate)),
            isNote ? null : Optional("DueDate", invoice.DueDate is { } due ? Day(due) : null), Basic(isNote ? "CreditNoteTypeCode" : "InvoiceTypeCode", invoice.TypeCode),
            Basic("DocumentCurrencyCode", invoice.Currency.Code), Optional("BuyerReference", references.Buyer),
            references.Order is null && references.SalesOrder is null
                ? null
                : new XElement(Cac + "OrderReference", Basic("ID", references.Order ?? "NA"), Optional("SalesOrderID", references.SalesOrder)),
            references.Preceding.Select(preceding => new XElement(Cac + "BillingReference", new XElement(Cac + "InvoiceDocumentReference", Basic("ID", preceding)))),
            new XElement(Cac + "AccountingSupplierParty", Party(invoice.Seller)), new XElement(Cac + "AccountingCustomerParty", Party(invoice.Buyer)),
            Means(invoice, company, isNote), invoice.PaymentTerms is { } terms ? new XElement(Cac + "PaymentTerms", Basic("Note", terms)) : null,
            Tax(invoice), Totals(invoice), invoice.Vat.Select((vat, at) => Line(invoice, vat, at + 1, isNote)));
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n", NewLineHandling = NewLineHandling.None }))
        {
            root.WriteTo(writer);
        }

        return bytes.ToArray();
    }

    private static XElement Party(EInvoiceParty party)
    {
        var address = party.Address;
        return new XElement(
            Cac + "Party", party.Endpoint is { } endpoint ? Id("EndpointID", endpoint) : null,
            party.Ids.Select(id => new XElement(Cac + "PartyIdentification", Id("ID", id))),
            new XElement(
                Cac + "PostalAddress", Optional("StreetName", address?.Street), Optional("AdditionalStreetName", address?.Additional), Optional("CityName", address?.City),
                Optional("PostalZone", address?.PostalCode), Optional("CountrySubentity", address?.Region),
                party.Country is { } country ? new XElement(Cac + "Country", Basic("IdentificationCode", country)) : null),
            TaxScheme(party.VatId, "VAT"), TaxScheme(party.TaxRegistration, "TAX"),
            new XElement(Cac + "PartyLegalEntity", Optional("RegistrationName", party.Name), party.LegalId is { } legal ? Id("CompanyID", legal) : null));
    }

    private static XElement? TaxScheme(string? id, string scheme) =>
        id is null ? null : new XElement(Cac + "PartyTaxScheme", Basic("CompanyID", id), new XElement(Cac + "TaxScheme", Basic("ID", scheme)));

    private static XElement? Means(EInvoice invoice, CompanyParty? company, bool isNote) => company?.Iban is { } iban && !isNote
        ? new XElement(
            Cac + "PaymentMeans", Basic("PaymentMeansCode", CreditTransfer), Optional("PaymentID", invoice.References.Remittance),
            new XElement(Cac + "PayeeFinancialAccount", Basic("ID", iban.Replace(" ", string.Empty, StringComparison.Ordinal))))
        : null;

    private static XElement Tax(EInvoice invoice) => new(
        Cac + "TaxTotal", Amount("TaxAmount", invoice, invoice.Totals.Tax ?? 0),
        invoice.Vat.Select(vat => new XElement(Cac + "TaxSubtotal", Amount("TaxableAmount", invoice, vat.Taxable), Amount("TaxAmount", invoice, vat.Tax), Category("TaxCategory", vat, true))));

    // A line is what is taxed of a rate, after allowances and charges, so that there are none of those beside it.
    private static XElement Totals(EInvoice invoice)
    {
        var totals = invoice.Totals;
        return new XElement(
            Cac + "LegalMonetaryTotal", Amount("LineExtensionAmount", invoice, totals.Net), Amount("TaxExclusiveAmount", invoice, totals.Net),
            Amount("TaxInclusiveAmount", invoice, totals.Gross), totals.Prepaid == 0 ? null : Amount("PrepaidAmount", invoice, totals.Prepaid),
            totals.Rounding == 0 ? null : Amount("PayableRoundingAmount", invoice, totals.Rounding), Amount("PayableAmount", invoice, totals.Due));
    }

    private static XElement Line(EInvoice invoice, EInvoiceVat vat, int no, bool isNote)
    {
        // A price is never negative; a line of less than nothing has a negative quantity.
        var quantity = new XElement(Cbc + (isNote ? "CreditedQuantity" : "InvoicedQuantity"), new XAttribute("unitCode", One), vat.Taxable < 0 ? "-1" : "1");
        return new XElement(
            Cac + (isNote ? "CreditNoteLine" : "InvoiceLine"), Basic("ID", no.ToString(CultureInfo.InvariantCulture)), quantity, Amount("LineExtensionAmount", invoice, vat.Taxable),
            new XElement(Cac + "Item", Basic("Name", string.Create(CultureInfo.InvariantCulture, $"{invoice.Number}, VAT {vat.Category} {vat.Rate ?? 0:0.##} %")), Category("ClassifiedTaxCategory", vat, false)),
            new XElement(Cac + "Price", Amount("PriceAmount", invoice, Math.Abs(vat.Taxable))));
    }

    private static XElement Category(string name, EInvoiceVat vat, bool hasReason) => new(
        Cac + name, Basic("ID", vat.Category), vat.Category == "O" ? null : Basic("Percent", string.Create(CultureInfo.InvariantCulture, $"{vat.Rate ?? 0:0.##}")),
        hasReason ? Optional("TaxExemptionReason", vat.Reason) : null, new XElement(Cac + "TaxScheme", Basic("ID", "VAT")));

    private static XElement Amount(string name, EInvoice invoice, decimal amount) => new(
        Cbc + name, new XAttribute("currencyID", invoice.Currency.Code),
        amount.ToString(invoice.Currency.Decimals == 0 ? "0" : "0.00", CultureInfo.InvariantCulture));

    private static XElement Id(string name, WrittenId id) => new(Cbc + name, id.Scheme is { } scheme ? new XAttribute("schemeID", scheme) : null, id.Id);

    private static XElement Basic(string name, string text) => new(Cbc + name, text);

    private static XElement? Optional(string name, string? text) => text is null ? null : Basic(name, text);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
