using Shouldly;

namespace ArCredit.Architecture.Tests.Tree;

/// <summary>How a rule reports.</summary>
internal static class Findings
{
    /// <summary>Fails with every finding on a line of its own.</summary>
    public static void ShouldBeNone(this IEnumerable<string> findings)
    {
        if (findings.ToList() is { Count: > 0 } all)
        {
            throw new ShouldAssertException(string.Join('\n', all));
        }
    }
}
