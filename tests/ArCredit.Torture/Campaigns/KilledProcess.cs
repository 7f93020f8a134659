using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Load;
using ArCredit.Torture.Oracle;

namespace ArCredit.Torture.Campaigns;

/// <summary>SIGKILL under load, again and again, on the same data.</summary>
internal sealed class KilledProcess : Campaign
{
    public override string Name => "R1";

    public override string Title => "SIGKILL the process under load, again and again";

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        var random = Seeds.Random(order.Seed, -1);
        var swarm = new Swarm(tally, order.Seed, callers: 32, accounts: 8);
        var auditor = new Auditor(tally, Sources.Of(database), swarm.Accounts);

        // Few accounts awake and frequent snapshots: what wakes up again comes from a snapshot and a tail.
        var settings = order.Settings(AppSettings.On(database), ("Accounts:SnapshotEvery", "25"), ("Accounts:MaxActive", "4"));
        for (var round = 0; round < Rounds(order, few: 2, many: 110) && tally.IsClean; round++)
        {
            await using var host = await HostProcess.StartAsync(settings);
            var api = Teller.ClientOf(host);
            if (round == 0)
            {
                await swarm.OpenAccountsAsync(api, limit: 100);
            }

            await swarm.ResolveAsync(api);
            var running = swarm.Start(api);
            await swarm.SettleMoreAsync(100 + random.Next(300));
            var underWay = swarm.Teller.UnderWay;
            await host.KillAsync();
            await swarm.StopAsync(running);
            tally.Add(Faults);
            tally.Add(Met, underWay > 0 ? 1 : 0);
            await auditor.CompareAsync(swarm.Asked);
            var (onDisk, absent) = auditor.CountOpen(swarm.Asked);
            tally.Add("unanswered and on disk", onDisk);
            tally.Add("unanswered and absent", absent);
        }

        await using (var last = await HostProcess.StartAsync(settings))
        {
            await swarm.ResolveAsync(Teller.ClientOf(last));
            await auditor.CompareAsync(swarm.Asked);
            await auditor.CompareReadsAsync(Teller.ClientOf(last));
        }

        await Verification.RunAsync(settings, tally);

        RequireMet(order, tally);
    }
}
