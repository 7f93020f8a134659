using System.Text;

namespace ArCredit.Banking.Statements;

/// <summary>Texts as they are kept.</summary>
internal static class PlainText
{
    /// <summary>Control characters and runs of spaces become one space; null when nothing is left.</summary>
    public static string? Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var clean = new StringBuilder(text.Length);
        var space = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                space = true;
                continue;
            }

            if (space && clean.Length > 0)
            {
                clean.Append(' ');
            }

            space = false;
            clean.Append(rune.ToString());
        }

        return clean.Length == 0 ? null : clean.ToString();
    }
}
