using System.Text;

namespace ArCredit.Identity.Keys;

/// <summary>The operator's own admin key; null when one is to be made.</summary>
internal sealed record AdminKeyOptions(string? Key)
{
    /// <summary>The variable it comes from.</summary>
    public const string Variable = "ARCREDIT_ADMIN_KEY";

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
            throw new AdminKeyException($"{Variable} must have {MinLength} to {MaxLength} printable ASCII characters without spaces.");
        }

        return new AdminKeyOptions(value);
    }
}

/// <summary>The admin key in the environment is none; the message does not repeat it.</summary>
public sealed class AdminKeyException(string message) : Exception(message);

/// <summary>The admin key that this start made, handed out once to whoever prints it.</summary>
public sealed class NewAdminKey
{
    private string? key;

    /// <summary>The key, the first time; null ever after, and when none was made.</summary>
    public string? Take() => Interlocked.Exchange(ref key, null);

    internal void Put(string made) => key = made;
}
