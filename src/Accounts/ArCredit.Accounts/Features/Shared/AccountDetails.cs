using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>A person at the customer.</summary>
/// <param name="Name">Their name.</param>
/// <param name="Email">Address.</param>
/// <param name="Phone">Number.</param>
/// <param name="Role">What they do there.</param>
/// <param name="Consents">By channel: true = agreed, false = objected.</param>
internal sealed record Contact(string? Name, string? Email, string? Phone, string? Role, IReadOnlyDictionary<string, bool>? Consents);

/// <summary>
/// The master data that decides nothing, names and contacts among it: stored as one erasable text beside the journal. Fields
/// may be added; what an older version does not know it leaves out.
/// </summary>
internal sealed record AccountDetails
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Nothing known, or erased.</summary>
    public static readonly AccountDetails None = new();

    public string? Name { get; init; }

    public string? Region { get; init; }

    public string? Department { get; init; }

    public string? Industry { get; init; }

    public string? Country { get; init; }

    public string? Collector { get; init; }

    public string? Language { get; init; }

    public string? TimeZone { get; init; }

    public string? TaxId { get; init; }

    /// <summary>Electronic addresses, the first of them to send to.</summary>
    public IReadOnlyList<PartyId>? EndpointIds { get; init; }

    public PostalAddress? Address { get; init; }

    public string? InvoicingCycle { get; init; }

    /// <summary>By buyer id.</summary>
    public IReadOnlyDictionary<string, string>? BuyerNames { get; init; }

    public IReadOnlyList<Contact>? Contacts { get; init; }

    /// <summary>By system.</summary>
    public IReadOnlyDictionary<string, string>? ExternalIds { get; init; }

    /// <summary>The text to store.</summary>
    public FreeText ToText() => new(JsonSerializer.Serialize(this, Json));

    /// <summary>The details of a stored text; null = erased.</summary>
    public static AccountDetails Parse(string? text) => text is null ? None : JsonSerializer.Deserialize<AccountDetails>(text, Json) ?? None;
}
