using System.Text;
using ArCredit.Banking.DirectDebits;

namespace ArCredit.Banking.Statements.Swift;

/// <summary>
/// German and Polish banks: three digits of a transaction code, then sub-fields of a separator and two digits, as in
/// <c>166?00CREDIT?20EREF+1?21SVWZ+Invoice 7?30BIC?31IBAN?32Name</c>.
/// </summary>
internal static class NumberedPurpose
{
    // A full line goes on in the next, a shorter one ended with a word.
    private const int Width = 27;

    private static readonly string[] Labels =
        ["EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC", "PURP", "MTLG", "RREF", "ORCR", "SQTP"];

    public static bool TryRead(string joined, out string? code, out PaymentText text)
    {
        (code, text) = (null, PaymentText.None);
        if (joined.Length < 6 || joined.AsSpan(0, 3).ContainsAnyExceptInRange('0', '9') || char.IsLetterOrDigit(joined[3]) || char.IsWhiteSpace(joined[3])
            || !char.IsAsciiDigit(joined[4]) || !char.IsAsciiDigit(joined[5]))
        {
            return false;
        }

        code = joined[..3];
        var fields = Split(joined, joined[3]);
        string? Field(int number) => PlainText.Of(fields.Find(field => field.Number == number).Text);

        // Polish banks keep 27 to 29 for the other side's name and address.
        var namesInText = joined[3] != '?' && !fields.Exists(field => field.Number is 32 or 33);
        var lastOfText = namesInText ? 26 : 29;
        var sections = Sections(fields.Where(field => field.Number >= 20 && field.Number <= lastOfText || field.Number is >= 60 and <= 63));
        var account = Iban.From(Field(38)) ?? Iban.From(Field(31)) ?? Iban.From(sections.GetValueOrDefault("IBAN")) ?? Field(38) ?? Field(31);
        text = new PaymentText(
            CollectionBookings.ReferenceOf(PlainText.Reference(sections.GetValueOrDefault("EREF")), sections.GetValueOrDefault("KREF")),
            Joined(fields.Where(field => namesInText ? field.Number is >= 27 and <= 29 : field.Number is 32 or 33).Select(field => field.Text)),
            account,
            sections.GetValueOrDefault("SVWZ") ?? sections.GetValueOrDefault(string.Empty) ?? sections.GetValueOrDefault("MTLG") ?? Field(0),
            null)
        {
            // Polish banks, with other separators, keep their own codes there.
            ReturnReason = joined[3] == '?' ? ReturnReasons.Of(code, Extension(fields)) : null,
        };
        return true;
    }

    // Behind the sub-fields with lower numbers: one between them is of a payer's text.
    private static string? Extension(List<(int Number, string Text)> fields) =>
        fields.Skip(fields.FindLastIndex(field => field.Number < 34) + 1).FirstOrDefault(field => field.Number == 34).Text;

    private static List<(int Number, string Text)> Split(string joined, char separator)
    {
        var fields = new List<(int Number, string Text)>();
        var at = 3;
        while (at < joined.Length)
        {
            var next = at + 3;
            while (next < joined.Length && !(joined[next] == separator && next + 2 < joined.Length && char.IsAsciiDigit(joined[next + 1]) && char.IsAsciiDigit(joined[next + 2])))
            {
                next++;
            }

            fields.Add((((joined[at + 1] - '0') * 10) + joined[at + 2] - '0', joined[(at + 3)..Math.Min(next, joined.Length)]));
            at = next;
        }

        return fields;
    }

    // A label opens a section only at the beginning of a sub-field.
    private static Dictionary<string, string> Sections(IEnumerable<(int Number, string Text)> fields)
    {
        var sections = new List<(string Label, List<string> Texts)>();
        foreach (var (_, text) in fields)
        {
            var label = Array.Find(Labels, candidate => text.StartsWith(candidate, StringComparison.Ordinal)
                && text.Length > candidate.Length && text[candidate.Length] is '+' or ':');
            if (label is not null)
            {
                // What stands before the text counts to the width of its line.
                sections.Add((label, [text]));
            }
            else if (sections.Count > 0)
            {
                sections[^1].Texts.Add(text);
            }
            else
            {
                sections.Add((string.Empty, [text]));
            }
        }

        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (label, texts) in sections)
        {
            var joined = Joined(texts);
            if (PlainText.Of(label.Length == 0 ? joined : joined?[(label.Length + 1)..]) is { } plain)
            {
                found.TryAdd(label, plain);
            }
        }

        return found;
    }

    private static string? Joined(IEnumerable<string> texts)
    {
        var all = new StringBuilder();
        foreach (var text in texts)
        {
            all.Append(text).Append(text.Length < Width ? " " : string.Empty);
        }

        return PlainText.Of(all.ToString());
    }
}
