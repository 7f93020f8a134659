using ArCredit.Banking.DirectDebits;

namespace ArCredit.Banking.Statements.Swift;

/// <summary>Dutch banks: <c>/TRTP/SEPA OVERBOEKING/IBAN/…/BIC/…/NAME/…/REMI/…/EREF/…</c>, and ING's <c>/CNTP/IBAN/BIC/name/city/</c>.</summary>
internal static class SlashPurpose
{
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "TRTP", "IBAN", "BIC", "NAME", "REMI", "EREF", "CNTP", "BENM", "ORDP", "MARF", "CSID", "PREF", "IREF", "KREF", "RTRN", "RETN", "RTR", "RTYP", "TRCD", "PURP", "ADDR", "ISDT",
        "ULTD", "ULTB", "ULTC", "SVCL", "CODE", "EVAL", "CDTRREFTP", "CDTRREF", "SWOC", "OCMT", "EXCH", "CHGS", "INIT", "ACCW", "DFLT", "PI",
    };

    // A payer may write them: within a text they begin no part.
    private static readonly HashSet<string> Reasons = new(StringComparer.Ordinal) { "RTRN", "RETN", "RTR" };

    public static bool TryRead(string joined, out PaymentText text)
    {
        text = PaymentText.None;
        var line = joined.Trim();
        if (Word(line, 0) is null)
        {
            return false;
        }

        var parts = Split(line);
        string? Part(string word) => parts.GetValueOrDefault(word) is { } raw ? PlainText.Of(raw.Trim('/')) : null;

        var (account, party) = (Part("IBAN"), Part("NAME"));
        if (Part("CNTP") is { } other)
        {
            var pieces = other.Split('/');
            (account, party) = (PlainText.Of(pieces[0]), pieces.Length > 2 ? PlainText.Of(pieces[2]) : null);
        }

        // REMI says what it is: USTD//text or STRD/issuer/reference.
        var (remittance, structured) = (Part("REMI"), Part("CDTRREF"));
        if (remittance?.StartsWith("USTD/", StringComparison.Ordinal) == true)
        {
            remittance = PlainText.Of(remittance[5..].Trim('/'));
        }
        else if (remittance?.StartsWith("STRD/", StringComparison.Ordinal) == true)
        {
            (structured, remittance) = (PlainText.Of(remittance[(remittance.LastIndexOf('/') + 1)..]), null);
        }

        text = new PaymentText(
            CollectionBookings.ReferenceOf(PlainText.Reference(Part("EREF")), Part("PREF"), Part("KREF")), party, Iban.From(account) ?? account,
            remittance ?? (structured is null ? Part("TRTP") ?? Part("RTYP") : null), structured)
        {
            ReturnReason = ReturnReasons.Of(Part("RTRN")) ?? ReturnReasons.Of(Part("RETN")) ?? ReturnReasons.Of(Part("RTR")),
        };
        return true;
    }

    // The word between two slashes that begins a part; null when none begins there.
    private static string? Word(string text, int at)
    {
        if (at >= text.Length || text[at] != '/')
        {
            return null;
        }

        var end = text.IndexOf('/', at + 1);
        return end > at && Words.TryGetValue(text[(at + 1)..end], out var word) ? word : null;
    }

    private static Dictionary<string, string> Split(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        while (Word(text, at) is { } word)
        {
            var begin = at + word.Length + 2;
            var end = text.IndexOf('/', begin);
            while (end >= 0 && (Word(text, end) is not { } next || (word == "REMI" && Reasons.Contains(next))))
            {
                end = text.IndexOf('/', end + 1);
            }

            at = end < 0 ? text.Length : end;
            parts.TryAdd(word, text[Math.Min(begin, at)..at]);
        }

        return parts;
    }
}
