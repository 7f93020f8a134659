using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using ArCredit.Sync.Parties;

namespace ArCredit.Sync.Documents;

/// <summary>Writes an e-qaimə in the shape that <see cref="EqaimeReader"/> reads, one row for what is taxed as one.</summary>
internal static class EqaimeWriter
{
    /// <summary>The document in UTF-8; the same facts make the same bytes.</summary>
    public static byte[] Write(EInvoice invoice, EqaimeGoods goods)
    {
        var (totals, tax) = (invoice.Totals, invoice.Totals.Tax ?? 0);
        string Of(string category) => Number(invoice.Vat.Where(vat => vat.Category == category).Sum(vat => vat.Taxable));
        string[] taxed = [Of("S"), Of("O"), Of("E"), Of("Z")];
        string[] row =
        [
            goods.Code, goods.Name, goods.Unit, "1", Number(totals.Net), Number(totals.Net), "0", "0", Number(totals.Net), .. taxed, Number(tax), "0", Number(totals.Gross), string.Empty,
        ];
        string[] sum = [Number(totals.Net), "0", Number(totals.Net), .. taxed, Number(tax), Number(totals.Gross)];
        var root = new XElement(
            EqaimeReader.RootName, new XAttribute("version", "304"), new XAttribute("kod", "QAIME_1"), new XElement("qaimeKime", invoice.Buyer.VatId),
            new XElement("qaimeKimden", invoice.Seller.VatId), new XElement("ds"), new XElement("dn"), new XElement("des", invoice.References.Order ?? invoice.Number.Value),
            new XElement("des2"), new XElement("ma"), new XElement("mk"), new XElement("nomre", invoice.Number.Value),
            new XElement("tarix", invoice.IssueDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            new XElement(
                "product", new XElement("qaimeTable", new XElement("row", new XAttribute("no", 0), Columns(row))), new XElement("qaimeYekunTable", new XElement("row", Columns(sum)))));
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" }))
        {
            root.WriteTo(writer);
        }

        return bytes.ToArray();
    }

    private static IEnumerable<XElement> Columns(IEnumerable<string> values) =>
        values.Select((value, at) => new XElement(string.Create(CultureInfo.InvariantCulture, $"c{at + 1}"), value));

    private static string Number(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
