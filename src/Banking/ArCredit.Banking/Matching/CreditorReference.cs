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

        var rest = 0;
        foreach (var character in reference[4..] + reference[..4])
        {
            var value = char.IsAsciiDigit(character) ? character - '0' : character - 'A' + 10;
            rest = ((rest * (value > 9 ? 100 : 10)) + value) % 97;
        }

        var body = reference[4..].TrimStart('0');
        return rest == 1 && body.Length > 0 ? body : null;
    }
}
