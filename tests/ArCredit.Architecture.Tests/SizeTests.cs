using ArCredit.Architecture.Tests.Tree;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests;

public sealed class SizeTests
{
    private const int MaxFileLines = 500;
    private const int MaxMethodLines = 70;

    [Fact]
    public void No_file_is_longer_than_500_lines() => SourceFile.All.SelectMany(LongFile).ShouldBeNone();

    [Fact]
    public void No_method_is_longer_than_70_lines() => SourceFile.All.SelectMany(LongMethods).ShouldBeNone();

    [Fact]
    public void A_file_of_501_lines_is_found_and_one_of_500_is_not()
    {
        LongFile(SourceFile.Parse("a.cs", new string('\n', 501))).ShouldHaveSingleItem();
        LongFile(SourceFile.Parse("a.cs", new string('\n', 500))).ShouldBeEmpty();
    }

    [Fact]
    public void A_method_of_71_lines_is_found_and_one_of_70_is_not()
    {
        LongMethods(Method(71)).ShouldBe(["a.cs:2 'M' has 71 lines"]);
        LongMethods(Method(70)).ShouldBeEmpty();

        static SourceFile Method(int lines) => SourceFile.Parse("a.cs", $"class C {{\n void M() {{{new string('\n', lines - 1)}}}\n}}");
    }

    [Fact]
    public void Top_level_statements_count_as_one_method() =>
        LongMethods(SourceFile.Parse("a.cs", string.Concat(Enumerable.Repeat("F();\n", 71)))).ShouldBe(["a.cs:1 'top-level statements' has 71 lines"]);

    private static IEnumerable<string> LongFile(SourceFile file)
    {
        var lines = file.Text.Count(character => character == '\n');
        return lines > MaxFileLines ? [file.At(1, $"has {lines} lines")] : [];
    }

    private static IEnumerable<string> LongMethods(SourceFile file)
    {
        var methods = file.Nodes<SyntaxNode>().Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax)
            .Select(node => (Node: node, Name: NameOf(node), Lines: LineOf(file, node.Span.End) - LineOf(file, node.SpanStart) + 1));
        if (file.Nodes<GlobalStatementSyntax>().ToList() is { Count: > 0 } statements)
        {
            methods = methods.Append((statements[0], "top-level statements", LineOf(file, statements[^1].Span.End) - LineOf(file, statements[0].SpanStart) + 1));
        }

        return methods.Where(method => method.Lines > MaxMethodLines).Select(method => file.At(method.Node, $"'{method.Name}' has {method.Lines} lines"));
    }

    private static int LineOf(SourceFile file, int position) => file.Syntax.SyntaxTree.GetText().Lines.GetLineFromPosition(position).LineNumber;

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
        _ => node.Kind().ToString(),
    };
}
