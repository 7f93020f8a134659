using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>Something with an open amount; lives on one page of the snapshot.</summary>
internal abstract class OpenDocument(DocumentNumber number, Currency currency, long amount, decimal rate)
{
    // Nearly every document is in its account's own currency: a decimal of its own for each would be half of its size.
    private readonly object? rate = rate == 1m ? null : rate;

    public DocumentNumber Number { get; } = number;

    public Currency Currency { get; } = currency;

    /// <summary>Original amount.</summary>
    public long Amount { get; } = amount;

    /// <summary>Units of account currency per unit of the document's, as posted.</summary>
    public decimal Rate => rate is decimal other ? other : 1m;

    public int Page { get; set; }

    /// <summary>The value of a part at the posted rate; what is left is valued anew each time, so that nothing is left at 0.</summary>
    public long InAccount(long minor, Currency account) =>
        ReferenceEquals(Currency, account) && Rate == 1m ? minor : new Money(minor, Currency).Convert(Rate, account).Minor;
}

/// <summary>An invoice with at least one open instalment.</summary>
internal sealed class OpenInvoice(
    DocumentNumber number, Currency currency, long amount, decimal rate, DateOnly issueDate, long? credited, DebitTraits? traits = null)
    : OpenDocument(number, currency, amount, rate)
{
    /// <summary>What it is besides a plain invoice; null = nothing, as nearly always.</summary>
    public DebitTraits? Traits { get; } = traits;

    public DebitKind Kind => Traits?.Kind ?? DebitKind.Invoice;

    /// <summary>Units of company currency per unit of the document's, as posted; null = none was published.</summary>
    public decimal? CompanyRate => Traits is null ? Rate : Traits.CompanyRate;

    public DateOnly IssueDate { get; } = issueDate;

    /// <summary>Sum of the credit notes that named it; null when it came back to memory and this is not known.</summary>
    public long? Credited { get; set; } = credited;

    /// <summary>The highest number an instalment ever had; kept where something is retained, null when it came back to memory and this is not known.</summary>
    public int? LastInstalment { get; set; }

    /// <summary>The open instalments, by number. An array of its own size: nearly every invoice has one.</summary>
    public OpenItem[] Items { get; private set; } = [];

    public long Open => Items.Sum(item => item.Open);

    /// <summary>What is open less what is retained.</summary>
    public long OpenUnretained => Items.Sum(item => item.IsRetained ? 0 : item.Open);

    public OpenItem? Find(int instalment) => Array.Find(Items, item => item.Instalment == instalment);

    public void Add(OpenItem item)
    {
        var behind = Array.FindIndex(Items, other => other.Instalment > item.Instalment);
        Items = behind < 0 ? [.. Items, item] : [.. Items[..behind], item, .. Items[behind..]];
    }

    public void Remove(OpenItem item) => Items = Array.FindAll(Items, other => !ReferenceEquals(other, item));
}

/// <summary>An open instalment of an invoice whose VAT is settled for itself: what is open is net and VAT, never more nor less.</summary>
internal sealed class SplitItem(OpenInvoice invoice, int instalment, DateOnly dueDate, long amount, long vatAmount) : OpenItem(invoice, instalment, dueDate, amount)
{
    /// <summary>Original VAT, above 0 and at most the amount.</summary>
    public long VatAmount { get; } = vatAmount;

    /// <summary>Open VAT.</summary>
    public long Vat { get; private set; }

    /// <summary>Open without VAT.</summary>
    public long Net => Open - Vat;

    /// <summary>More or less VAT is open; what is open of the item has been changed before.</summary>
    public void ChangeVat(long change)
    {
        Vat += change;
        Require.That(Vat >= 0 && Vat <= VatAmount && Net >= 0 && Net <= Amount - VatAmount);
    }
}

/// <summary>An open instalment.</summary>
internal class OpenItem(OpenInvoice invoice, int instalment, DateOnly dueDate, long amount)
{
    public OpenInvoice Invoice { get; } = invoice;

    /// <summary>From 1.</summary>
    public int Instalment { get; } = instalment;

    public DateOnly DueDate { get; } = dueDate;

    /// <summary>The customer holds it back: it has no due date.</summary>
    public bool IsRetained => Invoice.Traits?.Retention is { } terms && terms.Instalment == Instalment;

    /// <summary>It may earn its invoice's discount: it is neither retained nor released of that.</summary>
    public bool EarnsDiscount => Invoice.Traits is { Discount: not null } traits && !(Instalment >= traits.Retention?.Instalment);

    /// <summary>Original VAT where it is settled for itself, else 0.</summary>
    public long InstalmentVat => this is SplitItem split ? split.VatAmount : 0;

    /// <summary>What is open of a part; the net part of an item that has none is all of it.</summary>
    public long OpenOf(ItemPart part) => this is not SplitItem split ? (part == ItemPart.Net ? Open : 0) : part == ItemPart.Net ? split.Net : split.Vat;

    /// <summary>Original amount, document currency.</summary>
    public long Amount { get; } = amount;

    /// <summary>Above 0 and at most the amount.</summary>
    public long Open { get; set; }

    /// <summary>The part of what is open that a bounce re-opened.</summary>
    public long Returned { get; set; }

    /// <summary>What credit notes have taken of it; kept where there is a discount.</summary>
    public long Credited { get; set; }

    /// <summary>Early-payment discounts that stand on it.</summary>
    public long Discounted { get; set; }

    /// <summary>What is open, in account currency.</summary>
    public long AccountOpen { get; set; }

    /// <summary>What is returned, in account currency.</summary>
    public long AccountReturned { get; set; }
}

/// <summary>Credit that no invoice has used: an unapplied payment or the rest of a credit note.</summary>
internal sealed class OpenCredit(NumberKind kind, DocumentNumber number, Currency currency, long amount, decimal rate, DateOnly date)
    : OpenDocument(number, currency, amount, rate)
{
    /// <summary>Payment or credit note.</summary>
    public NumberKind Kind { get; } = kind;

    /// <summary>Issue or value date.</summary>
    public DateOnly Date { get; } = date;

    /// <summary>What may settle something.</summary>
    public long Open { get; set; }

    /// <summary>What is earmarked for refunds: on the ledger, and nothing's to use.</summary>
    public long Earmarked { get; set; }

    public long AccountOpen { get; set; }

    /// <summary>The value of all that is left less that of what is open: a sum is rounded once.</summary>
    public long AccountEarmarked { get; set; }
}
