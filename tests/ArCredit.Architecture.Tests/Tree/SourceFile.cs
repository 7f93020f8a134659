using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ArCredit.Architecture.Tests.Tree;

/// <summary>A C# file, parsed.</summary>
/// <param name="Path">Relative to the root, with '/'.</param>
/// <param name="Text">Its content.</param>
/// <param name="Syntax">Its root node.</param>
internal sealed record SourceFile(string Path, string Text, SyntaxNode Syntax)
{
    private static readonly Lazy<IReadOnlyList<SourceFile>> LazyAll = new(() =>
        [.. Repository.FilesEnding(".cs", "src", "tests").Select(path => Parse(path, File.ReadAllText(Repository.PathOf(path))))]);

    /// <summary>Every C# file of src and tests.</summary>
    public static IReadOnlyList<SourceFile> All => LazyAll.Value;

    /// <summary>Those of src.</summary>
    public static IEnumerable<SourceFile> Production => All.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal));

    /// <summary>Those of tests.</summary>
    public static IEnumerable<SourceFile> OfTests => All.Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal));

    /// <summary>Reads a text as the C# file of a path.</summary>
    public static SourceFile Parse(string path, string text) =>
        new(path, text, CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview)).GetRoot());

    /// <summary>All nodes of a kind.</summary>
    public IEnumerable<TNode> Nodes<TNode>()
        where TNode : SyntaxNode => Syntax.DescendantNodes().OfType<TNode>();

    /// <summary>A finding at the first line of a node.</summary>
    public string At(SyntaxNodeOrToken node, string complaint) => At(node.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1, complaint);

    /// <summary>A finding at a line, counted from 1.</summary>
    public string At(int line, string complaint) => $"{Path}:{line} {complaint}";
}
