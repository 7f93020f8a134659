using ArCredit.Banking.Statements;

namespace ArCredit.Banking.Matching;

/// <summary>Structured creditor references, ISO 11649.</summary>
internal static class CreditorReference
{
    private const int MaxBody = 21;

    /// <summary>What stands behind RF and the check digits, without leading zeros; null when the text is none, or its check digits are wrong.</summary>
    public static string? BodyOf(string? text)
    {
        if (text is null || text.Length > 64)
        {
            return null;
        }

        var reference = text.Replace(" ", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
        if (reference.Length is < 5 or > 4 + MaxBody || !reference.StartsWith("RF", StringComparison.Ordinal) || !reference.All(char.IsAsciiLetterOrDigit)
            || !char.IsAsciiDigit(reference[2]) || !char.IsAsciiDigit(reference[3]))
        {
            return null;
        }

        var body = reference[4..].TrimStart('0');
        return Iban.HasCheckDigits(reference[4..] + reference[..4]) && body.Length > 0 ? body : null;
    }
}
