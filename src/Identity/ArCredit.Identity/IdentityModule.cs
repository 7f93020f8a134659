using ArCredit.Identity.Features;
using ArCredit.Identity.Keys;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Start;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ArCredit.Identity;

/// <summary>Who may call: API keys with roles.</summary>
public static class IdentityModule
{
    /// <summary>Adds <see cref="ICallers"/> and the keys behind it; <see cref="NewAdminKey"/> holds the key of a first start.</summary>
    /// <exception cref="SettingException"><c>ARCREDIT_ADMIN_KEY</c> is too short or no key.</exception>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(AdminKeyOptions.From(configuration[AdminKeyOptions.Variable]));
        services.AddSingleton<NewAdminKey>();
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<KnownCallers>();
        services.AddSingleton<ICallers>(provider => provider.GetRequiredService<KnownCallers>());
        services.AddHostedService<AdminKeyStart>();
        services.AddHostedService(provider => provider.GetRequiredService<KnownCallers>());
        return services.AddMigrations(typeof(IdentityModule).Assembly);
    }

    /// <summary>Maps the key endpoints.</summary>
    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder endpoints)
    {
        ApiKeyEndpoints.Map(endpoints);
        return endpoints;
    }
}
