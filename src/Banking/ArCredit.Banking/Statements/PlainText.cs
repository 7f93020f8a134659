using System.Text;

namespace ArCredit.Banking.Statements;

/// <summary>Texts as they are kept.</summary>
internal static class PlainText
{
    // What stands where there is no reference, and what says which reference field 86 has.
    private static readonly HashSet<string> Markers = new(StringComparer.OrdinalIgnoreCase) { "NONREF", "NOTPROVIDED", "EREF", "KREF", "MARF", "MREF", "PREF" };

    /// <summary>A reference; null where the text only says that there is none, or where it stands.</summary>
    public static string? Reference(string? text) => Of(text) is { } reference && !Markers.Contains(reference.TrimEnd('+')) ? reference : null;

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

    /// <summary>What is wrong with an XML file; of a DTD the reader would say how to allow it.</summary>
    public static string Of(System.Xml.XmlException broken) => broken.Message.Contains("DTD", StringComparison.Ordinal) ? "a document type (DTD) is not taken" : broken.Message;
}
