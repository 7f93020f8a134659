using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>Arm (b): the function of (a′) without HTTP, with the number of clients that is best for it.</summary>
internal sealed class PgbenchArm(BenchContext bench) : Arm(ArmNames.Pgbench, "(b) pgbench")
{
    private readonly Dictionary<Shape, int> best = [];
    private Pgbench? pgbench;
    private string connectionString = string.Empty;

    /// <summary>The generator is no server; what counts is PostgreSQL's.</summary>
    public override TimeSpan CpuTime => TimeSpan.Zero;

    private Pgbench Pgbench => pgbench ?? throw new InvalidOperationException($"{Name} was not started.");

    public override async Task StartAsync(CancellationToken cancellation)
    {
        pgbench = new Pgbench();
        connectionString = await RivalDatabase.CreateAsync(bench, Name, "none-is-asked-for-0123456");
    }

    public override ValueTask DisposeAsync()
    {
        pgbench?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<LoadCount> LoadAsync(Run run, CancellationToken cancellation)
    {
        if (best.TryGetValue(run.Shape, out var clients))
        {
            return await Pgbench.RunAsync(connectionString, Population.Prefix(run.Shape, run.Round), bench.Population.Accounts(run.Shape), clients, run.Seconds, cancellation);
        }

        // The first run of a shape, which is part of the warm-up, looks for the best number of clients.
        var (all, found, rate) = (default(LoadCount), 0, -1d);
        foreach (var candidate in Candidates(run.Shape))
        {
            var load = await Pgbench.RunAsync(
                connectionString, Population.Prefix(run.Shape, run.Round), bench.Population.Accounts(run.Shape), candidate, Math.Max(1, run.Seconds / 2), cancellation);
            all = new LoadCount(all.Sent + load.Sent, all.Answered + load.Answered, 0, 0, all.Elapsed + load.Elapsed);
            if (load.Acknowledged / load.Elapsed.TotalSeconds is var reached && reached > rate)
            {
                (found, rate) = (candidate, reached);
            }
        }

        best[run.Shape] = found;
        return all;
    }

    private int[] Candidates(Shape shape) => (shape, bench.Options.Quick) switch
    {
        (Shape.Hot, false) => [1, 2, 4, 8],
        (Shape.Uniform, false) => [8, 16, 32, 64],
        (Shape.Hot, true) => [2],
        _ => [16],
    };

    protected override Task<Books?> ReadBooksAsync(CancellationToken cancellation) => RivalDatabase.ReadBooksAsync(connectionString, cancellation);
}
