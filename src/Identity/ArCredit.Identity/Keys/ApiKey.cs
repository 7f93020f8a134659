using ArCredit.Platform.Http;

namespace ArCredit.Identity.Keys;

/// <summary>A key that is not revoked.</summary>
internal sealed record ApiKey(string Id, string Name, KeyHash Hash, Roles Roles, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public bool IsLive(DateTimeOffset now) => ExpiresAt is null || now < ExpiresAt;
}
