using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>Bad debt that was written off.</summary>
/// <param name="Id">The write-off.</param>
/// <param name="Currency">The documents'.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Lines">What was given up, an item each.</param>
/// <param name="Recovered">By line, what was received for it since.</param>
/// <param name="Reason">Why.</param>
internal sealed record WrittenOffDebt(
    DocumentNumber Id, Currency Currency, DateOnly PostedOn, IReadOnlyList<Allocation> Lines, long[] Recovered, TextRef Reason)
{
    public bool IsRecovered => Array.Exists(Recovered, amount => amount > 0);

    /// <summary>What is not recovered, minor units of its currency.</summary>
    public long Left => Lines.Sum(line => line.Amount) - Recovered.Sum();

    /// <summary>What is not recovered, in account currency at the posted rate.</summary>
    public long Open(Currency account) =>
        Lines.Select((line, at) => new Money(line.Amount - Recovered[at], Currency).Convert(line.Rate, account).Minor).Sum();
}
