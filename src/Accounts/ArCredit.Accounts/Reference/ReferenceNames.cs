using System.Diagnostics.CodeAnalysis;

namespace ArCredit.Accounts.Reference;

/// <summary>Names of companies and segments.</summary>
internal static class ReferenceNames
{
    /// <summary>Longest name.</summary>
    public const int MaxLength = 64;
}

/// <summary>Time zones by their IANA id; Windows names are refused, so that data moves between systems.</summary>
public static class TimeZones
{
    /// <summary>What to say about a bad one.</summary>
    public const string Rule = "must be an IANA time zone such as Asia/Baku";

    /// <summary>False when there is none of this id.</summary>
    public static bool TryFind(string id, [NotNullWhen(true)] out TimeZoneInfo? zone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone) && zone.HasIanaId && zone.Id == id;
}
