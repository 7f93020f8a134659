using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

/// <summary>Compares amount and oldest day; the steps are the rules' business.</summary>
internal sealed class Overdues : IEqualityComparer<OverdueFacts>
{
    public static readonly Overdues WithoutSteps = new();

    public bool Equals(OverdueFacts? x, OverdueFacts? y) => (x?.Amount, x?.OldestDueDate) == (y?.Amount, y?.OldestDueDate);

    public int GetHashCode(OverdueFacts obj) => obj.Amount.GetHashCode();
}
