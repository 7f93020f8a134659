using ArCredit.Architecture.Tests.Tree;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests;

/// <summary>A caught failure that is swallowed is a lie told to whoever asked.</summary>
public sealed class CatchTests
{
    [Fact]
    public void Every_catch_names_what_it_catches_and_no_failure_is_swallowed() => SourceFile.All.SelectMany(BadCatches).ShouldBeNone();

    [Theory]
    [InlineData("catch { throw; }")]
    [InlineData("catch (Exception) { return; }")]
    [InlineData("catch (System.Exception e) { count++; }")]
    [InlineData("catch (Exception e) when (e is not OperationCanceledException) { count++; }")]
    [InlineData("catch (Exception e) when (Anything.Is(e)) { return; }")]
    [InlineData("catch (Exception e) when (e is IOException || e is not TimeoutException) { return; }")]
    [InlineData("catch (IOException) { }")]
    public void A_swallowed_failure_is_found(string clause) => BadCatches(Try(clause)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("catch (Exception) { Clean(); throw; }")]
    [InlineData("catch (Exception e) { logger.LogError(e, \"Lane {Lane} stopped\", lane); }")]
    [InlineData("catch (Exception e) { source.TrySetException(e); }")]
    [InlineData("catch (Exception e) when (e is IOException or TimeoutException) { Retry(); }")]
    [InlineData("catch (Exception e) when (DatabaseOutage.Is(e)) { return; }")]
    [InlineData("catch (Exception e) when (AccountOutage.Is(e) || e is IOException) { return; }")]
    [InlineData("catch (Exception e) when (stopping && e is IOException or TimeoutException) { Retry(); }")]
    [InlineData("catch (IOException) { return false; }")]
    [InlineData("catch (OperationCanceledException) { /* the host is stopping */ }")]
    public void A_failure_that_is_named_told_or_thrown_on_is_fine(string clause) => BadCatches(Try(clause)).ShouldBeEmpty();

    private static SourceFile Try(string clause) => SourceFile.Parse("a.cs", $"class C {{ void M() {{ try {{ N(); }} {clause} }} }}");

    private static IEnumerable<string> BadCatches(SourceFile file)
    {
        foreach (var clause in file.Nodes<CatchClauseSyntax>())
        {
            if (clause.Declaration is null)
            {
                yield return file.At(clause, "catches without a type");
            }
            else if (IsGeneral(clause) && !Throws(clause) && !PassesOn(clause))
            {
                yield return file.At(clause, "catches Exception and neither throws it, logs it nor passes it on");
            }
            else if (clause.Block.Statements.Count == 0 && !clause.Block.DescendantTrivia().Any(IsComment))
            {
                yield return file.At(clause, $"swallows {clause.Declaration.Type} without saying why");
            }
        }
    }

    private static bool IsGeneral(CatchClauseSyntax clause) =>
        clause.Declaration!.Type.ToString() is "Exception" or "System.Exception" && !Narrows(clause.Filter?.FilterExpression);

    // "e is IOException or TimeoutException" names types, and so do the predicates for them; "e is not
    // OperationCanceledException" leaves everything else in.
    private static bool Narrows(ExpressionSyntax? filter) => filter switch
    {
        IsPatternExpressionSyntax narrow => narrow.Pattern is not UnaryPatternSyntax,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both => Narrows(both.Left) || Narrows(both.Right),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } either => Narrows(either.Left) && Narrows(either.Right),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.IsExpression } => true,
        InvocationExpressionSyntax named => named.Expression.ToString() is "DatabaseOutage.Is" or "AccountOutage.Is",
        _ => false,
    };

    private static bool Throws(CatchClauseSyntax clause) => clause.Block.DescendantNodes().Any(node => node is ThrowStatementSyntax or ThrowExpressionSyntax);

    private static bool PassesOn(CatchClauseSyntax clause) => clause.Block.DescendantNodes().OfType<ArgumentSyntax>()
        .Any(argument => argument.Expression is IdentifierNameSyntax name && name.Identifier.Text == clause.Declaration!.Identifier.Text);

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);
}
