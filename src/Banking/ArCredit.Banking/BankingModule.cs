using ArCredit.Banking.Features;
using ArCredit.Banking.Storage;
using ArCredit.Platform.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Banking;

/// <summary>The installation's own bank accounts and what banks say of them.</summary>
public static class BankingModule
{
    /// <summary>Adds bank accounts and the reading of statements.</summary>
    public static IServiceCollection AddBanking(this IServiceCollection services)
    {
        services.AddSingleton<BankAccountStore>();
        services.AddSingleton<BankFileStore>();
        return services.AddMigrations(typeof(BankingModule).Assembly);
    }

    /// <summary>Maps <c>/bank</c>.</summary>
    public static IEndpointRouteBuilder MapBanking(this IEndpointRouteBuilder endpoints)
    {
        BankAccountEndpoints.Map(endpoints);
        StatementEndpoints.Map(endpoints);
        TransactionEndpoints.Map(endpoints);
        return endpoints;
    }
}
