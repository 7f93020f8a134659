namespace ArCredit.Architecture.Tests.Boundaries;

/// <summary>A project that breaks one rule, or just does not.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Items">Its references.</param>
/// <param name="Code">The error it must get; empty when it is right.</param>
public sealed record Trial(string Path, string Items, string Code)
{
    private const string Kernel = "ArCredit.Kernel";
    private const string Platform = "ArCredit.Platform";

    /// <summary>Both sides of every rule.</summary>
    public static IReadOnlyList<Trial> All { get; } =
    [
        Wrong("ARC002", "ArCredit.Kernel", Project(Platform, "..")),
        Right("ArCredit.Platform", Project(Kernel, "..") + Package("Dapper") + Framework),
        Wrong("ARC002", "Accounts/ArCredit.Accounts.Reports", Project("Risk/ArCredit.Risk.Contracts")),
        Wrong("ARC002", "Accounts/ArCredit.Accounts.Domain", Project("Risk/ArCredit.Risk.Contracts")),
        Right("Accounts/ArCredit.Accounts", Project(Kernel) + Project(Platform) + Project("Accounts/ArCredit.Accounts.Domain") + Package("CsvHelper") + Framework),
        Right("Risk/ArCredit.Risk.Contracts", Project(Kernel) + Project("Accounts/ArCredit.Accounts.Contracts") + Analyzer),
        Wrong("ARC003", "Credit/ArCredit.Credit.Contracts", Project(Kernel) + Package("Dapper")),
        Wrong("ARC002", "Banking/ArCredit.Banking.Contracts", Project(Platform)),
        Right("Risk/ArCredit.Risk.Domain", Project("Risk/ArCredit.Risk.Contracts") + Project("Accounts/ArCredit.Accounts.Contracts") + Analyzer),
        Wrong("ARC002", "Credit/ArCredit.Credit.Domain", Project(Platform)),
        Wrong("ARC002", "Banking/ArCredit.Banking.Domain", Project("Banking/ArCredit.Banking")),
        Wrong("ARC003", "Sync/ArCredit.Sync.Domain", Framework),
        Wrong("ARC003", "Messaging/ArCredit.Messaging.Domain", "<Reference Include=\"Some.dll\" />"),
        Right("Risk/ArCredit.Risk", Project(Platform) + Project("Risk/ArCredit.Risk.Domain") + Project("Accounts/ArCredit.Accounts.Contracts")),
        Wrong("ARC002", "Credit/ArCredit.Credit", Project("Accounts/ArCredit.Accounts.Domain")),
        Wrong("ARC002", "Banking/ArCredit.Banking", Project("Accounts/ArCredit.Accounts")),
        Wrong("ARC002", "Sync/ArCredit.Sync", Project("ArCredit.Host")),
        Wrong("ARC002", "Messaging/ArCredit.Messaging", "<ProjectReference Include=\"../../../tests/ArCredit.Testing/ArCredit.Testing.csproj\" />"),
        Right("ArCredit.Web", Project(Platform, "..") + Project("Accounts/ArCredit.Accounts.Contracts", "..")),
        Right("ArCredit.Host", Project("Accounts/ArCredit.Accounts", "..") + Project("Risk/ArCredit.Risk.Domain", "..") + Package("System.CommandLine")),
        Wrong("ARC001", "Reporting/ArCredit.Exports", string.Empty),
        Wrong("ARC001", "Reporting/Deep/ArCredit.Reporting", string.Empty),
    ];

    /// <summary>Its project name.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    private static string Framework => "<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />";

    private static string Analyzer => "<PackageReference Include=\"Some.Analyzer\" PrivateAssets=\"all\" />";

    private static Trial Right(string folder, string items) => At(folder, items, string.Empty);

    private static Trial Wrong(string code, string folder, string items) => At(folder, items, code);

    private static Trial At(string folder, string items, string code) => new($"src/{folder}/{folder.Split('/')[^1]}.csproj", items, code);

    private static string Project(string folder, string up = "../..") => $"<ProjectReference Include=\"{up}/{folder}/{folder.Split('/')[^1]}.csproj\" />";

    private static string Package(string name) => $"<PackageReference Include=\"{name}\" />";
}
