using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ArCredit.Platform.Http;

/// <summary>The edge in two calls. An <see cref="ICallers"/> must be registered by whoever knows the keys.</summary>
public static class HttpSetup
{
    /// <summary>Registers what the edge needs.</summary>
    public static IServiceCollection AddArCreditHttp(this IServiceCollection services)
    {
        services.AddRouting();
        services.ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions));
        services.TryAddSingleton(TimeProvider.System);
        return services;
    }

    /// <summary>Problems for every failure, then routing, then who may call what. Endpoints come after it.</summary>
    public static WebApplication UseArCreditHttp(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseMiddleware<CallerMiddleware>();
        return app;
    }
}
