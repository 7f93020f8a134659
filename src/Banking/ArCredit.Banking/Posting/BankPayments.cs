using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Banking.Posting;

/// <summary>Tells the payments on accounts that statements brought.</summary>
internal sealed class BankPayments(PaymentStore store) : IBankPayments
{
    // Whatever stands of it now: who asks may be ahead of a decision that is being carried out.
    public async Task<string?> FindAsync(AccountId account, DocumentNumber payment, CancellationToken cancellation) =>
        PaymentKey.TryParsePaymentId(payment.Value, out var key) && await store.FindAsync(key, cancellation) is { } found && (found.Customer ?? account.Value) == account.Value
            ? key.ToString()
            : null;
}
