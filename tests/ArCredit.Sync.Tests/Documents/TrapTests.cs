using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Tests.Written;
using Shouldly;
using Xunit;

namespace ArCredit.Sync.Tests.Documents;

public sealed class TrapTests
{
    private static readonly WrittenInvoice Plain = new("R-1");

    [Fact]
    public void A_document_type_definition_is_refused_whatever_it_defines()
    {
        const string laughs =
            """<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>""";
        Refused((Plain with { Head = laughs, BuyerName = "&d;" }).Ubl()).Code.ShouldBe(EInvoiceRefusedException.Dtd);
        Refused((Plain with { Head = """<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:1/x.dtd">""" }).Ubl()).Code.ShouldBe(EInvoiceRefusedException.Dtd);
        Refused((Plain with { Head = """<!DOCTYPE Invoice [<!ENTITY f SYSTEM "file:///etc/passwd">]>""", BuyerName = "&f;" }).Ubl()).Code.ShouldBe(EInvoiceRefusedException.Dtd);
        Refused((Plain with { Head = """<!DOCTYPE Invoice [<!ENTITY f SYSTEM "file:///etc/passwd">]>""" }).Ubl()).Code.ShouldBe(EInvoiceRefusedException.Dtd);
    }

    [Fact]
    public void What_is_no_XML_is_refused_with_its_place()
    {
        var wrong = Refused(Encoding.UTF8.GetBytes("<Invoice>\n  <ID>1</ID\n</Invoice>"));
        wrong.Code.ShouldBe(EInvoiceRefusedException.UnknownFormat);
        wrong = Refused(Encoding.UTF8.GetBytes(Plain.UblText().Replace("</cbc:ID>", "</cbc:Id>", StringComparison.Ordinal)));
        (wrong.Code, wrong.Line > 1, wrong.Position > 0).ShouldBe((EInvoiceRefusedException.Unreadable, true, true));
        Refused([]).Code.ShouldBe(EInvoiceRefusedException.Unreadable);
        Refused("{}"u8.ToArray()).Code.ShouldBe(EInvoiceRefusedException.Unreadable);
    }

    [Fact]
    public void Another_root_is_refused_with_what_is_taken()
    {
        var wrong = Refused("""<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>"""u8.ToArray());
        wrong.Code.ShouldBe(EInvoiceRefusedException.UnknownFormat);
        wrong.Message.ShouldContain("Order");
        wrong.Message.ShouldContain("CrossIndustryInvoice");
        Refused("<Invoice/>"u8.ToArray()).Code.ShouldBe(EInvoiceRefusedException.UnknownFormat);
    }

    [Fact]
    public void Too_deep_and_too_many_elements_are_refused_before_a_tree_is_made()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 200)) + string.Concat(Enumerable.Repeat("</a>", 200));
        Refused((Plain with { More = deep }).Ubl()).Code.ShouldBe(EInvoiceRefusedException.Unreadable);
        Refused((Plain with { More = string.Concat(Enumerable.Repeat("<a/>", 1_000_001)) }).Ubl()).Code.ShouldBe(EInvoiceRefusedException.Unreadable);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("iso-8859-1")]
    [InlineData("windows-1254")]
    [InlineData("utf-8")]
    public void The_encoding_is_the_one_that_the_file_declares(string name)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = Encoding.GetEncoding(name);
        var text = (Plain with { Head = $"<?xml version=\"1.0\" encoding=\"{name}\"?>", BuyerName = "Käufer ç" }).UblText();
        Read([.. encoding.GetPreamble(), .. encoding.GetBytes(text)]).Buyer.Name.ShouldBe("Käufer ç");
    }

    [Fact]
    public void Prefixes_of_namespaces_are_the_file_s_own_business()
    {
        var text = Plain.UblText().Replace("cbc:", "b:", StringComparison.Ordinal).Replace("xmlns:cbc", "xmlns:b", StringComparison.Ordinal)
            .Replace("<Invoice xmlns=", "<x:Invoice xmlns:x=", StringComparison.Ordinal).Replace("</Invoice>", "</x:Invoice>", StringComparison.Ordinal);
        var invoice = Read(Encoding.UTF8.GetBytes(text));
        (invoice.Number.Value, invoice.Amount.Minor).ShouldBe(("R-1", 11900));
    }

    [Theory]
    [InlineData("LineExtensionAmount", "BR-CO-10")]
    [InlineData("TaxExclusiveAmount", "BR-CO-13")]
    [InlineData("TaxInclusiveAmount", "BR-CO-15")]
    [InlineData("PayableAmount", "BR-CO-16")]
    public void A_total_that_is_wrong_by_a_cent_breaks_its_rule(string element, string rule)
    {
        var text = Plain.UblText();
        var at = text.IndexOf($"<cbc:{element} ", StringComparison.Ordinal);
        var end = text.IndexOf('<', at + 1);
        var start = text.IndexOf('>', at) + 1;
        var stated = decimal.Parse(text[start..end], System.Globalization.CultureInfo.InvariantCulture);
        var wrong = Refused(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{text[..start]}{stated + 0.01m}{text[end..]}")));
        wrong.Code.ShouldBe(EInvoiceRefusedException.TotalsWrong);
        var broken = wrong.Broken.Single(each => each.Rule == rule);
        (broken.Stated, broken.Calculated).ShouldBe((stated + 0.01m, stated));
    }

    [Fact]
    public void VAT_by_its_rate_may_differ_by_one_unit_and_its_sum_by_nothing()
    {
        Read((Plain with { Tax = 20m }).Ubl()).TaxWithin.ShouldBe(2000);
        Refused((Plain with { Tax = 20.01m }).Ubl()).Rule.ShouldBe("BR-CO-17");
        Refused((Plain with { Rate = 999_999_999_999_999m }).Ubl()).Term.ShouldBe("BT-119");
        var text = Plain.UblText().Replace("<cbc:TaxAmount currencyID=\"EUR\">19.00</cbc:TaxAmount><cac:TaxSubtotal>", "<cbc:TaxAmount currencyID=\"EUR\">19.01</cbc:TaxAmount><cac:TaxSubtotal>", StringComparison.Ordinal);
        Refused(Encoding.UTF8.GetBytes(text)).Broken.Select(each => each.Rule).ShouldBe(["BR-CO-14", "BR-CO-15"]);
    }

    [Fact]
    public void Of_what_was_prepaid_its_share_of_VAT_is_left_out_and_rounding_is_due()
    {
        var prepaid = Read((Plain with { Prepaid = 59.50m }).Ubl());
        (prepaid.Amount.Minor, prepaid.TaxWithin).ShouldBe((5950, 950));
        var rounded = Read((Plain with { Rounding = -0.40m }).Ubl());
        (rounded.Amount.Minor, rounded.TaxWithin).ShouldBe((11860, 1900));
        var paid = Read((Plain with { Prepaid = 119m }).Ubl());
        (paid.Amount.Minor, paid.TaxWithin).ShouldBe((0, 0));
    }

    [Fact]
    public void VAT_in_the_currency_of_the_tax_accounts_is_not_what_is_owed()
    {
        var second = """<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">214.00</cbc:TaxAmount></cac:TaxTotal>""";
        Read((Plain with { More = second }).Ubl()).Totals.Tax.ShouldBe(19m);
        Refused((Plain with { More = second.Replace("SEK", "EUR", StringComparison.Ordinal) }).Ubl()).Rule.ShouldBe("BR-CO-15");
    }

    [Theory]
    [InlineData("380", 119, false)]
    [InlineData("381", 119, true)]
    [InlineData("380", -119, true)]
    [InlineData("381", -119, false)]
    [InlineData("389", 119, false)]
    [InlineData("326", 119, false)]
    [InlineData("751", 119, false)]
    [InlineData("261", 119, true)]
    public void Type_and_sign_say_what_is_owed_and_what_is_credited(string type, decimal due, bool isCredit)
    {
        var invoice = Read((Plain with { Type = type, Net = due / 1.19m, Tax = due - (due / 1.19m) }).Ubl());
        (invoice.IsCredit, invoice.Amount.Minor, invoice.TaxWithin).ShouldBe((isCredit, 11900, 1900));
    }

    [Fact]
    public void For_a_pro_forma_invoice_nothing_is_posted_and_an_unknown_type_is_wrong()
    {
        var wrong = Refused((Plain with { Type = "325" }).Ubl());
        (wrong.Code, wrong.Term).ShouldBe((EInvoiceRefusedException.TypeRefused, "BT-3"));
        Refused((Plain with { Type = "999" }).Ubl()).Rule.ShouldBe("BR-CL-01");
    }

    [Fact]
    public void Structured_lines_of_the_terms_are_the_discount()
    {
        Read((Plain with { Terms = "Payable at once\n#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=119.00#\n" }).Ubl()).Discount
            .ShouldBe([new DiscountStep(3.00m, 7), new DiscountStep(2.25m, 14)]);
        var odd = Read((Plain with { Terms = "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=50.00#" }).Ubl());
        odd.Discount.ShouldBeNull();
        odd.Warnings.ShouldHaveSingleItem().ShouldStartWith("DISCOUNT_OF_A_PART");
        Read((Plain with { Terms = "2 % within 10 days" }).Ubl()).Discount.ShouldBeNull();
    }

    [Fact]
    public void A_missing_term_is_named_with_its_rule()
    {
        var wrong = Refused(Encoding.UTF8.GetBytes(Plain.UblText().Replace("<cbc:ID>R-1</cbc:ID>", string.Empty, StringComparison.Ordinal)));
        (wrong.Code, wrong.Term, wrong.Rule).ShouldBe((EInvoiceRefusedException.TermWrong, "BT-1", "BR-02"));
        Refused((Plain with { IssueDate = "02.01.2026" }).Ubl()).Term.ShouldBe("BT-2");
        Refused((Plain with { Currency = "XXX" }).Ubl()).Term.ShouldBe("BT-5");
        Refused((Plain with { Number = new string('1', 65) }).Ubl()).Term.ShouldBe("BT-1");
        Refused((Plain with { Currency = "JPY", Net = 100.5m }).Ubl()).Rule.ShouldBe("BR-DEC");
    }

    [Fact]
    public void UBL_and_CII_of_the_same_facts_read_the_same()
    {
        var (ubl, cii) = (Read(Plain.Ubl()), Read(Plain.Cii()));
        (cii.Number, cii.IssueDate, cii.DueDate, cii.Amount, cii.TaxWithin, cii.Totals, cii.Seller.VatId, cii.Buyer.VatId)
            .ShouldBe((ubl.Number, ubl.IssueDate, ubl.DueDate, ubl.Amount, ubl.TaxWithin, ubl.Totals, ubl.Seller.VatId, ubl.Buyer.VatId));
        cii.Vat.ShouldBe(ubl.Vat);
    }

    [Theory]
    [InlineData("NL8200.98.395.B.01", null, "820098395B01", "NL", true)]
    [InlineData("DE 123 456 789", null, "DE123456789", "DE", true)]
    [InlineData("NO987654321MVA", null, "987 654 321", "NO", true)]
    [InlineData("CHE-123.456.789 MWST", null, "CHE123456789", "CH", true)]
    [InlineData("EL123456789", null, "123456789", "GR", true)]
    [InlineData("1400057421", "AZ", "1400057421", null, true)]
    [InlineData("DK12345678", null, "12345678", "FI", false)]
    [InlineData("DK12345678", null, "12345679", "DK", false)]
    public void Tax_numbers_are_the_same_however_they_are_written(string left, string? leftCountry, string right, string? rightCountry, bool isSame)
    {
        TaxNumber.Of(left, leftCountry).IsSame(TaxNumber.Of(right, rightCountry)).ShouldBe(isSame);
        TaxNumber.Of(left, leftCountry).Forms().Contains(TaxNumber.Strip(right)).ShouldBe(isSame || right == "12345678");
    }

    private static EInvoice Read(byte[] file) => EInvoiceReader.Read(file).ShouldBeOfType<ReadFile.Document>().Invoice;

    private static EInvoiceRefusedException Refused(byte[] file) => Should.Throw<EInvoiceRefusedException>(() => EInvoiceReader.Read(file));
}
