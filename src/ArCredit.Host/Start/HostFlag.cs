using System.CommandLine;
using System.Globalization;
using ArCredit.Accounts.Reference;
using ArCredit.Kernel;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Configuration;

namespace ArCredit.Host.Start;

/// <summary>One setting of the host: a flag on the command line, a variable in the environment, a key in the configuration.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="ValueName">What help calls the value; null for a switch.</param>
/// <param name="Key">Configuration key.</param>
/// <param name="Description">For help.</param>
/// <param name="Complaint">Null when the value is good; else what is wrong with it.</param>
internal sealed record HostFlag(string Name, string? ValueName, string Key, string Description, Func<string, string?>? Complaint = null)
{
    /// <summary>True when it says nothing to a subcommand, which serves nobody.</summary>
    private bool ServerOnly { get; init; }

    /// <summary>Every setting, in the order of help.</summary>
    public static readonly IReadOnlyList<HostFlag> All =
    [
        new("--data", "DIR", "DataDirectory", "Directory of the SQLite file and of the key that verify signs with. Default: ./data"),
        new("--urls", "URLS", "urls", "Addresses to listen on, separated by ';'. Default: http://127.0.0.1:5080", Urls) { ServerOnly = true },
        new("--manual-clock", "INSTANT", "ManualClock", "Business time stands still at this instant (2026-01-01T08:00:00Z) and moves by PUT /api/v1/system/clock", Instant),
        new("--time-zone", "ZONE", "TimeZone", "IANA time zone of the company 'main', set at the first start. Default: UTC", Zone),
        new("--currency", "CODE", "Currency", "Currency of the company 'main', set at the first start. Default: EUR", CurrencyCode),
        new("--demo", null, "Demo", "Adds a portfolio of a few hundred customers with two years of history") { ServerOnly = true },
        new("--unsafe-durability", null, "UnsafeDurability", "Starts although the database could lose acknowledged decisions in a crash"),
        new("--log-json", null, "Logging:Json", "Writes the log as JSON"),
        new("--log-level", "LEVEL", "Logging:Level", "Verbose, Debug, Information, Warning or Error. Default: Information", Level),
    ];

    /// <summary><c>--manual-clock</c> is <c>ARCREDIT_MANUAL_CLOCK</c>.</summary>
    public string Variable => "ARCREDIT_" + Name[2..].Replace('-', '_').ToUpperInvariant();

    /// <summary>The option as the command line library sees it.</summary>
    public Option<string?> ToOption() => new(Name)
    {
        Description = $"{Description} [{Variable}]",
        HelpName = ValueName,
        Recursive = !ServerOnly,
        Arity = ValueName is null ? ArgumentArity.Zero : ArgumentArity.ExactlyOne,
    };

    /// <summary>The value in force: the flag before the variable; null when neither is given.</summary>
    public string? Read(ParseResult line, IConfiguration configuration)
    {
        var given = line.GetResult(Name) is { } option ? (option.Tokens.Count > 0 ? option.Tokens[0].Value : "true") : null;
        var (value, source) = given is null ? (configuration[Variable], Variable) : (given, Name);
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        var complaint = ValueName is null && !bool.TryParse(value, out _) ? "must be true or false" : Complaint?.Invoke(value);
        return complaint is null ? value : throw new SettingException($"{source} {complaint}; it is '{value}'.");
    }

    /// <summary>An instant with Z or an offset, or null.</summary>
    public static DateTimeOffset? ParseInstant(string? text) =>
        text is { Length: > 16 } && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : null;

    private static string? Instant(string value) => ParseInstant(value) is null ? "must be an instant such as 2026-01-01T08:00:00Z" : null;

    private static string? Zone(string value) => TimeZones.TryFind(value, out _) ? null : TimeZones.Rule;

    private static string? CurrencyCode(string value) => Kernel.Currency.TryParse(value, out _) ? null : "must be an ISO 4217 currency code in capitals";

    private static string? Level(string value) =>
        value.ToUpperInvariant() is "VERBOSE" or "DEBUG" or "INFORMATION" or "WARNING" or "ERROR" ? null : "must be Verbose, Debug, Information, Warning or Error";

    private static string? Urls(string value) =>
        value.Split(';', StringSplitOptions.RemoveEmptyEntries).All(IsAddress) ? null : "must be addresses such as http://127.0.0.1:5080";

    // '+' and '*' stand for every host in Kestrel's addresses and are no URI.
    private static bool IsAddress(string url) =>
        Uri.TryCreate(url.Trim().Replace("://+", "://any", StringComparison.Ordinal).Replace("://*", "://any", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https";
}
