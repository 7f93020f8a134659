using System.Globalization;

namespace ArCredit.Bench.Processes;

/// <summary>CPU time as the kernel accounts it, from <c>/proc</c>.</summary>
internal static class ProcessCpu
{
    // USER_HZ, which the kernel's interface fixes at 100.
    private const double TicksPerSecond = 100;

    // Numbers of the fields behind the command's closing bracket.
    private const int Parent = 1;
    private const int OwnUser = 11;
    private const int EndedUser = 13;

    /// <summary>User and kernel time of a process; zero once it is gone.</summary>
    public static TimeSpan Of(int id) => Read(id) is { } fields ? Time(fields, OwnUser) : TimeSpan.Zero;

    /// <summary>The same of a process, its living children, and the children it has buried.</summary>
    public static TimeSpan OfFamily(int id)
    {
        if (Read(id) is not { } parent)
        {
            return TimeSpan.Zero;
        }

        var sum = Time(parent, OwnUser) + Time(parent, EndedUser);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var child) && Read(child) is { } fields
                && int.Parse(fields[Parent], CultureInfo.InvariantCulture) == id)
            {
                sum += Time(fields, OwnUser) + Time(fields, EndedUser);
            }
        }

        return sum;
    }

    /// <summary>The parent of a process whose command line begins so; null when there is no such process here.</summary>
    public static int? ParentOf(int id, string commandLine) =>
        File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").StartsWith(commandLine, StringComparison.Ordinal) && Read(id) is { } fields
            ? int.Parse(fields[Parent], CultureInfo.InvariantCulture)
            : null;

    private static TimeSpan Time(string[] fields, int user) =>
        TimeSpan.FromSeconds((long.Parse(fields[user], CultureInfo.InvariantCulture) + long.Parse(fields[user + 1], CultureInfo.InvariantCulture)) / TicksPerSecond);

    private static string[]? Read(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It ended, perhaps while it was read.
            return null;
        }
    }
}
