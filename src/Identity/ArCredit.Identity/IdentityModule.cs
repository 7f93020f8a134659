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
    /// <summary>The variable that holds the operator's own admin key.</summary>
    public const string AdminKeyVariable = "ARCREDIT_ADMIN_KEY";

    /// <summary>Adds <see cref="ICallers"/> and the keys behind it.</summary>
    /// <exception cref="SettingException"><c>ARCREDIT_ADMIN_KEY</c> is too short or no key.</exception>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(AdminKeyOptions.From(configuration[AdminKeyVariable]));
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<KnownCallers>();
        services.AddSingleton<ICallers>(provider => provider.GetRequiredService<KnownCallers>());
        services.AddSingleton<AdminKeyStart>();
        services.AddHostedService(provider => provider.GetRequiredService<AdminKeyStart>());
        services.AddHostedService(provider => provider.GetRequiredService<KnownCallers>());
        return services.AddMigrations(typeof(IdentityModule).Assembly);
    }

    /// <summary>
    /// Makes an admin key where no live one is stored. <paramref name="show"/> gets it once and before it is stored: one that
    /// is not stored after all is made anew, but one stored and never shown would lock everybody out.
    /// </summary>
    public static Task MakeMissingAdminKeyAsync(this IServiceProvider services, Func<string, Task> show, CancellationToken cancellation) =>
        services.GetRequiredService<AdminKeyStart>().MakeMissingAsync(show, cancellation);

    /// <summary>Maps the key endpoints.</summary>
    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder endpoints)
    {
        ApiKeyEndpoints.Map(endpoints);
        return endpoints;
    }
}
