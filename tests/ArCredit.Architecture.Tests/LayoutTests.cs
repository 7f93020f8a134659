using System.Text.RegularExpressions;
using ArCredit.Architecture.Tests.Tree;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests;

public sealed class LayoutTests
{
    private static readonly string[] TopLevel = ["src", "tests", "build", "docker", "ArCredit.sln", ".editorconfig", "README.md", ".ci", ".gitignore", ".git"];

    [Fact]
    public void The_top_level_is_closed() =>
        Repository.Files.Select(file => file.Split('/')[0]).Distinct().Except(TopLevel).Select(entry => $"{entry} does not belong to the top level").ShouldBeNone();

    [Fact]
    public void Every_project_on_disk_is_in_the_solution_and_the_other_way_round()
    {
        var listed = Regex.Matches(File.ReadAllText(Repository.PathOf("ArCredit.sln")), "\"([^\"]+\\.csproj)\"").Select(match => match.Groups[1].Value.Replace('\\', '/'));

        listed.Order(StringComparer.Ordinal).ShouldBe(Repository.FilesEnding(".csproj"));
    }

    [Fact]
    public void Every_project_belongs_to_src_or_tests() =>
        Repository.FilesEnding(".csproj").Except(Repository.FilesEnding(".csproj", "src", "tests")).ShouldBeNone();

    [Fact]
    public void No_two_projects_need_each_other() =>
        Graph.FindCycle(ProjectFile.All.SelectMany(project => project.References.Select(target => (project.Path, target)))).ShouldBeNull();

    [Fact]
    public void No_two_modules_need_each_other() => Graph.FindCycle(ModuleEdges(ProjectFile.All)).ShouldBeNull();

    [Fact]
    public void A_way_round_is_found()
    {
        Graph.FindCycle([("a", "b"), ("b", "c"), ("c", "b")]).ShouldBe("b -> c -> b");
        Graph.FindCycle([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]).ShouldBeNull();
    }

    [Fact]
    public void Two_modules_that_use_each_others_contracts_need_each_other()
    {
        ProjectFile[] projects =
        [
            ProjectFile.Read("src/A/ArCredit.A/ArCredit.A.csproj", Referring("../../B/ArCredit.B.Contracts/ArCredit.B.Contracts.csproj")),
            ProjectFile.Read("src/B/ArCredit.B/ArCredit.B.csproj", Referring("..\\..\\A\\ArCredit.A.Contracts\\ArCredit.A.Contracts.csproj")),
        ];

        Graph.FindCycle(ModuleEdges(projects)).ShouldBe("A -> B -> A");

        static string Referring(string target) => $"<Project><ItemGroup><ProjectReference Include=\"{target}\" /></ItemGroup></Project>";
    }

    private static IEnumerable<(string From, string To)> ModuleEdges(IEnumerable<ProjectFile> projects) =>
        from project in projects
        from target in project.References
        let source = ProjectFile.ModuleOf(project.Path)
        let reached = ProjectFile.ModuleOf(target)
        where source is not null && reached is not null && source != reached
        select (source, reached);
}
