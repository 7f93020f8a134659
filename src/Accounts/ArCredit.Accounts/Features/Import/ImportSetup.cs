using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Accounts.Features.Import;

/// <summary>The import in two calls.</summary>
internal static class ImportSetup
{
    /// <summary>Registers the importer.</summary>
    public static IServiceCollection AddAccountImport(this IServiceCollection services)
    {
        services.AddSingleton<CustomerImport>();
        services.AddSingleton<IAccountImport, AccountImport>();
        return services;
    }

    /// <summary>Maps the endpoints.</summary>
    public static IEndpointRouteBuilder MapAccountImport(this IEndpointRouteBuilder routes)
    {
        ImportEndpoint.Map(routes);
        return routes;
    }
}
