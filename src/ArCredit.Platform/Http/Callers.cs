using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Platform.Http;

/// <summary>Knows who a bearer token belongs to. In memory: it is asked on every request.</summary>
public interface ICallers
{
    /// <summary>Null when the token is unknown, revoked or expired.</summary>
    Caller? Find(ReadOnlySpan<char> token);

    /// <summary>The same after a look at where keys are stored: another node may just have let this one in. Takes its time.</summary>
    Task<Caller?> FindStoredAsync(string token, CancellationToken cancellation);
}

/// <summary>The caller of a request.</summary>
public static class CallerExtensions
{
    /// <summary>Who calls; throws on an endpoint that is open to all.</summary>
    public static Caller Caller(this HttpContext http) =>
        http.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint is open to all: it has no caller.");
}

/// <summary>Lets a request through to its endpoint only when the endpoint says who may call and the caller is one of them.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, ICallers callers)
{
    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext http)
    {
        // Without a route there is nothing to protect; routing's own 405 answers are no route endpoints.
        if (http.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            return next(http);
        }

        var authorization = http.Request.Headers.Authorization;
        if (authorization.Count != 1 || !authorization[0]!.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return RefuseUnknown(http);
        }

        var token = authorization[0].AsSpan(Scheme.Length).Trim();
        return callers.Find(token) is { } caller ? LetIn(http, endpoint, caller) : LookUpAsync(http, endpoint, token.ToString());
    }

    private static Task RefuseUnknown(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return new ProblemResult(401, "UNAUTHENTICATED", "A valid API key is needed in the Authorization header (Bearer).").ExecuteAsync(http);
    }

    private async Task LookUpAsync(HttpContext http, RouteEndpoint endpoint, string token)
    {
        var caller = await callers.FindStoredAsync(token, http.RequestAborted);
        await (caller is null ? RefuseUnknown(http) : LetIn(http, endpoint, caller));
    }

    private Task LetIn(HttpContext http, RouteEndpoint endpoint, Caller caller)
    {
        if (endpoint.Metadata.GetMetadata<RequiredRoles>() is not { } required || !caller.Has(required.Roles))
        {
            return new ProblemResult(403, "FORBIDDEN", "The key does not have a role that may make this call.").ExecuteAsync(http);
        }

        http.Features.Set(caller);
        return next(http);
    }
}
