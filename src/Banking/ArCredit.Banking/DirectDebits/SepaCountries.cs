using System.Collections.Frozen;

namespace ArCredit.Banking.DirectDebits;

/// <summary>Countries whose accounts SEPA direct debits reach, by the first letters of their IBANs. One line of another may get a whole file rejected.</summary>
internal static class SepaCountries
{
    private static readonly FrozenSet<string> Eea = Parse("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK");

    private static readonly FrozenSet<string> Others = Parse("AD AL CH GB GI MC MD ME MK RS SM VA");

    public static bool Has(string country) => Eea.Contains(country) || Others.Contains(country);

    /// <summary>In the European Economic Area the IBAN alone tells the bank; elsewhere the rule books ask for its BIC.</summary>
    public static bool IsEea(string country) => Eea.Contains(country);

    private static FrozenSet<string> Parse(string list) => list.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
