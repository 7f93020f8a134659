namespace ArCredit.Banking.DirectDebits;

/// <summary>Days on which banks settle in euro (T2): all but weekends, New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December.</summary>
internal static class TargetDays
{
    public static bool Is(DateOnly day) =>
        day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)
        && (day.Month, day.Day) is not ((1, 1) or (5, 1) or (12, 25) or (12, 26))
        && Easter(day.Year) is var easter && day != easter.AddDays(-2) && day != easter.AddDays(1);

    /// <summary>The day so many settlement days after a day.</summary>
    public static DateOnly After(DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(1);
            count -= Is(day) ? 1 : 0;
        }

        return day;
    }

    /// <summary>The first day for which a bank still takes a collection: what it gets on a weekend it has from the next settlement day on.</summary>
    public static DateOnly FirstFor(DateOnly handedIn, long leadDays) => After(OnOrAfter(handedIn), (int)leadDays);

    /// <summary>The last day on which a bank may be handed a collection for a day.</summary>
    public static DateOnly LastFor(DateOnly collectOn, long leadDays)
    {
        var day = collectOn;
        while (FirstFor(day, leadDays) > collectOn)
        {
            day = day.AddDays(-1);
        }

        return day;
    }

    /// <summary>The day itself, or the next one on which banks settle.</summary>
    public static DateOnly OnOrAfter(DateOnly day) => Is(day) ? day : After(day, 1);

    // The Gregorian computus (Meeus, Jones, Butcher).
    private static DateOnly Easter(int year)
    {
        var (golden, century, rest) = (year % 19, year / 100, year % 100);
        var epact = ((19 * golden) + century - (century / 4) - ((century - ((century + 8) / 25) + 1) / 3) + 15) % 30;
        var weekday = (32 + (2 * (century % 4)) + (2 * (rest / 4)) - epact - (rest % 4)) % 7;
        var correction = (golden + (11 * epact) + (22 * weekday)) / 451;
        var sum = epact + weekday - (7 * correction) + 114;
        return new DateOnly(year, sum / 31, (sum % 31) + 1);
    }
}
