using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features;
using ArCredit.Accounts.Features.Import;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Projections;
using ArCredit.Accounts.Reference;
using ArCredit.Accounts.Verify;
using ArCredit.Platform.Start;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ArCredit.Accounts;

/// <summary>The core: one actor per customer that decides, and everything that reads what they wrote.</summary>
public static class AccountsModule
{
    /// <summary>Registers the module but for the host that the accounts live in; configuration section <c>Accounts</c>.</summary>
    /// <exception cref="SettingException">A number in it is not acceptable.</exception>
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(Options.Create(AccountsOptions.From(configuration)));
        services.AddSingleton<ActorServices>();
        services.AddSingleton(provider => provider.GetRequiredService<ActorServices>().Tills);
        services.AddSingleton<JournalVerification>();
        return services.AddReference().AddAccountProjections().AddAccountEndpoints().AddAccountImport();
    }

    /// <summary>The accounts live in this process; it has its database for itself.</summary>
    public static IServiceCollection AddInProcessAccounts(this IServiceCollection services)
    {
        services.AddSingleton<InProcessAccounts>();
        services.AddSingleton<IAccounts>(provider => provider.GetRequiredService<InProcessAccounts>());
        return services.AddHostedService(provider => provider.GetRequiredService<InProcessAccounts>());
    }

    /// <summary>Maps the module's endpoints.</summary>
    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapReferenceEndpoints();
        routes.MapAccountEndpoints();
        routes.MapAccountReads();
        routes.MapAccountImport();
        return routes;
    }
}
