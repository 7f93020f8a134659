using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Load;
using ArCredit.Torture.Oracle;

namespace ArCredit.Torture.Campaigns;

/// <summary>Three nodes of a cluster under load: one is frozen until it is declared dead and woken, killed, put to a nap, or stopped.</summary>
internal sealed class FrozenNode : Campaign
{
    private const int Nodes = 3;
    private const string Undead = "nodes declared dead that did not end";
    private const string BadEnds = "graceful stops that were none";

    public override string Name => "R4";

    public override string Title => "freeze a node of a cluster until it is declared dead, and wake it; SIGKILL, a nap, a graceful stop";

    public override IReadOnlyList<Dialect> Dialects => [Dialect.PostgreSql];

#if ORLEANS
    public override string? LeftOutReason => null;
#else
    public override string? LeftOutReason => "this build has no cluster host (-p:Orleans=true)";
#endif

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        tally.MustBeZero(Undead, BadEnds);
        await using var database = await TestDatabase.CreateAsync(dialect);
        var settings = order.Settings(AppSettings.On(database), ("Accounts:SnapshotEvery", "25"));
        var swarm = new Swarm(tally, order.Seed, callers: 24, accounts: 24);
        var auditor = new Auditor(tally, Sources.Of(database), swarm.Accounts);
        await using var nodes = new NodeProcesses(settings);
        using var entrance = new AnyNode();
        var run = new Run(nodes, entrance, swarm, tally, Seeds.Random(order.Seed, -1));
        await run.FillUpAsync();
        await swarm.OpenAccountsAsync(entrance.Client, limit: 100);
        var watch = new Watch(tally, entrance.Client, accounts: 6);
        await watch.StartAsync();
        for (var round = 0; round < Rounds(order, few: 4, many: 110) && tally.IsClean; round++)
        {
            var running = swarm.Start(entrance.Client);
            await swarm.SettleMoreAsync(100 + run.Random.Next(300));
            await run.StrikeAsync((Blow)(round % Enum.GetValues<Blow>().Length));
            await swarm.SettleMoreAsync(100);
            await swarm.StopAsync(running);
            await run.FillUpAsync();
            await swarm.ResolveAsync(entrance.Client);
            await auditor.CompareAsync(swarm.Asked);
        }

        await watch.StopAsync();
        await auditor.CompareAsync(swarm.Asked);
        await auditor.CompareReadsAsync(entrance.Client);
        await Verification.RunAsync(nodes.Alone, tally);
        RequireMet(order, tally);
    }

    private enum Blow
    {
        Freeze,
        Kill,
        Nap,
        Stop,
    }

    /// <summary>The cluster under torture.</summary>
    private sealed class Run(NodeProcesses nodes, AnyNode entrance, Swarm swarm, Tally tally, Random random)
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        // It looks who is a node the moment it wakes up.
        private static readonly TimeSpan EndOfUndead = TimeSpan.FromSeconds(10);
        private static readonly TimeSpan LongestNap = TimeSpan.FromSeconds(3);
        private readonly List<HostProcess> living = [];

        public Random Random { get; } = random;

        /// <summary>Starts nodes until there are all again.</summary>
        public async Task FillUpAsync()
        {
            foreach (var gone in living.Where(node => node.HasExited).ToList())
            {
                tally.Explain(gone.Output);
                living.Remove(gone);
                await entrance.RemoveAsync(gone);
            }

            while (living.Count < Nodes)
            {
                var node = await nodes.StartAsync();
                living.Add(node);
                entrance.Add(node);
                tally.Add("nodes started");
            }
        }

        public async Task StrikeAsync(Blow blow)
        {
            var victim = living[Random.Next(living.Count)];
            tally.Add(Faults);
            tally.Add(Met, swarm.Teller.UnderWay > 0 ? 1 : 0);
            switch (blow)
            {
                case Blow.Kill:
                    await victim.KillAsync();
                    await ForgetAsync(victim);
                    tally.Add("killed");
                    break;
                case Blow.Freeze:
                    await FreezeAsync(victim);
                    tally.Add("frozen until declared dead, and woken");
                    break;
                case Blow.Nap:
                    await NapAsync(victim);
                    tally.Add("naps");
                    break;
                default:
                    await StopAsync(victim);
                    tally.Add("stopped");
                    break;
            }
        }

        private async Task FreezeAsync(HostProcess victim)
        {
            await victim.SignalAsync("STOP");

            // Who waits for it goes on waiting: what it acknowledges when it wakes up must be in the journal too.
            entrance.Avoid(victim);
            await nodes.DeclaredDeadAsync(victim, Patience);

            // The others write what lived there, then it is asked again before it knows anything.
            await swarm.SettleMoreAsync(50 + Random.Next(100));
            entrance.Reopen(victim);
            await victim.SignalAsync("CONT");
            using var patience = new CancellationTokenSource(EndOfUndead);
            try
            {
                await victim.EndsAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                tally.Violation(Undead, $"process {victim.Id}");
                await victim.KillAsync();
            }

            await ForgetAsync(victim);
        }

        // Shorter than it takes to be declared dead: it comes back to its accounts as if nothing had been.
        private async Task NapAsync(HostProcess victim)
        {
            await victim.SignalAsync("STOP");
            using (var nap = new PeriodicTimer(LongestNap * (0.1 + (0.9 * Random.NextDouble()))))
            {
                await nap.WaitForNextTickAsync();
            }

            await victim.SignalAsync("CONT");
        }

        private async Task StopAsync(HostProcess victim)
        {
            var exitCode = await victim.StopAsync();
            await ForgetAsync(victim);
            if (exitCode != 0)
            {
                tally.Violation(BadEnds, $"exit code {exitCode}: {victim.Output}");
            }
        }

        private async Task ForgetAsync(HostProcess victim)
        {
            tally.Explain(victim.Output);
            living.Remove(victim);
            await entrance.RemoveAsync(victim);
        }
    }
}
