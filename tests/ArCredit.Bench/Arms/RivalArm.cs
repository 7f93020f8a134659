using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;
using ArCredit.Bench.Processes;
using ArCredit.Bench.Rivals;
using Npgsql;

namespace ArCredit.Bench.Arms;

/// <summary>Arms (a) and (a′): a minimal API on a database of their own.</summary>
internal sealed class RivalArm(string name, string title, BenchContext bench) : HttpArm(name, title, bench)
{
    private const string Key = "rival-key-0123456789abcdef";

    // The best of 16, 32 and 64 on two processors: more only queue at the locks, fewer share fewer commits.
    private const int PoolSize = 32;
    private string connectionString = string.Empty;

    public override async Task StartAsync(CancellationToken cancellation)
    {
        connectionString = await RivalDatabase.CreateAsync(Bench, Name, Key);
        var pooled = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = PoolSize,
            MinPoolSize = PoolSize,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        };
        Use(await RivalStart.RunAsync(Name, pooled.ConnectionString, cancellation), own: true);
    }

    protected override LoadRequest RequestOf(Run run) => Reserve(run, Key);

    protected override Task<Books?> ReadBooksAsync(CancellationToken cancellation) => RivalDatabase.ReadBooksAsync(connectionString, cancellation);
}

/// <summary>Arm (c).</summary>
internal sealed class BareArm(BenchContext bench) : HttpArm(ArmNames.Bare, "(c) bare Kestrel", bench)
{
    public override async Task StartAsync(CancellationToken cancellation) => Use(await RivalStart.RunAsync(Name, string.Empty, cancellation), own: true);

    protected override LoadRequest RequestOf(Run run) => Reserve(run, NoKey);

    protected override Task<Books?> ReadBooksAsync(CancellationToken cancellation) => Task.FromResult<Books?>(null);
}
