namespace ArCredit.Sync.Documents;

/// <summary>A rule that totals break, with the amount that is stated and the one that it should be.</summary>
/// <param name="Rule">As EN 16931 calls it.</param>
/// <param name="Text">The rule in words.</param>
/// <param name="Stated">In the document.</param>
/// <param name="Calculated">From the rest of the document.</param>
internal sealed record BrokenRule(string Rule, string Text, decimal Stated, decimal Calculated);

/// <summary>The file is not taken: nothing of it is stored.</summary>
/// <param name="code">Stable, UPPER_SNAKE.</param>
/// <param name="reason">A sentence for people.</param>
internal sealed class EInvoiceRefusedException(string code, string reason) : Exception(reason)
{
    /// <summary>The bytes are no XML, or not within the bounds of one document.</summary>
    public const string Unreadable = "EINVOICE_UNREADABLE";

    /// <summary>It has a document type definition.</summary>
    public const string Dtd = "EINVOICE_DTD";

    /// <summary>It is XML of another kind.</summary>
    public const string UnknownFormat = "EINVOICE_FORMAT_UNKNOWN";

    /// <summary>A term that is needed is missing or cannot be read.</summary>
    public const string TermWrong = "EINVOICE_TERM_WRONG";

    /// <summary>Nothing is posted for documents of this type.</summary>
    public const string TypeRefused = "EINVOICE_TYPE_REFUSED";

    /// <summary>Its totals do not add up.</summary>
    public const string TotalsWrong = "EINVOICE_TOTALS_WRONG";

    public string Code { get; } = code;

    /// <summary>From 1; null = not known.</summary>
    public int? Line { get; init; }

    /// <summary>Within the line, from 1.</summary>
    public int? Position { get; init; }

    /// <summary>BT-… of EN 16931, or the element of an e-qaimə.</summary>
    public string? Term { get; init; }

    /// <summary>The rule of EN 16931 that is broken.</summary>
    public string? Rule { get; init; }

    /// <summary>All rules that the totals break.</summary>
    public IReadOnlyList<BrokenRule> Broken { get; init; } = [];
}
