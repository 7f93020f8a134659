using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Platform.Jobs;

/// <summary>How often a work looks for something due while the system's clock runs.</summary>
/// <param name="Interval">At least a second.</param>
public sealed record WorkSchedule(TimeSpan Interval)
{
    /// <summary>Looks at a fixed interval.</summary>
    public static WorkSchedule Every(TimeSpan interval) => new(interval);

    /// <summary>
    /// For work at midnights: companies keep different zones, so there is no one time of day to wait for; it looks twice a
    /// minute and <see cref="IScheduledWork.NextAsync"/> names the midnights.
    /// </summary>
    public static WorkSchedule Midnights { get; } = new(TimeSpan.FromSeconds(30));
}

/// <summary>
/// Work that business time brings about. Under the system's clock Quartz runs it on one node at a time; under a manual clock
/// moving the clock runs it. What was missed is caught up, each due instant once and in order.
/// </summary>
public interface IScheduledWork
{
    /// <summary>Stable; the key of the work's progress.</summary>
    string Name { get; }

    /// <summary>How often to look.</summary>
    WorkSchedule Schedule { get; }

    /// <summary>
    /// The earliest instant in (<paramref name="after"/>, <paramref name="until"/>] at which something is due, or an earlier
    /// one for something left over from before; null when nothing is due.
    /// </summary>
    Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation);

    /// <summary>
    /// Does what is due at or before <paramref name="businessNow"/>. May run again for the same instant after a crash, so it
    /// must be idempotent. A failure is thrown: it is logged, and the work is tried again at the next turn.
    /// </summary>
    Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation);
}

/// <summary>How modules register work.</summary>
public static class ScheduledWorkRegistration
{
    /// <summary>Adds a work, one instance for the process. Works due at the same instant run in the order they were added.</summary>
    public static IServiceCollection AddScheduledWork<TWork>(this IServiceCollection services)
        where TWork : class, IScheduledWork => services.AddSingleton<IScheduledWork, TWork>();
}
