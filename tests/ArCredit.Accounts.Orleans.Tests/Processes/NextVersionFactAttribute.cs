using ArCredit.Testing.Databases;
using Xunit;

namespace ArCredit.Accounts.Orleans.Tests.Processes;

/// <summary>
/// A fact that needs another build of the host, which <c>build/test -p:Orleans=true</c> makes and names in ARCREDIT_NEXT_HOST:
/// this version with another number, and one event of a newer schema.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NextVersionFactAttribute : FactAttribute
{
    public NextVersionFactAttribute() =>
        Skip = PostgresServer.MissingReason ?? (HostPath is null ? "ARCREDIT_NEXT_HOST names no build of a next version; build/test makes one." : null);

    /// <summary>The host of the next version.</summary>
    public static string? HostPath { get; } = Environment.GetEnvironmentVariable("ARCREDIT_NEXT_HOST") is { Length: > 0 } path ? path : null;
}
