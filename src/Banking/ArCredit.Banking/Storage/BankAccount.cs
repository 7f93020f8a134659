using ArCredit.Banking.Statements;
using ArCredit.Kernel;

namespace ArCredit.Banking.Storage;

/// <summary>An own account as it is registered.</summary>
/// <param name="Id">Our name of it.</param>
/// <param name="Name">For people.</param>
/// <param name="Iban">Without spaces; null where the bank has none.</param>
/// <param name="Number">As the bank's files name it, where they do so without an IBAN.</param>
/// <param name="Bank">The bank's code or BIC that comes with the number.</param>
/// <param name="Currency">Of all its amounts.</param>
/// <param name="Company">Whose customers pay into it.</param>
internal sealed record BankAccount(string Id, string Name, string? Iban, string? Number, string? Bank, Currency Currency, string Company)
{
    /// <summary>True when the file means this account, whatever its currency.</summary>
    public bool IsNamedBy(OwnAccount named)
    {
        if (named.Iban is not null)
        {
            return named.Iban == Iban;
        }

        if (Number is not null && Bare(named.Number) == Bare(Number))
        {
            return Bank is null || named.Bank is null || Institution(Bank) == Institution(named.Bank);
        }

        // German files name the two numbers that the IBAN is made of.
        return Iban is not null && named is { Bank.Length: 8, Number: { } number } && Iban.StartsWith("DE", StringComparison.Ordinal)
            && Iban[4..] == named.Bank + number.PadLeft(10, '0');
    }

    private static string? Bare(string? number) => number?.Replace(" ", string.Empty, StringComparison.Ordinal).TrimStart('0');

    // A BIC of 11 characters is one of 8 and a branch.
    private static string Institution(string bank) => (bank.Length == 11 ? bank[..8] : bank).ToUpperInvariant();
}
