using System.Text.RegularExpressions;
using ArCredit.Architecture.Tests.Tree;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests;

/// <summary>What a finished piece of work does not leave behind.</summary>
public sealed class LeftoverTests
{
    // Put together from parts, so that this file does not find itself.
    private static readonly Regex Marker = new(@"\b(" + "TO" + "DO|FIX" + "ME|HA" + @"CK)\b");

    [Fact]
    public void Nothing_is_left_to_be_done_in_a_comment() =>
        Repository.Files.Where(TextFile.IsText).SelectMany(path => Markers(path, File.ReadAllLines(Repository.PathOf(path)))).ShouldBeNone();

    [Fact]
    public void No_region_hides_code() => SourceFile.All.SelectMany(Regions).ShouldBeNone();

    [Fact]
    public void A_suppressed_warning_says_why() => SourceFile.All.SelectMany(UnexplainedSuppressions).ShouldBeNone();

    [Fact]
    public void A_marker_is_found() => Markers("a.sh", ["echo ok", "# TO" + "DO later"]).ShouldBe(["a.sh:2 is unfinished: # TO" + "DO later"]);

    [Fact]
    public void A_region_is_found() => Regions(SourceFile.Parse("a.cs", "#region x\nclass C;\n#endregion")).ShouldBe(["a.cs:1 hides code in a region"]);

    [Fact]
    public void A_suppression_needs_its_reason_beside_or_above_it()
    {
        Lines("#pragma warning disable CA1000\nclass C;").ShouldBe(["a.cs:1 suppresses a warning without saying why"]);
        Lines("#pragma warning disable CA1000 // the caller owns it\nclass C;").ShouldBeEmpty();
        Lines("// the caller owns it\n#pragma warning disable CA1000\nclass C;").ShouldBeEmpty();
        Lines("[SuppressMessage(\"a\", \"b\")] class C;").ShouldBe(["a.cs:1 suppresses a warning without saying why"]);
        Lines("[SuppressMessage(\"a\", \"b\", Justification = \"c\")] class C;").ShouldBeEmpty();

        static IEnumerable<string> Lines(string text) => UnexplainedSuppressions(SourceFile.Parse("a.cs", text));
    }

    private static IEnumerable<string> Markers(string path, IReadOnlyList<string> lines) =>
        lines.Index().Where(line => Marker.IsMatch(line.Item)).Select(line => $"{path}:{line.Index + 1} is unfinished: {line.Item.Trim()}");

    private static IEnumerable<string> Regions(SourceFile file) =>
        Directives(file).OfType<RegionDirectiveTriviaSyntax>().Select(region => file.At(region, "hides code in a region"));

    private static IEnumerable<string> UnexplainedSuppressions(SourceFile file)
    {
        var lines = file.Text.Split('\n');
        var pragmas = Directives(file).OfType<PragmaWarningDirectiveTriviaSyntax>()
            .Where(pragma => pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword))
            .Where(pragma =>
            {
                var line = pragma.GetLocation().GetLineSpan().StartLinePosition.Line;
                return !lines[line].Contains("//", StringComparison.Ordinal)
                    && !(line > 0 && lines[line - 1].TrimStart().StartsWith("//", StringComparison.Ordinal));
            });
        var attributes = file.Nodes<AttributeSyntax>().Where(attribute => attribute.Name.ToString() is "SuppressMessage"
            && attribute.ArgumentList?.Arguments.Any(argument => argument.NameEquals?.Name.Identifier.Text == "Justification") != true);
        return pragmas.Concat<SyntaxNode>(attributes).Select(node => file.At(node, "suppresses a warning without saying why"));
    }

    private static IEnumerable<SyntaxNode> Directives(SourceFile file) =>
        file.Syntax.DescendantTrivia(descendIntoTrivia: true).Where(trivia => trivia.IsDirective).Select(trivia => trivia.GetStructure()!);
}
