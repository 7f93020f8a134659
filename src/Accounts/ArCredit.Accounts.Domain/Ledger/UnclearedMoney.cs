using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>Money that can still come back.</summary>
internal sealed record UnclearedPayment(DocumentNumber PaymentId, DateOnly ClearsOn, long Amount);

/// <summary>The bucket of money whose clearing day has not passed, account currency.</summary>
internal sealed class UnclearedMoney
{
    private readonly List<UnclearedPayment> payments = new(0);

    public long Total { get; private set; }

    public IReadOnlyList<UnclearedPayment> Payments => payments;

    public void Add(UnclearedPayment payment)
    {
        payments.Add(payment);
        Total += payment.Amount;
    }

    /// <summary>False when that payment is not (or no longer) among them.</summary>
    public bool Remove(DocumentNumber paymentId)
    {
        var at = payments.FindIndex(payment => payment.PaymentId == paymentId);
        if (at < 0)
        {
            return false;
        }

        Total -= payments[at].Amount;
        payments.RemoveAt(at);
        return true;
    }
}
