using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>Documents as they were posted, from the journal: everything that was acknowledged is in it.</summary>
public interface IPostedDocuments
{
    /// <summary>Null = the account has no invoice of this number (debit notes and claims are none).</summary>
    Task<InvoicePosted?> InvoiceAsync(AccountId account, DocumentNumber number, CancellationToken cancellation);

    /// <summary>The same of a credit note.</summary>
    Task<CreditNotePosted?> CreditNoteAsync(AccountId account, DocumentNumber number, CancellationToken cancellation);

    /// <summary>
    /// Active reservations of an account and currency whose id or reference is one of the names. It shows what the tables show:
    /// <c>IFeed.CatchUpAsync</c> first.
    /// </summary>
    Task<IReadOnlyList<ReservationState>> ReservationsAsync(AccountId account, Currency currency, IReadOnlyCollection<string> names, CancellationToken cancellation);
}
