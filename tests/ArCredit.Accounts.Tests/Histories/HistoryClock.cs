namespace ArCredit.Accounts.Tests.Histories;

/// <summary>Time in the test's hand, for many threads: it stands, or leaps at every look, and passes when told to.</summary>
internal sealed class HistoryClock(DateTimeOffset start, TimeSpan leap = default) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private long ticks = start.UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Add(ref ticks, leap.Ticks);

    /// <summary>Returns what time it is then.</summary>
    public DateTimeOffset Pass(TimeSpan time)
    {
        long now;
        Timer[] due;
        lock (gate)
        {
            now = Interlocked.Add(ref ticks, time.Ticks);
            due = [.. timers.Where(timer => timer.Due <= now)];
            timers.RemoveAll(timer => timer.Due <= now);
        }

        Array.ForEach(due, timer => timer.Fire());
        return new DateTimeOffset(now, TimeSpan.Zero);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            var due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : Interlocked.Read(ref ticks) + dueTime.Ticks;
            var timer = new Timer(this, () => callback(state), due);
            timers.Add(timer);
            return timer;
        }
    }

    private void Forget(Timer timer)
    {
        lock (gate)
        {
            timers.Remove(timer);
        }
    }

    private sealed class Timer(HistoryClock clock, Action fire, long due) : ITimer
    {
        public long Due => due;

        // On the pool as the system's timers: who waits must not go on in the thread that lets time pass.
        public void Fire() => ThreadPool.QueueUserWorkItem(_ => fire());

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => clock.Forget(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
