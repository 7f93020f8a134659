using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>An electronic address or another id within a scheme.</summary>
/// <param name="Scheme">Code of the scheme, as EN 16931 lists it: 0088 is a GLN, 9930 a German VAT id, EM an e-mail address.</param>
/// <param name="Id">The id within it.</param>
public sealed record PartyId(string Scheme, string Id)
{
    /// <summary>Longest scheme.</summary>
    public const int MaxScheme = 10;

    /// <summary>Longest id.</summary>
    public const int MaxId = 100;

    /// <summary>What it is compared by: scheme and id without white space, in capitals.</summary>
    public string Key => $"{Plain(Scheme)}:{Plain(Id)}";

    private static string Plain(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();
}

/// <summary>An address; the country stands beside it.</summary>
/// <param name="Street">Street and number.</param>
/// <param name="Additional">A second line.</param>
/// <param name="City">City.</param>
/// <param name="PostalCode">Post code.</param>
/// <param name="Region">State or province.</param>
public sealed record PostalAddress(string? Street, string? Additional, string? City, string? PostalCode, string? Region);

/// <summary>What is known of a customer as a party to a document; all but account and company can be erased.</summary>
/// <param name="Account">The customer.</param>
/// <param name="Company">Who sells to it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Country">ISO 3166, two capitals.</param>
/// <param name="TaxId">As it was entered.</param>
/// <param name="EndpointIds">Electronic addresses, the first of them to send to.</param>
/// <param name="Address">Where it is.</param>
public sealed record PartyDetails(
    AccountId Account, string Company, string? Name, string? Country, string? TaxId, IReadOnlyList<PartyId> EndpointIds, PostalAddress? Address);

/// <summary>Customers by what documents call them. It shows what the tables show: <c>IFeed.CatchUpAsync</c> first.</summary>
public interface IParties
{
    /// <summary>Customers of a company that have this tax id (<see cref="TaxNumber"/>); at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<FoundAccount>> ByTaxIdAsync(string company, string taxId, string? country, int limit, CancellationToken cancellation);

    /// <summary>Customers of a company that have this id among their electronic addresses; at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<FoundAccount>> ByEndpointAsync(string company, PartyId endpoint, int limit, CancellationToken cancellation);

    /// <summary>A customer as committed; null when there is none.</summary>
    Task<PartyDetails?> ReadAsync(AccountId account, CancellationToken cancellation);
}

/// <summary>
/// A tax number as people and documents write it: with or without the country before it, with blanks, dots and dashes or without, and with what
/// Norway and Switzerland put behind it. Two are the same when the number is, and the country where both say one.
/// </summary>
/// <param name="Country">The prefix, Greece as EL; null = none is said.</param>
/// <param name="Number">Without prefix, letters in capitals.</param>
public readonly record struct TaxNumber(string? Country, string Number)
{
    // The migration that filled the table strips the same.
    private const string Ignored = " .-/_:,;'()";

    private const string Prefixes =
        " AT BE BG CY CZ DE DK EE EL ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI GB NO CH IS LI AL AZ BA BY GE KZ MD ME MK RS RU TR UA UZ ";

    private static readonly string[] Suffixes = ["MVA", "MWST", "TVA", "IVA"];

    /// <summary>As it is stored: without blanks and punctuation, ASCII letters in capitals.</summary>
    public static string Strip(string text) =>
        string.Concat(text.Where(letter => !Ignored.Contains(letter, StringComparison.Ordinal)).Select(letter => char.IsAsciiLetterLower(letter) ? char.ToUpperInvariant(letter) : letter));

    /// <summary>Reads one; <paramref name="country"/> is of whoever has it and stands for a prefix that is not there.</summary>
    public static TaxNumber Of(string text, string? country)
    {
        var stripped = Strip(text);
        country = country is "GR" ? "EL" : country;
        if (stripped.Length > 4 && (Prefixes.Contains($" {stripped[..2]} ", StringComparison.Ordinal) || stripped[..2] == country) && stripped.Any(char.IsAsciiDigit))
        {
            country = stripped[..2] is "GR" ? "EL" : stripped[..2];
            stripped = stripped[2..];
        }

        var suffix = country is "NO" or "CH" ? Suffixes.FirstOrDefault(each => stripped.EndsWith(each, StringComparison.Ordinal) && stripped.Length > each.Length) : null;
        return new TaxNumber(country, suffix is null ? stripped : stripped[..^suffix.Length]);
    }

    /// <summary>All that may be stored of the same number.</summary>
    public IReadOnlyList<string> Forms()
    {
        var number = Number;
        IEnumerable<string> prefixes = Country switch { null => [string.Empty], "EL" => [string.Empty, "EL", "GR"], var own => [string.Empty, own] };
        IEnumerable<string> suffixes = Country is "NO" or "CH" ? [string.Empty, .. Suffixes] : [string.Empty];
        return [.. from prefix in prefixes from suffix in suffixes select prefix + number + suffix];
    }

    /// <summary>The same number, as far as both say where it is from.</summary>
    public bool IsSame(TaxNumber other) => Number == other.Number && (Country is null || other.Country is null || Country == other.Country);
}
