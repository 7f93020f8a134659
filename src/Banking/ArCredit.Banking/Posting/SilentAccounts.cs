using System.Runtime.ExceptionServices;

namespace ArCredit.Banking.Posting;

/// <summary>
/// Accounts that did not answer during one look at payments. What has to do with them is left until the next one, and everybody else's
/// goes on; where it is too much, or they are too many, it is an outage, and all wait.
/// </summary>
internal sealed class SilentAccounts
{
    private const int MostLeft = 200;
    private const int MostAccounts = 10;

    private readonly Lock turn = new();
    private readonly HashSet<PaymentKey> left = [];
    private readonly HashSet<string> accounts = new(StringComparer.Ordinal);
    private Exception? first;

    /// <summary>Payments that are left.</summary>
    public int Count => left.Count;

    /// <summary>Nothing more is looked at.</summary>
    public bool IsOutage => left.Count >= MostLeft || accounts.Count > MostAccounts;

    public bool Has(string account) => accounts.Contains(account);

    /// <summary>Whether a payment is left, now that it is known who does not answer.</summary>
    public bool Leaves(StoredPayment payment) =>
        left.Contains(payment.Key) || (payment.State != PaymentState.New && payment.Customer is { } customer && accounts.Contains(customer) && left.Add(payment.Key));

    public void Leave(StoredPayment payment) => left.Add(payment.Key);

    /// <summary>The account of a payment did not answer. Several may find so at once.</summary>
    public void Add(StoredPayment payment, Exception silence)
    {
        lock (turn)
        {
            left.Add(payment.Key);
            first ??= silence;
            if (payment.Customer is { } customer)
            {
                accounts.Add(customer);
            }
        }
    }

    /// <summary>Throws what the first account threw.</summary>
    public void ThrowFirst()
    {
        if (first is { } silence)
        {
            ExceptionDispatchInfo.Throw(silence);
        }
    }
}
