#if PLANTED_BUGS
namespace ArCredit.Kernel;

/// <summary>
/// Faults put in on purpose, to prove the tests and campaigns that must find them. This type exists only in a build with
/// <c>-p:PlantedBugs=true</c>, which cannot be released; there ARCREDIT_PLANTED names the one fault that is on.
/// </summary>
public static class Planted
{
    private static readonly string? Active = Environment.GetEnvironmentVariable("ARCREDIT_PLANTED");

    /// <summary>True when this fault is on in this process.</summary>
    public static bool Is(string bug) => Active == bug;

    private static byte[] reused = [];

    /// <summary>The bytes in a buffer that the next ones of the same length are written over.</summary>
    public static byte[] Reuse(byte[] bytes)
    {
        reused = reused.Length == bytes.Length ? reused : bytes;
        bytes.CopyTo(reused, 0);
        return reused;
    }
}
#endif
