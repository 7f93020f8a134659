using System.Diagnostics.CodeAnalysis;

namespace ArCredit.Kernel;

/// <summary>A customer's number in the ERP: 1 to 64 characters, case-sensitive, leading zeros kept, no '/' and no control characters.</summary>
public readonly record struct AccountId
{
    private AccountId(string value) => Value = value;

    /// <summary>The number as given.</summary>
    public string Value { get; }

    /// <summary>False when the text is no account number.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccountId id)
    {
        id = default;
        if (!Text.IsIdentifier(text, 64) || text.Contains('/', StringComparison.Ordinal))
        {
            return false;
        }

        id = new AccountId(text);
        return true;
    }

    /// <summary>The account of a number known to be valid. Throws <see cref="ArgumentException"/> otherwise.</summary>
    public static AccountId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new ArgumentException($"'{text}' is not an account number.", nameof(text));

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The number of a document, payment or reservation within its account: 1 to 64 characters without control characters.</summary>
public readonly record struct DocumentNumber
{
    private DocumentNumber(string value) => Value = value;

    /// <summary>The number as given.</summary>
    public string Value { get; }

    /// <summary>False when the text is no document number.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DocumentNumber number)
    {
        var valid = Text.IsIdentifier(text, 64);
        number = valid ? new DocumentNumber(text!) : default;
        return valid;
    }

    /// <summary>The document of a number known to be valid. Throws <see cref="ArgumentException"/> otherwise.</summary>
    public static DocumentNumber Parse(string text) =>
        TryParse(text, out var number) ? number : throw new ArgumentException($"'{text}' is not a document number.", nameof(text));

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>What texts from outside may hold.</summary>
public static class Text
{
    /// <summary>
    /// True for 1 to <paramref name="maxLength"/> characters without control characters, lone surrogates or surrounding white space.
    /// "." and ".." are none: no address can hold them, so what was named so could never be called again.
    /// </summary>
    public static bool IsIdentifier([NotNullWhen(true)] string? text, int maxLength) =>
        !string.IsNullOrEmpty(text) && text.Length <= maxLength && IsPlain(text)
        && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && text is not ("." or "..");

    /// <summary>True when the text has neither control characters nor lone surrogates, which no database column takes.</summary>
    public static bool IsPlain(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                return false;
            }

            if (char.IsSurrogate(text[i]))
            {
                if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }
}
