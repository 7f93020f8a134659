using System.Globalization;
using System.Text;

namespace ArCredit.Banking.Matching;

/// <summary>Names as banks write them against names as customers are registered: capitals, accents, ü or ue, GmbH or not.</summary>
internal static class PartyName
{
    private static readonly HashSet<string> LegalForms = new(StringComparer.Ordinal)
    {
        "ab", "ag", "as", "asa", "bv", "co", "corp", "doo", "eg", "ek", "eood", "eurl", "gbr", "gmbh", "inc", "kft", "kg", "kgaa", "limited", "llc", "llp", "ltd",
        "mbh", "mmc", "nv", "oao", "og", "ohg", "ooo", "ood", "oy", "oyj", "plc", "qsc", "sa", "sarl", "sas", "se", "sia", "sl", "spa", "spk", "spz", "srl", "sro",
        "ug", "uab", "und", "and", "the", "mr", "mrs", "herr", "frau", "dr",
    };

    /// <summary>What two spellings of one name have in common; empty when nothing is left.</summary>
    public static string KeyOf(string? name) => string.Concat(WordsOf(name).Where(word => !LegalForms.Contains(word)).Select(Umlauts));

    /// <summary>True when both are the same name.</summary>
    public static bool IsSame(string? one, string? other) => KeyOf(one) is { Length: > 2 } key && key == KeyOf(other);

    /// <summary>How a registered name may begin, in lower case without accents, each at least 3 characters; at most three.</summary>
    public static IReadOnlyList<string> BeginningsOf(string? name)
    {
        if (WordsOf(name).Find(word => word.Length >= 3 && !LegalForms.Contains(word)) is not { } word)
        {
            return [];
        }

        // "MUELLER" may be registered as "Müller", which is searched as "muller"; and the other way round by what both begin with.
        var shared = word.IndexOfAny(['a', 'o', 'u', 's'], 2) is var at and >= 0 ? word[..(at + 1)] : word;
        return [.. new[] { word, Umlauts(word), shared }.Where(beginning => beginning.Length >= 3).Distinct(StringComparer.Ordinal)];
    }

    private static List<string> WordsOf(string? name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var letter in (name ?? string.Empty).Normalize(NormalizationForm.FormKD))
        {
            if (char.IsLetterOrDigit(letter))
            {
                word.Append(letter switch { 'ı' => 'i', 'ß' => 's', _ => char.ToLowerInvariant(letter) });
                if (letter == 'ß')
                {
                    word.Append('s');
                }
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark && letter is not ('.' or '\''))
            {
                End();
            }
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }

    private static string Umlauts(string word) => word.Replace("ae", "a", StringComparison.Ordinal).Replace("oe", "o", StringComparison.Ordinal)
        .Replace("ue", "u", StringComparison.Ordinal);
}
