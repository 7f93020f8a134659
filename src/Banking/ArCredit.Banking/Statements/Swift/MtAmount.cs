using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Swift;

/// <summary>Amounts have a comma. Some banks write a point, and some leave the comma out behind whole units.</summary>
internal static class MtAmount
{
    /// <param name="text">Digits and separators.</param>
    /// <param name="currency">The statement's.</param>
    /// <param name="isBalanced">Opening and closing balance tell a comma that was lost from one that was left out.</param>
    /// <param name="field">Where it stands.</param>
    public static long Read(string text, Currency currency, bool isBalanced, MtTag field)
    {
        if (text.Contains(',', StringComparison.Ordinal))
        {
            return StatementAmount.Minor(text, ',', currency, field.Place);
        }

        // With another number of digits behind it the point may part thousands.
        if (currency.Decimals > 0 && text.LastIndexOf('.') is > 0 and var point && text.Length - point - 1 == currency.Decimals)
        {
            return StatementAmount.Minor(text, '.', currency, field.Place);
        }

        return isBalanced && text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? StatementAmount.Minor(text, ',', currency, field.Place)
            : throw StatementRefusedException.Syntax(field.Place, $"'{StatementAmount.Short(text)}' is no amount with a comma");
    }
}
