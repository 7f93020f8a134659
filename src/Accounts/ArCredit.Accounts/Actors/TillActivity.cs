namespace ArCredit.Accounts.Actors;

/// <summary>Whether anybody waits for answers right now; work in bulk gives way to them.</summary>
internal sealed class TillActivity(TimeProvider technical)
{
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(1);

    private readonly long recentTicks = (long)(Recent.TotalSeconds * technical.TimestampFrequency);
    private long last = technical.GetTimestamp() - (long)(2 * Recent.TotalSeconds * technical.TimestampFrequency);

    /// <summary>True when a command that is no bulk work came within the last second.</summary>
    public bool IsRecent => technical.GetTimestamp() - Volatile.Read(ref last) < recentTicks;

    /// <summary>Somebody asked.</summary>
    public void Asked() => Volatile.Write(ref last, technical.GetTimestamp());
}
