using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>A part of an invoice with a due date of its own.</summary>
internal sealed record InstalmentView(int Instalment, DateOnly DueDate, decimal Amount)
{
    /// <summary>VAT within it that is settled for itself; left out where VAT is not split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? VatAmount { get; init; }
}

/// <summary>What was taken from one instalment. What is left out is none.</summary>
/// <param name="Invoice">The invoice, debit note or claim.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="Amount">In the credit's currency.</param>
internal sealed record AllocationView(DocumentNumber Invoice, int Instalment, decimal Amount)
{
    /// <summary>Early-payment discount taken beside the amount.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Discount { get; init; }

    /// <summary>A discount that was taken too late: it stays open.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? UnearnedDiscount { get; init; }

    /// <summary>A small difference written off beside the amount.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Difference { get; init; }

    /// <summary>Realised exchange difference in the company's currency: amount × (rate of the credit − posted rate); above 0 a gain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MoneyBody? FxDifference { get; init; }

    /// <summary>How much of it, with what is forgiven beside the amount, is VAT; left out where VAT is not split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Vat { get; init; }

    /// <summary>The write-off of which the amount is a recovery.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DocumentNumber? RecoversWriteOff { get; init; }

    /// <summary>The views of an event's allocations.</summary>
    public static IReadOnlyList<AllocationView> Of(IReadOnlyList<Allocation> allocations, Currency currency) =>
        [.. allocations.Select(each => new AllocationView(each.Invoice, each.Instalment, Amounts.Of(each.Amount, currency))
        {
            Discount = OrNone(each.Discount, currency),
            UnearnedDiscount = OrNone(each.Unearned, currency),
            Difference = OrNone(each.Difference, currency),
            FxDifference = each.FxDifference is { } realised ? new MoneyBody(realised.Amount, realised.Currency) : null,
            RecoversWriteOff = each.WriteOff,
            Vat = each.InstalmentVat == 0 || each.WriteOff is not null ? null : Amounts.Of(each.Vat, currency),
        })];

    private static decimal? OrNone(long minor, Currency currency) => minor == 0 ? null : Amounts.Of(minor, currency);
}

/// <summary>An invoice as posted.</summary>
/// <param name="Number">Unique within the account.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Of the last instalment; what is held back has none.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">With VAT.</param>
/// <param name="TaxAmount">VAT within it.</param>
/// <param name="OpenAmount">Open right after posting: the amount less what was paid on the spot.</param>
/// <param name="FxRate">Units of account currency per unit of the document's.</param>
/// <param name="Instalments">At least one; without what is held back.</param>
/// <param name="Department">Dimension for reports.</param>
/// <param name="Reference">The customer's own order reference.</param>
/// <param name="Flags">dueBeforeIssue, capturedAfterLapse.</param>
internal sealed record InvoiceView(
    DocumentNumber Number, DateOnly IssueDate, DateOnly DueDate, DateOnly PostedOn, Currency Currency, decimal Amount, decimal? TaxAmount,
    decimal OpenAmount, decimal FxRate, IReadOnlyList<InstalmentView> Instalments, string? Department, string? Reference,
    IReadOnlyList<string> Flags)
{
    /// <summary>Early-payment discount; left out when there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DiscountView>? Discount { get; init; }

    /// <summary>What the customer holds back; left out when that is nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RetainedView? Retention { get; init; }

    /// <summary>The metered usage that it billed; left out when it named none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BilledUsageView>? Usage { get; init; }

    /// <summary>The payment on the spot; left out when there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PaymentView? Payment { get; init; }

    /// <summary>The reservations it shrank, after it; left out when there were none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ReservationView>? Reservations { get; init; }

    /// <summary>The decision that let it pass; left out when posting was no checkpoint.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DecisionView? Decision { get; init; }

    /// <summary>The view of a posting and the payment bound to it.</summary>
    public static InvoiceView Of(InvoicePosted posted, PaymentReceived? bound)
    {
        var currency = posted.Currency;
        var instalments = new InstalmentView[posted.Instalments.Count - (posted.Retention is null ? 0 : 1)];
        var due = posted.Instalments[0].DueDate;
        for (var i = 0; i < instalments.Length; i++)
        {
            var instalment = posted.Instalments[i];
            instalments[i] = new InstalmentView(i + 1, instalment.DueDate, Amounts.Of(instalment.Amount, currency))
            {
                VatAmount = instalment.Vat == 0 ? null : Amounts.Of(instalment.Vat, currency),
            };
            due = instalment.DueDate > due ? instalment.DueDate : due;
        }

        var open = posted.Amount - (bound is null ? 0 : bound.Amount - bound.Unapplied);
        return new InvoiceView(
            posted.Number, posted.IssueDate, due, posted.PostedOn, currency, Amounts.Of(posted.Amount, currency),
            Amounts.Of(posted.TaxAmount, currency), Amounts.Of(open, currency), posted.Rate, instalments, posted.Department, posted.Reference,
            posted.Flags)
        {
            Discount = posted.Discount is { } terms
                ? [.. terms.Steps.Select(step => new DiscountView(step.Percent, posted.IssueDate.AddDays(step.Days + terms.GraceDays)))]
                : null,
            Retention = posted.Retention is { } held
                ? new RetainedView(held.Instalment, Amounts.Of(held.Amount, currency), held.ExpectedOn, held.DueDays)
                {
                    VatAmount = held.Vat == 0 ? null : Amounts.Of(held.Vat, currency),
                }
                : null,
        };
    }
}

/// <summary>What is held back of an invoice, as posted.</summary>
/// <param name="Instalment">Its number, which an allocation may name.</param>
/// <param name="Amount">In the invoice's currency.</param>
/// <param name="ExpectedReleaseOn">Null = not known.</param>
/// <param name="DueDays">From the release to the due date; null = by the account's terms.</param>
internal sealed record RetainedView(int Instalment, decimal Amount, DateOnly? ExpectedReleaseOn, int? DueDays)
{
    /// <summary>VAT within it that is settled for itself; left out where VAT is not split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? VatAmount { get; init; }
}

/// <summary>A step of an early-payment discount.</summary>
/// <param name="Percent">Of each instalment.</param>
/// <param name="Until">The last value date that earns it, grace included.</param>
internal sealed record DiscountView(decimal Percent, DateOnly Until);

/// <summary>A payment as posted.</summary>
internal sealed record PaymentView(
    DocumentNumber PaymentId, DateOnly ReceivedOn, DateOnly PostedOn, Currency Currency, decimal Amount, decimal FxRate, PaymentMethod Method,
    DateOnly? ClearsOn, IReadOnlyList<AllocationView> Allocations, decimal Unapplied)
{
    /// <summary>The view of a receipt.</summary>
    public static PaymentView Of(PaymentReceived received) => new(
        received.PaymentId, received.ReceivedOn, received.PostedOn, received.Currency, Amounts.Of(received.Amount, received.Currency),
        received.Rate, received.Method, received.ClearsOn, AllocationView.Of(received.Allocations, received.Currency),
        Amounts.Of(received.Unapplied, received.Currency));
}

/// <summary>A payment taken back.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="Reason">Why.</param>
/// <param name="PostedOn">Accounting date of the reversal.</param>
/// <param name="Currency">The payment's.</param>
/// <param name="Amount">The payment's.</param>
/// <param name="Reopened">What is open again.</param>
/// <param name="Unapplied">Unapplied credit that is gone.</param>
internal sealed record ReversalView(
    DocumentNumber PaymentId, ReversalReason Reason, DateOnly PostedOn, Currency Currency, decimal Amount, IReadOnlyList<AllocationView> Reopened,
    decimal Unapplied)
{
    /// <summary>The view of a reversal.</summary>
    public static ReversalView Of(PaymentReversed reversed) => new(
        reversed.PaymentId, reversed.Reason, reversed.PostedOn, reversed.Currency, Amounts.Of(reversed.Amount, reversed.Currency),
        AllocationView.Of(reversed.Allocations, reversed.Currency), Amounts.Of(reversed.Unapplied, reversed.Currency));
}

/// <summary>A credit note as posted.</summary>
internal sealed record CreditNoteView(
    DocumentNumber Number, DateOnly IssueDate, DateOnly PostedOn, Currency Currency, decimal Amount, decimal FxRate, DocumentNumber? Invoice,
    IReadOnlyList<AllocationView> Allocations, decimal Unapplied, IReadOnlyList<string> Flags)
{
    /// <summary>The view of a posting.</summary>
    public static CreditNoteView Of(CreditNotePosted posted) => new(
        posted.Number, posted.IssueDate, posted.PostedOn, posted.Currency, Amounts.Of(posted.Amount, posted.Currency), posted.Rate,
        posted.Invoice, AllocationView.Of(posted.Allocations, posted.Currency), Amounts.Of(posted.Unapplied, posted.Currency), posted.Flags);
}
