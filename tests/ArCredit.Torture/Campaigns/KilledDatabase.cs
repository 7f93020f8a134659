using System.Diagnostics;
using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Load;
using ArCredit.Torture.Oracle;

namespace ArCredit.Torture.Campaigns;

/// <summary>Backends, the whole server, and server and process together are killed while callers go on.</summary>
internal sealed class KilledDatabase : Campaign
{
    private const string ReadyWhileDown = "ready while the database was down";
    private const string BusyLane = "select pid from pg_stat_activity where query like 'with lim%' and state = 'active' and pid <> pg_backend_pid() limit 1";

    public override string Name => "R2";

    public override string Title => "SIGKILL or end a backend, the whole server, server and process; freeze a backend";

    public override IReadOnlyList<Dialect> Dialects => [Dialect.PostgreSql];

    public override bool NeedsOwnServer => true;

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        tally.MustBeZero(ReadyWhileDown);
        await using var cluster = PostgresCluster.Start();
        using var directory = new TestDirectory();
        var database = await cluster.CreateDatabaseAsync();
        var settings = order.Settings(
            new AppSettings { ConnectionString = database, DataDirectory = directory.Path }, ("Accounts:DeadlineSeconds", "2"), ("Accounts:SnapshotEvery", "25"));
        var swarm = new Swarm(tally, order.Seed, callers: 32, accounts: 8);
        var auditor = new Auditor(tally, new JournalSource(dialect, database), swarm.Accounts);
        var run = new Run(cluster, settings, swarm, tally, Seeds.Random(order.Seed, -1));
        await using (run)
        {
            await run.StartHostAsync();
            await swarm.OpenAccountsAsync(run.Api, limit: 100);
            for (var round = 0; round < Rounds(order, few: 5, many: 130) && tally.IsClean; round++)
            {
                var running = swarm.Start(run.Api);
                await swarm.SettleMoreAsync(50 + run.Random.Next(200));
                await run.StrikeAsync((Blow)(round % 5), running);
                await swarm.StopAsync(running);
                await run.BeReadyAsync();
                await swarm.ResolveAsync(run.Api);
                await auditor.CompareAsync(swarm.Asked);
            }

            tally.Explain(run.Output);
            await auditor.CompareReadsAsync(run.Api);
            await Verification.RunAsync(settings, tally);
        }

        RequireMet(order, tally);
    }

    private enum Blow
    {
        EndBackend,
        KillBackend,
        FreezeBackend,
        KillServer,
        KillServerAndProcess,
    }

    /// <summary>The host under torture and what is done to its database.</summary>
    private sealed class Run(PostgresCluster cluster, AppSettings settings, Swarm swarm, Tally tally, Random random) : IAsyncDisposable
    {
        private HostProcess? host;

        public Random Random { get; } = random;

        public ApiClient Api { get; private set; } = null!;

        public string Output => host!.Output;

        public async Task StartHostAsync()
        {
            host = await HostProcess.StartAsync(settings);
            Api = Teller.ClientOf(host);
        }

        public async Task StrikeAsync(Blow blow, Task[] running)
        {
            tally.Add(Faults);
            switch (blow)
            {
                case Blow.KillServer:
                    await KillServerAsync();
                    break;
                case Blow.KillServerAndProcess:
                    tally.Add(Met, swarm.Teller.UnderWay > 0 ? 1 : 0);
                    cluster.Kill();
                    await host!.KillAsync();
                    await swarm.StopAsync(running);
                    cluster.Start();
                    await host.DisposeAsync();
                    await StartHostAsync();
                    tally.Add("servers and processes killed");
                    return;
                default:
                    await StrikeBackendAsync(blow);
                    break;
            }

            // The callers are still at it: whatever was lost is taken up again without anybody's help.
            await swarm.SettleMoreAsync(50);
        }

        public async Task BeReadyAsync()
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            var since = Stopwatch.GetTimestamp();
            while ((await Api.GetAsync("/health/ready")).Status != 200)
            {
                if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(60))
                {
                    tally.Violation(Swarm.NotRecovered, $"Not ready a minute after the fault: {host!.Output}");
                    return;
                }

                await tick.WaitForNextTickAsync();
            }
        }

        public ValueTask DisposeAsync() => host?.DisposeAsync() ?? ValueTask.CompletedTask;

        private async Task KillServerAsync()
        {
            tally.Add(Met, swarm.Teller.UnderWay > 0 ? 1 : 0);
            var silent = Unanswered;
            cluster.Kill();
            if ((await Api.GetAsync("/health/ready")).Status == 200)
            {
                tally.Violation(ReadyWhileDown, $"after {tally.Of("servers killed")} kills");
            }

            // Every other time the server stays away until callers have been told that nobody knows.
            if (Random.Next(2) == 0)
            {
                await UnansweredAsync(silent + 5);
            }

            cluster.Start();
            tally.Add("servers killed");
        }

        private async Task StrikeBackendAsync(Blow blow)
        {
            if (await FindBusyLaneAsync() is not { } lane)
            {
                return;
            }

            tally.Add(Met);
            switch (blow)
            {
                case Blow.EndBackend:
                    await cluster.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"select pg_terminate_backend({lane})"));
                    tally.Add("backends ended");
                    break;
                case Blow.KillBackend:
                    PostgresCluster.KillBackend(lane);
                    tally.Add("backends killed");
                    break;
                default:
                    Signal("-STOP", lane);
                    await UnansweredAsync(Unanswered + 3);
                    Signal("-CONT", lane);
                    tally.Add("backends frozen");
                    break;
            }
        }

        /// <summary>A backend that is at a batch right now; asked until one is caught.</summary>
        private async Task<int?> FindBusyLaneAsync()
        {
            for (var look = 0; look < 2000; look++)
            {
                if (await cluster.QueryAsync<int>(BusyLane) is > 0 and var lane)
                {
                    return lane;
                }
            }

            return null;
        }

        private long Unanswered => tally.Of("unknown (503)") + tally.Of("not done (503)");

        private async Task UnansweredAsync(long count)
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            var since = Stopwatch.GetTimestamp();
            while (Unanswered < count && Stopwatch.GetElapsedTime(since) < Teller.Patience)
            {
                await tick.WaitForNextTickAsync();
            }
        }

        private static void Signal(string signal, int process)
        {
            using var kill = Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }
}
