using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using ArCredit.Architecture.Tests.Tree;
using ArCredit.Testing.Oracles;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests;

/// <summary>Faults put in on purpose are in the list, and in nothing that is shipped.</summary>
public sealed class PlantedBugTests
{
    private const string Type = "src/ArCredit.Kernel/Planted.cs";
    private static readonly Regex Block = new(@"^[ \t]*#if PLANTED_BUGS\r?\n(.*?)^[ \t]*#endif", RegexOptions.Multiline | RegexOptions.Singleline);
    private static readonly Regex Name = new("Planted\\.Is\\(\"([^\"]+)\"\\)");

    private static IEnumerable<SourceFile> Sites => SourceFile.Production.Where(file => file.Path != Type);

    [Fact]
    public void Every_planted_bug_is_in_the_list_and_the_list_names_no_other() =>
        Sites.SelectMany(file => Name.Matches(file.Text)).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(PlantedBugs.All.Select(bug => bug.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_block_of_planted_code_names_its_bug() => Sites.SelectMany(file => Nameless(file.Path, file.Text)).ShouldBeNone();

    [Fact]
    public void Nothing_outside_such_a_block_mentions_them() => SourceFile.Production.SelectMany(file => Outside(file.Path, file.Text)).ShouldBeNone();

    [Fact]
    public void What_is_shipped_knows_nothing_of_them()
    {
        var shipped = Directory.GetFiles(Path.Combine(Repository.Root, "src", "ArCredit.Host", "bin", BuiltAs), "ArCredit.*.dll");

        shipped.Length.ShouldBeGreaterThan(4);
        shipped.Where(HasPlanted).ShouldBeEmpty();
    }

    [Fact]
    public void A_careless_block_is_found()
    {
        Nameless("a.cs", "#if PLANTED_BUGS\nx();\n#endif\n").ShouldBe(["a.cs has planted code that names no bug"]);
        Nameless("a.cs", "    #if PLANTED_BUGS\n  if (Planted.Is(\"b\")) {}\n    #endif\n").ShouldBeEmpty();
        Outside("a.cs", "#if PLANTED_BUGS\nPlanted.Is(\"b\");\n#endif\n").ShouldBeEmpty();
        Outside("a.cs", "Planted.Is(\"b\");\n").ShouldBe(["a.cs mentions planted bugs outside #if PLANTED_BUGS"]);
        Outside("a.cs", "#if DEBUG || PLANTED_BUGS\n#endif\n").ShouldBe(["a.cs mentions planted bugs outside #if PLANTED_BUGS"]);
    }

    // "Release/net10.0": these tests look at what was built together with them.
    private static string BuiltAs => Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "ArCredit.Architecture.Tests", "bin"), AppContext.BaseDirectory);

    private static IEnumerable<string> Nameless(string path, string text) =>
        Block.Matches(text).Where(block => !Name.IsMatch(block.Value)).Select(_ => $"{path} has planted code that names no bug");

    private static IEnumerable<string> Outside(string path, string text)
    {
        if (Regex.IsMatch(Block.Replace(text, string.Empty), @"PLANTED|\bPlanted\b"))
        {
            yield return $"{path} mentions planted bugs outside #if PLANTED_BUGS";
        }
    }

    private static bool HasPlanted(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Select(type => metadata.GetString(type.Name))
            .Concat(metadata.TypeReferences.Select(metadata.GetTypeReference).Select(type => metadata.GetString(type.Name))).Contains("Planted");
    }
}
