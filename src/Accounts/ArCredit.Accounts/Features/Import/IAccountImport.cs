namespace ArCredit.Accounts.Features.Import;

/// <summary>Takes customers and documents in bulk; the HTTP endpoint and the command line are two mouths of it.</summary>
public interface IAccountImport
{
    /// <summary>
    /// Reads the input to its end and answers every line in the order of the input, while it reads. A bad line is refused and
    /// stops nothing. The same line again changes nothing, so an import that was cut short is simply run again.
    /// </summary>
    IAsyncEnumerable<ImportedLine> RunAsync(ImportRequest request, Stream input, CancellationToken cancellation);
}

/// <summary>What the lines of an import are.</summary>
public enum ImportKind
{
    /// <summary>accountId and the fields of <c>PUT /accounts/{accountId}</c>.</summary>
    Customers,

    /// <summary>accountId and the fields of an invoice.</summary>
    Invoices,

    /// <summary>accountId and the fields of a credit note.</summary>
    CreditNotes,

    /// <summary>accountId and the fields of a payment; <c>invoice</c> stands for one allocation of the whole amount.</summary>
    Payments,

    /// <summary>accountId and the fields of a debit note.</summary>
    DebitNotes,

    /// <summary>accountId and the fields of a claim.</summary>
    Claims,

    /// <summary>accountId and the fields of metered usage.</summary>
    Usage,

    /// <summary>accountId and the fields of a contact.</summary>
    Contacts,
}

/// <summary>How the lines are written.</summary>
public enum ImportFormat
{
    /// <summary>One JSON object per line.</summary>
    Ndjson,

    /// <summary>
    /// RFC 4180 with a header of field names; <c>paymentTerms.netDays</c> reaches inside, lists are JSON in a cell, an empty cell is
    /// absent. A quote inside an unquoted cell (<c>5" pipe</c>) is text. One that opens a cell and is not closed costs its line alone.
    /// </summary>
    Csv,
}

/// <summary>What is imported and how.</summary>
/// <param name="Kind">What the lines are.</param>
/// <param name="Format">How they are written.</param>
/// <param name="By">The caller's id, for audit.</param>
public sealed record ImportRequest(ImportKind Kind, ImportFormat Format, string By)
{
    /// <summary>Facts of the past: nothing is checked, documents are posted at their own date.</summary>
    public bool History { get; init; }

    /// <summary>The company of customers that name none; documents of another company's customers are refused. Null = as the lines say.</summary>
    public string? Company { get; init; }

    /// <summary>The caller's right; without it a line that changes a limit is refused.</summary>
    public bool MayChangeLimits { get; init; }

    /// <summary>True replaces a customer whose master data differs; otherwise that line is a conflict.</summary>
    public bool Replace { get; init; }
}

/// <summary>What became of a line.</summary>
public enum ImportOutcome
{
    /// <summary>New; it is on disk.</summary>
    Created,

    /// <summary>The customer's master data was replaced, as asked for.</summary>
    Updated,

    /// <summary>It was there before with the same content.</summary>
    Unchanged,

    /// <summary>It was there before with other content, which stays.</summary>
    Conflict,

    /// <summary>Nothing was taken; the error says why.</summary>
    Refused,
}

/// <summary>Why a line was not taken.</summary>
/// <param name="Code">Stable, as in problems.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Fields">Messages by field path.</param>
public sealed record ImportError(string Code, string Message, IReadOnlyDictionary<string, IReadOnlyList<string>>? Fields = null);

/// <summary>A line and what became of it.</summary>
/// <param name="Line">From 1; the header of a CSV file counts, an empty line counts and has no answer.</param>
/// <param name="Id">The customer's or document's number as far as it could be read.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Error">Of a conflict or refusal.</param>
/// <param name="Warnings">Codes of what was taken but looks wrong.</param>
public sealed record ImportedLine(
    long Line, string? Id, ImportOutcome Outcome, ImportError? Error = null, IReadOnlyList<string>? Warnings = null);
