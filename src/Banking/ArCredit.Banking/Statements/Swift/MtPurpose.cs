namespace ArCredit.Banking.Statements.Swift;

/// <summary>Field 86 behind an entry. Every country's banks write it their own way; the text itself tells which.</summary>
internal static class MtPurpose
{
    public static (string? Code, PaymentText Text) Read(IReadOnlyList<string> lines)
    {
        // Banks break these at a fixed width, also in words.
        var joined = string.Concat(lines);
        if (NumberedPurpose.TryRead(joined, out var code, out var text)
            || SlashPurpose.TryRead(joined, out text)
            || LabelledPurpose.TryRead(joined, out text))
        {
            return (code, text);
        }

        return (null, PaymentText.None with { Remittance = PlainText.Of(string.Join(' ', lines)) });
    }
}
