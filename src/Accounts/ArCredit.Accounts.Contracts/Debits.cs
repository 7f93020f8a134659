using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>What a debit item is. Stored: only ever add.</summary>
public enum DebitKind
{
    /// <summary>An invoice.</summary>
    Invoice,

    /// <summary>A debit note: owed like an invoice.</summary>
    DebitNote,

    /// <summary>A claim for interest: owed, and left out of what is overdue.</summary>
    Interest,

    /// <summary>A claim for a fee: owed, and left out of what is overdue.</summary>
    Fee,
}

/// <summary>What a discount is a percentage of.</summary>
public enum DiscountBase
{
    /// <summary>The amount with VAT.</summary>
    Gross,

    /// <summary>The amount without VAT.</summary>
    Net,
}

/// <summary>The early-payment discount of one invoice, fixed when it was posted.</summary>
/// <param name="Steps">At least one.</param>
/// <param name="GraceDays">Added to each step's days.</param>
/// <param name="Tax">VAT that earns no discount, of the whole invoice, minor units; 0 = base gross.</param>
public sealed record DiscountTerms(IReadOnlyList<DiscountStep> Steps, int GraceDays = 0, long Tax = 0);

/// <summary>What tells a debit document from a plain invoice in its account's and its company's currency.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Discount">Null = none.</param>
/// <param name="CompanyRate">Units of company currency per unit of the document's, as posted; null = none was published.</param>
/// <param name="Retention">What the customer holds back; null = nothing.</param>
public sealed record DebitTraits(
    DebitKind Kind = DebitKind.Invoice, DiscountTerms? Discount = null, decimal? CompanyRate = null, RetentionTerms? Retention = null);

/// <summary>Records a debit note, or bills a claim for interest or a fee. Its number is one of the account's invoice numbers.</summary>
/// <param name="Kind">Debit note, interest or fee.</param>
/// <param name="Number">Unique among invoices, debit notes and claims.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Null = by the account's terms.</param>
/// <param name="PostedOn">Accounting date; null = today, or the issue date for imported history.</param>
/// <param name="Amount">With VAT, above 0.</param>
/// <param name="FxRate">Units of account currency per unit of the document's; null = the newest rate.</param>
/// <param name="Invoice">What it is about, if anything.</param>
/// <param name="Reference">The customer's own reference.</param>
/// <param name="TaxAmount">VAT within the amount of a debit note, minor units; null = not said. A claim has none.</param>
public sealed record PostDebit(
    DebitKind Kind, DocumentNumber Number, DateOnly IssueDate, DateOnly? DueDate, DateOnly? PostedOn, Money Amount, decimal? FxRate,
    DocumentNumber? Invoice, string? Reference, long? TaxAmount = null) : AccountCommand;

/// <summary>A debit note or claim is on the ledger.</summary>
/// <param name="Kind">Debit note, interest or fee.</param>
/// <param name="Number">Unique among invoices, debit notes and claims.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">When it is due.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">With VAT.</param>
/// <param name="Rate">Units of account currency per unit of the document's.</param>
/// <param name="CompanyRate">Units of company currency per unit of the document's; null = not published then.</param>
/// <param name="Invoice">What it is about.</param>
/// <param name="Reference">The customer's own reference.</param>
/// <param name="History">Imported as a fact of the past.</param>
/// <param name="Interest">What was billed, of interest that accrued here; null = the caller named the amount.</param>
/// <param name="TaxAmount">VAT within the amount; null = not said.</param>
/// <param name="Vat">VAT that is settled for itself; 0 = the item has no parts.</param>
public sealed record DebitPosted(
    DebitKind Kind, DocumentNumber Number, DateOnly IssueDate, DateOnly DueDate, DateOnly PostedOn, Currency Currency, long Amount, decimal Rate,
    decimal? CompanyRate, DocumentNumber? Invoice, string? Reference, bool History, InterestStatement? Interest = null,
    long? TaxAmount = null, long Vat = 0) : AccountEvent;
