using ArCredit.Platform.Data;
using ArCredit.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ArCredit.Platform.Time;

/// <summary>Business time and the work it brings about.</summary>
public static class TimeSetup
{
    /// <summary>
    /// Adds <see cref="BusinessClock"/> and what runs <see cref="IScheduledWork"/>: Quartz under the system's clock, the moving
    /// clock itself under a manual one. Comes after the data and the modules.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="data">The database Quartz stands on.</param>
    /// <param name="manual">Where a manual clock starts; null for the system's clock.</param>
    public static IServiceCollection AddArCreditTime(this IServiceCollection services, DataOptions data, DateTimeOffset? manual)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<WorkProgress>();
        services.AddSingleton<DueWork>();
        if (manual is { } start)
        {
            services.AddSingleton(new ManualClockStart(start));
            services.AddSingleton(provider => new BusinessClock(provider.GetRequiredService<TimeProvider>(), DateTimeOffset.MinValue));
            services.AddSingleton<ManualClock>();
            services.AddHostedService<ClockStart>();
        }
        else
        {
            services.AddSingleton(provider => new BusinessClock(provider.GetRequiredService<TimeProvider>(), null));
            services.AddHostedService<SystemClockStart>();
            services.AddArCreditQuartz(data);
        }

        return services;
    }
}
