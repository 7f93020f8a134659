using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace ArCredit.Banking.MoneyOut;

/// <summary>Texts as banks take them: the Latin set of the SEPA rule books, everything else by its nearest letters.</summary>
internal static class SepaText
{
    private const string Allowed = "/-?:().,'+ ";

    private static readonly FrozenDictionary<char, string> Letters = Build();

    /// <summary>The text in the permitted set, at most so long, without leading, trailing or doubled blanks; never empty.</summary>
    public static string Of(string text, int maxLength)
    {
        var converted = new StringBuilder(text.Length);
        foreach (var character in text.Normalize(NormalizationForm.FormC))
        {
            foreach (var letter in Nearest(character))
            {
                if (letter != ' ' || (converted.Length > 0 && converted[^1] != ' '))
                {
                    converted.Append(letter);
                }
            }
        }

        var whole = converted.ToString();
        whole = whole.Length > maxLength ? whole[..maxLength] : whole;
        whole = whole.Trim();
        return whole.Length == 0 ? "NOTPROVIDED" : whole;
    }

    /// <summary>The same for an identification, which neither begins or ends with a slash nor has two in a row.</summary>
    public static string Id(string text, int maxLength)
    {
        var id = Of(text, maxLength);
        while (id.Contains("//", StringComparison.Ordinal))
        {
            id = id.Replace("//", "/", StringComparison.Ordinal);
        }

        id = id.Trim('/');
        return id.Length == 0 ? "NOTPROVIDED" : id;
    }

    /// <summary>ISO 9362, in capitals.</summary>
    public static bool IsBic(string text) =>
        text.Length is 8 or 11 && text[..6].All(char.IsAsciiLetterUpper) && text[6..].All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter));

    private static string Nearest(char character)
    {
        if (char.IsAsciiLetterOrDigit(character) || Allowed.Contains(character, StringComparison.Ordinal))
        {
            return character.ToString();
        }

        if (Letters.TryGetValue(character, out var known))
        {
            return known;
        }

        if (char.IsWhiteSpace(character))
        {
            return " ";
        }

        // Whatever is a letter of the set with a mark on it goes without the mark.
        var bare = string.Concat(character.ToString().Normalize(NormalizationForm.FormD)
            .Where(part => CharUnicodeInfo.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark));
        return bare.Length > 0 && bare.All(char.IsAsciiLetterOrDigit) ? bare : ".";
    }

    private static FrozenDictionary<char, string> Build()
    {
        var letters = new Dictionary<char, string>
        {
            ['ä'] = "ae", ['ö'] = "oe", ['ü'] = "ue", ['Ä'] = "Ae", ['Ö'] = "Oe", ['Ü'] = "Ue", ['ß'] = "ss", ['ẞ'] = "SS",
            ['ə'] = "e", ['Ə'] = "E", ['ı'] = "i", ['İ'] = "I", ['æ'] = "ae", ['Æ'] = "AE", ['œ'] = "oe", ['Œ'] = "OE", ['ø'] = "o", ['Ø'] = "O",
            ['ł'] = "l", ['Ł'] = "L", ['đ'] = "d", ['Đ'] = "D", ['ð'] = "d", ['Ð'] = "D", ['þ'] = "th", ['Þ'] = "TH", ['ħ'] = "h", ['Ħ'] = "H",
            ['&'] = "+", ['_'] = "-", ['–'] = "-", ['—'] = "-", ['’'] = "'", ['‘'] = "'", ['`'] = "'", ['´'] = "'", ['“'] = "'", ['”'] = "'", ['"'] = "'",
            ['['] = "(", [']'] = ")", ['{'] = "(", ['}'] = ")", [';'] = ",", ['€'] = "EUR", ['ъ'] = string.Empty, ['ь'] = string.Empty, ['Ъ'] = string.Empty,
            ['Ь'] = string.Empty,
        };
        foreach (var pair in (
            "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ы=y э=e ю=yu я=ya і=i ї=i є=e ґ=g "
            + "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o").Split(' '))
        {
            var (letter, latin) = (pair[0], pair[2..]);
            letters[letter] = latin;
            letters.TryAdd(char.ToUpperInvariant(letter), char.ToUpperInvariant(latin[0]) + latin[1..]);
        }

        return letters.ToFrozenDictionary();
    }
}
