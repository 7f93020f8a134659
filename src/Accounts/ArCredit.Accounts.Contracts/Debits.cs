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
public sealed record DebitTraits(DebitKind Kind = DebitKind.Invoice, DiscountTerms? Discount = null, decimal? CompanyRate = null);
