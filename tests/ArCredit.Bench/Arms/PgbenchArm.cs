using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>Arm (b): the function of (a′) without HTTP, with the number of clients that is best for it.</summary>
internal sealed class PgbenchArm(BenchPostgres postgres) : Arm(ArmNames.Pgbench, "(b) pgbench")
{
    private static readonly int[] UniformClients = [8, 16, 32, 64];
    private static readonly int[] HotClients = [1, 2, 4, 8];
    private readonly Pgbench pgbench = new();
    private readonly Dictionary<Shape, int> best = [];
    private string connectionString = string.Empty;

    /// <summary>The generator is no server; what counts is PostgreSQL's.</summary>
    public override TimeSpan CpuTime => TimeSpan.Zero;

    public override async Task StartAsync(CancellationToken cancellation) =>
        connectionString = await RivalDatabase.CreateAsync(postgres, Name, "none-is-asked-for-0123", cancellation);

    public override ValueTask DisposeAsync()
    {
        pgbench.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<LoadCount> LoadAsync(Run run, CancellationToken cancellation)
    {
        if (best.TryGetValue(run.Shape, out var clients))
        {
            return await pgbench.RunAsync(connectionString, Population.Prefix(run.Shape, run.Round), Population.Accounts(run.Shape), clients, run.Seconds, cancellation);
        }

        // The first run of a shape, which is part of the warm-up, looks for the best number of clients.
        var (all, found, rate) = (default(LoadCount), 0, 0d);
        foreach (var candidate in run.Shape == Shape.Hot ? HotClients : UniformClients)
        {
            var load = await pgbench.RunAsync(
                connectionString, Population.Prefix(run.Shape, run.Round), Population.Accounts(run.Shape), candidate, Math.Max(1, run.Seconds / 2), cancellation);
            all = new LoadCount(all.Answered + load.Answered, 0, 0, all.Elapsed + load.Elapsed);
            if (load.Acknowledged / load.Elapsed.TotalSeconds is var reached && reached > rate)
            {
                (found, rate) = (candidate, reached);
            }
        }

        best[run.Shape] = found;
        return all;
    }

    protected override Task<Books?> ReadBooksAsync(CancellationToken cancellation) => RivalDatabase.ReadBooksAsync(connectionString, cancellation);
}
