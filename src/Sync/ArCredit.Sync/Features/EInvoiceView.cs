using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Parties;
using ArCredit.Sync.Storage;

namespace ArCredit.Sync.Features;

/// <summary>What the buyer said.</summary>
/// <param name="Status">accepted or rejected.</param>
/// <param name="Reason">In the buyer's words.</param>
/// <param name="Dispute">The dispute that a rejection has raised, while it stands.</param>
internal sealed record BuyerStatusView(BuyerStatus Status, string? Reason, DocumentNumber? Dispute);

/// <summary>An e-invoice and what became of it.</summary>
/// <param name="Id">By which it is called here.</param>
/// <param name="Format">What it was written in.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Code: why it waits, or what is odd about it.</param>
/// <param name="Detail">The same in words.</param>
/// <param name="Company">Whose own document it is.</param>
/// <param name="AccountId">The customer; null = not decided.</param>
/// <param name="Kind">What it is on the ledger.</param>
/// <param name="TypeCode">BT-3.</param>
/// <param name="Number">BT-1.</param>
/// <param name="IssueDate">BT-2.</param>
/// <param name="DueDate">BT-9; null = by the account's terms.</param>
/// <param name="Currency">BT-5.</param>
/// <param name="Amount">What is posted: the amount due (BT-115), without its sign.</param>
/// <param name="TaxAmount">VAT within the amount; null = it cannot be said.</param>
/// <param name="Totals">As the document states them.</param>
/// <param name="Vat">By category and rate.</param>
/// <param name="Seller">As the document names it.</param>
/// <param name="Buyer">As the document names it.</param>
/// <param name="References">What it refers to.</param>
/// <param name="Discount">Early-payment discount that it grants; null = by the account's terms.</param>
/// <param name="CapturedReservation">The reservation that it shrank.</param>
/// <param name="CreditedInvoice">The invoice that it credits.</param>
/// <param name="Candidates">Customers it may be of, while it waits for one.</param>
/// <param name="Differences">From what the ledger has under its number, in a conflict.</param>
/// <param name="Warnings">What was taken but is odd.</param>
/// <param name="BuyerStatus">Null = the buyer said nothing.</param>
/// <param name="ReceivedAt">When the file came.</param>
/// <param name="ReceivedBy">Who sent it.</param>
internal sealed record EInvoiceView(
    Guid Id, EInvoiceFormat Format, EInvoiceStatus Status, string? Reason, string? Detail, string Company, AccountId? AccountId, EInvoiceKind Kind, string TypeCode,
    DocumentNumber Number, DateOnly IssueDate, DateOnly? DueDate, Currency Currency, decimal Amount, decimal? TaxAmount, EInvoiceTotals Totals,
    IReadOnlyList<EInvoiceVat> Vat, EInvoiceParty Seller, EInvoiceParty Buyer, EInvoiceReferences References, IReadOnlyList<DiscountStep>? Discount,
    string? CapturedReservation, string? CreditedInvoice, IReadOnlyList<BuyerCandidate> Candidates, IReadOnlyList<FactDifference> Differences,
    IReadOnlyList<string> Warnings, BuyerStatusView? BuyerStatus, DateTimeOffset ReceivedAt, string ReceivedBy)
{
    public static EInvoiceView Of(StoredEInvoice invoice)
    {
        var (facts, isPosted) = (invoice.Facts, invoice.Status == EInvoiceStatus.Posted);
        return new EInvoiceView(
            invoice.Id, facts.Format, invoice.Status, invoice.Reason, invoice.Detail, invoice.Company, invoice.Account, invoice.Kind, facts.TypeCode, facts.Number, facts.IssueDate,
            facts.DueDate, facts.Currency, facts.Amount.Amount, facts.TaxWithin is { } tax ? Money.ToDecimal(tax, facts.Currency) : null, facts.Totals, facts.Vat, facts.Seller,
            facts.Buyer, facts.References, facts.Discount, isPosted ? invoice.Plan.Captures : null, isPosted ? invoice.Plan.Credits ?? invoice.Plan.AllocatesTo : null,
            invoice.Findings.Candidates, invoice.Findings.Differences, facts.Warnings,
            invoice.BuyerStatus is { } said
                ? new BuyerStatusView(said, invoice.BuyerReason, invoice is { DisputeOpen: true, Reason: null } ? invoice.DisputeId(invoice.DisputeNo) : null)
                : null,
            invoice.ReceivedAt, invoice.ReceivedBy);
    }
}
