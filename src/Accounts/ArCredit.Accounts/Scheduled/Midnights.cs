namespace ArCredit.Accounts.Scheduled;

/// <summary>When days begin.</summary>
internal static class Midnights
{
    /// <summary>
    /// The first instant of a day in a zone. Where clocks skip midnight the day begins at the jump; where they repeat it, at
    /// its first passing.
    /// </summary>
    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);

        // In a gap GetUtcOffset gives the offset before the jump, with which a skipped midnight is exactly the jump.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }
}
