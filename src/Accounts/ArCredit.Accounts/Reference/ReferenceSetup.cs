using ArCredit.Accounts.Contracts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Accounts.Reference;

/// <summary>Companies, policies and exchange rates.</summary>
internal static class ReferenceSetup
{
    /// <summary>Adds <see cref="IReference"/> and what loads it; comes after the data.</summary>
    public static IServiceCollection AddReference(this IServiceCollection services)
    {
        services.AddSingleton<ReferenceStore>();
        services.AddSingleton<IReferencePublisher, ReferencePublisher>();
        services.AddSingleton<IReference>(provider => provider.GetRequiredService<ReferenceStore>());
        services.AddSingleton<ICompanyRates, CompanyRates>();
        return services.AddHostedService<ReferenceStart>();
    }

    /// <summary>Maps the endpoints.</summary>
    public static IEndpointRouteBuilder MapReferenceEndpoints(this IEndpointRouteBuilder endpoints)
    {
        CompanyEndpoints.Map(endpoints);
        PeriodEndpoints.Map(endpoints);
        PolicyEndpoints.Map(endpoints);
        FxRateEndpoints.Map(endpoints);
        return endpoints;
    }
}
