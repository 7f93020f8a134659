namespace ArCredit.Bench.Rivals;

/// <summary>A reservation as asked for, checked, in minor units.</summary>
internal readonly record struct Wanted(
    string Account, string Key, byte[] Fingerprint, Guid Id, string Kind, long Amount, string Currency, string? Reference, DateTime CreatedAt, DateTime? ExpiresAt);

/// <summary>What the database said to it.</summary>
internal enum Verdict
{
    Approved,
    Declined,
    UnknownAccount,
    WrongCurrency,
    KeyReused,
}

/// <summary>The decision, this one or the first one under the same key.</summary>
internal readonly record struct Decided(Verdict Verdict, Guid Id = default, long ExposureAfter = 0, long Limit = 0, DateTime CreatedAt = default, DateTime? ExpiresAt = null);

/// <summary>How a rival decides and stores.</summary>
internal interface IReservations
{
    Task<Decided> ReserveAsync(Wanted wanted, CancellationToken cancellation);
}
