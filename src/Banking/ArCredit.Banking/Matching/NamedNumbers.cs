using ArCredit.Accounts.Contracts;

namespace ArCredit.Banking.Matching;

/// <summary>A run of words in a payer's text that may be the number of an invoice.</summary>
/// <param name="Key">As <see cref="SearchKey"/> makes it.</param>
/// <param name="Source">Which of the texts it stands in.</param>
/// <param name="From">Index of its first word.</param>
/// <param name="To">Index of its last word.</param>
/// <param name="IsStructured">The whole of a structured reference.</param>
/// <param name="Literal">As it is written, with what stands between its words.</param>
internal readonly record struct NamedNumber(string Key, int Source, int From, int To, bool IsStructured, string Literal)
{
    private const int MaxWeakDigits = 4;

    /// <summary>As short a number as a year or a house has.</summary>
    public bool IsWeak => !IsStructured && Key.Length <= MaxWeakDigits && Key.All(char.IsAsciiDigit);

    /// <summary>True when the other one is a part of this one.</summary>
    public bool Covers(NamedNumber other) =>
        Source == other.Source && From <= other.From && To >= other.To && (From != other.From || To != other.To);
}

/// <summary>
/// Finds what may be numbers of invoices in payers' texts. Only whole words count, alone or with their neighbours, because banks and
/// payers set blanks and punctuation as they like; a number inside a word is not one.
/// </summary>
internal static class NamedNumbers
{
    /// <summary>Characters of a text that are looked at.</summary>
    public const int MaxText = 10_000;

    /// <summary>Most candidates; the search ends there.</summary>
    public const int MaxFound = 4_000;

    /// <summary>Between several structured references of a payment.</summary>
    public const char Separator = ';';

    private const int MaxReferences = 100;
    private const int MaxWords = 6;
    private const int MinLength = 3;
    private const int MaxLength = 64;

    /// <summary>All candidates of the texts; a structured reference gives itself and what it carries, and there may be several.</summary>
    public static IReadOnlyList<NamedNumber> In(string? structuredReference, IEnumerable<string?> texts)
    {
        var found = new List<NamedNumber>();
        foreach (var reference in (structuredReference ?? string.Empty).Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(MaxReferences))
        {
            var whole = SearchKey.Of(reference);
            AddStructured(found, whole, reference);
            AddStructured(found, whole.TrimStart('0'), reference);
            if (CreditorReference.BodyOf(reference) is { } body)
            {
                AddStructured(found, body, body);
            }
        }

        var source = 0;
        foreach (var text in texts)
        {
            source++;
            if (text is not null)
            {
                AddWords(found, text.Length <= MaxText ? text : text[..MaxText], source);
            }
        }

        return found;
    }

    private static void AddStructured(List<NamedNumber> found, string key, string literal)
    {
        if (key.Length is > 0 and <= MaxLength && found.TrueForAll(one => one.Key != key))
        {
            found.Add(new NamedNumber(key, 0, 0, 0, true, literal));
        }
    }

    private static void AddWords(List<NamedNumber> found, string text, int source)
    {
        var words = WordsOf(text);
        for (var from = 0; from < words.Count && found.Count < MaxFound; from++)
        {
            var joined = string.Empty;
            for (var to = from; to < words.Count && to < from + MaxWords; to++)
            {
                joined += words[to].Key;
                if (joined.Length > MaxLength)
                {
                    break;
                }

                if (CreditorReference.BodyOf(joined) is { } body)
                {
                    found.Add(new NamedNumber(body, source, from, to, true, body));
                }

                // Without a digit it is a word.
                if (joined.Length >= MinLength && joined.Any(char.IsAsciiDigit))
                {
                    found.Add(new NamedNumber(joined, source, from, to, false, text[words[from].Start..words[to].End]));
                }
            }
        }
    }

    private static List<(string Key, int Start, int End)> WordsOf(string text)
    {
        var words = new List<(string Key, int Start, int End)>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isPart = i < text.Length && (char.IsLetterOrDigit(text[i]) || char.IsSurrogate(text[i]));
            if (isPart && start < 0)
            {
                start = i;
            }
            else if (!isPart && start >= 0)
            {
                words.Add((SearchKey.Of(text[start..i]), start, i));
                start = -1;
            }
        }

        return words;
    }
}
