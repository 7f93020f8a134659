using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;
using ArCredit.Bench.Processes;
using ArCredit.Bench.Rivals;
using Npgsql;

namespace ArCredit.Bench.Arms;

/// <summary>Arms (a) and (a′): a minimal API on a database of their own.</summary>
internal sealed class RivalArm(string name, string title, Wrk wrk, BenchPostgres postgres) : HttpArm(name, title, wrk)
{
    private const string Key = "rival-key-0123456789abcdef";

    // The best of 16, 32 and 64 on two processors: more only queue at the locks, fewer share fewer commits.
    private const int PoolSize = 32;
    private string connectionString = string.Empty;

    public override async Task StartAsync(CancellationToken cancellation)
    {
        connectionString = await RivalDatabase.CreateAsync(postgres, Name, Key, cancellation);
        var pooled = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = PoolSize,
            MinPoolSize = PoolSize,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        };
        Server = await RivalStart.RunAsync(Name, pooled.ConnectionString, cancellation);
    }

    protected override LoadRequest RequestOf(Run run) => LoadRequest.Reserve(Population.Prefix(run.Shape, run.Round), Population.Accounts(run.Shape), Key);

    protected override Task<Books?> ReadBooksAsync(CancellationToken cancellation) => RivalDatabase.ReadBooksAsync(connectionString, cancellation);
}

/// <summary>Arm (c).</summary>
internal sealed class BareArm(Wrk wrk) : HttpArm(ArmNames.Bare, "(c) bare Kestrel", wrk)
{
    public override async Task StartAsync(CancellationToken cancellation) => Server = await RivalStart.RunAsync(Name, string.Empty, cancellation);

    protected override LoadRequest RequestOf(Run run) => LoadRequest.Reserve(Population.Prefix(run.Shape, run.Round), Population.Accounts(run.Shape), "none-is-asked-for-0123");

    protected override Task<Books?> ReadBooksAsync(CancellationToken cancellation) => Task.FromResult<Books?>(null);
}
