using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>What an entry of a timeline is about.</summary>
internal enum TimelineKind
{
    /// <summary>Invoices, debit notes, claims, credit notes, payments, their allocations, write-offs.</summary>
    Document,

    /// <summary>Reservations as they were decided, and what became of them.</summary>
    Decision,

    /// <summary>Disputes, promises, and what else is agreed about items.</summary>
    Agreement,

    /// <summary>Calls, messages, visits and remarks.</summary>
    Contact,

    /// <summary>Master data, limits and blocks.</summary>
    Change,
}

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
/// <param name="Version">Of the account; the timeline's order.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="On">Accounting date of a document, else the company's date of <paramref name="At"/>.</param>
/// <param name="Kind">document, decision, agreement, contact or change.</param>
/// <param name="Type">What happened: invoicePosted, paymentReceived, creditReserved, disputeRaised, promiseChanged, blockSet …</param>
/// <param name="By">Who did it, by id; clock for what time did.</param>
internal sealed record TimelineEntry(long Version, DateTimeOffset At, DateOnly On, TimelineKind Kind, string Type, string? By)
{
    /// <summary>The document's number, or the id of the reservation, dispute, promise or contact; a block's name.</summary>
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

    /// <summary>Where it stands now: a reservation's, dispute's or promise's status, why a payment was taken back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Status { get; init; }

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
