using ArCredit.Testing.App;

namespace ArCredit.Torture.Campaigns;

/// <summary>The system's clock as one process sees it, stepped while it runs (libfaketime).</summary>
internal sealed class FalseTime
{
    // Links are not followed: compilers put links to their own root there, and the walk would not end.
    private static readonly EnumerationOptions Walk = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private static readonly string? Library = new[] { "/usr/lib", "/usr/local/lib", "/usr/lib64" }
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "libfaketimeMT.so.1", Walk))
        .FirstOrDefault();

    private readonly string offset;

    private FalseTime(TestDirectory directory)
    {
        offset = Path.Combine(directory.Path, "offset");
        Step(TimeSpan.Zero);
    }

    /// <summary>Null where the library is not installed.</summary>
    public static FalseTime? TryMake(TestDirectory directory) => Library is null ? null : new FalseTime(directory);

    /// <summary>What a host needs in its environment.</summary>
    public IEnumerable<(string Key, string? Value)> Variables =>
    [
        ("LD_PRELOAD", Library), ("FAKETIME_TIMESTAMP_FILE", offset), ("FAKETIME_NO_CACHE", "1"), ("NO_FAKE_STAT", "1"),

        // Time-outs run on the monotonic clock, which no step moves; without the last one the library ends them at once.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];

    /// <summary>From now on the clock is this much ahead of the true one.</summary>
    public void Step(TimeSpan ahead)
    {
        // In one piece: the library may read at any moment.
        File.WriteAllText(offset + ".new", ahead.TotalSeconds.ToString("+0;-0;+0", System.Globalization.CultureInfo.InvariantCulture));
        File.Move(offset + ".new", offset, overwrite: true);
    }
}
