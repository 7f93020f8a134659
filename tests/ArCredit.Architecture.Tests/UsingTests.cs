using ArCredit.Architecture.Tests.Tree;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace ArCredit.Architecture.Tests;

/// <summary>The order that dotnet format gives to usings; build/test looks at white space only, because the rest takes minutes.</summary>
public sealed class UsingTests
{
    [Fact]
    public void Usings_are_in_order() => SourceFile.All.SelectMany(Misplaced).ShouldBeNone();

    [Theory]
    [InlineData("using System;\nusing A;\nusing A.B;\nusing a.C;\nusing static A.D;\nusing X = A.E;", 0)]
    [InlineData("using A;\nusing System.Text;", 1)]
    [InlineData("using A.B;\nusing A;", 1)]
    [InlineData("using static A;\nusing B;", 1)]
    [InlineData("using X = A;\nusing static B;", 1)]
    public void What_is_out_of_order_is_found(string usings, int found) => Assert.Equal(found, Misplaced(SourceFile.Parse("a.cs", usings)).Count());

    private static IEnumerable<string> Misplaced(SourceFile file)
    {
        var all = file.Nodes<UsingDirectiveSyntax>().ToList();
        return all.Zip(all.Skip(1)).Where(pair => string.CompareOrdinal(Rank(pair.First), Rank(pair.Second)) > 0)
            .Select(pair => file.At(pair.Second, $"'{pair.Second.NamespaceOrType}' comes before '{pair.First.NamespaceOrType}'"));
    }

    // System first, then the other namespaces, then static ones, then aliases by their own names.
    private static string Rank(UsingDirectiveSyntax directive)
    {
        var name = directive.NamespaceOrType.ToString();
        var rank = directive.Alias is { } alias ? $"3 {alias.Name}"
            : directive.StaticKeyword.IsKind(SyntaxKind.StaticKeyword) ? $"2 {name}"
            : name == "System" || name.StartsWith("System.", StringComparison.Ordinal) ? $"0 {name}"
            : $"1 {name}";
        return rank.ToUpperInvariant();
    }
}
