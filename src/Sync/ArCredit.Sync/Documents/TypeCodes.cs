namespace ArCredit.Sync.Documents;

/// <summary>
/// The document types of EN 16931 (UNTDID 1001): which are owed, which are credited, and for which nothing is posted. A code that is none of
/// them is refused.
/// </summary>
internal static class TypeCodes
{
    /// <summary>An invoice that replaces or corrects another.</summary>
    public const string Corrected = "384";

    /// <summary>What is written where there is nothing special.</summary>
    public const string Invoice = "380", CreditNote = "381";

    // Owed as an invoice is: partial (326), self-billed (389), prepayment (386), debit notes (80, 383 and others), construction (875 to 877), hire, insurance,
    // freight and so on. 751 is an invoice's data for the accounts: it has the invoice's own number, so that it is never posted beside it.
    private const string Debits =
        " 71 80 82 84 102 218 219 326 331 380 382 383 384 386 387 388 389 390 394 395 456 457 527 553 575 623 633 751 780 817 870 875 876 877 935 ";

    private const string Credits = " 81 83 261 262 296 308 381 396 420 458 502 503 532 ";

    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["325"] = "a pro forma invoice is not owed",
        ["130"] = "invoicing data are no invoice",
        ["202"] = "a payment valuation asks for nothing",
        ["203"] = "a payment valuation asks for nothing",
        ["204"] = "a payment valuation asks for nothing",
        ["211"] = "an application for payment is no invoice yet",
        ["310"] = "an offer is not owed",
        ["385"] = "a consolidated invoice sums up invoices that are owed already",
        ["393"] = "a factored invoice is owed to the factor",
    };

    /// <summary>True for a code of a credit note.</summary>
    public static bool IsCredit(string code) => Credits.Contains($" {code} ", StringComparison.Ordinal);

    /// <summary>Throws when nothing is posted for documents of this code.</summary>
    public static void Check(Node at, string code)
    {
        if (Refused.TryGetValue(code, out var why))
        {
            throw new EInvoiceRefusedException(EInvoiceRefusedException.TypeRefused, $"Nothing is posted for type {code}: {why}.") { Term = "BT-3" };
        }

        if (!IsCredit(code) && !Debits.Contains($" {code} ", StringComparison.Ordinal))
        {
            throw at.Wrong("BT-3", $"\"{code}\" is no type of invoice or credit note", "BR-CL-01");
        }
    }
}
