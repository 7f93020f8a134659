namespace ArCredit.Banking.Statements.Swift;

/// <summary>
/// Why a bank took a payment back, in the ISO 20022 code that camt has for it. Only what stands in a field for it counts: people write
/// such codes into their texts.
/// </summary>
internal static class ReturnReasons
{
    /// <summary>
    /// Sub-field 34 of field 86, the extension of the text key, as German banks fill it for returns (DFÜ agreement, annex 3, chapter on MT940;
    /// "SEPA return reasons and corresponding numerical text key extensions" in UniCredit's "Business transactions and return codes").
    /// 914 stands for all that is not specified, refusals (MS02) included; 917 for all regulatory reasons.
    /// </summary>
    private static readonly Dictionary<string, string> Extensions = new(StringComparer.Ordinal)
    {
        ["901"] = "AC01",
        ["902"] = "AC04",
        ["903"] = "AC06",
        ["904"] = "AG01",
        ["905"] = "AG02",
        ["906"] = "AM04",
        ["907"] = "AM05",
        ["908"] = "BE04",
        ["909"] = "MD01",
        ["910"] = "MD02",
        ["911"] = "BE05",
        ["912"] = "MD06",
        ["913"] = "MD07",
        ["914"] = "MS03",
        ["915"] = "RC01",
        ["916"] = "TM01",
        ["917"] = "RR04",
        ["930"] = "AC13",
    };

    // Returned B2B and CORE debits and returned transfers: with others the extension says something else.
    private static readonly HashSet<string> Businesses = new(StringComparer.Ordinal) { "108", "109", "159" };

    // Codes of ISO's list of return reasons that are not two letters and two digits.
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "ARDT", "CNOR", "CURR", "CUST", "DNOR", "DUPL", "ERIN", "FOCR", "FRAD", "LEGL", "NARR", "NOAS", "NOOR", "RUTA", "SVNR", "TECH", "UPAY",
    };

    /// <summary>Of a German business code and the extension of its text key; null where they name none.</summary>
    public static string? Of(string business, string? extension) =>
        extension is { Length: >= 3 } && Businesses.Contains(business) ? Extensions.GetValueOrDefault(extension[..3]) : null;

    /// <summary>
    /// Behind the code word for it: <c>/RTRN/</c> of Rabobank ("Format description MT940 Structured", appendix Reason return codes), ABN AMRO and ING
    /// ("MT940 and MT942 format description", appendix ISO return reason codes), <c>/RETN/</c> or <c>/RTR/</c> of others.
    /// </summary>
    public static string? Of(string? coded)
    {
        var code = coded?.Trim().Split('/', 2)[0].Trim();
        return code is { Length: 4 } && (Words.Contains(code) || (code[..2].All(char.IsAsciiLetterUpper) && code[2..].All(char.IsAsciiDigit))) ? code : null;
    }
}
