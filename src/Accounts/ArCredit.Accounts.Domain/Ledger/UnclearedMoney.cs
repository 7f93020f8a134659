using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>Money that can still come back; amount in account currency.</summary>
internal readonly record struct UnclearedPayment(DocumentNumber PaymentId, DateOnly ClearsOn, long Amount);

/// <summary>
/// The bucket of money whose clearing day has not passed, account currency. Sums are kept per clearing day, so that an account
/// with 50,000 open direct debits answers like one with none, and clearing them takes each of them out once.
/// </summary>
internal sealed class UnclearedMoney
{
    private readonly SmallMap<DocumentNumber, UnclearedPayment> payments = new();
    private SortedList<DateOnly, (int Count, long Sum)>? days;

    /// <summary>Everything that is not recorded as cleared.</summary>
    public long Total { get; private set; }

    public int Count => payments.Count;

    /// <summary>In no particular order.</summary>
    public IEnumerable<UnclearedPayment> Payments => payments.Values;

    /// <summary>What a day still counts: money whose clearing day has passed by then is left out.</summary>
    public long SumOn(DateOnly today)
    {
        var sum = Total;
        for (var i = 0; i < days?.Count && days.GetKeyAtIndex(i) < today; i++)
        {
            sum -= days.GetValueAtIndex(i).Sum;
        }

        return sum;
    }

    /// <summary>What has cleared by a day, by clearing day and id: the order must not depend on what was in memory before.</summary>
    public IReadOnlyList<UnclearedPayment> ClearedBy(DateOnly today) =>
        days is null || days.GetKeyAtIndex(0) >= today
            ? []
            : [.. payments.Values.Where(payment => payment.ClearsOn < today)
                .OrderBy(payment => payment.ClearsOn).ThenBy(payment => payment.PaymentId.Value, StringComparer.Ordinal)];

    public bool Contains(DocumentNumber paymentId) => payments.ContainsKey(paymentId);

    public void Add(UnclearedPayment payment)
    {
        payments.Add(payment.PaymentId, payment);
        Change(payment.ClearsOn, 1, payment.Amount);
    }

    /// <summary>False when that payment is not (or no longer) among them.</summary>
    public bool Remove(DocumentNumber paymentId)
    {
        if (!payments.Remove(paymentId, out var payment))
        {
            return false;
        }

        Change(payment.ClearsOn, -1, -payment.Amount);
        return true;
    }

    private void Change(DateOnly day, int count, long amount)
    {
        days ??= new SortedList<DateOnly, (int Count, long Sum)>(1);
        var before = days.GetValueOrDefault(day);
        var after = (Count: before.Count + count, Sum: before.Sum + amount);
        Total += amount;
        Require.That(after.Count >= 0 && after.Sum >= 0 && Total >= after.Sum);
        if (after.Count > 0)
        {
            days[day] = after;
            return;
        }

        // Whatever is left of a day without payments was never owed by anybody.
        Require.That(after.Sum == 0);
        days.Remove(day);
        days = days.Count == 0 ? null : days;
        Require.That(days is not null || (Total == 0 && Count == 0));
    }
}
