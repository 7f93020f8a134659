using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Sync.Documents;

/// <summary>How a document is written.</summary>
internal enum EInvoiceFormat
{
    /// <summary>UBL 2.1 Invoice or CreditNote.</summary>
    Ubl,

    /// <summary>UN/CEFACT Cross Industry Invoice D16B.</summary>
    Cii,

    /// <summary>Azerbaijan's electronic qaimə.</summary>
    Eqaime,
}

/// <summary>An id as a document writes it.</summary>
/// <param name="Scheme">Null = it says none.</param>
/// <param name="Id">The id.</param>
internal sealed record WrittenId(string? Scheme, string Id);

/// <summary>A party as a document names it; terms of the seller and of the buyer.</summary>
/// <param name="Name">BT-27, BT-44.</param>
/// <param name="Country">BT-40, BT-55.</param>
/// <param name="VatId">BT-31, BT-48; of an e-qaimə the VÖEN.</param>
/// <param name="TaxRegistration">BT-32.</param>
/// <param name="LegalId">BT-30, BT-47.</param>
/// <param name="Endpoint">BT-34, BT-49.</param>
/// <param name="Ids">BT-29, BT-46.</param>
/// <param name="Address">BG-5, BG-8.</param>
internal sealed record EInvoiceParty(
    string? Name, string? Country, string? VatId, string? TaxRegistration, WrittenId? LegalId, WrittenId? Endpoint, IReadOnlyList<WrittenId> Ids,
    PostalAddress? Address);

/// <summary>The totals of a document, in its currency; what is absent is 0, but for the sums that are optional.</summary>
/// <param name="Lines">BT-106.</param>
/// <param name="Allowances">BT-107; null = absent.</param>
/// <param name="Charges">BT-108; null = absent.</param>
/// <param name="Net">BT-109.</param>
/// <param name="Tax">BT-110; null = absent.</param>
/// <param name="Gross">BT-112.</param>
/// <param name="Prepaid">BT-113.</param>
/// <param name="Rounding">BT-114.</param>
/// <param name="Due">BT-115.</param>
internal sealed record EInvoiceTotals(
    decimal Lines, decimal? Allowances, decimal? Charges, decimal Net, decimal? Tax, decimal Gross, decimal Prepaid, decimal Rounding, decimal Due);

/// <summary>The VAT of one category and rate.</summary>
/// <param name="Taxable">BT-116.</param>
/// <param name="Tax">BT-117.</param>
/// <param name="Category">BT-118.</param>
/// <param name="Rate">BT-119, per cent; null = not subject to VAT.</param>
/// <param name="Reason">BT-120, why no VAT is charged.</param>
internal sealed record EInvoiceVat(decimal Taxable, decimal Tax, string Category, decimal? Rate, string? Reason = null);

/// <summary>What the totals are made of.</summary>
/// <param name="Lines">BT-131 of each line.</param>
/// <param name="Allowances">BT-92 of each.</param>
/// <param name="Charges">BT-99 of each.</param>
internal sealed record EInvoiceParts(IReadOnlyList<decimal> Lines, IReadOnlyList<decimal> Allowances, IReadOnlyList<decimal> Charges);

/// <summary>What a document refers to.</summary>
/// <param name="Buyer">BT-10.</param>
/// <param name="Order">BT-13.</param>
/// <param name="SalesOrder">BT-14.</param>
/// <param name="Preceding">BT-25 of each.</param>
/// <param name="Remittance">BT-83.</param>
internal sealed record EInvoiceReferences(string? Buyer, string? Order, string? SalesOrder, IReadOnlyList<string> Preceding, string? Remittance);

/// <summary>An invoice or credit note as far as receivables need it, whatever it was written in.</summary>
/// <param name="Format">What it was written in.</param>
/// <param name="TypeCode">BT-3.</param>
/// <param name="Number">BT-1; of an e-qaimə series and number.</param>
/// <param name="IssueDate">BT-2.</param>
/// <param name="DueDate">BT-9.</param>
/// <param name="Currency">BT-5.</param>
/// <param name="Seller">BG-4.</param>
/// <param name="Buyer">BG-7.</param>
/// <param name="Totals">BG-22.</param>
/// <param name="Vat">BG-23.</param>
/// <param name="References">What it refers to.</param>
/// <param name="PaymentTerms">BT-20.</param>
internal sealed record EInvoice(
    EInvoiceFormat Format, string TypeCode, DocumentNumber Number, DateOnly IssueDate, DateOnly? DueDate, Currency Currency, EInvoiceParty Seller,
    EInvoiceParty Buyer, EInvoiceTotals Totals, IReadOnlyList<EInvoiceVat> Vat, EInvoiceReferences References, string? PaymentTerms)
{
    /// <summary>What the totals are made of; read, held against them, and not stored.</summary>
    [JsonIgnore]
    public EInvoiceParts? Parts { get; init; }

    /// <summary>Early-payment discount by structured lines of BT-20; null = none is said.</summary>
    public IReadOnlyList<DiscountStep>? Discount { get; init; }

    /// <summary>What was taken but is odd.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What the buyer said of it, where the file tells; of an e-qaimə only.</summary>
    public BuyerStatus? BuyerStatus { get; init; }

    /// <summary>It takes from what is owed: a credit note with positive amounts, or an invoice with negative ones.</summary>
    [JsonIgnore]
    public bool IsCredit => TypeCodes.IsCredit(TypeCode) != Totals.Due < 0;

    /// <summary>What is to be paid, or is credited: at least 0.</summary>
    [JsonIgnore]
    public Money Amount => Money.TryFromAmount(Math.Abs(Totals.Due), Currency, out var money) == AmountFault.None
        ? money
        : throw new InvariantException("An amount is checked where it is read.");

    /// <summary>
    /// VAT within <see cref="Amount"/>, minor units: of what was prepaid its share is left out, and VAT that the buyer pays to the state (category B)
    /// is none of it. Null = it cannot be said.
    /// </summary>
    [JsonIgnore]
    public long? TaxWithin
    {
        get
        {
            if (Totals.Tax is not { } tax || (tax != 0 && Totals.Due != 0 && Math.Sign(tax) != Math.Sign(Totals.Due)))
            {
                return null;
            }

            var own = tax - Vat.Where(line => line.Category == "B").Sum(line => line.Tax);
            var share = Totals.Prepaid == 0 || own != tax ? 1m : Totals.Gross == 0 ? 0m : (Totals.Gross - Totals.Prepaid) / Totals.Gross;
            var minor = decimal.Round(Math.Abs(own) * share * Currency.MinorPerMajor, 0, MidpointRounding.ToEven);
            return Math.Clamp((long)minor, 0, Amount.Minor);
        }
    }
}

/// <summary>What a buyer said of an e-invoice.</summary>
internal enum BuyerStatus
{
    /// <summary>Təsdiq.</summary>
    Accepted,

    /// <summary>İmtina.</summary>
    Rejected,
}
