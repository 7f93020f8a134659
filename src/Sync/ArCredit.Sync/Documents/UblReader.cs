using System.Xml.Linq;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Sync.Documents;

/// <summary>UBL 2.1 Invoice and CreditNote, as EN 16931-3-2 maps the terms.</summary>
internal static class UblReader
{
    public static readonly XNamespace Cac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
    public static readonly XNamespace Cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
    public static readonly XName Invoice = XName.Get("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2");
    public static readonly XName CreditNote = XName.Get("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2");

    public static EInvoice Read(Node root)
    {
        var isNote = root.Element.Name == CreditNote;
        var number = EInvoiceReader.ToNumber(root, "BT-1", root.Required("BT-1", "BR-02", Cbc + "ID"));
        var type = root.Required("BT-3", "BR-04", Cbc + (isNote ? "CreditNoteTypeCode" : "InvoiceTypeCode"));
        TypeCodes.Check(root, type);
        if (isNote && !TypeCodes.IsCredit(type))
        {
            throw root.Wrong("BT-3", $"\"{type}\" is no type of credit note", "BR-CL-01");
        }

        var currency = EInvoiceReader.ToCurrency(root, "BT-5", root.Required("BT-5", "BR-05", Cbc + "DocumentCurrencyCode"));
        var (totals, vat) = ReadTotals(root, currency);
        var terms = string.Join('\n', root.All(Cac + "PaymentTerms", Cbc + "Note").Select(note => note.Element.Value.Trim())) is { Length: > 0 } text ? text : null;
        var warnings = new List<string>();
        var lines = root.All(Cac + (isNote ? "CreditNoteLine" : "InvoiceLine")).ToList();
        if (lines.Count == 0)
        {
            throw root.Wrong("BG-25", "there is no line", "BR-16");
        }

        return new EInvoice(
            EInvoiceFormat.Ubl, type, number, root.Date("BT-2", Cbc + "IssueDate") ?? throw root.Wrong("BT-2", "is missing", "BR-03"),
            root.Date("BT-9", Cbc + "DueDate") ?? root.Date("BT-9", Cac + "PaymentMeans", Cbc + "PaymentDueDate"), currency,
            ReadParty(root.First(Cac + "AccountingSupplierParty", Cac + "Party")), ReadParty(root.First(Cac + "AccountingCustomerParty", Cac + "Party")),
            totals, vat,
            new EInvoiceReferences(
                root.Text(Cbc + "BuyerReference"), root.Text(Cac + "OrderReference", Cbc + "ID"), root.Text(Cac + "OrderReference", Cbc + "SalesOrderID"),
                [.. root.All(Cac + "BillingReference", Cac + "InvoiceDocumentReference").Select(reference => reference.Text(Cbc + "ID")).OfType<string>()],
                root.Text(Cac + "PaymentMeans", Cbc + "PaymentID")),
            terms)
        {
            Parts = new EInvoiceParts(
                [.. lines.Select(line => line.RequiredDecimal("BT-131", "BR-24", Cbc + "LineExtensionAmount"))], Allowances(root, isCharge: false), Allowances(root, isCharge: true)),
            Discount = DiscountLines.Read(terms, totals.Due, warnings),
            Warnings = warnings,
        };
    }

    private static (EInvoiceTotals Totals, IReadOnlyList<EInvoiceVat> Vat) ReadTotals(Node root, Currency currency)
    {
        var total = root.First(Cac + "LegalMonetaryTotal") ?? throw root.Wrong("BG-22", "is missing", "BR-12");
        var due = total.First(Cbc + "PayableAmount") ?? throw total.Wrong("BT-115", "is missing", "BR-15");
        if (due.Attribute("currencyID") is { } code && !string.Equals(code, currency.Code, StringComparison.OrdinalIgnoreCase))
        {
            throw due.Wrong("BT-115", $"is in {code}, the document in {currency}", "PEPPOL-EN16931-R051");
        }

        // The second tax total, in the currency of the tax accounts (BT-111), is not owed.
        var taxes = root.All(Cac + "TaxTotal").Where(tax =>
            tax.First(Cbc + "TaxAmount") is { } amount && (amount.Attribute("currencyID") is not { } own || string.Equals(own, currency.Code, StringComparison.OrdinalIgnoreCase))).ToList();
        if (taxes.Count > 1)
        {
            throw taxes[1].Wrong("BT-110", $"there is more than one total of VAT in {currency}", "BR-CO-15");
        }

        var totals = new EInvoiceTotals(
            total.RequiredDecimal("BT-106", "BR-12", Cbc + "LineExtensionAmount"), total.Decimal("BT-107", Cbc + "AllowanceTotalAmount"),
            total.Decimal("BT-108", Cbc + "ChargeTotalAmount"), total.RequiredDecimal("BT-109", "BR-13", Cbc + "TaxExclusiveAmount"),
            taxes.Count == 0 ? null : taxes[0].Decimal("BT-110", Cbc + "TaxAmount"), total.RequiredDecimal("BT-112", "BR-14", Cbc + "TaxInclusiveAmount"),
            total.Decimal("BT-113", Cbc + "PrepaidAmount") ?? 0, total.Decimal("BT-114", Cbc + "PayableRoundingAmount") ?? 0,
            due.ToDecimal("BT-115"));
        EInvoiceReader.CheckAmounts(
            total, currency, ("BT-110", totals.Tax), ("BT-112", totals.Gross), ("BT-113", totals.Prepaid), ("BT-114", totals.Rounding), ("BT-115", totals.Due));
        return (totals, taxes.Count == 0 ? [] : [.. taxes[0].All(Cac + "TaxSubtotal").Select(ReadVat)]);
    }

    private static EInvoiceVat ReadVat(Node line) => new(
        line.RequiredDecimal("BT-116", "BR-45", Cbc + "TaxableAmount"), line.RequiredDecimal("BT-117", "BR-46", Cbc + "TaxAmount"),
        line.Text(Cac + "TaxCategory", Cbc + "ID") ?? string.Empty, line.Factor("BT-119", Cac + "TaxCategory", Cbc + "Percent"),
        line.Text(Cac + "TaxCategory", Cbc + "TaxExemptionReason"));

    private static IReadOnlyList<decimal> Allowances(Node root, bool isCharge) =>
        [.. root.All(Cac + "AllowanceCharge").Where(each => (each.Text(Cbc + "ChargeIndicator") is "true" or "1") == isCharge)
            .Select(each => each.RequiredDecimal(isCharge ? "BT-99" : "BT-92", isCharge ? "BR-36" : "BR-31", Cbc + "Amount"))];

    private static EInvoiceParty ReadParty(Node? found)
    {
        if (found is not { } party)
        {
            return new EInvoiceParty(null, null, null, null, null, null, [], null);
        }

        var taxes = party.All(Cac + "PartyTaxScheme").Select(tax => (Id: tax.Text(Cbc + "CompanyID"), Scheme: tax.Text(Cac + "TaxScheme", Cbc + "ID"))).Where(tax => tax.Id is not null).ToList();
        bool IsVat(string? scheme) => string.Equals(scheme, "VAT", StringComparison.OrdinalIgnoreCase);
        var address = party.First(Cac + "PostalAddress");
        return new EInvoiceParty(
            party.Text(Cac + "PartyLegalEntity", Cbc + "RegistrationName") ?? party.Text(Cac + "PartyName", Cbc + "Name"),
            address?.Text(Cac + "Country", Cbc + "IdentificationCode")?.ToUpperInvariant(),
            taxes.Where(tax => IsVat(tax.Scheme)).Select(tax => tax.Id).FirstOrDefault(), taxes.Where(tax => !IsVat(tax.Scheme)).Select(tax => tax.Id).FirstOrDefault(),
            party.Id(Cac + "PartyLegalEntity", Cbc + "CompanyID"), party.Id(Cbc + "EndpointID"),
            [.. party.All(Cac + "PartyIdentification", Cbc + "ID").Select(id => id.ToId()).OfType<WrittenId>()],
            address is { } at
                ? new PostalAddress(
                    at.Text(Cbc + "StreetName"), at.Text(Cbc + "AdditionalStreetName"), at.Text(Cbc + "CityName"), at.Text(Cbc + "PostalZone"), at.Text(Cbc + "CountrySubentity"))
                : null);
    }
}
