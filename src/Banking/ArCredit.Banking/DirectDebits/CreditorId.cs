using ArCredit.Banking.Statements;

namespace ArCredit.Banking.DirectDebits;

/// <summary>
/// The SEPA creditor identifier: country, two check digits (mod 97 over country and national part), a business code of three characters
/// that the check leaves out, and the national part.
/// </summary>
internal static class CreditorId
{
    private const int MaxLength = 35;
    private const int NationalFrom = 7;

    /// <summary>Without spaces in capitals; null when the text is none.</summary>
    public static string? From(string? text)
    {
        var id = text?.Replace(" ", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
        return id is { Length: > NationalFrom and <= MaxLength } && id.All(char.IsAsciiLetterOrDigit) && id[..2].All(char.IsAsciiLetter)
            && id[2..4].All(char.IsAsciiDigit) && Iban.HasCheckDigits(id[NationalFrom..] + id[..4]) ? id : null;
    }
}

/// <summary>The reference of a mandate, in the letters of the SEPA rule books without the slash, which paths cannot hold.</summary>
internal static class MandateId
{
    public const int MaxLength = 35;

    public const string Rule = "must be 1 to 35 of A-Z, a-z, 0-9 and -?:().,'+";

    public static bool Is(string? text) =>
        text is { Length: > 0 and <= MaxLength } && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "-?:().,'+".Contains(letter, StringComparison.Ordinal));
}
