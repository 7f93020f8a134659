using ArCredit.Banking.Statements;

namespace ArCredit.Banking.Storage;

/// <summary>The formats' names, as people write them.</summary>
internal static class Formats
{
    public static string NameOf(StatementFormat format) => format switch
    {
        StatementFormat.Camt052 => "camt.052",
        StatementFormat.Camt053 => "camt.053",
        StatementFormat.Camt054 => "camt.054",
        StatementFormat.Mt940 => "MT940",
        StatementFormat.Mt942 => "MT942",
        StatementFormat.Bai2 => "BAI2",
        StatementFormat.Csv => "CSV",
    };
}
