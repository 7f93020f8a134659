using ArCredit.Bench.Arms;
using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;

namespace ArCredit.Bench;

/// <summary>What every measurement needs.</summary>
/// <param name="Options">The command line.</param>
/// <param name="Postgres">The cluster.</param>
/// <param name="Load">The load generator.</param>
/// <param name="Cancellation">Cancelled when the bench is told to stop.</param>
internal sealed record BenchContext(BenchOptions Options, BenchPostgres Postgres, ILoad Load, CancellationToken Cancellation)
{
    private const int Accounts = 10_000;
    private const int QuickAccounts = 1_000;

    /// <summary>The accounts of every arm.</summary>
    public Population Population { get; init; } = new(Options.Quick ? QuickAccounts : Accounts);

    /// <summary>Arm A of a quick run, which stays up for the measurements after the rounds; null when they start their own.</summary>
    public ProductArm? Kept { get; init; }

    /// <summary>A line of progress.</summary>
    public static void Say(string line) => Console.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss} {line}");
}
