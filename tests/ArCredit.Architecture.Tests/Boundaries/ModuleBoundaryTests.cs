using System.Xml.Linq;
using ArCredit.Architecture.Tests.Tree;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests.Boundaries;

public sealed class ModuleBoundaryTests(BoundaryVerdicts verdicts) : IClassFixture<BoundaryVerdicts>
{
    public static TheoryData<string> Trials => [.. Trial.All.Select(trial => trial.Path)];

    [Theory]
    [MemberData(nameof(Trials))]
    public void A_project_is_judged_by_its_folder(string path)
    {
        var trial = Trial.All.Single(trial => trial.Path == path);

        verdicts.CodesOf(trial).Distinct().ShouldBe(trial.Code.Length == 0 ? [] : [trial.Code]);
    }

    [Fact]
    public void A_violating_project_does_not_build()
    {
        using var tree = new TrialTree();
        tree.Write("src/Directory.Build.targets", File.ReadAllText(Repository.PathOf("src/Directory.Build.targets")));
        tree.Write("src/ArCredit.Platform/ArCredit.Platform.csproj", SdkProject(string.Empty));
        var project = tree.Write(
            "src/Sales/ArCredit.Sales.Domain/ArCredit.Sales.Domain.csproj",
            SdkProject("<ItemGroup><ProjectReference Include=\"../../ArCredit.Platform/ArCredit.Platform.csproj\" /></ItemGroup>"));

        var (exitCode, output) = tree.Dotnet("build", project, "-nodeReuse:false", "--nologo");

        TrialTree.ErrorsIn(output).ShouldBe(
            ["ARC002: ArCredit.Sales.Domain (Domain) may not reference ArCredit.Platform (Platform); see build/adr/0001-boundaries-as-build-errors.md."], output);
        exitCode.ShouldBe(1);
    }

    [Fact]
    public void Every_project_in_src_is_under_the_rules()
    {
        // MSBuild takes the nearest Directory.Build.targets only, and a project may opt out of it: neither may happen.
        Repository.FilesEnding("Directory.Build.targets", "src").ShouldBe(["src/Directory.Build.targets"]);
        XDocument.Load(Repository.PathOf("src/Directory.Build.targets")).Descendants("Import").Select(import => import.Attribute("Project")!.Value)
            .ShouldBe(["../build/ModuleBoundaries.targets", "../build/PlantedBugs.targets"]);
        Repository.FilesEnding(".csproj", "src")
            .Where(path => File.ReadAllText(Repository.PathOf(path)).Contains("ImportDirectoryBuildTargets", StringComparison.Ordinal)).ShouldBeNone();
    }

    [Theory]
    [InlineData("build", "-p:PlantedBugs=true", "-c", "Release")]
    [InlineData("build", "-p:DefineConstants=TRACE%3BPLANTED_BUGS")]
    [InlineData("publish", "-p:PlantedBugs=true", "-c", "Debug")]
    [InlineData("pack", "-p:PlantedBugs=true", "-c", "Debug")]
    public void Planted_bugs_cannot_be_shipped(string verb, params string[] flags)
    {
        using var tree = new TrialTree();
        tree.Write("src/Directory.Build.targets", File.ReadAllText(Repository.PathOf("src/Directory.Build.targets")));
        var project = tree.Write("src/ArCredit.Kernel/ArCredit.Kernel.csproj", SdkProject(string.Empty));

        var (exitCode, output) = tree.Dotnet([verb, project, "-nodeReuse:false", "--nologo", .. flags]);

        TrialTree.ErrorsIn(output).ShouldHaveSingleItem(output).ShouldStartWith("ARC004: ArCredit.Kernel: ");
        exitCode.ShouldBe(1);
    }

    private static string SdkProject(string items) =>
        $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>{items}</Project>";
}
