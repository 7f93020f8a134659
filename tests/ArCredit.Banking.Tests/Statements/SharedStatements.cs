using Xunit;

namespace ArCredit.Banking.Tests.Statements;

/// <summary>Real files that are not part of the repository: in ARCREDIT_SHARED_DATA, or beside it in ../shared/data.</summary>
internal static class SharedStatements
{
    private static readonly string Folder = Path.Combine(
        Environment.GetEnvironmentVariable("ARCREDIT_SHARED_DATA") is { Length: > 0 } named ? named : Path.Combine(FindRoot(), "..", "shared", "data"), "statements");

    /// <summary>Null when they are there.</summary>
    public static string? MissingReason { get; } = Directory.Exists(Folder) ? null : "no shared data";

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ArCredit.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}

/// <summary>Skipped with the reason where there are no shared files.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnSharedStatementsAttribute : FactAttribute
{
    public OnSharedStatementsAttribute() => Skip = SharedStatements.MissingReason;
}
