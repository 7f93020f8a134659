using ArCredit.Architecture.Tests.Tree;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests;

/// <summary>
/// The cluster host is written against Orleans itself and nothing else: what cannot be restored is not built. Whoever sees the
/// packages also compares the names of types; see the cluster's own tests.
/// </summary>
public sealed class StandInTests
{
    private const string Foreign = "Orleans";

    private static readonly string[] OfTheCluster =
        [.. Repository.FilesEnding(".csproj", "src", "tests").Where(project => project.EndsWith(".Orleans.csproj", StringComparison.Ordinal) || project.EndsWith(".Orleans.Tests.csproj", StringComparison.Ordinal))
            .Select(project => Path.GetDirectoryName(project)!.Replace('\\', '/') + "/")];

    [Fact]
    public void No_namespace_is_one_of_Orleans() => SourceFile.All.SelectMany(StandIns).ShouldBeNone();

    [Fact]
    public void Only_the_cluster_host_and_its_tests_know_Orleans() => SourceFile.All.Where(file => !IsOfTheCluster(file.Path)).SelectMany(Uses).ShouldBeNone();

    [Fact]
    public void Nothing_but_its_packages_brings_Orleans_in()
    {
        OfTheCluster.Length.ShouldBe(2);
        Repository.Files.Where(file => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".nupkg", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
        Repository.FilesEnding(".csproj", "src", "tests").Where(project => !IsOfTheCluster(project))
            .Where(project => File.ReadAllText(Repository.PathOf(project)).Contains("PackageReference Include=\"Microsoft.Orleans", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("namespace Orleans; public interface IGrain;")]
    [InlineData("namespace Orleans.Runtime { class C; }")]
    [InlineData("namespace Microsoft.Orleans.Core; class C;")]
    public void A_stand_in_is_found(string text) => StandIns(SourceFile.Parse("a.cs", text)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("using Orleans; class C;")]
    [InlineData("class C { global::Orleans.IGrain grain; }")]
    [InlineData("class C { Microsoft.Orleans.Thing thing; }")]
    public void A_use_is_found(string text) => Uses(SourceFile.Parse("a.cs", text)).ShouldHaveSingleItem();

    [Fact]
    public void A_namespace_of_our_own_is_fine()
    {
        const string Own = "using ArCredit.Accounts.Orleans; namespace ArCredit.Accounts.Orleans.Grains; class C { ArCredit.Accounts.Orleans.Thing thing; const string Orleans = nameof(Orleans); string s = Orleans; }";
        StandIns(SourceFile.Parse("a.cs", Own)).ShouldBeEmpty();
        Uses(SourceFile.Parse("a.cs", Own)).ShouldBeEmpty();
    }

    private static bool IsOfTheCluster(string path) => OfTheCluster.Any(folder => path.StartsWith(folder, StringComparison.Ordinal));

    private static IEnumerable<string> StandIns(SourceFile file) => file.Nodes<BaseNamespaceDeclarationSyntax>()
        .Where(space => IsForeign(space.Name))
        .Select(space => file.At(space, $"declares {space.Name}, which is not ours to declare"));

    // Qualified names only: a name alone may be anything of ours.
    private static IEnumerable<string> Uses(SourceFile file) => file.Nodes<UsingDirectiveSyntax>().Select(use => use.Name).OfType<NameSyntax>()
        .Concat(file.Nodes<QualifiedNameSyntax>().Where(name => name.Parent is not (QualifiedNameSyntax or UsingDirectiveSyntax or BaseNamespaceDeclarationSyntax)))
        .Where(IsForeign)
        .Select(name => file.At(name, $"uses {name}"));

    private static bool IsForeign(NameSyntax name) =>
        name.ToString().Replace("global::", string.Empty, StringComparison.Ordinal).Split('.') is [Foreign, ..] or ["Microsoft", Foreign, ..];
}
