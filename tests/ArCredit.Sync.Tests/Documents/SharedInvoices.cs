using Xunit;

namespace ArCredit.Sync.Tests.Documents;

/// <summary>
/// Real files that are not part of the repository: in ARCREDIT_SHARED_DATA, or beside it in ../shared/data; and the public example set of EN 16931 where
/// ARCREDIT_EN16931 names a folder with its ubl/examples and cii/examples.
/// </summary>
internal static class SharedInvoices
{
    private static readonly string Folder = Path.Combine(
        Environment.GetEnvironmentVariable("ARCREDIT_SHARED_DATA") is { Length: > 0 } named ? named : Path.Combine(FindRoot(), "..", "shared", "data"), "einvoices");

    private static readonly string? Examples = Environment.GetEnvironmentVariable("ARCREDIT_EN16931") is { Length: > 0 } named ? named : null;

    /// <summary>Null when they are there.</summary>
    public static string? MissingReason { get; } = Directory.Exists(Folder) ? null : "no shared data";

    /// <summary>Null when they are there.</summary>
    public static string? NoExamplesReason { get; } = Examples is null ? "ARCREDIT_EN16931 names no folder with the public examples of EN 16931" : null;

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>Name and bytes of all of the public examples.</summary>
    public static IEnumerable<(string Name, byte[] File)> PublicExamples() =>
        from part in new[] { "ubl", "cii" }
        from path in Directory.EnumerateFiles(Path.Combine(Examples!, part, "examples")).Order(StringComparer.Ordinal)
        select ($"{part}/{Path.GetFileName(path)}", File.ReadAllBytes(path));

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
internal sealed class OnSharedInvoicesAttribute : FactAttribute
{
    public OnSharedInvoicesAttribute() => Skip = SharedInvoices.MissingReason;
}

/// <summary>Skipped with the reason where the public examples are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnPublicExamplesAttribute : FactAttribute
{
    public OnPublicExamplesAttribute() => Skip = SharedInvoices.NoExamplesReason;
}
