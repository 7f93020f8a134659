using ArCredit.Banking.MoneyOut;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.Features;

/// <summary>What a body says of the holder of a bank account, as payment files can carry it.</summary>
internal static class HolderFields
{
    private const string NoIban = "must be an IBAN with right check digits and the length of its country";

    /// <summary>The IBAN without blanks; null when it is none, which <paramref name="errors"/> then says.</summary>
    public static string? CheckIban(string? iban, FieldErrors errors)
    {
        var read = PayeeIban.From(iban);
        if (read is null)
        {
            errors.Add("iban", NoIban);
        }

        return read;
    }

    /// <summary>The name, and the BIC where there is one.</summary>
    public static void Check(string? holder, int maxHolder, string? bic, FieldErrors errors)
    {
        if (!Text.IsIdentifier(holder, maxHolder))
        {
            errors.Add("holder", $"must be 1 to {maxHolder} characters without control characters or surrounding white space");
        }

        if (bic is not null && !SepaText.IsBic(bic.ToUpperInvariant()))
        {
            errors.Add("bic", "must be a BIC of 8 or 11 characters");
        }
    }
}
