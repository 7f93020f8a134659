namespace ArCredit.Banking.Statements.Swift;

/// <summary>mBank: <c>911 TRANSAKCJA COLLECT; Z RACH.: account; OD: name; TYT.: title; TNR: number</c>.</summary>
internal static class LabelledPurpose
{
    private static readonly string[] Accounts = ["Z RACH.", "NA RACH.", "RACH."];
    private static readonly string[] Names = ["OD", "DLA", "NA RZECZ"];
    private static readonly string[] Titles = ["TYT.", "TYTUŁ"];

    public static bool TryRead(string joined, out PaymentText text)
    {
        text = PaymentText.None;
        var parts = joined.Split(';', StringSplitOptions.TrimEntries)
            .Select(part => (Part: part, Colon: part.IndexOf(':', StringComparison.Ordinal)))
            .Where(found => found.Colon > 0)
            .Select(found => (Label: found.Part[..found.Colon].Trim(), Text: PlainText.Of(found.Part[(found.Colon + 1)..])))
            .ToList();
        string? Find(string[] labels) => parts.Find(part => labels.Contains(part.Label, StringComparer.Ordinal)).Text;

        var (account, title) = (Find(Accounts), Find(Titles));
        if (account is null && title is null)
        {
            return false;
        }

        // Account numbers within the country lack its letters.
        text = new PaymentText(null, Find(Names), Iban.From(account) ?? Iban.From($"PL{account}") ?? account, title ?? PlainText.Of(joined), null);
        return true;
    }
}
