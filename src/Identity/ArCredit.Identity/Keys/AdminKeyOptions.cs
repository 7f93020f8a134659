using System.Text;
using ArCredit.Platform.Start;

namespace ArCredit.Identity.Keys;

/// <summary>The operator's own admin key; null when one is to be made.</summary>
internal sealed record AdminKeyOptions(string? Key)
{
    private const int MinLength = 16;
    private const int MaxLength = 512;

    public static AdminKeyOptions From(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return new AdminKeyOptions((string?)null);
        }

        if (value.Length is < MinLength or > MaxLength || !Ascii.IsValid(value) || value.Any(letter => letter is <= ' ' or '\x7f'))
        {
            throw new SettingException($"{IdentityModule.AdminKeyVariable} must have {MinLength} to {MaxLength} printable ASCII characters without spaces.");
        }

        return new AdminKeyOptions(value);
    }
}
