using System.Reflection;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using Xunit.Sdk;

namespace ArCredit.Scenarios.Import;

/// <summary>Real ledgers that are not part of the repository: in ARCREDIT_SHARED_DATA, or beside it in ../shared/data.</summary>
internal static class SharedLedgers
{
    private static readonly string Root = FindRoot();

    private static readonly string Folder = Path.Combine(
        Environment.GetEnvironmentVariable("ARCREDIT_SHARED_DATA") is { Length: > 0 } named ? named : Path.Combine(Root, "..", "shared", "data"), "ledgers");

    /// <summary>Null when the ledgers are there.</summary>
    public static string? MissingReason { get; } = Directory.Exists(Folder) ? null : "no shared data";

    public static string PathOf(string file) => Path.Combine(Folder, file);

    public static string MappingOf(string name) => Path.Combine(Root, "build", "mappings", name);

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

/// <summary>Runs a theory of a <see cref="Dialect"/>, a ledger and its mapping, skipped with the reason where one of them is missing.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnSharedLedgerAttribute : DataAttribute
{
    public OnSharedLedgerAttribute(Dialect dialect, string ledger, string mapping)
    {
        (Dialect, Ledger, Mapping) = (dialect, ledger, mapping);
        Skip = SharedLedgers.MissingReason ?? (dialect == Dialect.PostgreSql ? PostgresServer.MissingReason : null);
    }

    public Dialect Dialect { get; }

    public string Ledger { get; }

    public string Mapping { get; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Dialect, Ledger, Mapping]];
}
