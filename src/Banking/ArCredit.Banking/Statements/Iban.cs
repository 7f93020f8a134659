namespace ArCredit.Banking.Statements;

/// <summary>International account numbers, ISO 13616.</summary>
internal static class Iban
{
    /// <summary>The number without spaces in capitals; null when the text is none by shape or check digits.</summary>
    public static string? From(string? text)
    {
        if (text is null || text.Length > 64)
        {
            return null;
        }

        var iban = text.Replace(" ", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
        if (iban.Length is < 15 or > 34 || !iban.All(char.IsAsciiLetterOrDigit)
            || !char.IsAsciiLetter(iban[0]) || !char.IsAsciiLetter(iban[1]) || !char.IsAsciiDigit(iban[2]) || !char.IsAsciiDigit(iban[3]))
        {
            return null;
        }

        return HasCheckDigits(iban[4..] + iban[..4]) ? iban : null;
    }

    /// <summary>ISO 7064 mod 97-10 of ASCII digits and capital letters, the check digits last.</summary>
    public static bool HasCheckDigits(string text)
    {
        var rest = 0;
        foreach (var character in text)
        {
            var value = char.IsAsciiDigit(character) ? character - '0' : character - 'A' + 10;
            rest = ((rest * (value > 9 ? 100 : 10)) + value) % 97;
        }

        return rest == 1;
    }
}
