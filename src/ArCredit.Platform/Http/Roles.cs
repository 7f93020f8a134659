using Microsoft.AspNetCore.Builder;

namespace ArCredit.Platform.Http;

/// <summary>The roles a key or user can hold. <see cref="Admin"/> includes all others.</summary>
[Flags]
public enum Roles
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Tills.</summary>
    Pos = 1,

    /// <summary>Billing systems.</summary>
    Billing = 2,

    /// <summary>Collectors.</summary>
    Collector = 4,

    /// <summary>Credit controllers.</summary>
    CreditController = 8,

    /// <summary>Credit managers.</summary>
    CreditManager = 16,

    /// <summary>Finance.</summary>
    Finance = 32,

    /// <summary>Sales, read only.</summary>
    Sales = 64,

    /// <summary>Auditors, read only.</summary>
    Auditor = 128,

    /// <summary>Administrators.</summary>
    Admin = 256,

    /// <summary>Every role: any authenticated caller.</summary>
    Any = Pos | Billing | Collector | CreditController | CreditManager | Finance | Sales | Auditor | Admin,
}

/// <summary>Who calls: the id that audit names, and what they may do.</summary>
public sealed record Caller(string Id, Roles Roles)
{
    /// <summary>True when one of <paramref name="wanted"/> (or admin) is held.</summary>
    public bool Has(Roles wanted) => (Roles & (wanted | Roles.Admin)) != 0;
}

/// <summary>Endpoint metadata: who may call. An endpoint with neither this nor <see cref="OpenToAll"/> is refused to everyone.</summary>
public sealed record RequiredRoles(Roles Roles);

/// <summary>Endpoint metadata: no key needed (health, OpenAPI).</summary>
public sealed record OpenToAll;

/// <summary>How endpoints state who may call them.</summary>
public static class RoleExtensions
{
    /// <summary>Only callers with one of the roles; admin always.</summary>
    public static TBuilder RequireRoles<TBuilder>(this TBuilder builder, Roles roles)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new RequiredRoles(roles)));
        return builder;
    }

    /// <summary>No key needed.</summary>
    public static TBuilder AllowWithoutKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new OpenToAll()));
        return builder;
    }
}
