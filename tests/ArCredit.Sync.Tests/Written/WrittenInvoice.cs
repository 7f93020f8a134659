using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using ArCredit.Testing.App;

namespace ArCredit.Sync.Tests.Written;

/// <summary>A small invoice of 100.00 net and 19 % VAT, as UBL or CII; a test changes what it is about.</summary>
internal sealed record WrittenInvoice(string Number)
{
    public const string SellerVat = "DE123456789";

    public string Type { get; init; } = "380";

    public string IssueDate { get; init; } = "2026-01-02";

    public string? DueDate { get; init; } = "2026-02-01";

    public string Currency { get; init; } = "EUR";

    public decimal Net { get; init; } = 100m;

    public decimal Tax { get; init; } = 19m;

    public decimal Rate { get; init; } = 19m;

    public decimal? Prepaid { get; init; }

    public decimal? Rounding { get; init; }

    /// <summary>Added to the amount due: what does not add up.</summary>
    public decimal Off { get; init; }

    public string? BuyerVat { get; init; } = "FR12345678901";

    public string? BuyerEndpoint { get; init; }

    public string? BuyerId { get; init; }

    public string BuyerName { get; init; } = "Acheteur SA";

    public string? Order { get; init; }

    public string? Preceding { get; init; }

    public string? Terms { get; init; }

    /// <summary>Instead of the standard head.</summary>
    public string Head { get; init; } = """<?xml version="1.0" encoding="UTF-8"?>""";

    /// <summary>Behind the tax total.</summary>
    public string More { get; init; } = string.Empty;

    public decimal Gross => Net + Tax;

    public decimal Due => Gross - (Prepaid ?? 0) + (Rounding ?? 0) + Off;

    public byte[] Ubl() => Encoding.UTF8.GetBytes(UblText());

    public string UblText()
    {
        var isNote = Type is "381" or "261" or "396";
        var root = isNote ? "CreditNote" : "Invoice";
        return $"""
            {Head}
            <{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
              <cbc:ID>{Number}</cbc:ID><cbc:IssueDate>{IssueDate}</cbc:IssueDate>{(isNote ? string.Empty : Of("cbc:DueDate", DueDate))}
              <cbc:{root}TypeCode>{Type}</cbc:{root}TypeCode><cbc:DocumentCurrencyCode>{Currency}</cbc:DocumentCurrencyCode>
              {(Order is null ? string.Empty : $"<cac:OrderReference><cbc:ID>{Order}</cbc:ID></cac:OrderReference>")}
              {(Preceding is null ? string.Empty : $"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{Preceding}</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>")}
              <cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{SellerVat}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme></cac:Party></cac:AccountingSupplierParty>
              <cac:AccountingCustomerParty><cac:Party>{(BuyerEndpoint is null ? string.Empty : $"<cbc:EndpointID schemeID=\"0088\">{BuyerEndpoint}</cbc:EndpointID>")}
                {(BuyerId is null ? string.Empty : $"<cac:PartyIdentification><cbc:ID>{BuyerId}</cbc:ID></cac:PartyIdentification>")}
                {(BuyerVat is null ? string.Empty : $"<cac:PartyTaxScheme><cbc:CompanyID>{BuyerVat}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>")}
                <cac:PartyLegalEntity><cbc:RegistrationName>{BuyerName}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
              {(Terms is null ? string.Empty : $"<cac:PaymentTerms><cbc:Note>{Terms}</cbc:Note></cac:PaymentTerms>")}
              <cac:TaxTotal><cbc:TaxAmount currencyID="{Currency}">{Number2(Tax)}</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="{Currency}">{Number2(Net)}</cbc:TaxableAmount><cbc:TaxAmount currencyID="{Currency}">{Number2(Tax)}</cbc:TaxAmount>
                <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{Number2(Rate)}</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>{More}
              <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="{Currency}">{Number2(Net)}</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID="{Currency}">{Number2(Net)}</cbc:TaxExclusiveAmount>
                <cbc:TaxInclusiveAmount currencyID="{Currency}">{Number2(Gross)}</cbc:TaxInclusiveAmount>{Of("cbc:PrepaidAmount", Number2(Prepaid))}{Of("cbc:PayableRoundingAmount", Number2(Rounding))}
                <cbc:PayableAmount currencyID="{Currency}">{Number2(Due)}</cbc:PayableAmount></cac:LegalMonetaryTotal>
              <cac:{root}Line><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="{Currency}">{Number2(Net)}</cbc:LineExtensionAmount></cac:{root}Line>
            </{root}>
            """;
    }

    /// <summary>The same facts as a Cross Industry Invoice.</summary>
    public byte[] Cii() => Encoding.UTF8.GetBytes(
        $"""
        <rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
          <rsm:ExchangedDocument><ram:ID>{Number}</ram:ID><ram:TypeCode>{Type}</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">{Plain(IssueDate)}</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
          <rsm:SupplyChainTradeTransaction>
            <ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{Number2(Net)}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
            <ram:ApplicableHeaderTradeAgreement>
              <ram:SellerTradeParty><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{SellerVat}</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
              <ram:BuyerTradeParty><ram:Name>{BuyerName}</ram:Name>{(BuyerVat is null ? string.Empty : $"<ram:SpecifiedTaxRegistration><ram:ID schemeID=\"VA\">{BuyerVat}</ram:ID></ram:SpecifiedTaxRegistration>")}</ram:BuyerTradeParty>
            </ram:ApplicableHeaderTradeAgreement>
            <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>{Currency}</ram:InvoiceCurrencyCode>
              <ram:ApplicableTradeTax><ram:CalculatedAmount>{Number2(Tax)}</ram:CalculatedAmount><ram:BasisAmount>{Number2(Net)}</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>{Number2(Rate)}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
              <ram:SpecifiedTradePaymentTerms>{(DueDate is null ? string.Empty : $"<ram:DueDateDateTime><udt:DateTimeString format=\"102\">{Plain(DueDate)}</udt:DateTimeString></ram:DueDateDateTime>")}</ram:SpecifiedTradePaymentTerms>
              <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>{Number2(Net)}</ram:LineTotalAmount><ram:TaxBasisTotalAmount>{Number2(Net)}</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="{Currency}">{Number2(Tax)}</ram:TaxTotalAmount>
                <ram:GrandTotalAmount>{Number2(Gross)}</ram:GrandTotalAmount><ram:DuePayableAmount>{Number2(Due)}</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
            </ram:ApplicableHeaderTradeSettlement>
          </rsm:SupplyChainTradeTransaction>
        </rsm:CrossIndustryInvoice>
        """);

    private static string Of(string name, string? text) => text is null ? string.Empty : $"<{name}>{text}</{name}>";

    private static string? Number2(decimal? number) => number?.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Plain(string date) => date.Replace("-", string.Empty, StringComparison.Ordinal);
}

/// <summary>Calls of a billing department.</summary>
internal static class EInvoiceCalls
{
    public const string Path = "/api/v1/einvoices";

    public static Task<Answer> SendAsync(this ApiClient client, byte[] file, string type = "application/xml") =>
        client.SendAsync(HttpMethod.Post, Path, new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue(type) } });

    public static Task<Answer> SendAsync(this ApiClient client, WrittenInvoice invoice) => client.SendAsync(invoice.Ubl());

    public static Task<Answer> PutSellerAsync(this ApiClient client, string company = "main", object? more = null) =>
        client.PutAsync($"{Path}/companies/{company}", more ?? new { name = "Verkäufer GmbH", vatId = WrittenInvoice.SellerVat });

    public static async Task CustomerAsync(this ApiClient client, string id, string? taxId, object? more = null) =>
        (await client.PutAsync($"/api/v1/accounts/{id}", more ?? new { name = $"Customer {id}", currency = "EUR", taxId })).ShouldBe(201);

    /// <summary>Number, type and open amount of everything open, in settlement order.</summary>
    public static async Task<string> OpenAsync(this ApiClient client, string account) => string.Join(
        ' ', (await client.GetAsync($"/api/v1/accounts/{account}/open-items?limit=1000")).ShouldBe(200)["items"].EnumerateArray()
            .Select(item => $"{item.GetProperty("number").GetString()}:{item.GetProperty("openAmount").GetRawText()}"));

    public static string Status(this Answer answer) => answer["reason"].GetString() is { } reason ? $"{answer["status"].GetString()} {reason}" : answer["status"].GetString()!;
}
