namespace ArCredit.Sync.Documents;

/// <summary>
/// EN 16931's rules of calculation. Sums are exact to the cent; only VAT by its rate (BR-CO-17) has the tolerance of 1.00 that the standard's own
/// validation gives, because lines may have been rounded one by one.
/// </summary>
internal static class TotalRules
{
    private const decimal RateTolerance = 1m;

    /// <summary>Throws with every rule that is broken.</summary>
    public static void Check(EInvoice invoice)
    {
        if (invoice.Parts is not { } parts)
        {
            return;
        }

        var totals = invoice.Totals;
        var broken = new List<BrokenRule>();
        void Equal(string rule, string text, decimal stated, decimal calculated)
        {
            calculated = ToCents(calculated);
            if (stated != calculated)
            {
                broken.Add(new BrokenRule(rule, text, stated, calculated));
            }
        }

        Equal("BR-CO-10", "Sum of line net amounts (BT-106) = sum of BT-131", totals.Lines, parts.Lines.Sum());
        Equal("BR-CO-11", "Sum of allowances (BT-107) = sum of BT-92", totals.Allowances ?? 0, parts.Allowances.Sum());
        Equal("BR-CO-12", "Sum of charges (BT-108) = sum of BT-99", totals.Charges ?? 0, parts.Charges.Sum());
        Equal("BR-CO-13", "Total without VAT (BT-109) = BT-106 - BT-107 + BT-108", totals.Net, totals.Lines - (totals.Allowances ?? 0) + (totals.Charges ?? 0));
        if (invoice.Vat.Count > 0)
        {
            Equal("BR-CO-14", "Total VAT (BT-110) = sum of BT-117", totals.Tax ?? 0, invoice.Vat.Sum(line => line.Tax));
        }

        Equal("BR-CO-15", "Total with VAT (BT-112) = BT-109 + BT-110", totals.Gross, totals.Net + (totals.Tax ?? 0));
        Equal("BR-CO-16", "Amount due (BT-115) = BT-112 - BT-113 + BT-114", totals.Due, totals.Gross - totals.Prepaid + totals.Rounding);
        foreach (var line in invoice.Vat)
        {
            var calculated = ToCents(line.Taxable * (line.Rate ?? 0) / 100);
            if (Math.Abs(line.Tax - calculated) > RateTolerance)
            {
                broken.Add(new BrokenRule("BR-CO-17", $"VAT of category {line.Category} (BT-117) = BT-116 x BT-119 / 100", line.Tax, calculated));
            }
        }

        if (broken.Count > 0)
        {
            var first = broken[0];
            throw new EInvoiceRefusedException(
                EInvoiceRefusedException.TotalsWrong,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{first.Rule}: {first.Text}; {first.Stated} is stated, {first.Calculated} calculated."))
            {
                Rule = first.Rule,
                Broken = broken,
            };
        }
    }

    // Halves go up, as in the standard's own validation.
    private static decimal ToCents(decimal amount) => decimal.Floor((amount * 100) + 0.5m) / 100;
}
