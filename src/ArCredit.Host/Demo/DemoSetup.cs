using ArCredit.Platform.Data;

namespace ArCredit.Host.Demo;

/// <summary>The demo portfolio, when it is asked for.</summary>
internal static class DemoSetup
{
    /// <summary>Comes after everything that starts before it: journal, accounts and clock.</summary>
    public static IServiceCollection AddDemo(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddMigrations(typeof(DemoSetup).Assembly);
        return configuration.GetValue<bool>("Demo") ? services.AddHostedService<DemoStart>() : services;
    }
}
