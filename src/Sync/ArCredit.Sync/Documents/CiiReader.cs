using System.Xml.Linq;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Sync.Documents;

/// <summary>UN/CEFACT Cross Industry Invoice D16B, as EN 16931-3-3 maps the terms.</summary>
internal static class CiiReader
{
    private static readonly XNamespace Rsm = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100";
    private static readonly XNamespace Ram = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100";
    private static readonly XNamespace Udt = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100";

    public static readonly XName Root = Rsm + "CrossIndustryInvoice";

    public static EInvoice Read(Node root)
    {
        var document = root.First(Rsm + "ExchangedDocument") ?? throw root.Wrong("BT-1", "is missing", "BR-02");
        var trade = root.First(Rsm + "SupplyChainTradeTransaction") ?? throw root.Wrong("BG-25", "is missing", "BR-16");
        var agreement = trade.First(Ram + "ApplicableHeaderTradeAgreement") ?? throw trade.Wrong("BG-4", "is missing", "BR-06");
        var settlement = trade.First(Ram + "ApplicableHeaderTradeSettlement") ?? throw trade.Wrong("BG-22", "is missing", "BR-12");
        var number = EInvoiceReader.ToNumber(document, "BT-1", document.Required("BT-1", "BR-02", Ram + "ID"));
        var type = document.Required("BT-3", "BR-04", Ram + "TypeCode");
        TypeCodes.Check(document, type);
        var currency = EInvoiceReader.ToCurrency(settlement, "BT-5", settlement.Required("BT-5", "BR-05", Ram + "InvoiceCurrencyCode"));
        var totals = ReadTotals(settlement, currency);
        var terms = string.Join('\n', settlement.All(Ram + "SpecifiedTradePaymentTerms", Ram + "Description").Select(note => note.Element.Value.Trim())) is { Length: > 0 } text ? text : null;
        var warnings = new List<string>();
        var lines = trade.All(Ram + "IncludedSupplyChainTradeLineItem").ToList();
        if (lines.Count == 0)
        {
            throw trade.Wrong("BG-25", "there is no line", "BR-16");
        }

        return new EInvoice(
            EInvoiceFormat.Cii, type, number, ReadDate(document, "BT-2", Ram + "IssueDateTime") ?? throw document.Wrong("BT-2", "is missing", "BR-03"),
            ReadDate(settlement, "BT-9", Ram + "SpecifiedTradePaymentTerms", Ram + "DueDateDateTime"), currency,
            ReadParty(agreement.First(Ram + "SellerTradeParty")), ReadParty(agreement.First(Ram + "BuyerTradeParty")), totals,
            [.. settlement.All(Ram + "ApplicableTradeTax").Select(ReadVat)],
            new EInvoiceReferences(
                agreement.Text(Ram + "BuyerReference"), agreement.Text(Ram + "BuyerOrderReferencedDocument", Ram + "IssuerAssignedID"),
                agreement.Text(Ram + "SellerOrderReferencedDocument", Ram + "IssuerAssignedID"),
                [.. settlement.All(Ram + "InvoiceReferencedDocument").Select(reference => reference.Text(Ram + "IssuerAssignedID")).OfType<string>()],
                settlement.Text(Ram + "PaymentReference")),
            terms)
        {
            Parts = new EInvoiceParts(
                [.. lines.Select(line => line.RequiredDecimal(
                    "BT-131", "BR-24", Ram + "SpecifiedLineTradeSettlement", Ram + "SpecifiedTradeSettlementLineMonetarySummation", Ram + "LineTotalAmount"))],
                Allowances(settlement, isCharge: false), Allowances(settlement, isCharge: true)),
            Discount = DiscountLines.Read(terms, totals.Due, warnings),
            Warnings = warnings,
        };
    }

    private static EInvoiceTotals ReadTotals(Node settlement, Currency currency)
    {
        var total = settlement.First(Ram + "SpecifiedTradeSettlementHeaderMonetarySummation") ?? throw settlement.Wrong("BG-22", "is missing", "BR-12");

        // The second tax total, in the currency of the tax accounts (BT-111), is not owed.
        var taxes = total.All(Ram + "TaxTotalAmount")
            .Where(tax => tax.Attribute("currencyID") is not { } own || string.Equals(own, currency.Code, StringComparison.OrdinalIgnoreCase)).ToList();
        if (taxes.Count > 1)
        {
            throw taxes[1].Wrong("BT-110", $"there is more than one total of VAT in {currency}", "BR-CO-15");
        }

        var totals = new EInvoiceTotals(
            total.RequiredDecimal("BT-106", "BR-12", Ram + "LineTotalAmount"), total.Decimal("BT-107", Ram + "AllowanceTotalAmount"),
            total.Decimal("BT-108", Ram + "ChargeTotalAmount"), total.RequiredDecimal("BT-109", "BR-13", Ram + "TaxBasisTotalAmount"),
            taxes.Count == 0 ? null : taxes[0].ToDecimal("BT-110"), total.RequiredDecimal("BT-112", "BR-14", Ram + "GrandTotalAmount"),
            total.Decimal("BT-113", Ram + "TotalPrepaidAmount") ?? 0, total.Decimal("BT-114", Ram + "RoundingAmount") ?? 0,
            total.RequiredDecimal("BT-115", "BR-15", Ram + "DuePayableAmount"));
        EInvoiceReader.CheckAmounts(
            total, currency, ("BT-110", totals.Tax), ("BT-112", totals.Gross), ("BT-113", totals.Prepaid), ("BT-114", totals.Rounding), ("BT-115", totals.Due));
        return totals;
    }

    private static EInvoiceVat ReadVat(Node line) => new(
        line.RequiredDecimal("BT-116", "BR-45", Ram + "BasisAmount"), line.RequiredDecimal("BT-117", "BR-46", Ram + "CalculatedAmount"),
        line.Text(Ram + "CategoryCode") ?? string.Empty, line.Factor("BT-119", Ram + "RateApplicablePercent"), line.Text(Ram + "ExemptionReason"));

    private static IReadOnlyList<decimal> Allowances(Node settlement, bool isCharge) =>
        [.. settlement.All(Ram + "SpecifiedTradeAllowanceCharge").Where(each => (each.Text(Ram + "ChargeIndicator", Udt + "Indicator") is "true" or "1") == isCharge)
            .Select(each => each.RequiredDecimal(isCharge ? "BT-99" : "BT-92", isCharge ? "BR-36" : "BR-31", Ram + "ActualAmount"))];

    private static EInvoiceParty ReadParty(Node? found)
    {
        if (found is not { } party)
        {
            return new EInvoiceParty(null, null, null, null, null, null, [], null);
        }

        var taxes = party.All(Ram + "SpecifiedTaxRegistration", Ram + "ID").Select(id => id.ToId()).OfType<WrittenId>().ToList();
        var address = party.First(Ram + "PostalTradeAddress");
        return new EInvoiceParty(
            party.Text(Ram + "Name") ?? party.Text(Ram + "SpecifiedLegalOrganization", Ram + "TradingBusinessName"), address?.Text(Ram + "CountryID")?.ToUpperInvariant(),
            taxes.Where(tax => tax.Scheme is "VA").Select(tax => tax.Id).FirstOrDefault(), taxes.Where(tax => tax.Scheme is not "VA").Select(tax => tax.Id).FirstOrDefault(),
            party.Id(Ram + "SpecifiedLegalOrganization", Ram + "ID"), party.Id(Ram + "URIUniversalCommunication", Ram + "URIID"),
            [.. party.All(Ram + "ID").Concat(party.All(Ram + "GlobalID")).Select(id => id.ToId()).OfType<WrittenId>()],
            address is { } at
                ? new PostalAddress(at.Text(Ram + "LineOne"), at.Text(Ram + "LineTwo"), at.Text(Ram + "CityName"), at.Text(Ram + "PostcodeCode"), at.Text(Ram + "CountrySubDivisionName"))
                : null);
    }

    private static DateOnly? ReadDate(Node at, string term, params XName[] path) =>
        at.First([.. path, Udt + "DateTimeString"]) is not { } date ? null
        : date.Attribute("format") is null or "102" ? date.ToDate(term, "yyyyMMdd")
        : throw date.Wrong(term, $"a date of format {date.Attribute("format")} is not read, only 102 (YYYYMMDD)");
}
