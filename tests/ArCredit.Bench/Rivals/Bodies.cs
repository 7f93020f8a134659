using System.Text.Json.Serialization;

namespace ArCredit.Bench.Rivals;

/// <summary>What every arm is sent: the till's question as api.md has it.</summary>
internal sealed record ReserveBody(string Kind, decimal Amount, string Currency, string? Reference, int? ExpiresInSeconds);

/// <summary>Why a reservation was not given, in the product's shape.</summary>
internal sealed record Reason(string Code, string Action, string Message, decimal Actual, decimal Threshold, string Scope);

/// <summary>What every arm answers: the product's fields, so that all serialise and send as much.</summary>
internal sealed record ReserveAnswer(
    string? ReservationId, string Decision, string? Status, IReadOnlyList<Reason> Reasons, string AccountCurrency, decimal ExposureAfter,
    decimal Limit, string LimitScope, decimal Available, DateTimeOffset? ExpiresAt, string DecisionId, long PolicyVersion, string Currency,
    decimal Amount, decimal Paid, string Kind, decimal? Remaining, decimal? Captured, decimal? Delivered, DateTimeOffset? CreatedAt,
    DateOnly? DeliveryDate, string? Buyer, string? Reference);

/// <summary>What bare Kestrel answers.</summary>
internal sealed record BareAnswer(string Decision, decimal Amount);

/// <summary>A refusal of a request, not of a credit.</summary>
internal sealed record Problem(int Status, string Code, string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReserveBody))]
[JsonSerializable(typeof(ReserveAnswer))]
[JsonSerializable(typeof(BareAnswer))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class RivalJson : JsonSerializerContext;
