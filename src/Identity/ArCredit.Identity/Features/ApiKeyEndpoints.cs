using ArCredit.Identity.Keys;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Identity.Features;

internal sealed record PutApiKey(IReadOnlyList<string> Roles, DateTimeOffset? ExpiresAt);

/// <summary>A key as it is shown; the key itself only in the answer that made it.</summary>
internal sealed record ApiKeyView(string Id, string Name, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string? Key);

internal static class ApiKeyEndpoints
{
    private const int MaxName = 64;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var keys = endpoints.MapGroup("/api/v1/api-keys").WithTags("API keys").RequireRoles(Roles.Admin);
        keys.MapPut("{name}", PutAsync)
            .WithSummary("Makes a key, or replaces the roles and expiry of one that exists")
            .Takes(typeof(PutApiKey))
            .Answers(201, typeof(ApiKeyView), "The key, shown this once.")
            .Answers(200, typeof(ApiKeyView), "It existed; the key itself is not shown again.")
            .Refuses(400, 503);
        keys.MapGet(string.Empty, ListAsync)
            .WithSummary("All keys that are not revoked, by name")
            .HasPaging()
            .Answers(200, typeof(ListPage<ApiKeyView>), "Keys without the keys themselves.")
            .Refuses(400, 503);
        keys.MapDelete("{name}", RevokeAsync)
            .WithSummary("Revokes a key at once")
            .Answers(204, "Revoked.")
            .Refuses(400, 404, 503);
    }

    private static async Task PutAsync(HttpContext http, string name, ApiKeyStore store, KnownCallers callers)
    {
        if (!RouteReader.TryText(http, nameof(name), MaxName, out name, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<PutApiKey>(http);
        var errors = body.Errors ?? new FieldErrors();
        var roles = Roles.None;
        if ((body.Problem is null ? body.Value : body.Remains) is { } put)
        {
            roles = ReadRoles(put.Roles, errors);
        }

        if (errors.Any || body.Problem is not null)
        {
            await (errors.Any ? errors.ToProblem() : body.Problem!).ExecuteAsync(http);
            return;
        }

        var key = NewKey.Make();
        KeyHash HashOfNew() => KeyHash.TryCompute(key, out var hash) ? hash : throw new InvalidOperationException("A made key has no hash.");
        var (stored, added) = await store.PutAsync(name, HashOfNew, roles, body.Value.ExpiresAt, http.RequestAborted);
        await RefreshAsync(callers);
        await Reply.Json(http, added ? 201 : 200, View(stored, added ? key : null));
    }

    // A key that is made is shown this once, whatever happens to the database now; every node reads the keys again soon.
    private static async Task RefreshAsync(KnownCallers callers)
    {
        try
        {
            await callers.RefreshAsync(CancellationToken.None);
        }
        catch (Exception away) when (DatabaseOutage.Is(away))
        {
            callers.Stale(away);
        }
    }

    private static async Task ListAsync(HttpContext http, ApiKeyStore store)
    {
        var query = new QueryReader(http);
        var paging = query.Paging(cursorKeys: 1);
        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var keys = (await store.ReadAsync(http.RequestAborted))
            .OrderBy(key => key.Name, StringComparer.Ordinal)
            .Where(key => paging.After is not [var after] || string.CompareOrdinal(key.Name, after) > 0)
            .Select(key => View(key, null))
            .ToList();
        await Reply.Json(http, 200, paging.Page(keys, key => [key.Name]));
    }

    private static async Task RevokeAsync(HttpContext http, string name, ApiKeyStore store, KnownCallers callers)
    {
        if (!RouteReader.TryText(http, nameof(name), MaxName, out name, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (!await store.RevokeAsync(name, http.RequestAborted))
        {
            await Problems.NotFound("API_KEY_NOT_FOUND", "There is no key of this name.").ExecuteAsync(http);
            return;
        }

        await callers.RefreshAsync(CancellationToken.None);
        await Reply.Empty(http, 204);
    }

    // What remains of a bad body may be without roles.
    private static Roles ReadRoles(IReadOnlyList<string>? names, FieldErrors errors)
    {
        var roles = Roles.None;
        if (names is { Count: 0 })
        {
            errors.Add("roles", "must name at least one role");
        }

        for (var i = 0; i < names?.Count; i++)
        {
            if (RoleNames.TryParse(names[i], out var role))
            {
                roles |= role;
            }
            else
            {
                errors.Add($"roles[{i}]", "must be one of: " + string.Join(", ", RoleNames.Names));
            }
        }

        return roles;
    }

    private static ApiKeyView View(ApiKey key, string? shown) =>
        new(key.Id, key.Name, RoleNames.Of(key.Roles), key.CreatedAt, key.ExpiresAt, shown);
}
