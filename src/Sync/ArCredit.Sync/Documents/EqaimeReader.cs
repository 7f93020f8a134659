using System.Xml.Linq;
using ArCredit.Kernel;

namespace ArCredit.Sync.Documents;

/// <summary>What a buyer said of an e-qaimə.</summary>
/// <param name="Seller">VÖEN.</param>
/// <param name="Buyer">VÖEN.</param>
/// <param name="Number">Series and number.</param>
/// <param name="Status">Accepted or rejected.</param>
/// <param name="Reason">Why, in the buyer's words.</param>
internal sealed record EqaimeStatus(string Seller, string Buyer, DocumentNumber Number, BuyerStatus Status, string? Reason);

/// <summary>
/// Azerbaijan's e-qaimə in the shape of the tax portal's files (root kod="QAIME_1": qaimeKimden, qaimeKime, product/qaimeTable/row with c1 to c17, and
/// product/qaimeYekunTable/row). Series, number, date and status, which the portal gives out beside its files, are read from the elements seriya, nomre,
/// tarix and status of the same root.
/// </summary>
internal static class EqaimeReader
{
    public static readonly XName RootName = "root";

    /// <summary>The standard rate of VAT, per cent.</summary>
    public const decimal VatRate = 18m;

    public const string Accepted = "Təsdiq";

    public const string Rejected = "İmtina";

    public static readonly Currency Manat = Currency.Parse("AZN");

    private const int VoenLength = 10;

    // Each row is rounded for itself, and some write four decimals.
    private const decimal RowTolerance = 0.01m;

    public static ReadFile Read(Node root) => root.Attribute("kod") switch
    {
        "QAIME_1" => new ReadFile.Document(ReadInvoice(root)),
        "QAIME_STATUS" => new ReadFile.Status(new EqaimeStatus(
            Voen(root, "qaimeKimden"), Voen(root, "qaimeKime"), ReadNumber(root), ReadStatus(root) ?? throw root.Wrong("status", "is missing"), root.Text("sebeb"))),
        var other => throw new EInvoiceRefusedException(
            EInvoiceRefusedException.UnknownFormat, $"An e-qaimə with kod=\"{other}\" is not taken; QAIME_1 (goods, works, services) and QAIME_STATUS are."),
    };

    private static EInvoice ReadInvoice(Node root)
    {
        var rows = root.All("product", "qaimeTable", "row").ToList();
        if (rows.Count == 0)
        {
            throw root.Wrong("product/qaimeTable/row", "there is no row");
        }

        var sum = root.First("product", "qaimeYekunTable", "row") ?? throw root.Wrong("product/qaimeYekunTable/row", "is missing");
        var broken = new List<BrokenRule>();
        var lines = rows.Select(row => ReadRow(row, broken)).ToList();
        decimal Stated(string column, string text, decimal calculated, bool isNeeded = true)
        {
            var stated = isNeeded ? sum.RequiredDecimal($"qaimeYekunTable/{column}", "e-qaimə", column) : sum.Decimal($"qaimeYekunTable/{column}", column) ?? calculated;
            if (stated != calculated)
            {
                broken.Add(new BrokenRule($"qaimeYekunTable/{column}", text, stated, calculated));
            }

            return stated;
        }

        var net = Stated("c3", "Sum of c9", lines.Sum(line => line.Net));
        var taxable = Stated("c4", "Sum of c10", lines.Sum(line => line.Taxable));
        var outside = Stated("c5", "Sum of c11", lines.Sum(line => line.Outside));
        var exempt = Stated("c6", "Sum of c12", lines.Sum(line => line.Exempt));
        var zero = Stated("c7", "Sum of c13", lines.Sum(line => line.Zero));
        var tax = Stated("c8", "Sum of c14", lines.Sum(line => line.Tax));
        var road = lines.Sum(line => line.Road);
        var gross = Stated("c9", "c3 + c8 + the rows' c15", net + tax + road, isNeeded: false);
        if (broken.Count > 0)
        {
            throw new EInvoiceRefusedException(
                EInvoiceRefusedException.TotalsWrong,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{broken[0].Rule}: {broken[0].Text}; {broken[0].Stated} is stated, {broken[0].Calculated} calculated."))
            {
                Rule = broken[0].Rule,
                Broken = broken,
            };
        }

        EInvoiceReader.CheckAmounts(sum, Manat, ("c8", tax), ("c9", gross));
        EInvoiceVat[] vat = [new(taxable, tax, "S", VatRate), new(zero, 0, "Z", 0), new(exempt, 0, "E", 0), new(outside, 0, "O", null)];
        return new EInvoice(
            EInvoiceFormat.Eqaime, TypeCodes.Invoice, ReadNumber(root), root.Date("tarix", "tarix") ?? throw root.Wrong("tarix", "is missing; the portal gives it out beside its file"), null, Manat,
            Party(root, "qaimeKimden", "qaimeKimdenAd"), Party(root, "qaimeKime", "qaimeKimeAd"),
            new EInvoiceTotals(net, null, road == 0 ? null : road, net + road, tax, gross, 0, 0, gross), [.. vat.Where(line => line.Taxable != 0)],
            new EInvoiceReferences(root.Text("des"), null, null, [], null), null)
        {
            BuyerStatus = ReadStatus(root),
        };
    }

    private static (decimal Net, decimal Taxable, decimal Outside, decimal Exempt, decimal Zero, decimal Tax, decimal Road) ReadRow(Node row, List<BrokenRule> broken)
    {
        decimal Of(string column) => decimal.Round(row.RequiredDecimal($"qaimeTable/{column}", "e-qaimə", column), 2, MidpointRounding.AwayFromZero);
        decimal Factor(string column) => row.Factor($"qaimeTable/{column}", column) ?? throw row.Wrong($"qaimeTable/{column}", "is missing");
        void About(string column, string text, decimal stated, decimal calculated)
        {
            if (Math.Abs(stated - calculated) > RowTolerance)
            {
                broken.Add(new BrokenRule($"qaimeTable/{column}", text, stated, decimal.Round(calculated, 2, MidpointRounding.AwayFromZero)));
            }
        }

        var (net, taxable, outside, exempt, zero, tax) = (Of("c9"), Of("c10"), Of("c11"), Of("c12"), Of("c13"), Of("c14"));
        var road = row.Decimal("qaimeTable/c15", "c15") ?? 0;
        About("c6", "c4 x c5", Of("c6"), Factor("c4") * Factor("c5"));
        About("c9", "c6 + c8", net, Of("c6") + (row.Decimal("qaimeTable/c8", "c8") ?? 0));
        About("c9", "c10 + c11 + c12 + c13", net, taxable + outside + exempt + zero);
        About("c14", "18 % of c10", tax, taxable * VatRate / 100);
        About("c16", "c9 + c14 + c15", row.Decimal("qaimeTable/c16", "c16") ?? net + tax + road, net + tax + road);
        return (net, taxable, outside, exempt, zero, tax, road);
    }

    private static EInvoiceParty Party(Node root, string voen, string name) => new(root.Text(name), "AZ", Voen(root, voen), null, null, null, [], null);

    private static string Voen(Node root, string name)
    {
        var voen = root.Text(name) ?? throw root.Wrong(name, "is missing");
        return voen.Length == VoenLength && voen.All(char.IsAsciiDigit) ? voen : throw root.First(name)!.Value.Wrong(name, $"\"{voen}\" is no VÖEN of 10 digits");
    }

    private static DocumentNumber ReadNumber(Node root)
    {
        var number = root.Text("nomre") ?? throw root.Wrong("nomre", "is missing; the portal gives series and number out beside its file");
        return EInvoiceReader.ToNumber(root, "nomre", $"{root.Text("seriya")}{number}");
    }

    private static BuyerStatus? ReadStatus(Node root) => root.Text("status")?.ToUpperInvariant() switch
    {
        null => null,
        "TƏSDIQ" or "TƏSDİQ" or "ACCEPTED" => BuyerStatus.Accepted,
        "İMTINA" or "IMTINA" or "İMTİNA" or "REJECTED" => BuyerStatus.Rejected,
        _ => throw root.First("status")!.Value.Wrong("status", $"\"{root.Text("status")}\" is neither {Accepted} nor {Rejected}"),
    };
}
