using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>What was decided.</summary>
/// <param name="DecisionId">For <c>GET /decisions/{decisionId}</c>.</param>
/// <param name="Outcome">approved, declined or referred.</param>
/// <param name="Reasons">Codes of the rules that did not pass.</param>
internal sealed record TimelineDecision(string DecisionId, DecisionOutcome Outcome, IReadOnlyList<string> Reasons);

/// <summary>A field that is other than before.</summary>
/// <param name="Field">As in the account's profile.</param>
/// <param name="From">Null when it was not set.</param>
/// <param name="To">Null when it is not set any more.</param>
internal sealed record FieldChange(string Field, JsonNode? From, JsonNode? To);

/// <summary>Something that happened to an account. Parts that do not apply are left out.</summary>
/// <param name="Version">Of the account; the timeline's order. What happened outside the account has the version it came after, and a record.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="On">Accounting date of a document, else the company's date of <paramref name="At"/>.</param>
/// <param name="Kind">document, decision, agreement, contact or change.</param>
/// <param name="Type">What happened: invoicePosted, paymentReceived, creditReserved, disputeRaised, blockSet, mandateSigned, collectionFiled, payeeConfirmed …</param>
/// <param name="By">Who did it, by id; clock for what time did.</param>
internal sealed record TimelineEntry(long Version, DateTimeOffset At, DateOnly On, TimelineKind Kind, string Type, string? By)
{
    /// <summary>Of what happened outside the account: higher than that of everything before it behind the same version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Record { get; init; }

    /// <summary>The document's number, or the id of the reservation, dispute, promise, contact, mandate, amendment, payee account or collection; a block's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Number { get; init; }

    /// <summary>In <see cref="Currency"/>; of an allocation what it settled, of a write-off what it wrote off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Amount { get; init; }

    /// <summary>Of the amount.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Currency? Currency { get; init; }

    /// <summary>The invoices it was about, besides its own number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Invoices { get; init; }

    /// <summary>Where it stands then: a reservation's, dispute's, promise's, mandate's or collection's status, why a payment was taken back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Status { get; init; }

    /// <summary>Code: why a refund, collection or mandate stands so; the bank's where the bank said so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>The mandate that a collection rests on, or that an amendment changes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Mandate { get; init; }

    /// <summary>Country and check digits, and the last four; who may see all of it sees it at the payee account or mandate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BankAccount { get; init; }

    /// <summary>Message id of the bank's file that a refund or collection is in.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; init; }

    /// <summary>With a decision.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimelineDecision? Decision { get; init; }

    /// <summary>Of a contact.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContactView? Contact { get; init; }

    /// <summary>Of master data and limits: what is other than before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldChange>? Changes { get; init; }

    /// <summary>The text given with it, unless it is erased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}
