using ArCredit.Architecture.Tests.Tree;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests;

/// <summary>What the cluster host must know of every command, seen also where the host itself cannot be built.</summary>
public sealed class ClusterWireTests
{
    private const string Codec = "src/Accounts/ArCredit.Accounts.Orleans/Wire/CommandCodec.cs";
    private const string Command = "AccountCommand";

    // What a node of an older version makes of a command that it does not know.
    private const string NoCommand = "CommandOfNewerVersion";

    // The test itself, and the random commands that it sends too.
    private static readonly string[] Samples = ["tests/ArCredit.Accounts.Orleans.Tests/Wire/", "tests/ArCredit.Accounts.Tests/Domain/Model/"];

    [Fact]
    public void Every_command_can_be_sent_from_node_to_node()
    {
        var commands = SourceFile.Production.Where(file => file.Path.Contains(".Contracts/", StringComparison.Ordinal)).SelectMany(CommandsIn).ToList();
        commands.ShouldContain("ReserveCredit");

        var sent = SourceFile.All.Single(file => file.Path == Codec).Nodes<TypeOfExpressionSyntax>().Select(type => type.Type.ToString());
        commands.Except(sent).Select(command => $"{Codec} does not know {command}").ShouldBeNone();
    }

    [Fact]
    public void Every_command_is_sent_once_in_the_tests_of_the_wire()
    {
        var tried = SourceFile.OfTests.Where(file => Samples.Any(folder => file.Path.StartsWith(folder, StringComparison.Ordinal)))
            .SelectMany(file => file.Nodes<ObjectCreationExpressionSyntax>()).Select(made => made.Type.ToString());
        SourceFile.Production.SelectMany(CommandsIn).Except([NoCommand, .. tried]).Select(command => $"{Samples[0]} makes no {command}").ShouldBeNone();
    }

    [Fact]
    public void A_command_is_known_by_what_it_derives_from() =>
        CommandsIn(SourceFile.Parse("a.cs", "record A(int X) : AccountCommand; record B : Other; abstract record AccountCommand;")).ShouldBe(["A"]);

    private static IEnumerable<string> CommandsIn(SourceFile file) => file.Nodes<RecordDeclarationSyntax>()
        .Where(record => record.BaseList?.Types.Any(type => type.Type.ToString() == Command) == true)
        .Select(record => record.Identifier.Text);
}
