namespace ArCredit.Platform.Time;

/// <summary>
/// Business time: dates, lapses, due dates and jobs come from it. It is the system's, or stands still where a manual clock
/// was put. Timeouts, leases and retention use the injected <see cref="TimeProvider"/>, which always is the system's.
/// </summary>
public sealed class BusinessClock : TimeProvider
{
    private readonly TimeProvider system;
    private long manualTicks;

    /// <summary>A clock that follows <paramref name="system"/>, or stands at <paramref name="manual"/> when it is given.</summary>
    public BusinessClock(TimeProvider system, DateTimeOffset? manual)
    {
        this.system = system;
        IsManual = manual is not null;
        manualTicks = manual?.UtcTicks ?? 0;
    }

    /// <summary>True when the clock moves only by hand.</summary>
    public bool IsManual { get; }

    /// <summary>The business instant, UTC.</summary>
    public override DateTimeOffset GetUtcNow() =>
        IsManual ? new DateTimeOffset(Interlocked.Read(ref manualTicks), TimeSpan.Zero) : system.GetUtcNow();

    /// <summary>Puts a manual clock to an instant; never back.</summary>
    internal void MoveTo(DateTimeOffset instant)
    {
        if (!IsManual || instant.UtcTicks < Interlocked.Read(ref manualTicks))
        {
            throw new InvalidOperationException("Only a manual clock moves, and only forward.");
        }

        Interlocked.Exchange(ref manualTicks, instant.UtcTicks);
    }
}
