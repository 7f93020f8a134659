using ArCredit.Architecture.Tests.Tree;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests;

public sealed class NamingTests
{
    // Names that say nothing: the type is called after what it is in the domain instead.
    private static readonly string[] EmptyWords = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Processor", "Data", "Info", "Service"];

    // "Master data" is what the domain calls the facts about a customer that do not come from documents.
    private const string DomainWord = "MasterData";

    private static readonly Lazy<HashSet<string>> Needed = new(() => NeededBy("src/ArCredit.Host/", SourceFile.Production));

    [Fact]
    public void No_type_is_called_by_an_empty_word() => SourceFile.Production.SelectMany(EmptyNames).ShouldBeNone();

    [Fact]
    public void A_module_shows_only_its_entry_points_and_what_the_host_needs() =>
        SourceFile.Production.Where(IsModule).SelectMany(file => ExposedTypes(file, Needed.Value)).ShouldBeNone();

    [Fact]
    public void No_test_sleeps() => SourceFile.OfTests.SelectMany(Sleeps).ShouldBeNone();

    /// <summary>The OpenAPI document knows a schema by the type's bare name: of two alike it shows one, in both places.</summary>
    [Fact]
    public void No_two_bodies_have_one_name() => SharedNames(SourceFile.Production).ShouldBeNone();

    [Fact]
    public void A_shared_name_of_two_bodies_is_found() => SharedNames(
        [SourceFile.Parse("a.cs", "record OrderView(int A); class C { record LineBody(int A); }"), SourceFile.Parse("b.cs", "record OrderView(int B); class D { class Inner; record Line; }"), SourceFile.Parse("c.cs", "class Inner;")])
        .ShouldBe(["b.cs:1 'OrderView' is in a.cs too: one of them is not in the API's document"]);

    [Theory]
    [InlineData("class AccountManager;")]
    [InlineData("record OrderInfo(int A);")]
    [InlineData("interface IPaymentService;")]
    [InlineData("class Outer { enum RowData { A } }")]
    public void An_empty_word_is_found(string text) => EmptyNames(SourceFile.Parse("a.cs", text)).ShouldHaveSingleItem();

    [Fact]
    public void A_word_that_only_begins_so_is_fine() => EmptyNames(SourceFile.Parse("a.cs", "class DataSource; class ServiceLevel; record MasterData;")).ShouldBeEmpty();

    [Fact]
    public void A_public_type_is_found_unless_it_only_extends_or_the_host_needs_it()
    {
        Exposed("public sealed class C;").ShouldBe(["a.cs:1 'C' is public: a module shows AddX(), MapX() and what the host needs only"]);
        Exposed("public sealed class Named;").ShouldBeEmpty();
        Exposed("internal sealed class C { public class Inner; }").ShouldBeEmpty();
        Exposed("public static class M { public static void MapX(this Routes routes) { } }").ShouldBeEmpty();
        Exposed("public static class M { public static void MapX(Routes routes) { } }").ShouldHaveSingleItem();

        static IEnumerable<string> Exposed(string text) => ExposedTypes(SourceFile.Parse("a.cs", text), ["Named"]);
    }

    [Fact]
    public void What_a_needed_type_shows_is_needed_too() => NeededBy(
        "src/ArCredit.Host/",
        [
            SourceFile.Parse("src/ArCredit.Host/Program.cs", "_ = new Import();"),
            SourceFile.Parse("src/A/ArCredit.A/A.cs", "public class Import { public Line Next() => null; } public class Line; public class Other { Stray s; }"),
        ]).Intersect(["Import", "Line", "Other", "Stray"]).ShouldBe(["Import", "Line"], ignoreOrder: true);

    [Fact]
    public void A_sleep_is_found() =>
        Sleeps(SourceFile.Parse("a.cs", "class C { async Task M() { Thread.Sleep(1); await Task.Delay(1, clock); } }")).Count().ShouldBe(2);

    [Theory]
    [InlineData("src/Accounts/ArCredit.Accounts/A.cs", true)]
    [InlineData("src/ArCredit.Web/A.cs", true)]
    [InlineData("src/Accounts/ArCredit.Accounts.Contracts/A.cs", false)]
    [InlineData("src/Accounts/ArCredit.Accounts.Domain/A.cs", false)]
    [InlineData("src/ArCredit.Platform/Data/A.cs", false)]
    public void A_module_is_known_by_its_folder(string path, bool expected) => IsModule(SourceFile.Parse(path, string.Empty)).ShouldBe(expected);

    private static bool IsModule(SourceFile file)
    {
        var parts = file.Path.Split('/');
        return parts[1] is not ("ArCredit.Kernel" or "ArCredit.Platform" or "ArCredit.Host")
            && !parts[2].EndsWith(".Contracts", StringComparison.Ordinal) && !parts[2].EndsWith(".Domain", StringComparison.Ordinal);
    }

    private static IEnumerable<string> SharedNames(IEnumerable<SourceFile> files) =>
        files.SelectMany(file => file.Nodes<RecordDeclarationSyntax>(), (file, type) => (File: file, Type: type))
            .Where(one => one.Type.Identifier.Text is var name && (name.EndsWith("View", StringComparison.Ordinal) || name.EndsWith("Body", StringComparison.Ordinal))
                && !one.Type.Modifiers.Any(SyntaxKind.PartialKeyword))
            .GroupBy(one => one.Type.Identifier.Text, StringComparer.Ordinal)
            .SelectMany(group => group.Skip(1).Select(one => one.File.At(one.Type, $"'{group.Key}' is in {group.First().File.Path} too: one of them is not in the API's document")));

    private static IEnumerable<string> EmptyNames(SourceFile file) => file.Nodes<BaseTypeDeclarationSyntax>()
        .Where(type => EmptyWords.Any(word => type.Identifier.Text.EndsWith(word, StringComparison.Ordinal)))
        .Where(type => !type.Identifier.Text.EndsWith(DomainWord, StringComparison.Ordinal))
        .Select(type => file.At(type, $"'{type.Identifier.Text}' ends in a word that says nothing"));

    private static IEnumerable<string> ExposedTypes(SourceFile file, HashSet<string> needed) => file.Nodes<BaseTypeDeclarationSyntax>()
        .Where(type => type.Parent is not BaseTypeDeclarationSyntax && type.Modifiers.Any(SyntaxKind.PublicKeyword))
        .Where(type => !OnlyExtends(type) && !needed.Contains(type.Identifier.Text))
        .Select(type => file.At(type, $"'{type.Identifier.Text}' is public: a module shows AddX(), MapX() and what the host needs only"));

    // What the host names, and what the types it names show in turn.
    private static HashSet<string> NeededBy(string host, IEnumerable<SourceFile> files)
    {
        var all = files.ToList();
        var types = all.Where(IsModule).SelectMany(file => file.Nodes<BaseTypeDeclarationSyntax>()).ToLookup(type => type.Identifier.Text, StringComparer.Ordinal);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(all.Where(file => file.Path.StartsWith(host, StringComparison.Ordinal)).SelectMany(file => Identifiers(file.Syntax)));
        while (open.TryDequeue(out var name))
        {
            if (needed.Add(name))
            {
                foreach (var shown in types[name].SelectMany(Identifiers))
                {
                    open.Enqueue(shown);
                }
            }
        }

        return needed;
    }

    private static IEnumerable<string> Identifiers(SyntaxNode node) => node.DescendantNodes().OfType<SimpleNameSyntax>().Select(name => name.Identifier.Text);

    private static bool OnlyExtends(BaseTypeDeclarationSyntax type) => type is ClassDeclarationSyntax entry
        && entry.Modifiers.Any(SyntaxKind.StaticKeyword)
        && entry.Members.OfType<MethodDeclarationSyntax>().Where(method => method.Modifiers.Any(SyntaxKind.PublicKeyword))
            .All(method => method.ParameterList.Parameters.FirstOrDefault()?.Modifiers.Any(SyntaxKind.ThisKeyword) == true);

    private static IEnumerable<string> Sleeps(SourceFile file) => file.Nodes<MemberAccessExpressionSyntax>()
        .Where(access => access.ToString() is "Thread.Sleep" or "Task.Delay")
        .Select(access => file.At(access, $"waits with {access}: wait for the event itself"));
}
