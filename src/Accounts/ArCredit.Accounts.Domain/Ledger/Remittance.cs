namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>What a payer wrote with the money, read for the numbers of open invoices.</summary>
internal static class Remittance
{
    /// <summary>So many different tokens are looked up; who writes more is not naming invoices.</summary>
    public const int MostTokens = 200;

    /// <summary>What is shorter is as likely a day, a month or a part of an amount.</summary>
    public const int ShortestNumber = 3;

    private const string Separators = ",;:/\\|()[]{}<>\"'`´„“”‚‘’«»&+*=?!";

    /// <summary>
    /// The invoices that the text names. A word is tried as it stands, then without the signs around it, and only then in its
    /// parts: many numbers have a slash of their own.
    /// </summary>
    /// <param name="text">The payer's.</param>
    /// <param name="find">The open invoices of a number; called once for each token.</param>
    public static HashSet<OpenInvoice> InvoicesIn(string text, Func<string, IEnumerable<OpenInvoice>> find)
    {
        var named = new HashSet<OpenInvoice>();
        var looked = new Dictionary<string, bool>();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Names(word) || Names(Bare(word)))
            {
                continue;
            }

            foreach (var part in word.Split(Separators.ToCharArray(), StringSplitOptions.RemoveEmptyEntries))
            {
                Names(Bare(part));
            }
        }

        return named;

        bool Names(string token)
        {
            if (token.Length < ShortestNumber)
            {
                return false;
            }

            if (!looked.TryGetValue(token, out var names) && looked.Count < MostTokens)
            {
                OpenInvoice[] found = [.. find(token)];
                named.UnionWith(found);
                names = looked[token] = found.Length > 0;
            }

            return names;
        }
    }

    private static string Bare(string token) => token.TrimStart([.. Separators, '#']).TrimEnd([.. Separators, '.']);
}
