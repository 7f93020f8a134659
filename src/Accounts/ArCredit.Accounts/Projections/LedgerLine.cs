using ArCredit.Kernel;

namespace ArCredit.Accounts.Projections;

/// <summary>What an open item is. The names are stored and shown.</summary>
internal enum ItemType
{
    /// <summary>An instalment of an invoice: a debit.</summary>
    Invoice,

    /// <summary>What is left of a credit note: a credit.</summary>
    CreditNote,

    /// <summary>What is left of a payment: a credit.</summary>
    Payment,

    /// <summary>A debit note.</summary>
    DebitNote,

    /// <summary>A claim for interest: a debit that is never overdue.</summary>
    Interest,

    /// <summary>A claim for a fee: a debit that is never overdue.</summary>
    Fee,
}

/// <summary>What types are.</summary>
internal static class ItemTypes
{
    /// <summary>True for what the customer owes.</summary>
    public static bool IsDebit(this ItemType type) => type is not (ItemType.CreditNote or ItemType.Payment);

    /// <summary>True for interest and fees.</summary>
    public static bool IsClaim(this ItemType type) => type is ItemType.Interest or ItemType.Fee;
}

/// <summary>What moved an item. The names are stored and shown.</summary>
internal enum Movement
{
    /// <summary>The document came: an instalment with its amount, a credit with what no invoice used.</summary>
    Posted,

    /// <summary>A payment took it off.</summary>
    Paid,

    /// <summary>A credit note took it off.</summary>
    Credited,

    /// <summary>The bank returned the payment: its unapplied part is gone.</summary>
    Bounced,

    /// <summary>The payment was posted in error: its unapplied part is gone.</summary>
    Mistake,

    /// <summary>What had paid it was taken back.</summary>
    Reopened,

    /// <summary>An early-payment discount took it off.</summary>
    Discounted,

    /// <summary>A small difference was written off.</summary>
    Difference,

    /// <summary>It was given up as bad debt.</summary>
    WrittenOff,

    /// <summary>A claim was let go.</summary>
    Waived,

    /// <summary>What was given up is owed again, because it was paid.</summary>
    Reinstated,

    /// <summary>Credit that was unapplied settles something now.</summary>
    Allocated,

    /// <summary>What a credit had settled is unapplied again.</summary>
    Undone,

    /// <summary>Credit is in a file for the bank, to be paid out.</summary>
    Refunded,

    /// <summary>What was to be paid out, or was, is credit again.</summary>
    RefundReturned,

    /// <summary>What was retained is due from now on: off what is retained, and on an instalment of its own; or that taken back.</summary>
    Released,
}

/// <summary>Names an item within its account. Its dates belong to it: every movement of an item carries the same ones.</summary>
internal readonly record struct ItemKey(string AccountId, ItemType Type, string Number, int Instalment, DateOnly IssueDate, DateOnly DueDate);

/// <summary>One movement of one item.</summary>
/// <param name="Item">The item; a credit is due on its own date.</param>
/// <param name="Version">Of the event.</param>
/// <param name="Line">From 0 within the event; 0 is the document's own item.</param>
/// <param name="RecordedAt">What knownAt uses.</param>
/// <param name="PostedOn">What asOf uses.</param>
/// <param name="Kind">What moved it.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">Minor units; negative for less debt.</param>
/// <param name="Returned">Change of the part that a bounce re-opened.</param>
/// <param name="Original">The item's original amount, minor units, at least 0.</param>
/// <param name="Rate">The item's posted rate to the account's currency; not stored.</param>
/// <param name="Counterpart">The document that moved it, when another one did.</param>
/// <param name="Flags">Of the document, comma-separated.</param>
/// <param name="Unearned">Change of the part that is open because its discount was taken too late.</param>
/// <param name="FxDifference">Realised difference.</param>
/// <param name="Discount">Change of the early-payment discounts that stand on the item.</param>
/// <param name="Vat">Change of the VAT part of an item that is split.</param>
/// <param name="OriginalVat">The item's original VAT where it is split, else 0.</param>
internal sealed record LedgerLine(
    ItemKey Item, long Version, int Line, DateTimeOffset RecordedAt, DateOnly PostedOn, Movement Kind, Currency Currency, long Amount, long Returned,
    long Original, decimal Rate, (ItemType Type, string Number)? Counterpart, string? Flags, long Unearned = 0, Money? FxDifference = null,
    long Discount = 0, long Vat = 0, long OriginalVat = 0);
