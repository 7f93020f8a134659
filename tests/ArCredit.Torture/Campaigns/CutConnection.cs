using System.Diagnostics;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Load;
using ArCredit.Torture.Oracle;

namespace ArCredit.Torture.Campaigns;

/// <summary>A proxy between host and database cuts, delays and swallows batches while callers go on.</summary>
internal sealed class CutConnection : Campaign
{
    // A batch of any kind holds one of these; nothing else that goes to the database does.
    private static readonly string[] Markers =
        ["credit-reserved", "credit-refused", "invoice-posted", "payment-received", "reservation-released"];

    private static readonly Cut[] Cuts = Enum.GetValues<Cut>();

    public override string Name => "R3";

    public override string Title => "a proxy cuts batches before, inside and after their request and answer, delays and swallows them, cuts everything";

    public override IReadOnlyList<Dialect> Dialects => [Dialect.PostgreSql];

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var proxy = new CuttingProxy(database.Options.ConnectionString!, 0, Markers);
        var random = Seeds.Random(order.Seed, -1);
        var swarm = new Swarm(tally, order.Seed, callers: 32, accounts: 8);
        var auditor = new Auditor(tally, Sources.Of(database), swarm.Accounts);
        var settings = order.Settings(
            AppSettings.On(database) with { ConnectionString = proxy.ConnectionString }, ("Accounts:DeadlineSeconds", "2"), ("Accounts:SnapshotEvery", "25"));
        await using var host = await HostProcess.StartAsync(settings);
        var api = Teller.ClientOf(host);
        await swarm.OpenAccountsAsync(api, limit: 100);
        for (var round = 0; round < Rounds(order, few: 1, many: 15) && tally.IsClean; round++)
        {
            var running = swarm.Start(api);
            foreach (var cut in Cuts)
            {
                await swarm.SettleMoreAsync(20 + random.Next(100));
                await CutAsync(proxy, cut, random, tally);
            }

            await swarm.SettleMoreAsync(20 + random.Next(100));
            await CutEverythingAsync(proxy, tally);
            await swarm.SettleMoreAsync(50);
            await swarm.StopAsync(running);
            await swarm.ResolveAsync(api);
            await auditor.CompareAsync(swarm.Asked);
        }

        tally.Explain(host.Output);
        await auditor.CompareReadsAsync(api);
        await Verification.RunAsync(settings, tally);
        RequireMet(order, tally);
    }

    private static async Task CutAsync(CuttingProxy proxy, Cut cut, Random random, Tally tally)
    {
        var (before, unanswered) = (proxy.Cuts, Unanswered(tally));
        proxy.Arm(cut, random.NextDouble());
        tally.Add(Faults);
        if (!await UntilAsync(() => proxy.Cuts > before))
        {
            return;
        }

        tally.Add(Met);
        tally.Add(cut.ToString());
        if (cut is Cut.SilentBefore or Cut.SilentAfter)
        {
            // The network says nothing at all; callers are told that nobody knows, and then it breaks.
            await UntilAsync(() => Unanswered(tally) > unanswered + 2);
            proxy.CutSilent();
        }
    }

    private static async Task CutEverythingAsync(CuttingProxy proxy, Tally tally)
    {
        var unanswered = Unanswered(tally);
        tally.Add(Faults);
        proxy.IsDown = true;
        proxy.CutAll();
        await UntilAsync(() => Unanswered(tally) > unanswered + 2);
        proxy.IsDown = false;
        tally.Add("everything cut");
    }

    private static long Unanswered(Tally tally) => tally.Of("unknown (503)") + tally.Of("not done (503)");

    private static async Task<bool> UntilAsync(Func<bool> isSo)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        var since = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(since) > Teller.Patience)
            {
                return false;
            }

            await tick.WaitForNextTickAsync();
        }

        return true;
    }
}
