using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Identity.Keys;

/// <summary>Keys as stored. Nothing here ever holds a key itself.</summary>
internal sealed class ApiKeyStore(IDatabase database, TimeProvider time)
{
    private const string Select =
        """
        select id as Id, name as Name, key_hash as KeyHash, roles as Roles, created_at as CreatedAt, expires_at as ExpiresAt
          from api_key where revoked_at is null
        """;

    /// <summary>All keys that are not revoked, by name.</summary>
    public async Task<IReadOnlyList<ApiKey>> ReadAsync(CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var rows = await session.Connection.QueryAsync<Row>($"{Select} order by name");
        return [.. rows.Select(row => row.ToKey())];
    }

    /// <summary>
    /// Adds a key of this name, or gives the one that is there new roles and expiry. The key as it is stored then; only one that was
    /// added has the hash.
    /// </summary>
    public async Task<(ApiKey Stored, bool Added)> PutAsync(string name, Func<KeyHash> hashOfNew, Roles roles, DateTimeOffset? expiresAt, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        var values = new { name, roles = Join(roles), expiresAt, now = time.GetUtcNow() };
        var updated = await session.Connection.ExecuteAsync(
            "update api_key set roles = @roles, expires_at = @expiresAt where name = @name and revoked_at is null", values, session.Transaction);
        if (updated == 0)
        {
            await InsertAsync(session, name, hashOfNew(), roles, expiresAt);
        }

        var stored = await session.Connection.QuerySingleAsync<Row>($"{Select} and name = @name", values, session.Transaction);
        await session.CommitAsync(cancellation);
        return (stored.ToKey(), updated == 0);
    }

    /// <summary>Adds an admin key where no live one is stored; of nodes that start at once only one makes it. False when there is one.</summary>
    public async Task<bool> AddFirstAdminAsync(string name, Func<Task<KeyHash>> make, CancellationToken cancellation)
    {
        await using var session = await BeginAloneAsync(cancellation);
        var rows = await session.Connection.QueryAsync<Row>(Select, transaction: session.Transaction);
        if (rows.Select(row => row.ToKey()).Any(key => key.Roles.HasFlag(Roles.Admin) && key.IsLive(time.GetUtcNow())))
        {
            return false;
        }

        await SetAsync(session, name, await make(), Roles.Admin);
        await session.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Makes the given key the one of this name, revoking another that had it.</summary>
    public async Task SetAsync(string name, KeyHash hash, Roles roles, CancellationToken cancellation)
    {
        await using var session = await BeginAloneAsync(cancellation);
        await SetAsync(session, name, hash, roles);
        await session.CommitAsync(cancellation);
    }

    /// <summary>False when no key that is not revoked has this name.</summary>
    public async Task<bool> RevokeAsync(string name, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        var revoked = await session.Connection.ExecuteAsync(
            "update api_key set revoked_at = @now where name = @name and revoked_at is null", new { name, now = time.GetUtcNow() }, session.Transaction);
        await session.CommitAsync(cancellation);
        return revoked > 0;
    }

    // Nodes that start at once do the same at once.
    private async Task<DbSession> BeginAloneAsync(CancellationToken cancellation)
    {
        var session = await database.BeginWriteAsync(cancellation);
        if (session.Dialect == Dialect.PostgreSql)
        {
            await session.Connection.ExecuteAsync("lock table api_key in share row exclusive mode", transaction: session.Transaction);
        }

        return session;
    }

    private async Task SetAsync(DbSession session, string name, KeyHash hash, Roles roles)
    {
        var values = new { name, hash = hash.ToString(), roles = Join(roles), now = time.GetUtcNow() };
        var same = await session.Connection.ExecuteAsync(
            "update api_key set roles = @roles, expires_at = null where name = @name and key_hash = @hash and revoked_at is null", values, session.Transaction);
        if (same == 0)
        {
            await session.Connection.ExecuteAsync(
                "update api_key set revoked_at = @now where name = @name and revoked_at is null", values, session.Transaction);

            // A key that was revoked, or had another name, is the same key again and keeps its id: entries by it stay resolved.
            var revived = await session.Connection.ExecuteAsync(
                "update api_key set name = @name, roles = @roles, expires_at = null, revoked_at = null where key_hash = @hash", values, session.Transaction);
            if (revived == 0)
            {
                await InsertAsync(session, name, hash, roles, null);
            }
        }
    }

    private Task InsertAsync(DbSession session, string name, KeyHash hash, Roles roles, DateTimeOffset? expiresAt) =>
        session.Connection.ExecuteAsync(
            "insert into api_key (id, name, key_hash, roles, created_at, expires_at) values (@id, @name, @hash, @roles, @now, @expiresAt)",
            new { id = Guid.NewGuid().ToString("D"), name, hash = hash.ToString(), roles = Join(roles), now = time.GetUtcNow(), expiresAt },
            session.Transaction);

    private static string Join(Roles roles) => string.Join(' ', RoleNames.Of(roles));

    private sealed class Row
    {
        public string Id { get; init; } = string.Empty;

        public string Name { get; init; } = string.Empty;

        public string KeyHash { get; init; } = string.Empty;

        public string Roles { get; init; } = string.Empty;

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        // A role this version does not know was given by a newer one: it gives nothing here.
        public ApiKey ToKey() => new(
            Id,
            Name,
            Keys.KeyHash.Parse(KeyHash),
            Roles.Split(' ').Aggregate(Platform.Http.Roles.None, (all, name) => RoleNames.TryParse(name, out var role) ? all | role : all),
            CreatedAt,
            ExpiresAt);
    }
}
