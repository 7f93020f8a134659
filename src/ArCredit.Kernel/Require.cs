using System.Runtime.CompilerServices;

namespace ArCredit.Kernel;

/// <summary>A broken invariant: the state is not what the code proved it to be, so nothing may be decided on it.</summary>
public sealed class InvariantException(string message) : Exception(message);

/// <summary>Assertions that stay on in production: money code stops rather than goes on with a wrong number.</summary>
public static class Require
{
    /// <summary>Throws <see cref="InvariantException"/> naming the expression when <paramref name="condition"/> is false.</summary>
    public static void That(bool condition, [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            throw new InvariantException($"Invariant broken: {expression}");
        }
    }
}
